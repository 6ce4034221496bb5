"""Plans that say which accounts leave for another shard, and what the loop needs again for accounts that stay after all."""

from uuid import UUID

from lockstep_router.journal.ipc import AccountRow, CompiledCopier, PlanMessage
from lockstep_router.journal.plan_changes import changes, followed, staying
from lockstep_router.journal.plan_reader import PlanReader
from lockstep_router.journal.records import KnownLink

USER, MASTER, SLAVE, COPIER = (UUID(int=n) for n in range(1, 5))
LINK = KnownLink(7, COPIER, 1, 2, "EURUSD", "EURUSD", "buy", 1, 1, 1, "open")


def a_plan(number: int, *, move: int = 0) -> PlanMessage:
    accounts = [AccountRow(each, USER, each.int, "both", 1, move=move) for each in (MASTER, SLAVE)]
    return PlanMessage(number, accounts, [CompiledCopier(COPIER, USER, MASTER, SLAVE, "on", 1, b"")], [LINK])


def test_a_move_is_a_change_of_its_accounts_alone() -> None:
    change = changes(a_plan(1), a_plan(2, move=5))
    assert change is not None
    assert [(row.id, row.move) for row in change.accounts] == [(MASTER, 5), (SLAVE, 5)]
    assert (change.copiers, change.links, change.gone) == ([], [], [])


def test_accounts_that_stay_after_all_come_with_their_links() -> None:
    """The loop may have let them go already, and then it has forgotten their copies."""
    change = changes(a_plan(1, move=5), a_plan(2))
    assert change is not None
    assert [row.move for row in change.accounts] == [0, 0]
    assert change.links == [LINK]


def test_links_of_accounts_that_leave_are_not_followed() -> None:
    assert followed(a_plan(1)) == {COPIER}
    assert followed(a_plan(1, move=5)) == set()
    assert staying(a_plan(1, move=5)) == set()


def test_the_reader_says_who_leaves_and_keeps_what_an_account_is() -> None:
    reader = PlanReader()
    before = reader.read(PlanMessage(1, a_plan(1).accounts, []))
    assert reader.leaving == {}
    leaving = reader.read(PlanMessage(2, a_plan(2, move=5).accounts, [], after=1))
    assert reader.leaving == {MASTER: 5, SLAVE: 5}
    assert before is not None
    assert leaving is not None
    assert all(leaving.accounts[number] is before.accounts[number] for number in (MASTER, SLAVE))
    reader.read(PlanMessage(3, [], [], after=2, gone=[MASTER]))
    assert reader.leaving == {SLAVE: 5}
