"""Whether and how a master's position or pending order is opened on the slave: one check after the other, cheapest first."""

import msgspec

from lockstep_core.books.links import Link
from lockstep_core.books.positions import Position
from lockstep_core.books.tranches import is_further_fill
from lockstep_core.decision.context import DecisionContext, Halt
from lockstep_core.decision.day_limits import over_day
from lockstep_core.decision.economic_news import distance_of, forbids_opening
from lockstep_core.decision.filters import closes_only, filtered
from lockstep_core.decision.instrument import instrument
from lockstep_core.decision.limits import exposure_of, over_count, over_volume, within_volume_limit
from lockstep_core.decision.modes import mode_skip
from lockstep_core.decision.plan import Copier
from lockstep_core.decision.price_limits import beyond, limits_of, no_quote
from lockstep_core.decision.rounding import exact_lots, fitted_lots, least_order, one_order
from lockstep_core.decision.sizing import Opening, requested_lots
from lockstep_core.decision.stops import CopyPrices, Levels, entry_price, fitted_to_market, target_levels
from lockstep_core.decision.target import AskQuote, PriceLimits, Sized, Wait
from lockstep_core.decision.trading_hours import outside
from lockstep_core.decision.weekend import forbids_any, forbids_weekend
from lockstep_core.decision.worst_case import lots_within
from lockstep_core.market.exact import NOTHING, Ratio
from lockstep_core.market.money import Prices, Quote
from lockstep_core.market.symbol_matching import Match
from lockstep_core.market.symbols import SymbolSpec, in_points, may_open
from lockstep_core.rules.rules import FilterRule, GuardRule, LimitRule, NewsRule, Rules
from lockstep_core.settings.mode import CopierMode
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.units import Lots, floor_to_step, lots_text
from lockstep_core.wire.enums import Capability, Side

_BUY, _SELL = int(Side.BUY), int(Side.SELL)
_ON = CopierMode.ON
_LATE = "late_openings"
ONCE = frozenset({"fixed", "fixed_risk", "risk_amount"})
"""Ways of sizing whose lots do not grow with the master's: the first part of an order has all of them."""
WHOLE_ORDER = ONCE | {"formula"}
"""Ways of sizing whose lots do not grow with the master's, or need not."""
_AS_IT_IS = frozenset({"none", "copy"})
"""Stops that do not depend on the price of the copy."""
# What a function gives in most cases is asked for by its type: to learn that a struct is not of another type takes longer.
BY_PRICE = frozenset({"fixed_risk", "risk_amount", "formula"})
"""Ways of sizing whose lots may depend on the price of the copy."""


class Draft(msgspec.Struct, frozen=True, gc=False):
    """What would be opened. `exact`: the lots before they were rounded; `rest`: lots that are left for further orders."""

    spec: SymbolSpec
    side: int
    lots: Lots
    exact: Ratio
    levels: Levels
    opening: Opening
    limits: PriceLimits | None = None
    rest: Lots = Lots(0)


def may_begin(copier: Copier, opened_ns: int, context: DecisionContext) -> Skip | Wait | None:
    """Why nothing is opened at this time, whatever the master opened at `opened_ns`."""
    own, slave, master = copier.mode, context.slave.mode, copier.master_mode
    if own is not _ON or slave is not _ON or master is not _ON:
        skip = mode_skip(own, slave, master)
        if skip is not None:
            return skip
    if context.halt is not None:
        return _halted(context.halt)
    rules = copier.rules
    if context.now_ns - opened_ns > rules.max_age_ns:
        return _too_late(rules, context, opened_ns)
    if not context.slave.ready:
        return Wait(opened_ns + rules.max_age_ns + 1)
    return None if rules.delay_min_ns + rules.delay_span_ns == 0 else _delayed(rules, opened_ns, context)


def _halted(halt: Halt) -> Skip:
    if halt.pauses:
        return Skip(SkipCode.GUARD_PAUSED, halt.setting, halt.params)
    return Skip(SkipCode.GUARD, halt.setting, halt.params)


def whole_of(rules: Rules, link: Link, master: Position, context: DecisionContext) -> Sized | None:
    """What a whole order asks for, where the other parts of its copy have all of it that the broker takes."""
    settled = _settled(rules, master, link)
    if not settled[0] and rules.sizing.mode in ONCE and master.volume > link.master_opened:
        return Sized(NOTHING)
    match = instrument(rules, master, False, context)
    if not isinstance(match, Match):
        return None
    side = opposite(master.side) if rules.reverse else master.side
    opening = Opening(master, match.spec, side, master.price, master.sl, match.factor, context, match.alike)
    found, least = _lots_of(rules, opening, settled), least_order(match.spec)
    if isinstance(found, Skip):
        return Sized(settled) if settled[0] and settled[0] < (link.beside + least) * settled[1] else None
    return Sized(found[1]) if found[0] - link.beside < least else None


def _settled(rules: Rules, master: Position, link: Link | None) -> Ratio:
    """The lots of a whole order that were settled when the first part of its copy was sent, less what the master has closed
    since. Nothing where the order has grown beyond that, or nobody knows.
    """
    if link is None or not link.beside or not link.exact[0]:
        return NOTHING
    left, sized = master.volume, link.master_opened
    if left < sized:
        return link.exact[0] * left, link.exact[1] * sized
    return link.exact if left == sized or rules.sizing.mode in ONCE else NOTHING


def draft(
    rules: Rules, master: Position, entry: float, context: DecisionContext, link: Link | None = None
) -> Draft | Skip | AskQuote:
    """What a master's position becomes on the slave; `entry` is the price it will have, 0.0 for the market's. `link` says
    what other parts of its copy have already.
    """
    skip = _copied_already(rules, master)
    if skip is not None:
        return skip
    skip = (
        None
        if rules.filters is None
        else filtered(rules.filters, master) or outside(rules.filters, context.utc_ms, context.slave.figures)
    )
    if skip is not None:
        return skip
    match = instrument(rules, master, entry > 0, context)
    if not isinstance(match, Match):
        return match
    side = opposite(master.side) if rules.reverse else master.side
    skip = _blocked(rules, master.symbol, match.spec, side, context, link)
    if skip is None and rules.late_points is not None and entry <= 0:
        late = _late(rules, master, match.spec, side, context, link)
        if late is not None:
            return late
    settled = _settled(rules, master, link)
    found = skip or _priced(rules, master, match, side, entry, context, settled)
    if not isinstance(found, Draft):
        return found
    return _in_one(_less(rules, found, Lots(0) if link is None else link.beside))


def _late(
    rules: Rules, master: Position, spec: SymbolSpec, side: int, context: DecisionContext, link: Link | None
) -> Skip | AskQuote | None:
    """Why an opening that is not fresh any more is not made now: the price has gone away from the master's."""
    opened_ns = master.fresh_ns if link is None else link.fresh_since(master.fresh_ns)
    is_asked_for = rules.late_on_request and link is not None and link.requested_ns > 0
    if rules.late_points is None or (context.now_ns - opened_ns <= rules.fresh_ns and not is_asked_for):
        return None
    quote, reference = context.quote(spec.name), master.deal_price or master.price
    if quote is None or reference <= 0:
        return AskQuote(spec.name) if context.may_ask else Skip(SkipCode.QUOTE_UNKNOWN, _LATE, {"symbol": spec.name})
    points = abs(in_points(entry_price(quote, side) - reference, spec))
    if points <= rules.late_points:
        return None
    return Skip(SkipCode.LATE_PRICE, _LATE, {"symbol": spec.name, "points": points, "limit": rules.late_points})


def _less(rules: Rules, whole: Draft, beside: Lots) -> Draft | Skip:
    """What a whole order's copy still lacks. The limits of a trade hold for the whole, those of an account for the rest."""
    spec, found = whole.spec, whole
    if beside:
        lots = floor_to_step(max(whole.lots - beside, 0), spec.volume_step)
        if lots < max(spec.volume_min, 1):
            params = {"why": "broker", "lots": lots_text(lots), "symbol": spec.name, "limit": lots_text(spec.volume_min)}
            return Skip(SkipCode.VOLUME_BELOW_MIN, "sizing", params)
        found = msgspec.structs.replace(whole, lots=lots)
    if spec.volume_limit:
        fitting = within_volume_limit(found.opening, found.lots)
        if isinstance(fitting, Skip):
            return fitting
        found = found if fitting == found.lots else _cut(found, fitting, beside)
    skip = None if rules.limits is None else _over(rules.limits, found.opening, found.lots)
    if skip is not None:
        return skip
    return _within_guards(rules.guards, found, beside) if rules.guards.looks_before else found


def _in_one(found: Draft | Skip) -> Draft | Skip:
    """What of a copy's lots the broker takes in one order."""
    if not isinstance(found, Draft) or found.lots <= found.spec.volume_max:
        return found
    lots = one_order(found.lots, found.spec)
    return msgspec.structs.replace(found, lots=lots, rest=Lots(found.lots - lots))


def _within_guards(rule: GuardRule, found: Draft, beside: Lots) -> Draft | Skip:
    """What may be opened within the limits of a day, and so that no guard is reached even if all stops are hit."""
    skip = over_day(rule, found.opening.context, found.lots, beside > 0)
    if skip is not None or rule.before_opening == "allow":
        return skip or found
    lots = lots_within(found.opening, found.lots, rule.before_opening == "cut")
    if isinstance(lots, Skip):
        return lots
    return found if lots == found.lots else _cut(found, lots, beside)


def _cut(found: Draft, lots: Lots, beside: Lots) -> Draft:
    """The draft with fewer lots. The copy counts as complete with these lots and those of its other parts."""
    return msgspec.structs.replace(found, lots=lots, exact=(beside + lots, 1))


def _copied_already(rules: Rules, master: Position) -> Skip | None:
    """Lots that are not sized by the master's lots are for the whole order, however many parts its broker filled it in."""
    if rules.sizing.mode not in WHOLE_ORDER or not is_further_fill(master.ticket):
        return None
    return Skip(SkipCode.ORDER_COPIED, "sizing", {})


def opposite(side: int) -> int:
    """The other side."""
    return _BUY if side == _SELL else _SELL


def _blocked(
    rules: Rules, symbol: str, spec: SymbolSpec, side: int, context: DecisionContext, link: Link | None
) -> Skip | None:
    if not may_open(spec, side):
        return Skip(SkipCode.SYMBOL_NOT_TRADABLE, "", {"symbol": spec.name})
    skip = None if rules.filters is None else _resting(rules.filters, symbol, spec, context)
    if skip is None and context.weekends:
        skip = forbids_any(spec.name, context)
    # An order counts once, in however many parts it is copied.
    if skip is None and rules.limits is not None and (link is None or not link.beside):
        exposure = context.slave.exposure or exposure_of(context.slave.book, context.slave.specs)
        skip = over_count(rules.limits, exposure, spec.name, side)
    return skip


def _resting(rule: FilterRule, symbol: str, spec: SymbolSpec, context: DecisionContext) -> Skip | None:
    """Why a symbol is left alone now."""
    if rule.close_only and closes_only(rule, symbol, spec.name):
        return Skip(SkipCode.CLOSE_ONLY, "filters.close_only_symbols", {"closing": "symbol"})
    skip = None if rule.weekend is None else forbids_weekend(rule.weekend, spec.name, context)
    return skip if skip is not None or rule.news is None else _news(rule.news, spec, context)


def _news(rule: NewsRule, spec: SymbolSpec, context: DecisionContext) -> Skip | None:
    if context.utc_ms is None:
        return Skip(SkipCode.TIME_UNKNOWN, "filters.news_filter", {"needed_for": "news"})
    item = forbids_opening(rule, context.news, spec, context.utc_ms)
    return None if item is None else Skip(SkipCode.NEWS, "filters.news_filter", distance_of(item, context.utc_ms))


def _priced(
    rules: Rules, master: Position, match: Match, side: int, entry: float, context: DecisionContext, settled: Ratio
) -> Draft | Skip | AskQuote:
    spec = match.spec
    quote = context.quote(spec.name)
    at_market = entry <= 0
    limits = limits_of(rules, master) if at_market else None
    if at_market:
        skip = None if limits is None else _beyond(limits, spec, side, quote, context)
        if skip is not None:
            return skip
        if quote is None and context.may_ask and _needs_price(rules):
            return AskQuote(spec.name)
        entry = master.price if quote is None else entry_price(quote, side)
    levels = _levels(rules, master, CopyPrices(spec, side, entry, quote if at_market else Prices(entry, entry)))
    if not isinstance(levels, Levels):
        return levels
    opening = Opening(master, spec, side, entry, levels.sl, match.factor, context, match.alike)
    return _sized(rules, opening, levels, settled, limits)


def _needs_price(rules: Rules) -> bool:
    """Whether lots or stops depend on the price of the copy itself."""
    if rules.guards.before_opening != "allow":
        return True
    if rules.sizing.mode in BY_PRICE or rules.rounding.trade_risk is not None or rules.stops.max_points > 0:
        return True
    if rules.stops.min_points > 0:
        return True
    return rules.stops.sl.mode not in _AS_IT_IS or rules.stops.tp.mode not in _AS_IT_IS


def _beyond(limits: PriceLimits, spec: SymbolSpec, side: int, quote: Quote | None, context: DecisionContext) -> Skip | None:
    """What is known of the price beforehand. Without a quote the terminal decides, if it can."""
    if quote is not None:
        return beyond(limits, spec, side, quote)
    return None if context.slave.capabilities & Capability.QUOTES else no_quote(limits, spec.name)


def _levels(rules: Rules, master: Position, copy: CopyPrices) -> Levels | Skip:
    requested = target_levels(rules.stops, master, copy)
    if rules.stops.required and requested.sl <= 0:
        return Skip(SkipCode.STOP_NEEDED, "stops.require_stop_loss", {"why": "required", "symbol": copy.spec.name})
    levels = fitted_to_market(requested, copy)
    if levels is None:
        return Skip(SkipCode.STOP_PASSED, "stops", {"what": "opening", "symbol": copy.spec.name})
    if levels is requested:
        return levels
    if rules.stops.hidden is not None:
        return requested
    if levels != requested and not rules.stops.widen:
        return Skip(SkipCode.STOP_TOO_CLOSE, "stops.too_close", {"points": copy.spec.stops_level})
    return levels


def _sized(rules: Rules, opening: Opening, levels: Levels, settled: Ratio, limits: PriceLimits | None) -> Draft | Skip:
    found = _lots_of(rules, opening, settled)
    if not isinstance(found, tuple):
        return found
    return Draft(opening.spec, opening.side, found[0], found[1], levels, opening, limits)


def _lots_of(rules: Rules, opening: Opening, settled: Ratio) -> tuple[Lots, Ratio] | Skip:
    """The lots of the whole copy, and the exact lots before they were rounded to that: those that were settled, or new."""
    requested = settled if settled[0] else requested_lots(rules.sizing, opening)
    if not isinstance(requested, tuple):
        return requested
    lots = fitted_lots(rules.rounding, requested, opening)
    return (lots, exact_lots(rules.rounding, requested, lots, opening)) if isinstance(lots, int) else lots


def _over(rule: LimitRule, opening: Opening, lots: Lots) -> Skip | None:
    slave = opening.context.slave
    return over_volume(rule, slave.exposure or exposure_of(slave.book, slave.specs), opening, lots)


def _delayed(rules: Rules, opened_ns: int, context: DecisionContext) -> Wait | None:
    due_ns = opened_ns + rules.delay_min_ns + int(rules.delay_span_ns * context.chance)
    due_ns = min(due_ns, opened_ns + rules.max_age_ns)
    return Wait(due_ns, by_rule=True) if context.now_ns < due_ns else None


def _too_late(rules: Rules, context: DecisionContext, opened_ns: int) -> Skip:
    age_ms, limit_ms = (context.now_ns - opened_ns) // 1_000_000, rules.max_age_ns // 1_000_000
    if not context.slave.ready:
        return Skip(SkipCode.SLAVE_OFFLINE, "max_signal_age_ms", {"missing": "terminal", "limit_ms": limit_ms})
    return Skip(SkipCode.SIGNAL_TOO_OLD, "max_signal_age_ms", {"age_ms": age_ms, "limit_ms": limit_ms})
