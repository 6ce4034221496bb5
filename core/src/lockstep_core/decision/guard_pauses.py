"""Pauses of guards: copying stops at the limit as with any guard, and goes on by itself.

A pause ends at a time, which is kept with the guard's state, or when the loss is back under a share of the limit. After a
time the guard counts anew, or it would act again at once. Its user may end a pause at any moment, unlike a lock.
"""

from collections.abc import Mapping
from datetime import UTC, date, timedelta
from fractions import Fraction

import msgspec

from lockstep_core.decision.guard_days import begins_ms
from lockstep_core.decision.guard_measures import GuardState, reaches
from lockstep_core.decision.trading_hours import local_time
from lockstep_core.market.money import Figures
from lockstep_core.rules.rules import GuardLimit, GuardRule

_PAUSED, _RECOVERED = "paused", "recovered"
_MINUTE_MS = 60_000


def pauses(limit: GuardLimit) -> bool:
    """Whether a guard only pauses copying."""
    return limit.reset == _PAUSED


def after_pause(limit: GuardLimit, state: GuardState, utc_ms: int) -> GuardState:
    """The guard once the time of its pause is over: it counts anew."""
    if not state.paused_ms:
        return state
    if limit.reset != _PAUSED or limit.pause_until == _RECOVERED:
        # Its user has changed how the guard lets go.
        return msgspec.structs.replace(state, paused_ms=0)
    return state if utc_ms < state.paused_ms else counting_anew(state, state.resets)


def counting_anew(state: GuardState, resets: int) -> GuardState:
    """Returns the state of a restarted guard. It keeps the number of resets, and the deposits and withdrawals counted."""
    return GuardState(key=state.key, resets=resets, moved_msc=state.moved_msc, paid=state.paid)


def has_recovered(limit: GuardLimit, lost: Fraction, allowed: Fraction) -> bool:
    """Whether a pause is over because the loss is."""
    if limit.reset != _PAUSED or limit.pause_until != _RECOVERED or limit.recovered_to is None:
        return False
    return not reaches(limit, Fraction(limit.recovered_to), lost, allowed)


def pause_ends_ms(rule: GuardRule, limit: GuardLimit, today: date, utc_ms: int, figures: Figures) -> int:
    """When a pause that begins now is over, as Unix time in ms; 0 where no time ends it."""
    if limit.reset != _PAUSED or limit.pause_until == _RECOVERED:
        return 0
    if limit.pause_until == "next_day":
        return begins_ms(today + timedelta(days=1), rule, figures)
    return utc_ms + limit.pause_minutes * _MINUTE_MS


def describe_pause(rule: GuardRule, limit: GuardLimit, state: GuardState, figures: Figures | None) -> Mapping[str, str]:
    """How a pause ends, as the params that a pause has beside its guard's. Times are those of the guards' zone, or UTC while
    the broker's clock is not known.
    """
    if not state.paused_ms:
        share = "" if limit.recovered_to is None else f"{float(limit.recovered_to * 100):.4g}"
        return {"ends": _RECOVERED, "until": "", "zone": "", "share": share}
    clock, zone = local_time(state.paused_ms, rule.zone, figures), "broker" if rule.zone is None else str(rule.zone)
    if clock is None:
        clock, zone = local_time(state.paused_ms, UTC, None), "UTC"
    return {"ends": "time", "until": f"{clock:%Y-%m-%d %H:%M}", "zone": zone, "share": ""}
