"""Compiles settings into rules. The only place that knows both.

Copiers with equal settings in a part share the rules of that part. Most copiers leave most settings alone, and shared rules
stay in the processor's cache while a master's opening is copied to many slaves.
"""

from datetime import tzinfo
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from lockstep_core.formula.nodes import names_in
from lockstep_core.formula.parse import parse
from lockstep_core.globs import folded
from lockstep_core.rules.rules import (
    FilterRule,
    GuardLimit,
    GuardRule,
    LimitRule,
    NewsRule,
    OneStop,
    Patterns,
    PendingRule,
    ProtectRule,
    RoundingRule,
    Rules,
    SizingRule,
    StopsRule,
    SymbolRule,
    WeekendRule,
    Window,
)
from lockstep_core.settings.copier import CopierSettings
from lockstep_core.settings.filters import Day, Filters, LotsFilter, NewsFilter, TimeWindow, WeekendFlat, weekend_minutes
from lockstep_core.settings.guards import Guards, RiskLimit, guard_keys
from lockstep_core.settings.limits import Limits
from lockstep_core.settings.parts import BROKER_ZONE
from lockstep_core.settings.pending import Pending
from lockstep_core.settings.sizing import (
    ByEquity,
    ByFreeMargin,
    FixedLots,
    FixedMasterBalance,
    FixedRisk,
    Formula,
    RiskAmount,
    Same,
    Sizing,
)
from lockstep_core.settings.stops import StopRule, Stops
from lockstep_core.settings.symbols import Symbols, folded_name
from lockstep_core.units import MAX_LOTS, ONE_LOT, parse_lots
from lockstep_core.wire.enums import Side

_MS = 1_000_000
_SECOND_NS = 1_000_000_000
_MINUTE_MS = 60_000
_DAY_MINUTES = 24 * 60
_ONE = Fraction(1)
_SHARED = 1024


def compile_rules(settings: CopierSettings) -> Rules:
    """The rules of a copier."""
    delay = settings.signal_delay
    modify_ms, late = settings.max_modify_age_ms, settings.late_openings
    fresh_ns = settings.max_signal_age_ms * _MS
    return Rules(
        sizing=_sizing(settings.sizing, settings.contract_alignment),
        rounding=_rounding(settings.limits),
        limits=_limits(settings.limits),
        filters=_filters(settings.filters),
        symbols=_symbols(settings.symbols),
        stops=_stops(settings.stops, settings.copy_stops),
        pending=_pending(settings.pending),
        guards=_guards(settings.guards),
        reverse=settings.reverse,
        max_age_ns=fresh_ns if late is None else max(fresh_ns, late.minutes * _MINUTE_MS * _MS),
        max_modify_age_ns=None if modify_ms is None else modify_ms * _MS,
        max_slippage=settings.max_slippage_points,
        max_spread=settings.max_spread_points,
        deviation=settings.max_deviation_points,
        delay_min_ns=0 if delay is None else delay.min_ms * _MS,
        delay_span_ns=0 if delay is None else (delay.max_ms - delay.min_ms) * _MS,
        fresh_ns=fresh_ns,
        late_points=None if late is None else late.points,
        shortest_ns=(settings.limits.min_position_seconds or 0) * _SECOND_NS,
        late_order_ns=0 if late is None or late.further_away == "wait" else late.order_minutes * _MINUTE_MS * _MS,
        late_on_request=late is not None and late.copy_now == "late",
        longest_ns=(settings.limits.max_position_minutes or 0) * _MINUTE_MS * _MS,
    )


def _sizing(sizing: Sizing, align: bool) -> SizingRule:
    match sizing:
        case FixedLots():
            return SizingRule(sizing.mode, Fraction(sizing.lots) * ONE_LOT)
        case FixedRisk():
            return SizingRule(sizing.mode, Fraction(sizing.risk_fraction), _own(sizing.of, sizing.without_credit))
        case RiskAmount():
            return SizingRule(sizing.mode, Fraction(sizing.amount))
        case FixedMasterBalance():
            frozen = Fraction(sizing.master_balance)
            return SizingRule(sizing.mode, Fraction(sizing.factor), "balance", frozen, align=align)
        case Formula():
            node = parse(sizing.expression)
            return SizingRule(sizing.mode, _ONE, formula=node, names=names_in(node))
    factor = _ONE if isinstance(sizing, Same) else Fraction(sizing.factor)
    base: str = sizing.mode if sizing.mode in ("balance", "equity") else "margin_free"
    if isinstance(sizing, ByEquity | ByFreeMargin):
        base = _own(base, sizing.without_credit)
    return SizingRule(sizing.mode, factor, base, align=align or sizing.mode == "contract_size")


def _own(base: str, without_credit: bool) -> str:
    """The name of a figure, without credit where that is wanted. A balance has none."""
    return {"equity": "own_equity", "margin_free": "own_margin"}.get(base, base) if without_credit else base


@lru_cache(maxsize=_SHARED)
def _rounding(limits: Limits) -> RoundingRule:
    low, high, risk = limits.min_trade_volume, limits.max_trade_volume, limits.max_trade_risk
    return RoundingRule(
        0 if low is None else parse_lots(low),
        0 if high is None else parse_lots(high),
        limits.max_trade_volume_refuses,
        limits.force_tiny_trades,
        limits.round_down,
        Fraction(limits.max_risk_coefficient),
        None if risk is None else Fraction(risk),
        limits.small_rest == "close",
        limits.max_trade_risk_refuses,
        limits.above_broker_maximum == "split",
    )


@lru_cache(maxsize=_SHARED)
def _limits(limits: Limits) -> LimitRule | None:
    total, leverage, reserved = limits.max_total_lots, limits.max_leverage, limits.reserved_margin_fraction
    margin = limits.min_free_margin
    rule = LimitRule(
        limits.max_open_positions or 0,
        limits.max_open_positions_per_symbol or 0,
        limits.max_open_positions_per_side or 0,
        0 if total is None else parse_lots(total),
        None if leverage is None else Fraction(leverage),
        None if reserved is None else Fraction(reserved),
        None if margin is None else Fraction(margin),
    )
    return None if rule == LimitRule(0, 0, 0, 0, None, None) else rule


@lru_cache(maxsize=_SHARED)
def _filters(filters: Filters) -> FilterRule | None:
    if filters == Filters():
        return None
    magic, symbols, comments = filters.magic_filter, filters.symbol_filter, filters.comment_filter
    return FilterRule(
        _patterns(_trimmed(symbols.included), _trimmed(symbols.excluded)),
        _patterns(comments.included, comments.excluded),
        tuple((r.first, r.last) for r in magic.included),
        tuple((r.first, r.last) for r in magic.excluded),
        frozenset(Side[side.upper()].value for side in filters.allowed_sides),
        tuple(window for part in filters.time_windows for window in _windows(part)),
        _zone(filters.time_zone),
        None if filters.news_filter is None else _news(filters.news_filter),
        _lots(filters.lots_filter),
        None if filters.weekend is None else _weekend(filters.weekend),
        folded(_trimmed(filters.close_only_symbols)),
    )


def _weekend(weekend: WeekendFlat) -> WeekendRule:
    closes, lasts = weekend_minutes(weekend)
    spared = folded(_trimmed(weekend.left_open))
    before_ms, zone = weekend.minutes_before * _MINUTE_MS, _zone(weekend.time_zone)
    return WeekendRule(closes, lasts, before_ms, zone, spared, weekend.whole_account)


def _lots(lots: LotsFilter) -> tuple[int, int] | None:
    if lots.fewest is None and lots.most is None:
        return None
    return (
        0 if lots.fewest is None else parse_lots(lots.fewest),
        MAX_LOTS if lots.most is None else parse_lots(lots.most),
    )


def _patterns(included: tuple[str, ...], excluded: tuple[str, ...]) -> Patterns | None:
    return Patterns(folded(included), folded(excluded)) if included or excluded else None


def _trimmed(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Without blanks at the ends, which nobody sees and no symbol has."""
    return tuple(pattern.strip() or pattern for pattern in patterns)


def _windows(window: TimeWindow) -> tuple[Window, ...]:
    start, end = _minute(window.start), _minute(window.end)
    length = end - start if end > start else end - start + _DAY_MINUTES
    days = tuple(Day)
    starts = (days.index(day) * _DAY_MINUTES + start for day in window.days)
    return tuple(Window(minute, minute + length) for minute in starts)


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _zone(name: str) -> tzinfo | None:
    return None if name == BROKER_ZONE else ZoneInfo(name)


def _news(news: NewsFilter) -> NewsRule:
    close = news.close_position_time_gap_in_minutes
    return NewsRule(
        frozenset(news.priorities),
        news.open_position_preceding_time_gap_in_minutes * _MINUTE_MS,
        news.open_position_following_time_gap_in_minutes * _MINUTE_MS,
        None if close is None else close * _MINUTE_MS,
    )


@lru_cache(maxsize=_SHARED)
def _pending(pending: Pending) -> PendingRule:
    return PendingRule(pending.mode, pending.when_filled == "market", pending.copy_expiration)


def _guards(guards: Guards) -> GuardRule:
    limits = tuple(guard_limit(limit, guards.initial_balance) for limit in guards.risk_limits)
    trades, lots = guards.max_trades_per_day or 0, guards.max_lots_per_day
    day_lots = 0 if lots is None else parse_lots(lots)
    return GuardRule(
        limits,
        _zone(guards.time_zone),
        guard_keys(guards),
        _minute(guards.day_starts),
        guards.before_opening,
        trades,
        day_lots,
        guards.before_opening != "allow" or trades > 0 or day_lots > 0,
    )


def guard_limit(limit: RiskLimit, initial_balance: Decimal | None = None) -> GuardLimit:
    """A guard as decisions read it."""
    return GuardLimit(
        limit.kind,
        limit.type,
        limit.apply_to,
        limit.max_absolute_risk,
        limit.max_relative_risk,
        limit.warn_fraction,
        limit.close_positions,
        limit.reset,
        limit.without_credit,
        limit.counts_from,
        limit.share_of,
        initial_balance,
        limit.pause_until,
        limit.pause_minutes,
        limit.recovered_to,
    )


@lru_cache(maxsize=_SHARED)
def _symbols(symbols: Symbols) -> SymbolRule:
    mapping = {folded_name(m.source): m.to.strip() for m in symbols.symbol_mapping}
    factors = {folded_name(m.source): Fraction(m.factor) for m in symbols.symbol_mapping if m.factor != 1}
    prefix, suffix = (symbols.prefix or "").strip(), (symbols.suffix or "").strip()
    return SymbolRule(mapping, factors, symbols.auto_affix, prefix, suffix)


@lru_cache(maxsize=_SHARED)
def _stops(stops: Stops, followed: bool) -> StopsRule:
    none = OneStop("none", 0)
    return StopsRule(
        _one_stop(stops.stop_loss) if followed else none,
        _one_stop(stops.take_profit) if followed else none,
        stops.max_stop_loss_points or 0,
        stops.require_stop_loss,
        stops.too_close == "widen",
        stops.modify_interval_ms * _MS,
        stops.max_messages_per_day,
        stops.min_stop_loss_points or 0,
        stops.changed_on_slave == "leave",
        _protect(stops) if followed else None,
        _hidden(stops) if followed else None,
        followed and (stops.break_even, stops.trailing, stops.hidden) != (None, None, None),
    )


def _hidden(stops: Stops) -> int | None:
    return None if stops.hidden is None else stops.hidden.disaster_points or 0


def _protect(stops: Stops) -> ProtectRule | None:
    even, trailing = stops.break_even, stops.trailing
    if even is None and trailing is None:
        return None
    rule = ProtectRule()
    if even is not None:
        risk = 0.0 if even.after_risk is None else float(even.after_risk)
        rule = ProtectRule(even.after_points or 0, risk, even.offset_points)
    if trailing is None:
        return rule
    trail = {"trail_after": trailing.after_points, "trail_by": trailing.distance_points, "trail_step": trailing.step_points}
    return msgspec.structs.replace(rule, **trail)


def _one_stop(rule: StopRule) -> OneStop:
    return OneStop(rule.mode, rule.offset_points if rule.points is None else rule.points)
