"""Openings are counted once each: how long they took, or why they were missed."""

from uuid import UUID

from lockstep_router.journal.ipc import WriterNumbers
from lockstep_router.journal.records import CopyRow, HistoryEvent
from lockstep_router.journal.service_levels import MOST_LINKS, ServiceLevels
from lockstep_router.process.health import Vitals

SOME = UUID(int=1)


def row(link: int, status: str, reason: str | None = None, us: int | None = None, closed_ns: int | None = None) -> CopyRow:
    spans = {} if us is None else {"event_to_order_us": us}
    ids = (link, SOME, SOME, SOME, SOME, 7, None, "EURUSD", "EURUSD", "buy")
    return CopyRow(*ids, 50, 50, 0, status, reason, None, {}, spans, None, closed_ns, 0, False, False, "", 0)


def test_an_opening_is_measured_once_however_often_its_row_is_written() -> None:
    levels = ServiceLevels()
    levels.observe([row(1, "sent"), row(1, "open", us=3000), row(1, "open", us=3000), row(2, "open", us=70_000)])
    assert levels.take_samples_us() == [3000, 70_000]
    levels.observe([row(1, "open", us=3000), row(1, "closed", us=3000, closed_ns=9)])
    assert levels.take_samples_us() == []


def test_what_was_opened_before_the_writer_started_is_not_counted_when_it_closes() -> None:
    levels = ServiceLevels()
    levels.observe([row(1, "closed", us=3000, closed_ns=9)])
    assert levels.take_samples_us() == []


def test_a_miss_is_what_no_person_chose() -> None:
    levels = ServiceLevels()
    reasons = ("slave_offline", "slave_offline", "symbol_filtered", "guard", "signal_too_old")
    levels.observe([row(n, "skipped", reason) for n, reason in enumerate(reasons)])
    assert {reason: count for reason, count in levels.missed.items() if count} == {"slave_offline": 2, "signal_too_old": 1}
    levels.observe([row(0, "skipped", "slave_offline")])
    assert levels.missed["slave_offline"] == 2


def test_an_opening_that_waits_is_no_miss_until_it_is_skipped() -> None:
    levels = ServiceLevels()
    levels.observe([row(1, "waiting", "quote_unknown")])
    assert not any(levels.missed.values())
    levels.observe([row(1, "open", us=900)])
    assert levels.take_samples_us() == [900]


def test_what_was_doubled_is_counted() -> None:
    levels = ServiceLevels()
    levels.observe([HistoryEvent("doubled", 1), HistoryEvent("deal", 1)])
    assert levels.doubled == 1


def test_it_remembers_a_bounded_number_of_links() -> None:
    levels = ServiceLevels()
    levels.observe(row(link, "open", us=1) for link in range(MOST_LINKS + 10))
    assert len(levels._counted) == MOST_LINKS


def test_prometheus_is_told_of_both() -> None:
    vitals = Vitals(lambda: 0.0)
    vitals.on_numbers(WriterNumbers(True, 0, {}, copied_us=[3000, 70_000], missed={"slave_offline": 2}))
    vitals.on_numbers(WriterNumbers(True, 0, {}, copied_us=[], missed={"slave_offline": 3}))
    value = vitals.registry.get_sample_value
    assert value("lockstep_copies_event_to_order_seconds_count") == 2
    assert value("lockstep_copies_event_to_order_seconds_bucket", {"le": "0.05"}) == 1
    assert value("lockstep_copies_missed_total", {"reason": "slave_offline"}) == 3
