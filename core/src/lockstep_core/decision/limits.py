"""Limits over a whole account: how much may be open in all. What cannot be computed is refused."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from lockstep_core.books.book import Book
from lockstep_core.books.positions import Position
from lockstep_core.decision.context import Exposure, Stake
from lockstep_core.decision.rounding import least_order
from lockstep_core.decision.sizing import Opening, value_of
from lockstep_core.decision.spec_check import slave_value_doubt
from lockstep_core.market.exact import about
from lockstep_core.market.money import Figures
from lockstep_core.market.symbols import SymbolSpec
from lockstep_core.rules.rules import LimitRule
from lockstep_core.skips import Params, Skip, SkipCode
from lockstep_core.units import ONE_LOT, Lots, floor_to_step, lots_text

_SHARE_LEFT, _MONEY_LEFT = "limits.reserved_margin_fraction", "limits.min_free_margin"
_WHOLE = Fraction(1)
_CLOSE = 1e-6
"""A sum that is nearer to its limit than this is compared as a fraction instead of a float."""


def exposure_of(book: Book, specs: Mapping[str, SymbolSpec]) -> Exposure:
    """What a book has open or may have once its orders fill; valued at the prices of opening."""
    return Exposure(_with_orders(book) if book.orders else tuple(book.positions.values()), specs)


def _with_orders(book: Book) -> tuple[Position | Stake, ...]:
    """The rest of an order that filled in part becomes more of the same position."""
    stakes: dict[int, Position | Stake] = dict(book.positions)
    for order in book.orders.values():
        slave_position = stakes.get(order.ticket)
        if slave_position is None:
            price, volume, sl = order.limit or order.price, 0, order.sl
        else:
            price, volume, sl = slave_position.price, slave_position.volume, slave_position.sl
        stakes[order.ticket] = Stake(order.symbol, order.side, volume + order.left, price, sl)
    return tuple(stakes.values())


def with_opening(exposure: Exposure, symbol: str, side: int, lots: int, price: float, sl: float = 0.0) -> Exposure:
    """The exposure with one position more."""
    return Exposure((*exposure.stakes, Stake(symbol, side, lots, price, sl)), exposure.specs, exposure.further)


def with_rest(exposure: Exposure, slave_position: Position, lots: int) -> Exposure:
    """The exposure with some lots more in a position that is still being filled. On a netting account `slave_position` is
    the allocation, and counts where it is on the side of the net position.
    """
    stakes = tuple(
        Stake(stake.symbol, stake.side, stake.volume + lots, stake.price, stake.sl)
        if isinstance(stake, Position) and (stake.ticket, stake.side) == (slave_position.ticket, slave_position.side)
        else stake
        for stake in exposure.stakes
    )
    return Exposure(stakes, exposure.specs, exposure.further)


def over_count(rule: LimitRule, exposure: Exposure, symbol: str, side: int) -> Skip | None:
    """Why no further position may be opened, whatever its lots."""
    stakes, further = exposure.stakes, exposure.further
    count = len(stakes) - len(further)
    if rule.positions and count >= rule.positions:
        return _too_many("limits.max_open_positions", count, "all", "", rule.positions)
    if rule.per_symbol:
        count = _of_symbol(stakes, symbol) - (_of_symbol(further, symbol) if further else 0)
        if count >= rule.per_symbol:
            return _too_many("limits.max_open_positions_per_symbol", count, "symbol", symbol, rule.per_symbol)
    if rule.per_side:
        count = _of_side(stakes, side) - (_of_side(further, side) if further else 0)
        if count >= rule.per_side:
            return _too_many("limits.max_open_positions_per_side", count, "sell" if side else "buy", "", rule.per_side)
    return None


def _of_symbol(stakes: Iterable[Position | Stake], symbol: str) -> int:
    return len([stake for stake in stakes if stake.symbol == symbol])


def _of_side(stakes: Iterable[Position | Stake], side: int) -> int:
    return len([stake for stake in stakes if stake.side == side])


def _too_many(setting: str, count: int, scope: str, symbol: str, limit: int) -> Skip:
    params: Params = {"scope": scope, "symbol": symbol, "count": count, "limit": limit}
    return Skip(SkipCode.TOO_MANY_POSITIONS, setting, params)


def within_volume_limit(opening: Opening, lots: Lots) -> Lots | Skip:
    """How many of the lots the broker takes, with all that is open or pending in the same direction. Fewer lots, if they are
    still enough for an order; else why none.
    """
    slave, spec = opening.context.slave, opening.spec
    exposure = slave.exposure or exposure_of(slave.book, slave.specs)
    held = sum(s.volume for s in exposure.stakes if s.symbol == spec.name and s.side == opening.side)
    if slave.book.netting:
        held = max(held, held + _added_by_closing(opening))
    fitting = floor_to_step(max(spec.volume_limit - held, 0), spec.volume_step)
    if lots <= fitting:
        return lots
    if fitting >= least_order(spec):
        return Lots(fitting)
    params = {"symbol": spec.name, "held": lots_text(held), "limit": lots_text(spec.volume_limit)}
    return Skip(SkipCode.VOLUME_LIMIT, "", params)


def _added_by_closing(opening: Opening) -> int:
    """How many lots a netting account gains in the direction of an opening when all copies of the other direction are
    closed. Those closings change the net position, so the broker must have room for them, too.
    """
    name, side, book = opening.spec.name, opening.side, opening.context.slave.book
    copies = sum(copy.volume for copy in book.by_magic.values() if copy.symbol == name and copy.side != side)
    return copies - sum(net.volume for net in book.positions.values() if net.symbol == name and net.side != side)


def over_volume(rule: LimitRule, exposure: Exposure, opening: Opening, lots: int) -> Skip | None:
    """Why these lots may not be opened in addition."""
    total = lots + sum([stake.volume for stake in exposure.stakes]) if rule.total_lots else 0
    if total > rule.total_lots:
        params = {"lots": lots_text(total), "limit": lots_text(rule.total_lots)}
        return Skip(SkipCode.TOO_MANY_LOTS, "limits.max_total_lots", params)
    if rule.leverage is None and rule.reserved is None and rule.margin is None:
        return None
    figures = opening.context.slave.figures
    if figures is None or not _is_known(opening):
        return _unknown(rule, opening)
    doubt = slave_value_doubt(opening.spec, _setting(rule), opening.context)
    if doubt is not None:
        return doubt
    skip = None if rule.leverage is None else _over_leverage(rule.leverage, exposure, figures, opening, lots)
    return skip or _over_margins(rule, figures, opening, lots)


def _is_known(opening: Opening) -> bool:
    return opening.spec.worth > 0 and opening.entry > 0


def _setting(rule: LimitRule) -> str:
    if rule.leverage is not None:
        return "limits.max_leverage"
    return _MONEY_LEFT if rule.reserved is None else _SHARE_LEFT


def _unknown(rule: LimitRule, opening: Opening) -> Skip:
    setting = _setting(rule)
    if not _is_known(opening):
        return Skip(SkipCode.SPEC_UNKNOWN, setting, {"what": "value", "symbol": opening.spec.name})
    return Skip(SkipCode.FIGURES_UNKNOWN, setting, {"account": "slave", "figure": "all"})


def _over_leverage(leverage: Fraction, exposure: Exposure, figures: Figures, opening: Opening, lots: int) -> Skip | None:
    total, allowed = _about(lots, opening), about(leverage) * about(figures.equity)
    for stake in exposure.stakes:
        spec = exposure.specs.get(stake.symbol)
        if spec is not None and stake.price > 0:
            total += stake.volume / ONE_LOT * stake.price * spec.worth
    left, doubt = allowed - total, _CLOSE * (total + abs(allowed))
    if left > doubt or (left >= -doubt and _worth(exposure, opening, lots) <= leverage * figures.equity):
        return None
    return Skip(SkipCode.LEVERAGE, "limits.max_leverage", {"limit": f"{float(leverage):g}"})


def _over_margins(rule: LimitRule, figures: Figures, opening: Opening, lots: int) -> Skip | None:
    """Free margin that must stay: a share of the equity, an amount of money."""
    if rule.reserved is None and rule.margin is None:
        return None
    if figures.leverage <= 0:
        setting = _MONEY_LEFT if rule.reserved is None else _SHARE_LEFT
        return Skip(SkipCode.FIGURES_UNKNOWN, setting, {"account": "slave", "figure": "leverage"})
    if rule.reserved is not None and not _leaves(rule.reserved, rule.about_reserved, figures.equity, figures, opening, lots):
        return Skip(SkipCode.MARGIN_RESERVED, _SHARE_LEFT, {"percent": f"{float(rule.reserved * 100):g}"})
    if rule.margin is not None and not _leaves(_WHOLE, 1.0, rule.margin, figures, opening, lots):
        params = {"limit": f"{float(rule.margin):.12g}", "currency": figures.currency}
        return Skip(SkipCode.MARGIN_TOO_LOW, _MONEY_LEFT, params)
    return None


def _leaves(share: Fraction, near: float, money: Fraction, figures: Figures, opening: Opening, lots: int) -> bool:
    """Whether this share of the money stays free after an opening; where floats are too near to tell, fractions do. `near`
    is the float that is nearest to the share.
    """
    free, needed, kept = about(figures.margin_free), _about(lots, opening) / figures.leverage, near * about(money)
    left, doubt = free - needed - kept, _CLOSE * (abs(free) + needed + abs(kept))
    if abs(left) > doubt:
        return left > 0
    return figures.margin_free - _worth(Exposure(), opening, lots) / figures.leverage >= share * money


def _about(lots: int, opening: Opening) -> float:
    return lots / ONE_LOT * opening.entry * opening.spec.worth


def _worth(exposure: Exposure, opening: Opening, lots: int) -> Fraction:
    slave_position = [(stake.volume, stake.price, exposure.specs.get(stake.symbol)) for stake in exposure.stakes]
    values = (value_of(*each) for each in (*slave_position, (lots, opening.entry, opening.spec)))
    return sum((value for value in values if value is not None), Fraction(0))
