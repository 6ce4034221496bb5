"""Pauses of guards: none ends before its time or before the loss has shrunk, and none lasts longer."""

from collections import Counter
from fractions import Fraction

from lockstep_core.settings.guards import RiskLimit
from lockstep_router.journal.records import GuardRow, KnownGuard
from tests.simulation.broker import BrokerAccount
from tests.simulation.broker_data import AccountFigures
from tests.simulation.database import GuardKey
from tests.simulation.evidence import InvariantViolated
from tests.simulation.guard_measures import is_recovered, period_of

MINUTE_MS = 60_000
SOON_MS = 5_000
"""How soon after its end a pause must be over, once everything is quiet."""
ROUNDING_MS = 10
_DAY = RiskLimit.model_validate({"type": "day", "max_absolute_risk": "1"})


def pauses(limit: RiskLimit) -> bool:
    """Whether a guard pauses copying."""
    return limit.reset == "paused"


class PauseInvariants:
    """When each pause began, as Unix time in ms; `counts` says what happened."""

    def __init__(self, counts: Counter[str]) -> None:
        self._counts = counts
        self._began_ms: dict[GuardKey, int] = {}

    def on_known(self, guard: GuardKey, limit: RiskLimit, row: KnownGuard) -> None:
        """A new router reads a pause."""
        if row.tripped and row.paused_ms:
            self._counts["a pause outlived the router"] += 1
            lasts_ms = limit.pause_minutes * MINUTE_MS if limit.pause_until == "minutes" else 1
            self._began_ms[guard] = row.paused_ms - lasts_ms

    def on_begun(self, guard: GuardKey, limit: RiskLimit, utc_ms: int) -> None:
        """A router reports that a guard pauses copying from now on."""
        self._counts[f"a guard paused copying until {limit.pause_until}"] += 1
        self._began_ms[guard] = utc_ms

    def on_begun_again(self, guard: GuardKey, limit: RiskLimit, zone: str, utc_ms: int, slave: BrokerAccount) -> None:
        """The limit is still reached when a pause ends, so the next pause begins."""
        if limit.pause_until == "recovered" or not self._is_over(guard, limit, zone, utc_ms + ROUNDING_MS, slave):
            raise InvariantViolated(f"{guard} pauses once more, though its pause since {self._began_ms[guard]} is not over")

    def on_over(self, guard: GuardKey, limit: RiskLimit, zone: str, utc_ms: int, slave: BrokerAccount) -> None:
        """A router reports that a pause is over."""
        self._counts[f"a pause until {limit.pause_until} was over"] += 1
        if limit.pause_until != "recovered" and not self._is_over(guard, limit, zone, utc_ms + ROUNDING_MS, slave):
            raise InvariantViolated(f"{guard} ends its pause, which began at {self._began_ms[guard]}, at {utc_ms}")

    def check_row(self, guard: GuardKey, limit: RiskLimit, row: GuardRow) -> None:
        """A router writes a guard that has stopped copying."""
        has_end = row.tripped and pauses(limit) and limit.pause_until != "recovered"
        if has_end != (row.paused_ms > 0):
            raise InvariantViolated(
                f"{guard} is written as {row}, whose pause should {'' if has_end else 'not '}have an end"
            )
        ends_ms = self._began_ms.get(guard, 0) + limit.pause_minutes * MINUTE_MS
        if has_end and limit.pause_until == "minutes" and abs(row.paused_ms - ends_ms) > ROUNDING_MS:
            raise InvariantViolated(f"{guard} is written as {row}, and its pause ends at {ends_ms}")

    def problem(
        self,
        guard: GuardKey,
        limit: RiskLimit,
        zone: str,
        utc_ms: int,
        slave: BrokerAccount,
        owned: tuple[Fraction, Fraction],
    ) -> str:
        """What is wrong with a pause that still lasts. `owned`: the start and the highest figure of its period."""
        if limit.pause_until == "recovered":
            figures: AccountFigures = slave.figures
            return f"still pauses with {figures}" if is_recovered(limit, *owned, figures) else ""
        is_late = self._is_over(guard, limit, zone, utc_ms - SOON_MS, slave)
        return f"still pauses since {self._began_ms.get(guard)}" if is_late else ""

    def _is_over(self, guard: GuardKey, limit: RiskLimit, zone: str, utc_ms: int, slave: BrokerAccount) -> bool:
        began_ms = self._began_ms[guard]
        if limit.pause_until == "minutes":
            return utc_ms >= began_ms + limit.pause_minutes * MINUTE_MS
        day, today = (period_of(_DAY, zone, at_ms - slave.utc_ms, slave) for at_ms in (began_ms, utc_ms))
        return today > day
