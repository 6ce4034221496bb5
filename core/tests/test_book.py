"""Books add up."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep_core.books.book import Book, apply_order, apply_stops, apply_trade, drop, followed, followed_all, former_ticket
from lockstep_core.units import ONE_LOT
from lockstep_core.wire.enums import DealEntry

from .trading import NOW, a_book, a_position, a_trade, order_frame


def test_an_opening_deal_makes_a_position() -> None:
    book = apply_trade(Book(), a_trade(), NOW)
    assert (book.positions[7].volume, book.positions[7].opened_ns) == (ONE_LOT, NOW)


def test_a_second_fill_of_an_order_adds_up() -> None:
    book = apply_trade(apply_trade(Book(), a_trade(lots=40), NOW), a_trade(lots=60), NOW + 1)
    assert (book.positions[7].volume, book.positions[7].opened, book.positions[7].opened_ns) == (100, 100, NOW)


def test_a_reversal_turns_the_side() -> None:
    book = apply_trade(a_book(a_position(lots=40)), a_trade(lots=100, entry=DealEntry.INOUT, side=1), NOW)
    assert (book.positions[7].volume, book.positions[7].side) == (60, 1)


def test_a_close_of_something_unknown_changes_nothing() -> None:
    book = a_book(a_position())
    assert apply_trade(book, a_trade(position=8, entry=DealEntry.OUT), NOW) is book
    assert drop(book, 8) is book
    assert apply_stops(book, 8, 1.0, 1.0) is book


def test_a_book_never_changes_in_place() -> None:
    book = a_book(a_position(magic=5))
    apply_trade(book, a_trade(entry=DealEntry.OUT), NOW)
    apply_stops(book, 7, 1.0, 1.0)
    assert book == a_book(a_position(magic=5))


def test_a_closed_position_is_gone_from_both_indexes() -> None:
    book = apply_trade(a_book(a_position(magic=5)), a_trade(entry=DealEntry.OUT), NOW)
    assert (dict(book.positions), dict(book.by_magic)) == ({}, {})


@given(st.lists(st.integers(1, 100), min_size=1, max_size=20))
def test_closing_in_parts_ends_exactly_at_nothing(parts: list[int]) -> None:
    book = apply_trade(Book(), a_trade(lots=sum(parts)), NOW)
    for i, part in enumerate(parts):
        assert book.positions[7].volume == sum(parts[i:])
        book = apply_trade(book, a_trade(lots=part, entry=DealEntry.OUT), NOW)
    assert book.positions == {}


def test_an_order_keeps_when_it_was_placed_until_it_is_gone() -> None:
    book = apply_order(apply_order(Book(), order_frame(), NOW), order_frame(left=40), NOW + 9)
    assert (book.orders[7].left, book.orders[7].placed_ns, book.orders_by_magic[5].ticket) == (40, NOW, 7)
    assert apply_order(book, order_frame(working=0), NOW).orders == {}


def test_an_order_that_was_deleted_after_a_part_filled_stays_until_that_was_heard_of() -> None:
    book = apply_order(apply_order(Book(), order_frame(), NOW), order_frame(left=ONE_LOT * 3 // 4, working=0), NOW)
    assert (book.orders[7].over, book.orders[7].left) == (True, 0)
    book = apply_trade(book, msgspec.structs.replace(a_trade(lots=ONE_LOT // 4), order=7), NOW)
    assert (book.orders, book.positions[7].pending) == ({}, True)


def test_an_order_that_was_deleted_after_its_part_was_heard_of_is_gone() -> None:
    book = apply_order(apply_order(Book(), order_frame(), NOW), order_frame(left=ONE_LOT * 3 // 4), NOW)
    book = apply_trade(book, msgspec.structs.replace(a_trade(lots=ONE_LOT // 4), order=7), NOW)
    assert apply_order(book, order_frame(left=ONE_LOT * 3 // 4, working=0), NOW).orders == {}


def test_a_position_of_an_order_that_was_pending_says_so() -> None:
    book = apply_trade(apply_order(Book(), order_frame(1), NOW), a_trade(), NOW)
    assert book.positions[7].pending
    assert not apply_trade(Book(), a_trade(), NOW).positions[7].pending


def test_a_deal_that_closes_more_than_there_is_closes_all() -> None:
    assert apply_trade(a_book(a_position(lots=40)), a_trade(lots=50, entry=DealEntry.OUT), NOW).positions == {}


def test_a_reversal_that_only_reduces_is_a_reduction() -> None:
    book = apply_trade(a_book(a_position(lots=40)), a_trade(lots=30, entry=DealEntry.INOUT, side=1), NOW)
    assert (book.positions[7].volume, book.positions[7].side) == (10, 0)


def test_a_rest_is_known_by_the_old_ticket_though_nobody_saw_that() -> None:
    book = apply_trade(Book(), msgspec.structs.replace(a_trade(position=9, lots=70), comment="from #7"), NOW)
    assert [tranche.ticket for tranche in followed_all(book)] == [7]
    assert followed(book, 9) is None


def test_a_rest_may_name_the_first_ticket_of_all() -> None:
    book = a_book(a_position(lots=100))
    for ticket, lots in ((8, 70), (9, 50)):
        deal = msgspec.structs.replace(a_trade(position=ticket, lots=lots), comment="from #7")
        book = apply_trade(book, deal, NOW)
    assert set(book.positions) == {9}
    tranche = followed(book, 7)
    assert tranche is not None
    assert tranche.volume == 50


def test_what_is_added_moves_the_price_as_a_terminal_shows_it() -> None:
    dearer = msgspec.structs.replace(a_trade(lots=3 * ONE_LOT), price=1.2)
    book = apply_trade(apply_trade(Book(), a_trade(), NOW), dearer, NOW)
    assert round(book.positions[7].price, 9) == 1.175
    reduced = apply_trade(book, a_trade(entry=DealEntry.OUT, side=1), NOW)
    assert reduced.positions[7].price == book.positions[7].price
    unknown = apply_trade(book, msgspec.structs.replace(a_trade(), price=0.0), NOW)
    assert unknown.positions[7].price == book.positions[7].price


def test_each_leg_keeps_the_price_of_its_own_deal() -> None:
    dearer = msgspec.structs.replace(a_trade(lots=3 * ONE_LOT), price=1.2, order=99)
    nets = msgspec.structs.replace(Book(), netting=True)
    book = apply_trade(apply_trade(nets, a_trade(), NOW), dearer, NOW)
    tranches = [tranche for tranche in (followed(book, 7), followed(book, 99)) if tranche is not None]
    assert [(tranche.deal_price, round(tranche.price, 9)) for tranche in tranches] == [(1.1, 1.175), (1.2, 1.175)]


def test_a_rest_with_a_new_ticket_has_the_stops_that_its_deal_tells() -> None:
    trade = msgspec.structs.replace(a_trade(position=9, lots=70), comment="from #7", sl=1.05, tp=1.2)
    book = apply_trade(a_book(a_position(lots=100)), trade, NOW)
    assert [(position.sl, position.tp) for position in book.positions.values()] == [(1.05, 1.2)]


@pytest.mark.parametrize(
    ("comment", "ticket"),
    [
        ("from #7", 7),
        ("from #2147483647", 2**31 - 1),
        ("from #7 by hand", 7),
        ("from #2147483648", None),
        ("from #99999999999", None),
        ("from #99999999999999999999", None),
        ("from #" + "9" * 5000, None),
        ("from #0", None),
        ("from #-7", None),
        ("from #\u0667", None),
        ("to #7", None),
    ],
)
def test_a_comment_names_a_former_ticket_only_where_mt4_can_have_given_it(comment: str, ticket: int | None) -> None:
    assert former_ticket(comment) == ticket
