"""Changes to many accounts and copiers at once."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from lockstep_api.errors import RequestRefused
from lockstep_api.many import AccountsChange, CopiersChange, NewCopiers, linked
from lockstep_texts.catalogue import catalogue

SETTINGS = {"sizing": {"mode": "fixed", "lots": "0.10"}}
NOW = datetime(2026, 11, 23, tzinfo=UTC).isoformat()


def made(slave: str) -> dict[str, Any]:
    copier = {"id": str(uuid4()), "master_id": str(uuid4()), "slave_id": slave, "mode": "on", "settings": SETTINGS}
    return {"slave_id": slave, "copier": {**copier, "version": 1, "created_at": NOW, "updated_at": NOW}}


def refused(slave: str) -> dict[str, Any]:
    return {"slave_id": slave, "state": "PT422", "message": "environments_differ", "details": ""}


def test_a_slave_that_is_refused_has_its_reason_and_the_others_their_copiers() -> None:
    first, second = str(uuid4()), str(uuid4())
    found = linked([made(first), refused(second)], catalogue("en")).items
    assert [str(item.slave_id) for item in found] == [first, second]
    assert (found[0].copier is not None, found[0].problem) == (True, None)
    assert found[1].problem is not None
    assert found[1].problem.code == "environments_differ"
    assert found[1].problem.detail.endswith(".")


def test_where_no_copier_was_made_the_first_refusal_is_the_answer() -> None:
    with pytest.raises(RequestRefused, match="environments_differ"):
        linked([refused(str(uuid4())), refused(str(uuid4()))], catalogue("en"))


def test_each_account_is_meant_once_and_tags_are_in_order() -> None:
    account = uuid4()
    change = AccountsChange.model_validate({"account_ids": [account, account], "add_tags": ["ftmo", "alpha", "ftmo"]})
    assert change.arguments() == {
        "p_accounts": [str(account)],
        "p_operating_mode": None,
        "p_mode": None,
        "p_add_tags": ["alpha", "ftmo"],
        "p_remove_tags": None,
    }


def test_the_settings_of_all_slaves_are_those_of_one_copier() -> None:
    slaves = [uuid4(), uuid4()]
    body = NewCopiers.model_validate({"master_id": uuid4(), "slave_ids": slaves, "settings": SETTINGS})
    arguments = body.arguments()
    assert arguments["p_slaves"] == [str(slave) for slave in slaves]
    assert (arguments["p_mode"], json.loads(arguments["p_settings"])["sizing"]["lots"]) == ("on", "0.10")


@pytest.mark.parametrize(
    "body",
    [
        {"copier_ids": [], "mode": "off"},
        {"copier_ids": [str(uuid4())]},
        {"copier_ids": [str(uuid4())], "mode": None},
        {"copier_ids": [str(uuid4())], "settings": {"sizing": {"mode": "guess"}}},
    ],
)
def test_a_change_of_nothing_or_to_nothing_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CopiersChange.model_validate(body)
