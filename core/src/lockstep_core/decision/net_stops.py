"""Stops on accounts with one position per symbol, which several trades may share (ADR 26).

Such a position has one stop loss and one take profit at the broker. They are the furthest that its trades want: a price that
comes to them has passed the stop of every trade. A stop that is nearer is watched by the router, which closes the lots of
that trade alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from lockstep_core.books.allocations import signed_sum
from lockstep_core.books.book import Book, net_of
from lockstep_core.books.links import Link, is_ours
from lockstep_core.books.positions import Position
from lockstep_core.decision.context import DecisionContext
from lockstep_core.decision.hidden_stops import broker_levels, is_noted, own_stops
from lockstep_core.decision.plan import Copier
from lockstep_core.decision.stop_timing import is_newer, not_now, too_old
from lockstep_core.decision.stops import (
    FROZEN_NS,
    NO_LEVELS,
    CopyPrices,
    HiddenLevels,
    Levels,
    fitted_to_market,
    target_levels,
)
from lockstep_core.decision.target import STOPPED, Decision, NoteStops, Target, Wait, shows
from lockstep_core.market.money import Quote
from lockstep_core.market.symbols import SymbolSpec, same_price
from lockstep_core.rules.rules import Rules
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.wire.enums import Action, Side

BROKER_NS = 1_000_000_000
"""How long the broker has to close a position whose own stop was reached, before the router closes single trades of it."""


class WantedStops(NamedTuple):
    """The stops that one trade of a net position wants."""

    side: int
    levels: Levels


def follow_net_stops(
    copier: Copier,
    link: Link,
    master: Position | None,
    slave_position: Position,
    spec: SymbolSpec,
    context: DecisionContext,
) -> Decision:
    """The stops that a trade wants are noted first. Then its position gets what all of its trades want together."""
    rules, book, noted = copier.rules, context.slave.book, context.slave.stops.get(link.id)
    net, skip, quote = net_of(book, slave_position.symbol), None, context.quote(spec.name)
    if not rules.stops.acts_alone:
        copy = CopyPrices(spec, slave_position.side, slave_position.price or _price_of(master), quote)
        wanted = NO_LEVELS if master is None or not rules.stops.are_followed else target_levels(rules.stops, master, copy)
        if master is not None and (noted is None or not is_noted(noted, wanted, spec.digits)):
            return _noted(copier, master, slave_position, wanted, copy, context)
    else:
        copy = CopyPrices(spec, slave_position.side, entry_of(slave_position, book), quote)
        wanted, skip = own_stops(copier, master, slave_position, noted, copy, context)
        if noted is None or not is_noted(noted, wanted, spec.digits):
            return NoteStops(wanted)
    if net is None or not (rules.stops.are_followed or wanted.sl > 0):
        return skip
    if rules.stops.leaves_changed and _is_left_alone(master, slave_position, net, context):
        return skip
    return _held(rules, link, net, copy, context) or skip


def entry_of(allocation: Position, book: Book) -> float:
    """The entry price of a trade. 0.0 if it is not known: an earlier router opened the trade into a position that others
    share.
    """
    net = net_of(book, allocation.symbol)
    return allocation.price if allocation.price > 0 or net is None or not is_single(allocation, net, book) else net.price


def is_single(allocation: Position, net: Position, book: Book) -> bool:
    """Whether a net position is one trade and nothing else."""
    return net.volume == allocation.volume and _is_alone(allocation, book)


def _held(rules: Rules, link: Link, net: Position, copy: CopyPrices, context: DecisionContext) -> Decision:
    """What the broker should hold for the whole position, if that may be changed now."""
    book, stops, spec = context.slave.book, context.slave.stops, copy.spec
    right = _right_levels(book, net, wanted_stops(book, net.symbol, stops), stops, spec.digits)
    if not rules.stops.are_followed:
        right = Levels(right.sl, net.tp)
    # It names the whole position: what a broker refuses of that may be right for one of another side or of other lots.
    target = Target(Action.SET_STOPS, net.symbol, net.volume, right.sl, right.tp, net.side)
    if shows(target, net, spec.digits):
        return None
    whole = CopyPrices(spec, net.side, net.price, copy.quote)
    fitted = fitted_to_market(right, whole)
    if fitted is None:
        return _passed(spec)
    if rules.stops.protect is not None and same_price(right.sl, net.sl, spec.digits) and fitted.sl != right.sl:
        # Only with a stop loss further out would the broker take another take profit now.
        return Wait(context.now_ns + FROZEN_NS)
    target = msgspec.structs.replace(target, sl=fitted.sl, tp=fitted.tp)
    return None if shows(target, net, spec.digits) else not_now(rules, link, net, whole, context) or target


def _is_left_alone(master: Position | None, allocation: Position, net: Position, context: DecisionContext) -> bool:
    """Whether a position that never had another trade's lots has stops that somebody set on the slave."""
    is_own = is_single(allocation, net, context.slave.book) and net.opened <= allocation.opened
    return is_own and (master is None or not is_newer(master, net, context.now_ns))


def _price_of(master: Position | None) -> float:
    return 0.0 if master is None else master.price


def levels_with(book: Book, target: Target, stops: Mapping[int, Levels], digits: int) -> Levels:
    """The stops that a net position is to have once an opening has joined it."""
    net = net_of(book, target.symbol)
    own = WantedStops(target.side, Levels(target.sl, target.tp))
    wanted = wanted_stops(book, target.symbol, stops)
    if net is None:
        return own.levels if wanted == [] else NO_LEVELS
    return _right_levels(book, net, None if wanted is None else [*wanted, own], stops, digits)


def wanted_stops(book: Book, symbol: str, stops: Mapping[int, Levels]) -> list[WantedStops] | None:
    """What the router's own trades of a symbol want; None where that is not noted of one of them yet."""
    wanted = []
    for allocation in book.by_magic.values():
        if allocation.symbol != symbol or not _is_own(allocation, stops):
            continue
        levels = stops.get(allocation.magic)
        if levels is None:
            return None
        wanted.append(WantedStops(allocation.side, broker_levels(levels)))
    return wanted


def watched_levels(allocation: Position, noted: Levels, book: Book, digits: int) -> Levels:
    """Which of the stops that a trade wants its broker does not hold, so that they have to be watched. A trade that is alone
    in its position has its stops at the broker, as on any account, unless they are hidden.
    """
    net = holder_of(allocation, book)
    if net is None or net.side != allocation.side:
        return noted
    if not isinstance(noted, HiddenLevels) and is_single(allocation, net, book):
        return NO_LEVELS
    return Levels(
        0.0 if same_price(net.sl, noted.sl, digits) else noted.sl, 0.0 if same_price(net.tp, noted.tp, digits) else noted.tp
    )


def holder_of(allocation: Position, book: Book) -> Position | None:
    """The position at the broker that has a trade's lots."""
    return net_of(book, allocation.symbol) if book.netting else allocation


def is_reached(levels: Levels, side: int, quote: Quote) -> bool:
    """Whether the market has come to a stop loss or a take profit: a buy is closed at the bid, a sell at the ask."""
    at, up = (quote.ask, -1) if side == Side.SELL else (quote.bid, 1)
    return (levels.sl > 0 and (at - levels.sl) * up <= 0) or (levels.tp > 0 and (levels.tp - at) * up <= 0)


def close_stopped(link: Link, slave_position: Position, context: DecisionContext) -> Target | Wait:
    """The closing of a trade whose watched stop was reached."""
    net, quote = holder_of(slave_position, context.slave.book), context.quote(slave_position.symbol)
    patience_ns = link.stopped_ns + BROKER_NS
    if net is None or quote is None or context.now_ns >= patience_ns:
        return STOPPED
    # If the position's own stop is reached, too, its broker closes all of it. An order of ours could then open a new one.
    return Wait(patience_ns) if is_reached(Levels(net.sl, net.tp), net.side, quote) else STOPPED


def are_same(one: Levels, other: Levels, digits: int) -> bool:
    """Whether two pairs of stops are the same on a broker's grid of prices."""
    return same_price(one.sl, other.sl, digits) and same_price(one.tp, other.tp, digits)


def _noted(
    copier: Copier, master: Position, slave_position: Position, wanted: Levels, copy: CopyPrices, context: DecisionContext
) -> NoteStops | Skip:
    if fitted_to_market(wanted, copy) is None:
        return _passed(copy.spec)
    return too_old(copier.rules, master, slave_position, context) or NoteStops(wanted)


def _right_levels(
    book: Book, net: Position, wanted: Sequence[WantedStops] | None, stops: Mapping[int, Levels], digits: int
) -> Levels:
    """The stops that the net position should have. Nothing changes while the stops of one trade are not known."""
    present = Levels(net.sl, net.tp)
    if wanted is None:
        return present
    # A stop would also close the lots of somebody else: ours are removed then, and theirs are left alone.
    if _has_strangers(book, net, stops):
        own_levels = [one.levels for one in wanted]
        is_sl = any(same_price(net.sl, levels.sl, digits) for levels in own_levels)
        is_tp = any(same_price(net.tp, levels.tp, digits) for levels in own_levels)
        return Levels(0.0 if is_sl else net.sl, 0.0 if is_tp else net.tp)
    sides = {one.side for one in wanted}
    if len(sides) != 1:
        return NO_LEVELS
    up = -1 if Side.SELL in sides else 1
    return Levels(_furthest((one.levels.sl for one in wanted), -up), _furthest((one.levels.tp for one in wanted), up))


def _furthest(levels: Iterable[float], up: int) -> float:
    """The level that the price comes to last; 0.0 where one of them is none."""
    known = list(levels)
    return 0.0 if min(known) <= 0 else max(known) if up > 0 else min(known)


def _has_strangers(book: Book, net: Position, stops: Mapping[int, Levels]) -> bool:
    """Whether somebody else has a part of a net position: another program, or a person by hand."""
    if net.signed != signed_sum(book.by_magic, net.symbol):
        return True
    return any(allocation.symbol == net.symbol and not _is_own(allocation, stops) for allocation in book.by_magic.values())


def _is_alone(allocation: Position, book: Book) -> bool:
    return sum(other.symbol == allocation.symbol for other in book.by_magic.values()) == 1


def _is_own(allocation: Position, stops: Mapping[int, Levels]) -> bool:
    """Brokers cut comments, so a trade whose stops were noted needs none."""
    return allocation.magic in stops or is_ours(allocation.comment)


def _passed(spec: SymbolSpec) -> Skip:
    return Skip(SkipCode.STOP_PASSED, "stops", {"what": "change", "symbol": spec.name})
