"""Which accounts an event concerns."""

from uuid import UUID

import pytest

from lockstep_operator.watch import accounts_of

ONE = UUID("0b1c2d3e-0000-4000-8000-00000000000a")
OTHER = UUID("0b1c2d3e-0000-4000-8000-00000000000b")
LABEL = "lockstep.dev/account"


@pytest.mark.parametrize(
    ("name", "labels", "accounts"),
    [
        (f"account-{ONE}", {LABEL: str(ONE)}, {ONE}),
        (f"account-{ONE}-7", {}, {ONE}),
        (f"account-{ONE}-7", {LABEL: "nonsense"}, {ONE}),
        (f"account-{ONE}-7", {LABEL: str(OTHER)}, {ONE, OTHER}),
        ("a-copy", {LABEL: str(ONE)}, {ONE}),
        ("something", {}, set()),
    ],
)
def test_an_edited_label_hides_no_account(name: str, labels: dict[str, str], accounts: set[UUID]) -> None:
    assert accounts_of(name, labels) == accounts
