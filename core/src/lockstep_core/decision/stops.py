"""Where the stops of a copy belong."""

import msgspec

from lockstep_core.books.positions import Order, Position
from lockstep_core.market.money import Quote
from lockstep_core.market.symbols import SymbolSpec, on_tick
from lockstep_core.rules.rules import OneStop, StopsRule
from lockstep_core.wire.enums import Side

_SELL = int(Side.SELL)
FROZEN_NS = 1_000_000_000
"""How long until stops are looked at again after the broker's freeze level forbade a change."""


class Levels(msgspec.Struct, frozen=True, gc=False):
    """Stop loss and take profit, 0.0 for none."""

    sl: float
    tp: float


class HiddenLevels(Levels, frozen=True, gc=False):
    """Stops that the router watches and no broker is told. `shown`: the stop loss that the broker may hold, 0.0 for none."""

    shown: float = 0.0


NO_LEVELS = Levels(0.0, 0.0)


class CopyPrices(msgspec.Struct, frozen=True, gc=False):
    """The copy that stops are reckoned for: its side and entry price. `quote` None: unknown."""

    spec: SymbolSpec
    side: int
    entry: float
    quote: Quote | None


def target_levels(rule: StopsRule, master: Position, copy: CopyPrices) -> Levels:
    """The stops the settings ask for, before any broker's rules; swapped where the copy is the other way round."""
    up = -1 if copy.side == _SELL else 1
    sl_source, tp_source = (master.sl, master.tp) if copy.side == master.side else (master.tp, master.sl)
    sl = _level(rule.sl, master, copy, sl_source, -up)
    if rule.max_points:
        sl = _limited(rule.max_points, sl, copy, up)
    if rule.min_points and sl > 0:
        sl = _further(rule.min_points, sl, copy, up)
    tp = _level(rule.tp, master, copy, tp_source, up)
    return Levels(on_tick(sl, copy.spec) if sl > 0 else 0.0, on_tick(tp, copy.spec) if tp > 0 else 0.0)


def fitted_to_market(levels: Levels, copy: CopyPrices) -> Levels | None:
    """The stops, moved out to the broker's smallest distance from the market where they are nearer; None where the market is
    beyond one of them already, so that no broker takes it.
    """
    if copy.quote is None:
        return levels
    at, up = (copy.quote.ask, -1) if copy.side == _SELL else (copy.quote.bid, 1)
    if (levels.sl > 0 and (at - levels.sl) * up <= 0) or (levels.tp > 0 and (levels.tp - at) * up <= 0):
        return None
    if copy.spec.stops_level == 0:
        return levels
    gap = copy.spec.stops_level * copy.spec.point * up
    sl, tp = _at_least(levels.sl, at - gap, -up, copy.spec), _at_least(levels.tp, at + gap, up, copy.spec)
    return levels if sl is levels.sl and tp is levels.tp else Levels(sl, tp)


def hidden_levels(rule: StopsRule, levels: Levels, copy: CopyPrices) -> HiddenLevels:
    """Stops that are hidden, with the disaster stop that the broker holds: no nearer than the hidden stop loss."""
    if not rule.hidden or copy.entry <= 0:
        return HiddenLevels(levels.sl, levels.tp, 0.0)
    up = -1 if copy.side == _SELL else 1
    far = on_tick(max(0.0, copy.entry - up * rule.hidden * copy.spec.point), copy.spec)
    is_further = levels.sl > 0 and (levels.sl - far) * up < 0
    return HiddenLevels(levels.sl, levels.tp, levels.sl if is_further else far)


def at_broker(rule: StopsRule, levels: Levels, copy: CopyPrices) -> Levels:
    """What of a new copy's stops its broker is told."""
    if rule.hidden is None:
        return levels
    shown = Levels(hidden_levels(rule, levels, copy).shown, 0.0)
    return fitted_to_market(shown, copy) or NO_LEVELS


def is_frozen(slave_position: Position, copy: CopyPrices) -> bool:
    """Whether one of an open position's stops is so near to the market that the broker allows no change."""
    distance = copy.spec.freeze_level
    if copy.quote is None or distance == 0:
        return False
    gap, at = distance * copy.spec.point, copy.quote.ask if copy.side == _SELL else copy.quote.bid
    return any(level > 0 and abs(at - level) <= gap for level in (slave_position.sl, slave_position.tp))


def is_order_frozen(order: Order, spec: SymbolSpec, quote: Quote | None) -> bool:
    """Whether a pending order is so near to be triggered that the broker allows no change."""
    if quote is None or spec.freeze_level == 0:
        return False
    return abs(entry_price(quote, order.side) - order.price) <= spec.freeze_level * spec.point


def entry_price(quote: Quote, side: int) -> float:
    """What an opening of this side pays."""
    return quote.bid if side == _SELL else quote.ask


def _level(rule: OneStop, master: Position, copy: CopyPrices, source: float, away: int) -> float:
    if rule.mode == "none":
        return 0.0
    if rule.mode == "copy" and rule.points == 0:
        return source
    shift = away * rule.points * copy.spec.point
    if rule.mode == "fixed":
        return copy.entry + shift
    if source <= 0:
        return 0.0
    return (source if rule.mode == "copy" else copy.entry + source - master.price) + shift


def _limited(max_points: int, sl: float, copy: CopyPrices, up: int) -> float:
    furthest = copy.entry - up * max_points * copy.spec.point
    return furthest if sl <= 0 or (sl - furthest) * up < 0 else sl


def _further(min_points: int, sl: float, copy: CopyPrices, up: int) -> float:
    """A stop loss that is not nearer; one at the entry or in profit protects what was won."""
    nearest = copy.entry - up * min_points * copy.spec.point
    return nearest if (sl - nearest) * up > 0 and (copy.entry - sl) * up > 0 else sl


def _at_least(level: float, nearest: float, away: int, spec: SymbolSpec) -> float:
    if level <= 0 or (level - nearest) * away >= 0:
        return level
    tick = spec.tick or spec.point
    aligned = on_tick(nearest, spec) if nearest > 0 else 0.0
    return aligned if (aligned - nearest) * away >= -tick / 1000 else round(aligned + away * tick, spec.digits)
