"""Settings that are fine one by one and make no sense together, each with a sentence for its user."""

from collections.abc import Callable

from lockstep_core.globs import folded, is_plain, matches_any
from lockstep_core.settings.fields import CopierFields
from lockstep_core.settings.guards import GuardKind
from lockstep_core.settings.sizing import ContractSize, FixedLots, FixedRisk, Formula, RiskAmount

_NOT_BY_MASTER_LOTS = (FixedLots, FixedRisk, RiskAmount, Formula)


def contradictions(settings: CopierFields) -> tuple[str, ...]:
    """A sentence for each contradiction; empty where all is well."""
    return tuple(sentence for rule in _RULES if (sentence := rule(settings)))


def _volumes(s: CopierFields) -> str:
    low, high = s.limits.min_trade_volume, s.limits.max_trade_volume
    if low is not None and high is not None and low > high:
        return "limits.min_trade_volume is above limits.max_trade_volume, so nothing could ever be opened."
    return ""


def _refusing(s: CopierFields) -> str:
    if s.limits.max_trade_volume_refuses and s.limits.max_trade_volume is None:
        return "limits.max_trade_volume_refuses needs limits.max_trade_volume."
    return ""


def _fixed_above_max(s: CopierFields) -> str:
    if not isinstance(s.sizing, FixedLots):
        return ""
    high, low = s.limits.max_trade_volume, s.limits.min_trade_volume
    if high is not None and s.sizing.lots > high:
        return "sizing.lots is above limits.max_trade_volume; lower one or raise the other."
    if low is not None and s.sizing.lots < low:
        return "sizing.lots is below limits.min_trade_volume; raise one or lower the other."
    if s.limits.max_total_lots is not None and s.sizing.lots > s.limits.max_total_lots:
        return "sizing.lots is above limits.max_total_lots, so nothing could ever be opened."
    return ""


def _total(s: CopierFields) -> str:
    total, low = s.limits.max_total_lots, s.limits.min_trade_volume
    if total is not None and low is not None and low > total:
        return "limits.min_trade_volume is above limits.max_total_lots, so nothing could ever be opened."
    return ""


def _margin(s: CopierFields) -> str:
    if s.limits.reserved_margin_fraction == 1:
        return "limits.reserved_margin_fraction is the whole equity, which leaves no margin for any copy."
    return ""


def _alignment(s: CopierFields) -> str:
    if s.contract_alignment and isinstance(s.sizing, _NOT_BY_MASTER_LOTS):
        return f"contract_alignment corrects the master's lots, but sizing by `{s.sizing.mode}` does not use them."
    if s.contract_alignment and isinstance(s.sizing, ContractSize):
        return "sizing by `contract_size` is aligned already; switch contract_alignment off."
    return ""


def _risk_needs_stop(s: CopierFields) -> str:
    if isinstance(s.sizing, FixedRisk | RiskAmount) and not _has_stop(s):
        return f"sizing by `{s.sizing.mode}` needs a stop loss, but the copies are set to have none."
    if s.limits.max_trade_risk is not None and not _has_stop(s):
        return "limits.max_trade_risk needs a stop loss, but the copies are set to have none."
    return ""


def _risk_above_limit(s: CopierFields) -> str:
    most = s.limits.max_trade_risk
    if isinstance(s.sizing, FixedRisk) and s.sizing.of == "balance" and most is not None and s.sizing.risk_fraction > most:
        return "sizing.risk_fraction is above limits.max_trade_risk, which would cut down every copy."
    return ""


def _fixed_stop_too_far(s: CopierFields) -> str:
    points, most = s.stops.stop_loss.points, s.stops.max_stop_loss_points
    if points is not None and most is not None and points > most:
        return "stops.stop_loss.points is above stops.max_stop_loss_points, so the stop would never lie where it says."
    return ""


def _required_stop(s: CopierFields) -> str:
    if s.stops.require_stop_loss and not _has_stop(s):
        return "stops.require_stop_loss is on, but the copies are set to have no stop loss, so nothing could be opened."
    return ""


def _switched_off_stops(s: CopierFields) -> str:
    fixed = "fixed" in (s.stops.stop_loss.mode, s.stops.take_profit.mode)
    if not s.copy_stops and (fixed or s.stops.max_stop_loss_points is not None):
        return "copy_stops is off, but stops asks for a stop of its own; switch copy_stops on or take that out."
    return ""


def _delay_within_age(s: CopierFields) -> str:
    if s.signal_delay is not None and s.signal_delay.min_ms >= s.max_signal_age_ms:
        return "signal_delay.min_ms is not below max_signal_age_ms, so every opening would be too old."
    return ""


def _unused_fill(s: CopierFields) -> str:
    if s.pending.when_filled == "market" and s.pending.mode != "copy":
        return "pending.when_filled has a meaning only with pending.mode `copy`."
    return ""


def _opened_to_be_closed(s: CopierFields) -> str:
    news = s.filters.news_filter
    close = None if news is None else news.close_position_time_gap_in_minutes
    if news is not None and close is not None and close > news.open_position_preceding_time_gap_in_minutes:
        return (
            "filters.news_filter.close_position_time_gap_in_minutes is above open_position_preceding_time_gap_in_minutes, "
            "so copies would be opened only to be closed before the news."
        )
    return ""


def _filtered_away(s: CopierFields) -> str:
    filters = s.filters
    for name, part in (("symbol_filter", filters.symbol_filter), ("comment_filter", filters.comment_filter)):
        excluded_patterns = folded(part.excluded)
        found = sorted(p for p in part.included if is_plain(p) and matches_any(excluded_patterns, p))
        if found:
            return f"filters.{name} includes {', '.join(found)} and excludes it as well."
        if "*" in part.excluded:
            return f"filters.{name} excludes `*`, so nothing could ever be opened."
    excluded = filters.magic_filter.excluded
    for one in filters.magic_filter.included:
        if any(other.first <= one.first and one.last <= other.last for other in excluded):
            return f"filters.magic_filter includes {one.first} to {one.last} and excludes all of it."
    return ""


def _floor_of_what(s: CopierFields) -> str:
    for index, limit in enumerate(s.guards.risk_limits):
        if limit.kind is GuardKind.EQUITY_FLOOR and limit.apply_to != "equity-difference":
            return f"guards.risk_limits.{index} is a floor of the equity, so `apply_to` means nothing to it; take it out."
    return ""


def _late_warning(s: CopierFields) -> str:
    for index, limit in enumerate(s.guards.risk_limits):
        if limit.warn_fraction == 1:
            return f"guards.risk_limits.{index} would warn only when it acts; set `warn_fraction` below 1."
    return ""


def _has_stop(s: CopierFields) -> bool:
    return s.copy_stops and (s.stops.stop_loss.mode != "none" or s.stops.max_stop_loss_points is not None)


_RULES: tuple[Callable[[CopierFields], str], ...] = (
    _volumes,
    _refusing,
    _fixed_above_max,
    _total,
    _margin,
    _alignment,
    _risk_needs_stop,
    _risk_above_limit,
    _required_stop,
    _switched_off_stops,
    _fixed_stop_too_far,
    _delay_within_age,
    _unused_fill,
    _opened_to_be_closed,
    _filtered_away,
    _floor_of_what,
    _late_warning,
)
