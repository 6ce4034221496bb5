"""Targets on an account that nets, what a terminal cannot do, and what is counted of openings under way."""

import msgspec
import pytest

from lockstep_core.books.allocations import AllocationKey, after_deal, are_possible, signed_sum
from lockstep_core.books.book import Book
from lockstep_core.books.links import Link
from lockstep_core.books.positions import Order, OrderKind, Position
from lockstep_core.decision.context import SlaveView
from lockstep_core.decision.decide import decide
from lockstep_core.decision.limits import exposure_of, with_opening
from lockstep_core.decision.netting import as_net
from lockstep_core.decision.target import Target
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.units import ONE_LOT, Lots
from lockstep_core.wire.enums import Action, Capability, DealEntry, Side
from lockstep_core.wire.frames import Trade

from .trading import COPIER, MICRO, NOW, a_context, a_copier, a_position, a_slave

CLOSE = Target(Action.CLOSE)


def allocation(magic: int, signed: int) -> Position:
    return a_position(9, abs(signed) * MICRO, side=Side.SELL if signed < 0 else Side.BUY, magic=magic)


def netting(net: int, *allocations: int) -> Book:
    """A book whose net position has so many hundredths of a lot, of which the links 1, 2, … own so many."""
    positions = {9: allocation(0, net)} if net else {}
    return Book(positions, {magic: allocation(magic, lots) for magic, lots in enumerate(allocations, 1)}, netting=True)


def slave_of(book: Book) -> SlaveView:
    """A slave of whose symbols nothing is known."""
    return SlaveView(book, {}, ready=True)


def after(target: Target, book: Book, magic: int = 1) -> int | str:
    """The net position that is commanded, in hundredths, or the code of why none is."""
    found = as_net(target, book.by_magic.get(magic), slave_of(book))
    return found.code.value if isinstance(found, Skip) else found.volume // MICRO


@pytest.mark.parametrize(
    ("net", "allocations", "expected"),
    [
        (50, (50,), 0),
        (-50, (-50,), 0),
        (80, (50, 30), 30),
        (-80, (-50, -30), -30),
        (20, (50, -30), -30),
        (-20, (-50, 30), 30),
        (70, (50,), 20),
        (-70, (-50,), -20),
        (60, (50, 30), 10),
        (-60, (-50, -30), -10),
        (20, (50,), 0),
        (-20, (-50,), 0),
        (20, (50, 30), 0),
        (-20, (-50, -30), 0),
        (10, (50, -20), -20),
        (-10, (-50, 20), 20),
    ],
)
def test_a_close_gives_back_the_share_but_goes_no_further_than_the_other_shares(
    net: int, allocations: tuple[int, ...], expected: int
) -> None:
    assert after(CLOSE, netting(net, *allocations)) == expected


@pytest.mark.parametrize(("before", "lots", "side"), [(50, 30, Side.BUY), (-50, 30, Side.SELL)])
def test_a_command_names_the_side_of_the_deal_it_wants(before: int, lots: int, side: Side) -> None:
    book = netting(before, before)
    opened = as_net(Target(Action.OPEN, "EURUSD", Lots(lots * MICRO), side=side), None, slave_of(book))
    closed = as_net(CLOSE, book.by_magic[1], slave_of(book))
    assert isinstance(opened, Target)
    assert isinstance(closed, Target)
    assert (opened.side, opened.expected) == (side, before * MICRO)
    assert (closed.side, closed.expected) == (1 - side, before * MICRO)


def dealt(before: int, deal: int, comment: str, net: int) -> Position | None:
    """The allocation of magic 1 after a deal of its own."""
    allocations: dict[AllocationKey, Position] = (
        {1: msgspec.structs.replace(allocation(1, before), comment=comment)} if before else {}
    )
    side = Side.SELL if deal < 0 else Side.BUY
    trade = Trade(1, 1, 9, 1, abs(deal) * MICRO, 1.1, 0.0, 0.0, 0, 0, side, DealEntry.IN, "EURUSD", "")
    return after_deal(allocations, allocation(0, net) if net else None, trade, NOW).get(1)


@pytest.mark.parametrize(
    ("before", "deal", "left"),
    [
        (50, -50, None),
        (-50, 50, None),
        (50, -20, 30),
        (-50, 20, -30),
        (50, -70, None),
        (-50, 70, None),
        (50, 20, 70),
        (0, -20, -20),
    ],
)
def test_a_share_is_what_its_deals_leave_and_never_turns_around(before: int, deal: int, left: int | None) -> None:
    found = dealt(before, deal, "ls:0a1b2c3d", before + deal or 1)
    assert (None if found is None else found.signed // MICRO) == left
    assert found is None or found.opened == max(abs(before), abs(before + deal)) * MICRO


def test_another_program_turns_its_share_around() -> None:
    found = dealt(-10, 130, "scalper", 55)
    assert (found and found.signed // MICRO, found and found.comment) == (120, "scalper")


def test_what_leaves_the_net_position_flat_turns_nothing_around() -> None:
    assert dealt(50, -80, "scalper", 0) is None


@pytest.mark.parametrize(
    ("net", "allocations", "fits"),
    [
        (50, (50,), True),
        (50, (50, -50), True),
        (0, (50, -50), True),
        (0, (50,), False),
        (40, (50,), False),
        (-50, (50,), False),
    ],
)
def test_shares_fit_a_net_position_of_their_side_that_is_big_enough(
    net: int, allocations: tuple[int, ...], fits: bool
) -> None:
    assert are_possible(netting(net, *allocations).by_magic, "EURUSD", net * MICRO) == fits


@pytest.mark.parametrize("action", [Action.PLACE, Action.SET_ORDER, Action.DELETE])
def test_pending_orders_are_no_part_of_the_net_position(action: Action) -> None:
    target = Target(action, "EURUSD", Lots(MICRO))
    assert as_net(target, None, slave_of(netting(50))) == target


def test_nothing_is_opened_where_shares_do_not_add_up() -> None:
    target = Target(Action.OPEN, "EURUSD", Lots(10 * MICRO))
    assert after(target, netting(20, 50), magic=2) == "unresolved"
    assert after(target, netting(50, 50), magic=2) == 60
    assert after(msgspec.structs.replace(target, side=Side.SELL), netting(50, 50), magic=2) == 40


def test_a_terminal_that_cannot_place_orders_is_not_told_to() -> None:
    order = Order(7, "EURUSD", OrderKind.BUY_LIMIT, Lots(ONE_LOT), Lots(ONE_LOT), 1.09, 0.0, 0.0, 0.0, 0, 0, "", NOW)
    slave = msgspec.structs.replace(a_slave(), capabilities=Capability.NET)
    link = Link(1, COPIER, 7, "EURUSD", "", Side.BUY, Lots(ONE_LOT))
    decided = decide(a_copier(pending={"mode": "copy"}), link, None, a_context(slave), order)
    assert isinstance(decided, Skip)
    assert decided.code is SkipCode.PENDING_IMPOSSIBLE


@pytest.mark.parametrize(("underway", "opens"), [(0, True), (1, False)])
@pytest.mark.parametrize("limits", [{"max_open_positions": 1}, {"max_total_lots": "1.00"}])
def test_openings_under_way_count_for_limits(limits: dict[str, object], underway: int, opens: bool) -> None:
    slave = a_slave()
    exposure = exposure_of(slave.book, slave.specs)
    for _ in range(underway):
        exposure = with_opening(exposure, "EURUSD", Side.BUY, 10 * MICRO, 1.1)
    master = a_position()
    link = Link(1, COPIER, 7, "EURUSD", "", Side.BUY, master.opened)
    context = a_context(msgspec.structs.replace(slave, exposure=exposure))
    assert isinstance(decide(a_copier(limits=limits), link, master, context), Target) == opens


def foreign(symbol: str, signed: int) -> Trade:
    """A deal of another program that trades everything under the number 77."""
    side = Side.SELL if signed < 0 else Side.BUY
    return Trade(1, 1, 9, 77, abs(signed) * MICRO, 1.1, 0.0, 0.0, 0, 0, side, DealEntry.IN, symbol, "")


def test_another_program_has_a_share_of_each_symbol_that_it_trades_under_one_number() -> None:
    allocations = after_deal({1: allocation(1, 20)}, allocation(0, -110), foreign("EURUSD", -130), NOW)
    allocations = after_deal(allocations, a_position(8, 50 * MICRO, symbol="US500"), foreign("US500", 50), NOW)
    assert (signed_sum(allocations, "EURUSD"), signed_sum(allocations, "US500")) == (-110 * MICRO, 50 * MICRO)
    assert allocations[1].signed == 20 * MICRO
    allocations = after_deal(allocations, allocation(0, 20), foreign("EURUSD", 130), NOW)
    allocations = after_deal(allocations, a_position(8, 30 * MICRO, symbol="US500"), foreign("US500", -20), NOW)
    assert (signed_sum(allocations, "EURUSD"), signed_sum(allocations, "US500")) == (20 * MICRO, 30 * MICRO)
