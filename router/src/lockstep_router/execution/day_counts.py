"""How many trades and lots were opened on slaves today, for copiers that limit it. They outlive the router as rows."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from uuid import UUID

import msgspec

from lockstep_core.decision.context import OpenedToday
from lockstep_core.decision.guard_days import day_of
from lockstep_core.decision.guard_measures import OPENED_TODAY, GuardState
from lockstep_core.decision.plan import Copier
from lockstep_core.market.money import Figures
from lockstep_core.units import ONE_LOT
from lockstep_router.journal.outputs import Outputs
from lockstep_router.journal.records import GuardRow, KnownGuard


class DayCounts:
    """What was opened on each copier's slave on the newest day, by copier."""

    def __init__(self) -> None:
        self._opened: dict[UUID, GuardState] = {}

    def keep_only(self, copiers: Mapping[UUID, Copier]) -> None:
        """Forgets copiers that are gone."""
        for gone in [number for number in self._opened if number not in copiers]:
            del self._opened[gone]

    def renew(self, copier: Copier, rows: Iterable[KnownGuard]) -> None:
        """Restores what is known of a copier that is new here."""
        row = next((row for row in rows if row.guard == OPENED_TODAY), None)
        if row is not None and copier.id not in self._opened:
            self._opened[copier.id] = GuardState(row.period, Fraction(row.start), Fraction(row.peak), key=OPENED_TODAY)

    def today(self, copier: Copier, figures: Figures | None, utc_ms: int | None) -> OpenedToday:
        """What was opened on a copier's slave today."""
        day = _day(copier, figures, utc_ms)
        if day is None:
            return OpenedToday(0, 0, is_known=False)
        state = self._of(copier, day)
        return OpenedToday(int(state.start), int(state.peak * ONE_LOT))

    def add(
        self, copier: Copier, trades: int, lots: int, figures: Figures | None, utc_ms: int | None, now_ns: int, out: Outputs
    ) -> None:
        """Counts an opening on a copier's slave."""
        day = _day(copier, figures, utc_ms) if copier.rules.guards.limits_day else None
        if day is None:
            return
        state = self._of(copier, day)
        state = msgspec.structs.replace(state, start=state.start + trades, peak=state.peak + Fraction(lots, ONE_LOT))
        self._opened[copier.id] = state
        counted = (str(state.start), str(state.peak))
        out.journal.append(
            GuardRow(copier.id, OPENED_TODAY, day, *counted, tripped=False, warned=False, resets=0, at_ns=now_ns)
        )

    def _of(self, copier: Copier, day: str) -> GuardState:
        state = self._opened.get(copier.id)
        return state if state is not None and state.period == day else GuardState(day, key=OPENED_TODAY)


def _day(copier: Copier, figures: Figures | None, utc_ms: int | None) -> str | None:
    day = None if utc_ms is None else day_of(copier.rules.guards, utc_ms, figures)
    return None if day is None else f"{day:%Y-%m-%d}"
