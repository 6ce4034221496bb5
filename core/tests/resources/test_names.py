"""Names lead back to what they name, and to nothing else."""

from uuid import UUID

import pytest

from lockstep_core.resources.names import account_name, next_epoch, parse_account_name, parse_pod_name, pod_name

ACCOUNT = UUID("0b1c2d3e-0000-4000-8000-00000000000a")


def test_names_are_read_back() -> None:
    assert parse_account_name(account_name(ACCOUNT)) == ACCOUNT
    assert parse_pod_name(pod_name(ACCOUNT, 1_700_000_000)) == (ACCOUNT, 1_700_000_000)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "account-",
        f"account-{ACCOUNT}",
        f"account-{ACCOUNT}-0",
        f"account-{ACCOUNT}-01",
        f"account-{ACCOUNT}-1x",
        f"x-{ACCOUNT}-1",
    ],
)
def test_other_names_are_no_pods(name: str) -> None:
    assert parse_pod_name(name) is None


def test_names_fit_where_kubernetes_allows_63_characters() -> None:
    assert len(pod_name(ACCOUNT, 99_999_999_999)) <= 63


@pytest.mark.parametrize(("last", "now", "expected"), [(0, 100, 100), (100, 100, 101), (500, 100, 501)])
def test_an_epoch_only_grows(last: int, now: int, expected: int) -> None:
    assert next_epoch(last, now) == expected
