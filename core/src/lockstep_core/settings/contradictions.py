"""Settings that are fine one by one and make no sense together."""

from collections.abc import Callable, Iterator

from lockstep_core.globs import folded, is_plain, matches_any
from lockstep_core.settings.fields import CopierFields
from lockstep_core.settings.findings import Finding
from lockstep_core.settings.guards import GuardKind
from lockstep_core.settings.prop_firms import BY_NAME
from lockstep_core.settings.sizing import FixedLots, FixedRisk, RiskAmount

_MIN, _MAX, _TOTAL = "limits.min_trade_volume", "limits.max_trade_volume", "limits.max_total_lots"
_NEWS = "filters.news_filter"
_OF_PROFIT = frozenset({GuardKind.PROFIT_TARGET, GuardKind.BEST_DAY})
Findings = Iterator[Finding]


def contradictions(settings: CopierFields) -> tuple[Finding, ...]:
    """What is wrong with each field that another one contradicts; empty where all is well."""
    return tuple(found for rule in _RULES for found in rule(settings))


def _volumes(s: CopierFields) -> Findings:
    low, high, total = s.limits.min_trade_volume, s.limits.max_trade_volume, s.limits.max_total_lots
    if low is not None and high is not None and low > high:
        yield Finding(_MIN, "above_opens_nothing", {"other": _MAX})
    if low is not None and total is not None and low > total:
        yield Finding(_MIN, "above_opens_nothing", {"other": _TOTAL})
    if s.limits.max_trade_volume_refuses and high is None:
        yield Finding("limits.max_trade_volume_refuses", "needs", {"other": _MAX})


def _fixed_lots(s: CopierFields) -> Findings:
    if not isinstance(s.sizing, FixedLots):
        return
    low, high, total = s.limits.min_trade_volume, s.limits.max_trade_volume, s.limits.max_total_lots
    if high is not None and s.sizing.lots > high:
        yield Finding("sizing.lots", "above", {"other": _MAX})
    if low is not None and s.sizing.lots < low:
        yield Finding("sizing.lots", "below", {"other": _MIN})
    if total is not None and s.sizing.lots > total:
        yield Finding("sizing.lots", "above_opens_nothing", {"other": _TOTAL})


def _margin(s: CopierFields) -> Findings:
    if s.limits.reserved_margin_fraction == 1:
        yield Finding("limits.reserved_margin_fraction", "no_margin", {})


def _held_for(s: CopierFields) -> Findings:
    least, longest = s.limits.min_position_seconds, s.limits.max_position_minutes
    if least is not None and longest is not None and least >= longest * 60:
        yield Finding("limits.min_position_seconds", "above", {"other": "limits.max_position_minutes"})


def _risk_needs_stop(s: CopierFields) -> Findings:
    if isinstance(s.sizing, FixedRisk | RiskAmount) and not _has_stop(s):
        yield Finding("sizing.mode", "needs_stop", {})
    if s.limits.max_trade_risk is not None and not _has_stop(s):
        yield Finding("limits.max_trade_risk", "needs_stop", {})
    if s.limits.max_trade_risk_refuses and s.limits.max_trade_risk is None:
        yield Finding("limits.max_trade_risk_refuses", "needs", {"other": "limits.max_trade_risk"})


def _risk_above_limit(s: CopierFields) -> Findings:
    most = s.limits.max_trade_risk
    if isinstance(s.sizing, FixedRisk) and s.sizing.of == "balance" and most is not None and s.sizing.risk_fraction > most:
        yield Finding("sizing.risk_fraction", "above_cuts_every_copy", {"other": "limits.max_trade_risk"})


def _stops(s: CopierFields) -> Findings:
    points, most = s.stops.stop_loss.points, s.stops.max_stop_loss_points
    if points is not None and most is not None and points > most:
        yield Finding("stops.stop_loss.points", "above_moves_the_stop", {"other": "stops.max_stop_loss_points"})
    least = s.stops.min_stop_loss_points
    if least is not None and most is not None and least > most:
        yield Finding("stops.min_stop_loss_points", "above", {"other": "stops.max_stop_loss_points"})
    if s.stops.require_stop_loss and not _has_stop(s):
        yield Finding("stops.require_stop_loss", "requires_a_missing_stop", {})
    fixed = "fixed" in (s.stops.stop_loss.mode, s.stops.take_profit.mode)
    is_own = s.stops.break_even is not None or s.stops.trailing is not None or s.stops.hidden is not None
    if not s.copy_stops and (fixed or is_own or most is not None):
        yield Finding("copy_stops", "stops_switched_off", {})


def _delay_within_age(s: CopierFields) -> Findings:
    if s.signal_delay is not None and s.signal_delay.min_ms >= s.max_signal_age_ms:
        yield Finding("signal_delay.min_ms", "all_too_old", {"other": "max_signal_age_ms"})


def _unused_fill(s: CopierFields) -> Findings:
    if s.pending.when_filled == "market" and s.pending.mode != "copy":
        yield Finding("pending.when_filled", "only_with", {"other": "pending.mode", "value": "copy"})


def _opened_to_be_closed(s: CopierFields) -> Findings:
    news = s.filters.news_filter
    close = None if news is None else news.close_position_time_gap_in_minutes
    if news is not None and close is not None and close > news.open_position_preceding_time_gap_in_minutes:
        other = {"other": f"{_NEWS}.open_position_preceding_time_gap_in_minutes"}
        yield Finding(f"{_NEWS}.close_position_time_gap_in_minutes", "opened_to_be_closed", other)


def _filtered_by_pattern(s: CopierFields) -> Findings:
    for name, part in (("symbol_filter", s.filters.symbol_filter), ("comment_filter", s.filters.comment_filter)):
        excluded = folded(part.excluded)
        found = sorted(p for p in part.included if is_plain(p) and matches_any(excluded, p))
        if found:
            yield Finding(f"filters.{name}", "included_and_excluded", {"found": ", ".join(found)})
        elif "*" in part.excluded:
            yield Finding(f"filters.{name}.excluded", "excludes_all", {})


def _filtered_by_magic(s: CopierFields) -> Findings:
    excluded = s.filters.magic_filter.excluded
    for one in s.filters.magic_filter.included:
        if any(other.first <= one.first and one.last <= other.last for other in excluded):
            yield Finding("filters.magic_filter", "range_excluded", {"first": str(one.first), "last": str(one.last)})


def _guards(s: CopierFields) -> Findings:
    if s.guards.before_opening != "allow" and all(one.kind in _OF_PROFIT for one in s.guards.risk_limits):
        yield Finding("guards.before_opening", "needs", {"other": "guards.risk_limits"})
    if s.guards.before_opening != "allow" and not _has_stop(s):
        yield Finding("guards.before_opening", "needs_stop", {})
    for index, limit in enumerate(s.guards.risk_limits):
        if limit.kind is GuardKind.EQUITY_FLOOR and limit.apply_to != "equity-difference":
            yield Finding(f"guards.risk_limits.{index}.apply_to", "floor_of_the_equity", {})
        if limit.warn_fraction == 1:
            yield Finding(f"guards.risk_limits.{index}.warn_fraction", "warns_when_it_acts", {})


def _hidden(s: CopierFields) -> Findings:
    hidden = s.stops.hidden
    if hidden is None or not s.copy_stops:
        return
    own = (s.stops.max_stop_loss_points, s.stops.break_even, s.stops.trailing)
    if s.stops.stop_loss.mode == s.stops.take_profit.mode == "none" and own == (None, None, None):
        yield Finding("stops.hidden", "needs_stop", {})
    if hidden.disaster_points is None and s.guards.before_opening != "allow":
        yield Finding("guards.before_opening", "needs", {"other": "stops.hidden.disaster_points"})


def _prop_firm(s: CopierFields) -> Findings:
    profile = None if s.guards.profile is None else BY_NAME[s.guards.profile]
    if profile is not None and profile.policy == "forbidden" and not s.guards.policy_confirmed:
        yield Finding("guards.policy_confirmed", "policy_unconfirmed", {"firm": profile.firm})


def _has_stop(s: CopierFields) -> bool:
    return s.copy_stops and (s.stops.stop_loss.mode != "none" or s.stops.max_stop_loss_points is not None)


_RULES: tuple[Callable[[CopierFields], Findings], ...] = (
    _volumes,
    _fixed_lots,
    _margin,
    _held_for,
    _risk_needs_stop,
    _risk_above_limit,
    _stops,
    _hidden,
    _delay_within_age,
    _unused_fill,
    _opened_to_be_closed,
    _filtered_by_pattern,
    _filtered_by_magic,
    _guards,
    _prop_firm,
)
