"""Books add up."""

from hypothesis import given
from hypothesis import strategies as st

from lockstep_core.book import SETTLING_NS, Book, apply_stops, apply_trade, drop, from_snapshot, is_ambiguous
from lockstep_core.units import ONE_LOT
from lockstep_core.wire.frames import Entry
from lockstep_core.wire.frames import Position as PositionFrame

from .trading import NOW, a_book, a_position, a_trade


def frame(ticket: int = 7, lots: int = ONE_LOT, age_ms: int = 1000, magic: int = 0) -> PositionFrame:
    return PositionFrame(ticket, magic, lots, 1.1, 1.0, 2.0, 0, age_ms, 0, 0, "EURUSD", "c")


def test_an_opening_deal_makes_a_position() -> None:
    book = apply_trade(Book(), a_trade(), NOW)
    assert (book.positions[7].volume, book.positions[7].opened_ns) == (ONE_LOT, NOW)


def test_a_second_fill_of_an_order_adds_up() -> None:
    book = apply_trade(apply_trade(Book(), a_trade(lots=40), NOW), a_trade(lots=60), NOW + 1)
    assert (book.positions[7].volume, book.positions[7].opened, book.positions[7].opened_ns) == (100, 100, NOW)


def test_a_reversal_turns_the_side() -> None:
    book = apply_trade(a_book(a_position(lots=40)), a_trade(lots=100, entry=Entry.INOUT, side=1), NOW)
    assert (book.positions[7].volume, book.positions[7].side) == (60, 1)


def test_a_close_of_something_unknown_changes_nothing() -> None:
    book = a_book(a_position())
    assert apply_trade(book, a_trade(position=8, entry=Entry.OUT), NOW) is book
    assert drop(book, 8) is book
    assert apply_stops(book, 8, 1.0, 1.0) is book


def test_a_book_never_changes_in_place() -> None:
    book = a_book(a_position(magic=5))
    apply_trade(book, a_trade(entry=Entry.OUT), NOW)
    apply_stops(book, 7, 1.0, 1.0)
    assert book == a_book(a_position(magic=5))


def test_a_closed_position_is_gone_from_both_indexes() -> None:
    book = apply_trade(a_book(a_position(magic=5)), a_trade(entry=Entry.OUT), NOW)
    assert (dict(book.positions), dict(book.by_magic)) == ({}, {})


def test_a_snapshot_replaces_all_and_keeps_what_positions_began_with() -> None:
    old = a_book(a_position(lots=50, opened=100, age_ms=9000), a_position(8))
    book = from_snapshot([frame(lots=50), frame(9, age_ms=2000, magic=3)], old, 5, NOW)
    assert set(book.positions) == {7, 9}
    assert (book.positions[7].opened, book.positions[7].opened_ns) == (100, NOW - 9_000_000_000)
    assert (book.positions[9].opened, book.positions[9].opened_ns) == (ONE_LOT, NOW - 2_000_000_000)
    assert book.by_magic[3].ticket == 9


def test_a_position_from_the_future_counts_as_new() -> None:
    assert from_snapshot([frame(age_ms=-500)], Book(), 5, NOW).positions[7].opened_ns == NOW


def test_only_deals_soon_after_a_snapshot_on_its_positions_are_ambiguous() -> None:
    book = from_snapshot([frame()], Book(), 1000, NOW)
    assert is_ambiguous(book, a_trade(entry=Entry.OUT, seen_ns=1001))
    assert not is_ambiguous(book, a_trade(position=8, seen_ns=1001))
    assert not is_ambiguous(book, a_trade(entry=Entry.OUT, seen_ns=1000 + SETTLING_NS))


@given(st.lists(st.integers(1, 100), min_size=1, max_size=20))
def test_closing_in_parts_ends_exactly_at_nothing(parts: list[int]) -> None:
    book = apply_trade(Book(), a_trade(lots=sum(parts)), NOW)
    for i, part in enumerate(parts):
        assert book.positions[7].volume == sum(parts[i:])
        book = apply_trade(book, a_trade(lots=part, entry=Entry.OUT), NOW)
    assert book.positions == {}
