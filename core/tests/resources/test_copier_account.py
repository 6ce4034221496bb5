"""What the API server holds becomes a CopierAccount, or is refused."""

from typing import Any

import pytest
from pydantic import ValidationError

from lockstep_core.resources.copier_account import CopierAccountStatus, OperatingMode, parse_account

ACCOUNT = "0b1c2d3e-0000-4000-8000-00000000000a"


def raw(**spec: object) -> dict[str, Any]:
    given = {
        "accountId": ACCOUNT,
        "userId": ACCOUNT,
        "platform": "MT5",
        "environment": "Demo",
        "login": "12345",
        "server": "Broker-Demo",
        "role": "Master",
        "credentials": {"secretName": f"account-{ACCOUNT}", "version": 1},
    }
    metadata = {"name": f"account-{ACCOUNT}", "uid": "u", "generation": 3, "resourceVersion": "9"}
    return {"metadata": metadata, "spec": {**given, **spec}}


def test_an_account_runs_unless_it_says_otherwise() -> None:
    account = parse_account(raw())
    assert account.spec.operating_mode is OperatingMode.RUNNING
    assert account.status == CopierAccountStatus()
    assert not account.deleting


def test_fields_of_a_newer_version_are_ignored() -> None:
    assert parse_account(raw(later="field")).spec.login == "12345"


@pytest.mark.parametrize(
    "spec", [{"login": "12a"}, {"server": ""}, {"platform": "MT6"}, {"credentials": {"secretName": "a", "version": 0}}]
)
def test_what_breaks_the_schema_is_refused(spec: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        parse_account(raw(**spec))


def test_a_status_is_read_back_as_it_was_written() -> None:
    status = CopierAccountStatus.model_validate(
        {
            "epoch": 7,
            "reason": "Ready",
            "conditions": [
                {"type": "Ready", "status": "True", "reason": "Ready", "lastTransitionTime": "2026-01-01T00:00:00Z"}
            ],
        }
    )
    assert CopierAccountStatus.model_validate(status.model_dump(mode="json", by_alias=True, exclude_none=True)) == status
