"""Checks that each guard fires once, at its limit, and blocks openings until it is reset or its period ends."""

from collections import Counter
from collections.abc import Callable, Mapping
from fractions import Fraction
from uuid import UUID

import msgspec

from lockstep_core.copiers import CopierMode
from lockstep_core.decision.plan import Copier
from lockstep_core.settings.guards import RiskLimit, guard_keys
from lockstep_router.journal.records import GuardRow, HistoryEvent, KnownGuard
from tests.simulation.account_figures import DatedFigures
from tests.simulation.broker import LATEST_ANSWER_NS, BrokerAccount
from tests.simulation.broker_data import AccountKind
from tests.simulation.database import GuardKey, RouterTables
from tests.simulation.evidence import Evidence, InvariantViolated
from tests.simulation.guard_measures import begun_with, ends_by_itself, guarded_figure, is_reached, period_of
from tests.simulation.pause_invariants import PauseInvariants, pauses
from tests.simulation.scheduler import MS

REPORT_DELAY_MS = 60_000
SEEN_AFTER_MS = 2_500
"""Figures that last this long are reported at least once while there is no fault."""


def guard_row(known: KnownGuard) -> GuardRow:
    """The stored row that a guard was read from."""
    state = msgspec.structs.asdict(known)
    del state["requested_resets"]
    return GuardRow(**state, at_ns=0)


class GuardInvariants:
    """Checks what routers report of guards. `tripped` are the guards that block their copier now; `counts` counts events."""

    def __init__(
        self,
        copiers: list[Copier],
        accounts: Mapping[UUID, BrokerAccount],
        database: RouterTables,
        clock_ms: Callable[[], int],
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._pauses = PauseInvariants(self.counts)
        self.tripped: set[GuardKey] = set()
        self._copiers = copiers
        self._accounts = accounts
        self._database = database
        self._clock_ms = clock_ms
        self._warned: dict[GuardKey, str] = {}
        self._rows: dict[GuardKey, GuardRow] = {}
        self._reset: set[GuardKey] = set()
        self._fired: set[GuardKey] = set()
        self._start_ms = clock_ms()

    def on_start(self) -> None:
        """A new router reads what was written."""
        rows = self._database.guards
        self.tripped = {guard for guard, row in rows.items() if row.tripped}
        self._warned = {guard: row.period for guard, row in rows.items() if row.warned}
        self._rows = {guard: guard_row(row) for guard, row in rows.items()}
        self.counts["a guard stayed tripped over a restart"] += len(self.tripped)
        for guard, limit in self._all():
            if guard in rows:
                self._pauses.on_known(guard, limit, rows[guard])

    def stops(self, copier: UUID) -> list[RiskLimit]:
        """The limits of the guards that block a copier: its own, and those that locked its slave."""
        slave = next(one.slave for one in self._copiers if one.id == copier)
        sharing = {one.id for one in self._copiers if one.slave == slave}
        return [
            limit
            for guard, limit in self._all()
            if guard in self.tripped and (guard[0] == copier or (guard[0] in sharing and limit.reset == "locked"))
        ]

    def on_event(self, event: HistoryEvent) -> None:
        """A router writes a guard's event to the history."""
        guard, limit = self._guard_of(event)
        if event.kind == ("guard_paused" if pauses(limit) else "guard_fired"):
            self._on_fired(guard, limit)
        elif event.kind == "guard_warning":
            self.counts["a guard warned"] += 1
            if self._warned.get(guard) == self._period(guard, limit):
                raise InvariantViolated(f"{guard} warned twice in one period")
        elif event.kind == "guard_reset" and guard in self.tripped and limit.reset == "locked":
            raise InvariantViolated(f"{guard} was reset, though it is locked")
        else:
            if event.kind == "guard_pause_over":
                self._pauses.on_over(guard, limit, self._zone(guard), self._utc_ms(guard), self._slave(guard))
            elif (event.kind != "guard_reset" and pauses(limit)) or event.kind in ("guard_fired", "guard_paused"):
                raise InvariantViolated(f"{guard} pauses copying or does not, and {event} says otherwise")
            self.counts[event.kind.replace("_", " ")] += 1
            self.tripped.discard(guard)
            self._warned.pop(guard, None)
            self._reset.add(guard)

    def on_row(self, row: GuardRow) -> None:
        """A router writes a guard's state."""
        guard = (row.copier, row.guard)
        limit = next((limit for other, limit in self._all() if other == guard), None)
        before = self._rows.get(guard)
        self._rows[guard] = row
        if before is not None and before.period == row.period and 0 < before.moved_msc < row.moved_msc:
            self.counts["a payment moved a guard"] += 1
        if limit is None or not row.period:
            return
        if row.warned:
            self._warned[guard] = row.period
        if row.tripped != (guard in self.tripped):
            raise InvariantViolated(f"{guard} is written as {row}, and there was no event of that")
        self._pauses.check_row(guard, limit, row)
        self._check_figures(guard, limit, row)
        if row.tripped and not (before is not None and before.tripped):
            self._check_fired(guard, limit, row)
        if (row.tripped and limit.reset == "locked") != (row.locked_ms > 0):
            raise InvariantViolated(f"{guard} is written as {row}, which is not locked as it should be")

    def problems(self, evidence: Evidence) -> list[str]:
        """What is wrong once everything is quiet."""
        return [f"{guard}: {problem}" for guard, limit in self._all() if (problem := self._problem(guard, limit, evidence))]

    def _on_fired(self, guard: GuardKey, limit: RiskLimit) -> None:
        self.counts[f"guard {limit.kind.value} fired"] += 1
        if guard in self.tripped and not pauses(limit):
            raise InvariantViolated(f"{guard} fires twice")
        if pauses(limit):
            # If the loss is still there when a pause ends, another pause begins.
            self._warned.pop(guard, None)
            if guard in self.tripped:
                self._pauses.on_begun_again(guard, limit, self._zone(guard), self._utc_ms(guard), self._slave(guard))
            self._pauses.on_begun(guard, limit, self._utc_ms(guard))
        self.counts.update(["a guard locked its account"] if limit.reset == "locked" else [])
        self.tripped.add(guard)
        self._fired.add(guard)

    def _all(self) -> list[tuple[GuardKey, RiskLimit]]:
        found = []
        for copier in self._copiers:
            guards = copier.settings.guards
            keys = guard_keys(guards)
            found += [((copier.id, key), limit) for key, limit in zip(keys, guards.risk_limits, strict=True)]
        return found

    def _guard_of(self, event: HistoryEvent) -> tuple[GuardKey, RiskLimit]:
        guards = [(guard, limit) for guard, limit in self._all() if guard[0] == event.copier]
        if "guard" in event.data:
            return next((guard, limit) for guard, limit in guards if guard[1] == event.data["guard"])
        return guards[int(event.data["setting"].rpartition(".")[2])]

    def _slave(self, guard: GuardKey) -> BrokerAccount:
        return self._accounts[next(copier.slave for copier in self._copiers if copier.id == guard[0])]

    def _zone(self, guard: GuardKey) -> str:
        return next(copier.settings.guards.time_zone for copier in self._copiers if copier.id == guard[0])

    def _utc_ms(self, guard: GuardKey) -> int:
        return self._slave(guard).utc_ms + self._clock_ms()

    def _period(self, guard: GuardKey, limit: RiskLimit) -> str:
        return period_of(limit, self._zone(guard), self._clock_ms(), self._slave(guard))

    def _owned(self, guard: GuardKey, row: GuardRow | KnownGuard) -> tuple[Fraction, Fraction]:
        """The start of a guard's period and its highest figure, both without deposits and withdrawals."""
        slave = self._slave(guard)
        moved = slave.figures_history.moved_until(row.moved_msc - slave.server_ms(0))
        return Fraction(row.start) - moved, Fraction(row.peak) - moved

    def _recent(self, guard: GuardKey) -> list[DatedFigures]:
        """All figures that may have been reported recently."""
        since_ms = self._clock_ms() - REPORT_DELAY_MS
        history = self._slave(guard).figures_history.all
        ends = [*(after.at_ms for after in history[1:]), self._clock_ms()]
        return [one for one, end_ms in zip(history, ends, strict=True) if end_ms >= since_ms]

    def _check_figures(self, guard: GuardKey, limit: RiskLimit, row: GuardRow) -> None:
        had = {begun_with(limit, one.figures) - one.moved for one in self._slave(guard).figures_history.all}
        start, peak = self._owned(guard, row)
        if start not in had or peak not in had:
            raise InvariantViolated(f"{guard} remembers {row}, which its account never had")

    def _check_fired(self, guard: GuardKey, limit: RiskLimit, row: GuardRow) -> None:
        start, peak = self._owned(guard, row)
        if not any(is_reached(limit, start + one.moved, peak + one.moved, one.figures) for one in self._recent(guard)):
            raise InvariantViolated(f"{guard} fired at {row}, its limit was never reached")

    def _problem(self, guard: GuardKey, limit: RiskLimit, evidence: Evidence) -> str:
        row = self._database.guards.get(guard)
        if row is None:
            return "has no row"
        problem = self._wrong_row(guard, limit, row) or self._wrong_state(guard, limit, row)
        problem = problem or self._missed(guard, limit, evidence)
        return problem or (self._open(guard, limit, evidence) if row.tripped else "")

    def _wrong_row(self, guard: GuardKey, limit: RiskLimit, row: KnownGuard) -> str:
        if row.period != self._period(guard, limit):
            return f"is still in {row.period}"
        if row.resets < row.requested_resets:
            return "was not reset"
        if row.tripped != (guard in self.tripped):
            return f"is written as {row}"
        reported = not row.tripped or self._database.fired[guard[0], self._setting(guard)]
        return "" if reported else "has fired, and no event says so"

    def _wrong_state(self, guard: GuardKey, limit: RiskLimit, row: KnownGuard) -> str:
        figures, moved = self._slave(guard).figures, self._slave(guard).figures_history.all[-1].moved
        start, peak = (owned + moved for owned in self._owned(guard, row))
        reached = is_reached(limit, start, peak, figures)
        if reached and not row.tripped:
            return f"did not fire with {figures}, {row}"
        if row.tripped and not reached and ends_by_itself(limit):
            return f"did not end with {figures}"
        if row.tripped and pauses(limit):
            zone, slave = self._zone(guard), self._slave(guard)
            late = self._pauses.problem(guard, limit, zone, self._utc_ms(guard), slave, (start, peak))
            if late:
                return late
        is_peak_lost = limit.kind == "drawdown" and peak < guarded_figure(limit, figures)
        return f"lost the peak: {row}, {figures}" if is_peak_lost else ""

    def _setting(self, guard: GuardKey) -> str:
        keys = [other[1] for other, _ in self._all() if other[0] == guard[0]]
        return f"guards.risk_limits.{keys.index(guard[1])}"

    def _missed(self, guard: GuardKey, limit: RiskLimit, evidence: Evidence) -> str:
        """Without faults, a guard whose limit is reached for long enough must fire."""
        first = period_of(limit, self._zone(guard), self._start_ms, self._slave(guard))
        if not evidence.fault_free or guard in self._fired or guard in self._reset or first != self._period(guard, limit):
            return ""
        slave = self._slave(guard)
        history, seen_after_ms = slave.figures_history.all, SEEN_AFTER_MS
        if slave.kind is AccountKind.MT4:
            # MT4's program is one loop: it reports no figures until its OrderSend has returned.
            seen_after_ms += LATEST_ANSWER_NS // MS
        start = peak = begun_with(limit, history[0].figures)
        for one, after in zip(history, [*history[1:], None], strict=True):
            lasted_ms = (self._clock_ms() if after is None else after.at_ms) - one.at_ms
            if lasted_ms >= seen_after_ms:
                if limit.kind != "best_day":
                    peak = max(peak, guarded_figure(limit, one.figures) - one.moved)
                if is_reached(limit, start + one.moved, peak + one.moved, one.figures):
                    return f"never fired, though there was {one}"
        return ""

    def _open(self, guard: GuardKey, limit: RiskLimit, evidence: Evidence) -> str:
        copier = next(copier for copier in self._copiers if copier.id == guard[0])
        slave = self._slave(guard)
        if copier.mode is CopierMode.OFF:
            return ""
        locks = limit.reset == "locked"
        for link, origin in evidence.origins.by_link.items():
            stopped = origin.copier.slave == copier.slave if locks else origin.copier.id == copier.id
            if not stopped or origin.copier.mode is CopierMode.OFF:
                continue
            if evidence.is_lost(link, origin) or evidence.is_doubtful(link, origin):
                continue
            if limit.close_positions and slave.positions_of(link):
                return f"has closed everything, but #{origin.key} (link {link}) is open"
            if slave.pending_orders.of(link):
                return f"allows no opening, but an order for #{origin.key} (link {link}) waits"
        return ""
