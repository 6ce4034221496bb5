"""Books as snapshots find them."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from lockstep_core.books import tranches
from lockstep_core.books.allocations import AllocationKey
from lockstep_core.books.book import SETTLING_NS, Book, apply_trade, followed, followed_all, is_ambiguous
from lockstep_core.books.from_snapshot import from_snapshot, replayed, with_known_allocations, with_known_tranches
from lockstep_core.books.positions import Position
from lockstep_core.books.tranches import KnownTranche
from lockstep_core.units import ONE_LOT, Lots
from lockstep_core.wire.enums import DealEntry
from lockstep_core.wire.frames import PendingOrder, Trade
from lockstep_core.wire.frames import PositionFrame as PositionFrame

from .trading import NOW, a_book, a_position, a_trade, order_frame


def frame(ticket: int = 7, lots: int = ONE_LOT, age_ms: int = 1000, magic: int = 0, side: int = 0) -> PositionFrame:
    return PositionFrame(ticket, magic, lots, 1.1, 1.0, 2.0, 0, age_ms, side, 0, "EURUSD", "c")


@pytest.mark.parametrize(("time_msc", "age_ms"), [(0, 5_000), (1_772_000_000_001, 5_000), (1_772_000_000_000, 4_001)])
def test_what_began_in_a_whole_second_is_as_old_as_the_end_of_it(time_msc: int, age_ms: int) -> None:
    """MT4 shows the second alone, and nothing counts as older than is proved."""
    told = msgspec.structs.replace(frame(age_ms=5_000), time_msc=time_msc)
    assert from_snapshot([told], Book(), 5, NOW).positions[7].opened_ns == NOW - age_ms * 1_000_000


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
    assert is_ambiguous(book, a_trade(entry=DealEntry.OUT, seen_ns=1001))
    assert not is_ambiguous(book, a_trade(position=8, seen_ns=1001))
    assert not is_ambiguous(book, a_trade(entry=DealEntry.OUT, seen_ns=1000 + SETTLING_NS))


def test_orders_of_a_snapshot_are_as_old_as_they_say() -> None:
    book = from_snapshot([], Book(), 5, NOW, orders=[order_frame(age_ms=3), order_frame(8, age_ms=-3)])
    assert [book.orders[n].placed_ns for n in (7, 8)] == [NOW - 3_000_000, NOW]


def test_what_was_added_unseen_is_a_leg_as_old_as_the_position() -> None:
    old = a_book(a_position(lots=50, age_ms=0))
    book = from_snapshot([frame(lots=80, age_ms=60_000)], old, 5, NOW, netting=True)
    tranches = followed_all(book)
    assert [(tranche.volume, tranche.opened_ns) for tranche in tranches] == [(50, NOW), (30, NOW - 60_000_000_000)]
    assert followed(book, 7) == tranches[0]


def test_what_a_hedging_accounts_order_filled_unseen_is_the_same_tranche_and_no_fresher_than_its_opening() -> None:
    old = a_book(a_position(lots=50, age_ms=9_000))
    (tranche,) = followed_all(from_snapshot([frame(lots=80, age_ms=9_000)], old, 5, NOW))
    assert (tranche.ticket, tranche.volume, tranche.opened) == (7, 80, 80)
    assert tranche.fresh_ns == NOW - 9_000_000_000


def test_a_position_found_on_the_other_side_is_not_the_one_that_was_followed() -> None:
    old = a_book(a_position(side=1))
    book = from_snapshot([frame()], old, 5, NOW)
    assert followed(book, 7) is None
    assert [tranche.side for tranche in followed_all(book)] == [0]


def test_stops_that_changed_unseen_changed_when_that_was_read() -> None:
    old = a_book(a_position(sl=1.0, tp=2.0), a_position(8, sl=0.9, tp=2.0))
    book = from_snapshot([frame(), frame(8)], old, 5, NOW)
    assert [book.positions[n].stops_ns for n in (7, 8)] == [0, NOW]


def test_legs_are_remembered_by_links_across_restarts() -> None:
    known = [
        KnownTranche(7, "EURUSD", 0, Lots(60)),
        KnownTranche(9, "EURUSD", 0, Lots(40)),
        KnownTranche(11, "GBPUSD", 0, Lots(5)),
    ]
    book = from_snapshot([frame(lots=80)], Book(), 5, NOW, netting=True)
    book = with_known_tranches(book, known)
    assert [(tranche.ticket, tranche.volume) for tranche in followed_all(book)] == [(7, 60), (9, 20)]
    assert followed(book, 9) is not None


WAITED = KnownTranche(9, "EURUSD", 0, Lots(50), waits=True)


@pytest.mark.parametrize(
    ("lots", "tranches"),
    [
        (110, [(7, 10), (11, 100)]),
        (160, [(7, 10), (9, 50), (11, 100)]),
        (60, [(7, 10), (11, 50)]),
    ],
)
def test_an_order_that_waited_is_a_leg_only_where_all_of_it_is_there(lots: int, tranches: list[tuple[int, int]]) -> None:
    known = [KnownTranche(7, "EURUSD", 0, Lots(10)), WAITED, KnownTranche(11, "EURUSD", 0, Lots(100))]
    book = with_known_tranches(from_snapshot([frame(lots=lots)], Book(), 5, NOW, netting=True), known)
    assert [(tranche.ticket, tranche.volume) for tranche in followed_all(book)] == tranches


def test_what_nobody_saw_is_not_taken_for_a_part_of_an_order_that_waited() -> None:
    known = [KnownTranche(7, "EURUSD", 0, Lots(10)), WAITED]
    book = with_known_tranches(from_snapshot([frame(lots=30)], Book(), 5, NOW, netting=True), known)
    first, unseen = followed_all(book)
    assert (first.ticket, first.volume, unseen.volume) == (7, 10, 20)
    assert unseen.ticket != 9


def test_what_one_link_saw_filled_is_filled_for_all() -> None:
    seen = KnownTranche(9, "EURUSD", 0, Lots(50))
    assert WAITED.known_also_as(seen) == seen.known_also_as(WAITED) == seen
    assert KnownTranche(9, "EURUSD", 0, Lots(50), over=True).known_also_as(WAITED) == seen


def test_an_order_that_filled_in_part_and_still_waits_is_a_leg() -> None:
    waiting = PendingOrder(9, 0, 50, 20, 1.1, 0.0, 0.0, 0.0, 0, 1000, 0, 0, 2, 1, "EURUSD", "")
    known = [KnownTranche(7, "EURUSD", 0, Lots(10)), WAITED]
    book = with_known_tranches(from_snapshot([frame(lots=40)], Book(), 5, NOW, netting=True, orders=[waiting]), known)
    assert [(tranche.ticket, tranche.volume) for tranche in followed_all(book)] == [(7, 10), (9, 30)]


def test_a_position_that_an_order_became_is_that_orders_leg() -> None:
    book = with_known_tranches(from_snapshot([frame(9, lots=30)], Book(), 5, NOW, netting=True), [WAITED])
    assert [(tranche.ticket, tranche.volume) for tranche in followed_all(book)] == [(9, 30)]


def test_a_second_deal_of_an_order_is_remembered_on_a_hedging_account_too() -> None:
    first = apply_trade(Book(), a_trade(lots=60), NOW)
    both = apply_trade(first, msgspec.structs.replace(a_trade(lots=40), deal=2), NOW)
    known = [KnownTranche(tranche.ticket, "EURUSD", 0, tranche.opened) for tranche in followed_all(both)]
    other = KnownTranche(8, "EURUSD", 0, Lots(100))
    book = with_known_tranches(from_snapshot([frame(lots=100), frame(8, lots=100)], Book(), 5, NOW), [*known, other])
    assert [(tranche.ticket, tranche.volume) for tranche in followed_all(book)] == [
        *((tranche.ticket, tranche.volume) for tranche in followed_all(both)),
        (8, 100),
    ]
    assert all(0 < tranche.ticket < 2**62 for tranche in followed_all(book))


def test_a_rest_with_a_new_ticket_is_known_by_the_old_one_across_restarts() -> None:
    rest = msgspec.structs.replace(frame(9, lots=70), comment="from #7")
    book = with_known_tranches(from_snapshot([rest], Book(), 5, NOW), [KnownTranche(7, "EURUSD", 0, Lots(100))])
    tranche = followed(book, 7)
    assert tranche is not None
    assert (tranche.ticket, tranche.volume) == (7, 70)
    assert followed(book, 9) is None
    assert followed(with_known_tranches(from_snapshot([rest], Book(), 5, NOW), []), 7) is not None


def test_a_rest_that_is_found_beside_what_it_is_left_of_takes_its_place() -> None:
    rest = msgspec.structs.replace(frame(9, lots=70), comment="from #7")
    for old in (Book(), a_book(a_position(lots=100))):
        book = with_known_tranches(
            from_snapshot([frame(lots=100), rest], old, 5, NOW), [KnownTranche(7, "EURUSD", 0, Lots(100))]
        )
        assert [(tranche.ticket, tranche.volume) for tranche in followed_all(book)] == [(7, 70)]
        closed = apply_trade(book, a_trade(lots=30, entry=DealEntry.OUT, side=1), NOW)
        assert [(tranche.ticket, tranche.volume) for tranche in followed_all(closed)] == [(7, 70)]


def test_a_rest_that_was_found_and_is_closed_is_no_longer_there() -> None:
    rest = msgspec.structs.replace(frame(9, lots=70, magic=5), comment="from #7")
    book = with_known_tranches(from_snapshot([rest], Book(), 5, NOW), [])
    assert (book.by_magic[5].ticket, book.by_magic[5].root) == (9, 7)
    closed = apply_trade(book, a_trade(position=9, lots=70, entry=DealEntry.OUT, side=1), NOW)
    assert (dict(closed.positions), dict(closed.by_magic)) == ({}, {})


def test_a_leg_on_the_other_side_is_not_remembered() -> None:
    book = from_snapshot([frame(lots=80)], Book(), 5, NOW, netting=True)
    book = with_known_tranches(book, [KnownTranche(8, "EURUSD", 1, Lots(60)), KnownTranche(9, "EURUSD", 1, Lots(40))])
    assert [tranche.ticket for tranche in followed_all(book)] == [7]


def deal(number: int, order: int, lots: int, entry: DealEntry = DealEntry.IN, side: int = 0) -> Trade:
    return msgspec.structs.replace(a_trade(lots=lots, entry=entry, side=side), deal=number, order=order)


GROWN = (
    (deal(1, 7, 60), NOW - 9),
    (deal(2, 8, 40), NOW - 5),
    (deal(3, 9, 30, DealEntry.OUT, 1), NOW - 3),
    (deal(4, 10, 20), NOW),
)


def test_deals_told_by_a_snapshot_make_the_legs_that_one_who_saw_them_knows() -> None:
    live = Book(netting=True)
    for trade, at_ns in GROWN:
        live = apply_trade(live, trade, at_ns)
    found = from_snapshot([frame(lots=90)], Book(), 5, NOW, netting=True)
    told = with_known_tranches(found, [KnownTranche(8, "EURUSD", 0, Lots(40))], replayed(GROWN))
    tranches = [(tranche.ticket, tranche.volume, tranche.opened, tranche.deal_price) for tranche in followed_all(told)]
    assert tranches == [
        (tranche.ticket, tranche.volume, tranche.opened, tranche.deal_price) for tranche in followed_all(live)
    ]
    assert [tranche.opened_ns for tranche in followed_all(told)][1:] == [NOW - 5, NOW]
    assert followed(told, 10) is not None


def test_a_leg_that_was_known_stays_as_old_as_it_was() -> None:
    old = apply_trade(apply_trade(Book(netting=True), GROWN[0][0], NOW - 90), GROWN[1][0], NOW - 50)
    found = from_snapshot([frame(lots=100)], old, 5, NOW, netting=True)
    told = with_known_tranches(found, [], replayed(GROWN[:2]))
    assert [tranche.opened_ns for tranche in followed_all(told)] == [NOW - 90, NOW - 50]


def test_deals_that_do_not_add_up_to_the_position_tell_nothing() -> None:
    found = from_snapshot([frame(lots=80)], Book(), 5, NOW, netting=True)
    assert [tranche.ticket for tranche in followed_all(with_known_tranches(found, [], replayed(GROWN)))] == [7]


def test_a_position_that_turned_unseen_is_the_leg_of_the_order_that_turned_it() -> None:
    deals = (*GROWN[:2], (deal(3, 9, 150, DealEntry.INOUT, 1), NOW))
    found = from_snapshot([frame(lots=50, side=1)], Book(), 5, NOW, netting=True)
    book = with_known_tranches(found, [KnownTranche(7, "EURUSD", 0, Lots(60))], replayed(deals))
    assert [(tranche.ticket, tranche.volume, tranche.side) for tranche in followed_all(book)] == [(9, 50, 1)]


def test_a_copy_of_a_leg_that_nobody_saw_opening_keeps_following_it() -> None:
    first = from_snapshot([frame(lots=60)], Book(), 5, NOW, netting=True)
    grown = from_snapshot([frame(lots=100)], first, 6, NOW, netting=True)
    _, unseen = followed_all(grown)
    known = [KnownTranche(7, "EURUSD", 0, Lots(60)), KnownTranche(unseen.ticket, "EURUSD", 0, Lots(40))]
    again = with_known_tranches(from_snapshot([frame(lots=100)], Book(), 7, NOW, netting=True), known, replayed(GROWN[:2]))
    assert [tranche.ticket for tranche in followed_all(again)] == [7, unseen.ticket]


def test_shares_are_remembered_only_while_their_symbol_is_open() -> None:
    book = from_snapshot([frame(lots=80)], Book(), 5, NOW, netting=True)
    allocations: dict[AllocationKey, Position] = {5: a_position(1, magic=5), 6: a_position(2, magic=6, symbol="GBPUSD")}
    book = with_known_allocations(book, allocations)
    assert set(book.by_magic) == {5}
    assert (book.by_magic[5].ticket, book.by_magic[5].sl) == (7, 1.0)


def test_a_stop_of_the_net_position_ends_every_share() -> None:
    book = from_snapshot([frame(lots=80)], Book(), 5, NOW, netting=True)
    allocations: dict[AllocationKey, Position] = {5: a_position(7, lots=50, magic=5), 6: a_position(7, lots=30, magic=6)}
    book = with_known_allocations(book, allocations)
    deal = msgspec.structs.replace(a_trade(lots=80, entry=DealEntry.OUT, side=1), magic=5)
    assert apply_trade(book, deal, NOW).by_magic == {}


def test_a_netting_position_that_turned_unseen_is_not_the_leg_that_it_was() -> None:
    known = [KnownTranche(7, "EURUSD", 1, Lots(ONE_LOT))]
    book = with_known_tranches(from_snapshot([frame()], Book(), 5, NOW, netting=True), known)
    assert followed(book, 7) is None
    assert [tranche.volume for tranche in followed_all(book)] == [ONE_LOT]


@pytest.mark.parametrize("lots", [20_000_000, 8191 * 1_000_000])
def test_a_netting_position_that_turned_unseen_twice_is_never_a_leg_of_the_other_side(lots: int) -> None:
    book, tranches = from_snapshot([frame(lots=lots)], Book(), 5, NOW, netting=True), []
    for at, side in enumerate((1, 0, 1, 0), start=6):
        book = from_snapshot([frame(lots=lots, side=side)], book, at, NOW, netting=True)
        tranches.append(followed_all(book)[0].ticket)
    assert len({7, *tranches[:2]}) == 3
    assert tranches[2:] == tranches[:2]


def test_a_leg_whose_copy_is_over_is_no_leg_to_be_kept() -> None:
    known = [KnownTranche(7, "EURUSD", 0, Lots(60)), KnownTranche(9, "EURUSD", 0, Lots(40), over=True)]
    book = with_known_tranches(from_snapshot([frame(lots=60)], Book(), 5, NOW, netting=True), known)
    assert [tranche.ticket for tranche in followed_all(book)] == [7]


def test_shares_are_what_the_terminal_tells_where_it_does() -> None:
    first = from_snapshot([frame(lots=60)], Book(), 5, NOW, True, (), [a_share(4711, 100), a_share(4712, 40, side=1)])
    assert {magic: allocation.signed for magic, allocation in first.by_magic.items()} == {4711: 100, 4712: -40}
    again = from_snapshot([frame(lots=30)], first, 6, NOW, True, (), [a_share(4711, 30)])
    assert [(allocation.volume, allocation.opened) for allocation in again.by_magic.values()] == [(30, 100)]


def a_share(magic: int, lots: int, side: int = 0) -> PositionFrame:
    return PositionFrame(7, magic, lots, 1.1, 0.0, 0.0, 0, 1000, side, 1, "EURUSD", "ls:")


def test_what_is_older_than_a_netting_position_is_no_leg_of_it() -> None:
    known = [KnownTranche(5, "EURUSD", 0, Lots(40)), KnownTranche(9, "EURUSD", 0, Lots(30))]
    book = with_known_tranches(from_snapshot([frame(lots=70)], Book(), 5, NOW, netting=True), known)
    assert 5 not in {tranche.ticket for tranche in followed_all(book)}
    assert 9 in {tranche.ticket for tranche in followed_all(book)}


def test_a_rest_with_a_new_ticket_keeps_the_comment_that_filters_know() -> None:
    rest = msgspec.structs.replace(a_trade(position=9, lots=70), comment="from #7")
    book = apply_trade(a_book(a_position(lots=100)), rest, NOW)
    again = from_snapshot([msgspec.structs.replace(frame(9, lots=70), comment="from #7")], book, 5, NOW)
    first = a_position().comment
    assert [p.comment for b in (book, again) for p in b.positions.values()] == [first, first]


def test_of_very_many_remembered_tranches_a_position_is_compared_with_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[int] = []
    restored = tranches.restored

    def counted(position: Position, known: Sequence[KnownTranche], *rest: Any) -> Position:
        compared.append(len(known))
        return restored(position, known, *rest)

    monkeypatch.setattr(tranches, "restored", counted)
    found = from_snapshot([frame(number) for number in range(1, 101)], Book(), 5, NOW)
    with_known_tranches(found, [KnownTranche(number, "EURUSD", 0, Lots(100)) for number in range(1, 101)])
    assert compared == [1] * 100
