"""The file with which a router survives the loss of its database: never half written, and never used where it is broken."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from lockstep_router.errors import StoreUnusable
from lockstep_router.journal import store as stores
from lockstep_router.journal.ipc import CalendarMessage, SentOrdersMessage
from lockstep_router.journal.records import HistoryEvent, KnownGuard, KnownLink, ManualRequest
from lockstep_router.journal.store import STALEST_S, Kept, Store

from .copy_records import (
    COPIER,
    NOW_S,
    OFFSET_NS,
    SLAVE,
    batch,
    command,
    copy_row,
    guard_row,
    plan_rows,
)

SLOT = OFFSET_NS // 10**6 // 900_000 * 900_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "router.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = Store(path)
    yield opened
    opened.close()


def known_link(number: int, status: str = "open", open_lots: int = 50) -> KnownLink:
    return KnownLink(number, COPIER, 9, 7, "EURUSD", None, "buy", 100, 50, open_lots, status)


def kept(store: Store, now_s: float = NOW_S) -> Kept:
    found = store.kept(now_s)
    assert found is not None
    return found


def links(store: Store) -> dict[int, tuple[str, int]]:
    return {link.link: (link.status, link.open_lots) for link in kept(store).rows.links}


def test_a_new_file_has_nothing_to_start_with(store: Store) -> None:
    assert store.kept(NOW_S) is None
    assert store.unwritten(0, 10) == []


def test_what_was_kept_is_there_after_the_process_has_died(path: Path) -> None:
    dying = Store(path)
    dying.keep_plan(plan_rows([known_link(5)]), whole=True, now_s=NOW_S)
    dying.keep_sent(SentOrdersMessage([(SLAVE, SLOT, 3)]))
    dying.keep_calendar(CalendarMessage([]))
    dying.append([batch(1, copy_row(6), command(), command(action="query"), guard_row())])
    dying.close()
    next_one = Store(path)
    found = kept(next_one)
    assert (found.rows.accounts, found.rows.copiers) == (plan_rows().accounts, plan_rows().copiers)
    assert links(next_one) == {5: ("open", 50), 6: ("open", 50)}
    assert [guard.tripped for guard in found.rows.guards] == [True]
    assert found.sent.items == [(SLAVE, SLOT, 4)]
    assert found.calendar == CalendarMessage([])
    assert [waiting.batch.records for waiting in next_one.unwritten(0, 10)] == [
        [copy_row(6), command(), command(action="query"), guard_row()]
    ]
    next_one.close()


def test_a_batch_that_comes_again_changes_nothing(store: Store) -> None:
    store.keep_plan(plan_rows(), whole=True, now_s=NOW_S)
    store.append([batch(1, command(), command())])
    store.append([batch(1, command(), command()), batch(2, command(), command()), batch(1, command(), run=2)])
    assert [(each.batch.run, each.batch.first, len(each.batch.records)) for each in store.unwritten(0, 10)] == [
        (1, 1, 2),
        (1, 3, 1),
        (2, 1, 1),
    ]
    assert kept(store).sent.items == [(SLAVE, SLOT, 4)]


def test_runs_are_known_in_the_order_in_which_they_came(store: Store) -> None:
    store.append([batch(1, command(), run=9), batch(1, command(), run=4)])
    store.append([batch(2, command(), run=4), batch(1, command(), run=7)])
    assert store.runs() == [9, 4, 7]


def test_what_is_in_the_database_is_forgotten_and_what_is_not_stays(store: Store) -> None:
    store.append([batch(1, command()), batch(2, command()), batch(3, command())])
    first, second, _ = store.unwritten(0, 10)
    store.written(second.id)
    assert store.count == 1
    assert [each.batch.first for each in store.unwritten(first.id, 10)] == [3]


def test_the_databases_whole_plan_counts_together_with_what_is_not_written_yet(store: Store) -> None:
    store.append([batch(1, copy_row(5)), batch(2, copy_row(5, "closed", 0), copy_row(6))])
    written = store.unwritten(0, 1)[0]
    store.written(written.id)
    # It was read before the second batch was written, and knows nothing of a link that only an old file has.
    store.keep_plan(plan_rows([known_link(5), known_link(8)]), whole=True, now_s=NOW_S)
    assert links(store) == {5: ("closed", 0), 6: ("open", 50), 8: ("open", 50)}


def test_a_change_of_the_plan_leaves_what_is_known_better_here(store: Store) -> None:
    store.keep_plan(plan_rows([known_link(5)]), whole=True, now_s=NOW_S)
    store.append([batch(1, copy_row(5, "closed", 0), guard_row())])
    guard = KnownGuard(COPIER, "loss/day", "", "0", "0", False, False, 0, 1)
    store.keep_plan(plan_rows([known_link(5), known_link(6)], [guard]), whole=False, now_s=NOW_S)
    assert links(store) == {5: ("closed", 0), 6: ("open", 50)}
    assert [(known.tripped, known.requested_resets) for known in kept(store).rows.guards] == [(True, 1)]


def test_links_that_are_over_are_forgotten_when_no_opening_of_theirs_could_be_fresh(store: Store) -> None:
    store.append([batch(1, copy_row(5, "closed", 0), copy_row(6), copy_row(7, "closed", 0, at_ns=16 * 60 * 10**9))])
    store.written(store.newest)
    store.keep_plan(plan_rows(), whole=False, now_s=NOW_S + 16 * 60)
    assert set(links_at(store, NOW_S + 16 * 60)) == {6, 7}


def links_at(store: Store, now_s: float) -> list[int]:
    return sorted(link.link for link in kept(store, now_s).rows.links)


def test_a_plan_that_no_router_went_by_for_an_hour_is_not_gone_by(store: Store) -> None:
    store.keep_plan(plan_rows(), whole=True, now_s=NOW_S)
    assert store.kept(NOW_S + STALEST_S + 1) is None
    assert store.kept(NOW_S - STALEST_S - 1) is None
    store.seen(NOW_S + STALEST_S)
    assert kept(store, NOW_S + STALEST_S + 60).silent_s == 60


def test_manual_requests_are_not_kept_because_they_may_have_been_answered(store: Store) -> None:
    asked = ManualRequest(UUID(int=9), COPIER, None, "flatten", 0, 2**40)
    store.keep_plan(msgspec.structs.replace(plan_rows(), requests=[asked]), whole=True, now_s=NOW_S)
    assert kept(store).rows.requests == []


def spoil(store: Store, table: str, where: str) -> None:
    """Changes a byte of a value, as a failing disk does."""
    flipped = "cast(substr(value, 1, 20) || x'00' || substr(value, 22) as blob)"
    with store._file.transaction():
        store._file.run(f"update {table} set value = {flipped} where {where}")  # noqa: S608 - words of this test


def test_a_value_whose_checksum_is_another_one_is_lost_alone(store: Store) -> None:
    store.keep_plan(plan_rows([known_link(5), known_link(6)]), whole=True, now_s=NOW_S)
    store.append([batch(1, command()), batch(2, command())])
    spoil(store, "links", "link = 5")
    spoil(store, "batches", "id = 1")
    assert set(links(store)) == {6}
    assert [each.batch.first for each in store.unwritten(0, 1)] == [2]
    spoil(store, "meta", "name = 'plan'")
    assert store.kept(NOW_S) is None


def test_a_file_that_is_none_or_of_another_version_is_put_aside_and_a_new_one_begun(path: Path) -> None:
    path.write_bytes(b"no database at all" * 1_000)
    broken = Store(path)
    broken.keep_plan(plan_rows(), whole=True, now_s=NOW_S)
    broken._file.run("pragma user_version = 99")
    broken.close()
    other = Store(path)
    assert other.kept(NOW_S) is None
    other.close()
    assert path.with_name("router.db.aside").exists()


def test_a_torn_file_never_gives_half_a_plan(path: Path) -> None:
    store = Store(path)
    store.keep_plan(plan_rows([known_link(n) for n in range(1, 500)]), whole=True, now_s=NOW_S)
    store.close()
    whole = path.read_bytes()
    for size in range(512, len(whole), 7_919):
        path.write_bytes(whole[:size])
        torn = Store(path)
        found = torn.kept(NOW_S)
        assert found is None or len(found.rows.copiers) == 1
        torn.close()


def test_a_second_router_does_not_work_with_the_same_file(store: Store, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lockstep_router.journal.sqlite_file.BUSY_S", 0.05)
    store.append([batch(1, command())])
    with pytest.raises(StoreUnusable):
        Store(path)
    assert store.count == 1


def test_a_full_disk_takes_nothing_of_a_batch_and_leaves_what_is_there_readable(store: Store) -> None:
    store.keep_plan(plan_rows([known_link(5)]), whole=True, now_s=NOW_S)
    store.append([batch(1, command())])
    pages = store._file.run("pragma page_count").fetchone()[0]
    store._file.run(f"pragma max_page_count = {pages}")
    long = HistoryEvent("deal", 0, data={"text": "x" * 100_000})
    with pytest.raises(StoreUnusable):
        store.append([batch(2, copy_row(5, "closed", 0), long)])
    assert links(store) == {5: ("open", 50)}
    assert [each.batch.first for each in store.unwritten(0, 10)] == [1]
    store._file.run("pragma max_page_count = 1000000")
    assert store.append([batch(2, copy_row(5, "closed", 0), long)])
    assert links(store) == {5: ("closed", 0)}


def test_no_more_history_is_taken_in_than_the_volume_shall_hold(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "MOST_BYTES", 100)
    assert store.append([batch(1, command())])
    assert not store.append([batch(2, command())])
    store.written(store.newest)
    assert store.append([batch(2, command())])


def test_nobody_else_may_read_the_file(store: Store, path: Path) -> None:
    store.append([batch(1, command())])
    assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}


def test_a_link_whose_number_the_database_cannot_hold_is_passed_over(store: Store) -> None:
    store.keep_plan(plan_rows(), whole=True, now_s=NOW_S)
    row = msgspec.structs.replace(copy_row(5), link=2**63)
    assert store.append([batch(1, row, copy_row(6))])
    assert set(links(store)) == {6}
