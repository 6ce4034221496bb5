"""What is left until each guard acts, from routers' states and the figures that terminals last reported. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from lockstep_api.account_figures import reported
from lockstep_api.guard_standing import state_of
from lockstep_api.models import ResponseModel
from lockstep_core.copiers import BadSettings, parse_settings
from lockstep_core.decision.guard_measures import measure
from lockstep_core.market.money import Figures
from lockstep_core.rules.compile import compile_rules
from lockstep_core.rules.rules import GuardLimit
from lockstep_core.settings.guards import GuardKind, GuardPeriod

Row = Mapping[str, Any]


class GuardHeadroom(ResponseModel):
    """One guard of a copier. `used` is the share of its limit that is used up, 1 where it acts; `left` is the money until
    then, as decimal text in `currency`. Both are null before its router has seen figures. For a floor, `used` counts from
    twice its amount; for a target it is how much of that is reached.
    """

    copier_id: UUID
    slave_id: UUID
    guard: int
    kind: GuardKind
    period: GuardPeriod
    closes: bool
    tripped: bool
    locked_until: datetime | None
    paused_until: datetime | None
    currency: str | None
    used: float | None
    left: str | None


class HeadroomList(ResponseModel):
    """All guards, those that have stopped copying first, then what has least left."""

    items: tuple[GuardHeadroom, ...]


def headrooms_of(copiers: Iterable[Row], states: Iterable[Row], money: Iterable[Row]) -> HeadroomList:
    """The guards of these copiers, from rows of `guard_states` and `account_live`."""
    kept: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in states:
        kept[row["copier_id"]][row["guard"]] = row
    figures = {row["account_id"]: reported(row) for row in money}
    found = [
        guard
        for copier in copiers
        if _has_guards(copier)
        for guard in _of_copier(copier, kept[copier["id"]], figures.get(copier["slave_id"]))
    ]
    return HeadroomList(items=tuple(sorted(found, key=lambda guard: (not guard.tripped, -(guard.used or 0)))))


def _has_guards(copier: Row) -> bool:
    """Whether settings may have guards at all. Most have none, and parsing settings takes time."""
    guards = copier["settings"].get("guards")
    return isinstance(guards, dict) and bool(guards.get("risk_limits"))


def _of_copier(copier: Row, states: Mapping[str, Row], figures: Figures | None) -> Iterable[GuardHeadroom]:
    try:
        rule = compile_rules(parse_settings(copier["settings"])).guards
    except BadSettings:
        return
    for index, (key, limit) in enumerate(zip(rule.keys, rule.limits, strict=True)):
        row = states.get(key)
        used, left = _standing(limit, row, figures)
        tripped = row is not None and row["tripped"]
        yield GuardHeadroom(
            copier_id=copier["id"],
            slave_id=copier["slave_id"],
            guard=index,
            kind=limit.kind,
            period=limit.type,
            closes=limit.close_positions,
            tripped=tripped,
            locked_until=row["locked_until"] if row is not None and tripped else None,
            paused_until=row["paused_until"] if row is not None and tripped else None,
            currency=None if figures is None else figures.currency,
            used=used,
            left=left,
        )


def _standing(limit: GuardLimit, row: Row | None, figures: Figures | None) -> tuple[float | None, str | None]:
    """The used share of the limit, and the money that is left."""
    if row is None or figures is None or not row["period"]:
        return None, None
    lost, allowed = measure(limit, state_of(row), figures)
    if limit.kind is GuardKind.EQUITY_FLOOR:
        # Above a floor, what is missing from the floor is negative.
        floor = Fraction(limit.max_absolute_risk or 0)
        used = 1 + lost / floor if floor else Fraction(int(lost >= 0))
    else:
        used = lost / allowed if allowed > 0 else Fraction(int(lost > 0))
    return round(max(0.0, float(used)), 4), f"{float(allowed - lost):.2f}"
