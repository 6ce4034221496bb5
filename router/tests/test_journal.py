"""Unwritten records: each account's share is bounded by itself, and what is kept is written once, in order."""

from collections.abc import Callable
from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from lockstep_router.journal.allowances import BURST, PER_S, Allowances
from lockstep_router.journal.buffer import BATCH_RECORDS, BATCHES_UNDER_WAY, Journal
from lockstep_router.journal.records import HistoryEvent, OrderFilled, Record
from lockstep_router.journal.shares import WaitingRecords, owner_of

KEPT, KEPT_OF_ONE, OWNERS = 40, 10, 7
HOSTILE, QUIET = UUID(int=1), UUID(int=2)
Make = Callable[[UUID, int], Record]
UNDER_WAY = BATCH_RECORDS * BATCHES_UNDER_WAY


def event(account: UUID, n: int = 0) -> HistoryEvent:
    return HistoryEvent("deal", n, account=account)


def row(account: UUID, n: int = 0) -> OrderFilled:
    return OrderFilled(n, account)


def number_of(record: Record) -> int:
    """The number that these tests give each record."""
    assert isinstance(record, HistoryEvent | OrderFilled)
    return record.at_ns if isinstance(record, HistoryEvent) else record.link


makes = st.sampled_from([event, row])
owners = st.integers(1, OWNERS - 1).map(lambda number: UUID(int=100 + number))


@given(st.lists(st.tuples(makes, owners | st.just(QUIET))), st.integers(0, 200))
def test_who_has_no_more_than_its_part_loses_nothing_whatever_the_others_do(
    steps: list[tuple[Make, UUID]], flood: int
) -> None:
    """A part is what each has where all that the journal keeps is shared out evenly."""
    waiting, quiet = WaitingRecords(KEPT, KEPT_OF_ONE), list[Record]()
    for n, (make, account) in enumerate(steps + [(event, UUID(int=100 + n % OWNERS)) for n in range(flood)]):
        if account != QUIET or len(quiet) < KEPT // (OWNERS + 1):
            waiting.add(make(account, n))
            quiet += [make(account, n)] if account == QUIET else []
        assert len(waiting) <= KEPT
    assert [record for record in waiting.take(KEPT) if owner_of(record) == QUIET] == quiet


@given(st.lists(makes | st.integers(0, 5)))
def test_an_account_with_too_many_loses_its_oldest_event_or_else_its_oldest_row(steps: list[Make | int]) -> None:
    waiting, expected, lost = WaitingRecords(KEPT, KEPT_OF_ONE), list[Record](), 0
    for n, step in enumerate(steps):
        if isinstance(step, int):
            assert waiting.take(step) == expected[:step]
            del expected[:step]
            continue
        waiting.add(step(HOSTILE, n))
        expected.append(step(HOSTILE, n))
        if len(expected) > KEPT_OF_ONE:
            expected.remove(next((r for r in expected if isinstance(r, HistoryEvent)), expected[0]))
            lost += 1
    assert (waiting.take(KEPT), waiting.lost) == (expected, lost)


@given(st.lists(st.tuples(makes, owners)), st.integers(1, 9))
def test_what_is_kept_comes_out_once_and_in_the_order_it_came(added: list[tuple[Make, UUID]], count: int) -> None:
    waiting = WaitingRecords(KEPT, KEPT_OF_ONE)
    for n, (make, account) in enumerate(added):
        waiting.add(make(account, n))
    taken: list[Record] = []
    while some := waiting.take(count):
        assert len(some) <= count
        taken += some
    assert all(number_of(before) < number_of(after) for before, after in pairwise(taken))
    assert len(taken) + waiting.lost == len(added)


def test_an_account_that_reports_without_end_loses_its_own_records_only() -> None:
    journal = Journal(1)
    journal.extend([row(QUIET, 1), event(QUIET, 2)])
    for n in range(30):
        journal.extend([event(HOSTILE, n)] * 1_000)
    assert (journal.lost, journal.unwritten) == (10_000, 20_002)
    sent = []
    while (batch := journal.next_batch(0)) is not None:
        sent += batch.records
        journal.on_written(1, batch.first + len(batch.records) - 1)
    assert [number_of(record) for record in sent if owner_of(record) == QUIET] == [1, 2]
    assert journal.unwritten == 0


@given(st.lists(st.tuples(makes, st.sampled_from([HOSTILE, QUIET]), st.floats(0, 3)), max_size=60))
def test_an_account_makes_no_more_history_than_its_allowance_and_takes_none_of_anothers(
    steps: list[tuple[Make, UUID, float]],
) -> None:
    now_s = 0.0
    allowances = Allowances(10, 1.0, lambda: now_s)
    taken: dict[tuple[Make, UUID], int] = {}
    asked = dict.fromkeys((HOSTILE, QUIET), 0)
    for make, owner, pause_s in steps:
        now_s += pause_s
        takes = allowances.takes(make(owner, 0))
        taken[make, owner] = taken.get((make, owner), 0) + takes
        asked[owner] += 1
        assert takes or asked[owner] > 5
        assert takes or make is event or asked[owner] > 10
        assert taken.get((event, owner), 0) <= 5 + now_s
        assert sum(taken.get((kind, owner), 0) for kind in (event, row)) <= 10 + now_s


def test_what_an_account_reports_without_end_does_not_fill_the_database() -> None:
    now_s = 0.0
    journal, written, hour_s = Journal(1, allowances=Allowances(clock_s=lambda: now_s)), 0, 3_600
    for _ in range(hour_s):
        now_s += 1.0
        journal.extend([event(HOSTILE), row(HOSTILE)] * 100)
        while (batch := journal.next_batch(0)) is not None:
            written += len(batch.records)
            journal.on_written(1, batch.first + len(batch.records) - 1)
    assert written <= BURST + PER_S * hour_s
    assert written + journal.lost == 200 * hour_s
    journal.extend([event(QUIET), row(QUIET)])
    assert journal.unwritten == 2


def test_many_accounts_that_report_without_end_lose_before_a_quiet_one() -> None:
    waiting = WaitingRecords(KEPT, KEPT_OF_ONE)
    waiting.add(row(QUIET, 1))
    for n in range(1_000):
        waiting.add(event(UUID(int=10 + n % 5), n))
    assert waiting.take(1) == [row(QUIET, 1)]
    assert len(waiting) <= KEPT


def test_what_was_sent_keeps_its_number_and_is_never_lost() -> None:
    journal = Journal(1, KEPT, KEPT_OF_ONE)
    journal.extend([event(HOSTILE, n) for n in range(5)])
    first = journal.next_batch(0)
    assert first is not None
    assert (first.first, len(first.records)) == (1, 5)
    journal.extend([event(HOSTILE, n) for n in range(5, 50)])
    journal.send_again()
    assert journal.next_batch(0) == first
    second = journal.next_batch(0)
    assert second is not None
    assert (second.first, [number_of(record) for record in second.records]) == (6, list(range(40, 50)))
    assert journal.next_batch(0) is None
    journal.on_written(1, 8)
    journal.send_again()
    again = journal.next_batch(0)
    assert again is not None
    assert (again.first, journal.unwritten) == (9, 7)


def test_no_more_is_handed_over_than_a_writer_shall_have_under_way() -> None:
    journal = Journal(1)
    journal.extend([event(UUID(int=n % 7), n) for n in range(UNDER_WAY + 1_000)])
    batches = [batch for _ in range(100) if (batch := journal.next_batch(0)) is not None]
    assert sum(len(batch.records) for batch in batches) == UNDER_WAY
    journal.on_written(2, UNDER_WAY)
    assert journal.next_batch(0) is None
    journal.on_written(1, BATCH_RECORDS)
    assert journal.next_batch(0) is not None
