"""Where a copier's guards stand in a preview: the balance at which they act, and what was opened today. Pure.

Guards with a stored state continue from it. Guards that are new in the settings begin now, with the present figures.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lockstep_api.pages import ExplanationPart
from lockstep_core.decision.context import Floor, OpenedToday
from lockstep_core.decision.guard_days import day_of
from lockstep_core.decision.guard_measures import OPENED_TODAY, GuardState
from lockstep_core.decision.guards import fitted, floor_of, watch
from lockstep_core.market.money import Figures, cents
from lockstep_core.rules.rules import GuardRule
from lockstep_core.skips import Params
from lockstep_core.units import ONE_LOT, lots_text

_DIGITS = 8


@dataclass(frozen=True)
class GuardStanding:
    """The floor and the day's count as decisions read them, and the parts that explain them."""

    floor: Floor | None
    today: OpenedToday | None
    parts: tuple[ExplanationPart, ...]


NO_GUARDS = GuardStanding(None, None, ())


def guard_standing(rule: GuardRule, rows: Iterable[Mapping[str, Any]], figures: Figures, now_ms: int) -> GuardStanding:
    """The standing from rows of `guard_states`, for a slave with these present figures."""
    known = {row["guard"]: state_of(row) for row in rows}
    states = watch(rule, fitted(rule, known.values()), figures, now_ms).states
    floor = floor_of(rule, states, figures)
    today = _opened(rule, known.get(OPENED_TODAY), figures, now_ms) if rule.limits_day else None
    return GuardStanding(floor, today, (*_of_floor(rule, floor, figures), *_of_day(rule, today)))


def _opened(rule: GuardRule, known: GuardState | None, figures: Figures, now_ms: int) -> OpenedToday:
    day = day_of(rule, now_ms, figures)
    if day is None:
        return OpenedToday(0, 0, is_known=False)
    if known is None or known.period != f"{day:%Y-%m-%d}":
        return OpenedToday(0, 0)
    return OpenedToday(int(known.start), int(known.peak * ONE_LOT))


def _of_floor(rule: GuardRule, floor: Floor | None, figures: Figures) -> tuple[ExplanationPart, ...]:
    """`looks`: whether an opening with which all stops together would reach the floor is skipped, cut down, or made."""
    if floor is None:
        return ()
    balance, left = (f"{float(amount):.2f}" for amount in (floor.balance, figures.balance - floor.balance))
    params = {"floor": balance, "left": left, "currency": figures.currency, "looks": rule.before_opening}
    return (ExplanationPart(code="guards_act_at", params=params),)


def _of_day(rule: GuardRule, today: OpenedToday | None) -> tuple[ExplanationPart, ...]:
    if today is None or not today.is_known:
        return ()
    limits: Params = {"most_trades": rule.day_trades, "most_lots": lots_text(rule.day_lots) if rule.day_lots else ""}
    limited = "both" if rule.day_trades and rule.day_lots else "trades" if rule.day_trades else "lots"
    params: Params = {"limited": limited, "trades": today.trades, "lots": lots_text(today.lots), **limits}
    return (ExplanationPart(code="opened_today", params=params),)


def state_of(row: Mapping[str, Any]) -> GuardState:
    """The fields of a stored state that decide where its guard acts."""
    start, peak, last = (_exact(row[name]) for name in ("start_value", "peak_value", "last_value"))
    head = (row["period"], start, peak, row["tripped"], row["warned"], row["guard"], row["resets"])
    return GuardState(*head, row["moved_msc"], row["day"], last)


def _exact(amount: float | str) -> Fraction:
    return cents(float(amount), _DIGITS)
