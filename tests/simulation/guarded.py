"""Guards: each fires when its limit was reached, once, and stops what it must until it is let go on."""

from collections import Counter
from collections.abc import Callable, Mapping
from fractions import Fraction
from uuid import UUID

from lockstep_core.copiers import CopierMode
from lockstep_core.decision.plan import Copier
from lockstep_core.settings.guards import RiskLimit, guard_keys
from lockstep_router.journal.records import GuardRow, Happening, KnownGuard
from tests.simulation.broker import Account
from tests.simulation.database import Database, Guard
from tests.simulation.market import Figures
from tests.simulation.measures import counted, ends_by_itself, is_reached, period_of
from tests.simulation.scenes import Broken, Scene

LATEST_MS = 60_000
SEEN_MS = 2_500
"""Figures that are so for as long are told at least once while nothing is broken."""


class Guarded:
    """Follows what routers tell of guards. `tripped` are those that stop now; `counts` is of what happened."""

    def __init__(
        self, copiers: list[Copier], accounts: Mapping[UUID, Account], database: Database, clock_ms: Callable[[], int]
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.tripped: set[Guard] = set()
        self._copiers = copiers
        self._accounts = accounts
        self._database = database
        self._clock_ms = clock_ms
        self._warned: dict[Guard, str] = {}
        self._rows: dict[Guard, GuardRow] = {}
        self._let_go: set[Guard] = set()
        self._ever: set[Guard] = set()
        self._start_ms = clock_ms()

    def on_start(self) -> None:
        """A new router knows what the database knows."""
        rows = self._database.guards
        self.tripped = {guard for guard, row in rows.items() if row.tripped}
        self._warned = {guard: row.period for guard, row in rows.items() if row.warned}
        self._rows = {g: GuardRow(*g, r.period, r.start, r.peak, r.tripped, r.warned, r.resets, 0) for g, r in rows.items()}
        self.counts["a guard stayed tripped over a restart"] += len(self.tripped)

    def stops(self, copier: UUID) -> list[RiskLimit]:
        """The guards that have stopped a copier."""
        return [limit for guard, limit in self._all() if guard[0] == copier and guard in self.tripped]

    def on_wish(self) -> None:
        """Somebody has let a guard go on."""
        self.counts["a guard was let go on"] += 1

    def on_happening(self, happening: Happening) -> None:
        """A router tells of a guard."""
        guard, limit = self._named(happening)
        if happening.kind == "guard_fired":
            self._on_fired(guard, limit)
        elif happening.kind == "guard_warning":
            self.counts["a guard warned"] += 1
            if self._warned.get(guard) == self._period(guard, limit):
                raise Broken(f"{guard} warned twice in one period")
        else:
            self.counts[happening.kind.replace("_", " ")] += 1
            self.tripped.discard(guard)
            self._warned.pop(guard, None)
            self._let_go.add(guard)

    def on_row(self, row: GuardRow) -> None:
        """A router wants remembered what a guard has come to."""
        guard = (row.copier, row.guard)
        limit = next((limit for other, limit in self._all() if other == guard), None)
        before = self._rows.get(guard)
        self._rows[guard] = row
        if limit is None or not row.period:
            return
        if row.warned:
            self._warned[guard] = row.period
        if row.tripped != (guard in self.tripped):
            raise Broken(f"{guard} is remembered as {row}, and nobody was told so")
        self._check_money(guard, limit, row)
        if row.tripped and not (before is not None and before.tripped):
            self._check_fired(guard, limit, row)

    def problems(self, scene: Scene) -> list[str]:
        """What is not so once everything is quiet."""
        return [f"{guard}: {said}" for guard, limit in self._all() if (said := self._problem(guard, limit, scene))]

    def _on_fired(self, guard: Guard, limit: RiskLimit) -> None:
        self.counts[f"guard {limit.kind.value} fired"] += 1
        if guard in self.tripped:
            raise Broken(f"{guard} fires twice")
        self.tripped.add(guard)
        self._ever.add(guard)

    def _all(self) -> list[tuple[Guard, RiskLimit]]:
        found = []
        for copier in self._copiers:
            limits = copier.settings.guards.risk_limits
            found += [((copier.id, key), limit) for key, limit in zip(guard_keys(limits), limits, strict=True)]
        return found

    def _named(self, happening: Happening) -> tuple[Guard, RiskLimit]:
        mine = [(guard, limit) for guard, limit in self._all() if guard[0] == happening.copier]
        if "guard" in happening.data:
            return next((guard, limit) for guard, limit in mine if guard[1] == happening.data["guard"])
        return mine[int(happening.data["setting"].rpartition(".")[2])]

    def _slave(self, guard: Guard) -> Account:
        return self._accounts[next(copier.slave for copier in self._copiers if copier.id == guard[0])]

    def _zone(self, guard: Guard) -> str:
        return next(copier.settings.guards.time_zone for copier in self._copiers if copier.id == guard[0])

    def _period(self, guard: Guard, limit: RiskLimit) -> str:
        return period_of(limit, self._zone(guard), self._clock_ms(), self._slave(guard))

    def _recent(self, guard: Guard) -> list[Figures]:
        """All figures that may have been told of late."""
        since_ms = self._clock_ms() - LATEST_MS
        history = self._slave(guard).purse.history
        ends = [*(after.at_ms for after in history[1:]), self._clock_ms()]
        return [one.figures for one, end_ms in zip(history, ends, strict=True) if end_ms >= since_ms]

    def _check_money(self, guard: Guard, limit: RiskLimit, row: GuardRow) -> None:
        had = {counted(limit, one.figures) for one in self._slave(guard).purse.history}
        if Fraction(row.start) not in had or Fraction(row.peak) not in had:
            raise Broken(f"{guard} remembers {row}, which its account never had")

    def _check_fired(self, guard: Guard, limit: RiskLimit, row: GuardRow) -> None:
        start, peak = Fraction(row.start), Fraction(row.peak)
        if not any(is_reached(limit, start, peak, figures) for figures in self._recent(guard)):
            raise Broken(f"{guard} fired at {row}, its limit was never reached")

    def _problem(self, guard: Guard, limit: RiskLimit, scene: Scene) -> str:
        row = self._database.guards.get(guard)
        if row is None:
            return "nothing is remembered of it"
        said = self._wrong_row(guard, limit, row) or self._wrong_state(guard, limit, row)
        said = said or self._missed(guard, limit, scene)
        return said or (self._open(guard, limit, scene) if row.tripped else "")

    def _wrong_row(self, guard: Guard, limit: RiskLimit, row: KnownGuard) -> str:
        if row.period != self._period(guard, limit):
            return f"is still in {row.period}"
        if row.resets < row.wished_resets:
            return "was not let go on"
        if row.tripped != (guard in self.tripped):
            return f"is remembered as {row}"
        told = not row.tripped or self._database.fired[guard[0], self._setting(guard)]
        return "" if told else "has fired, and its user was never told"

    def _wrong_state(self, guard: Guard, limit: RiskLimit, row: KnownGuard) -> str:
        figures, start, peak = self._slave(guard).figures, Fraction(row.start), Fraction(row.peak)
        reached = is_reached(limit, start, peak, figures)
        if reached and not row.tripped:
            return f"did not fire with {figures}, {row}"
        if row.tripped and not reached and ends_by_itself(limit):
            return f"did not let go with {figures}"
        forgot = limit.kind == "drawdown" and peak < counted(limit, figures)
        return f"forgot the highest: {row}, {figures}" if forgot else ""

    def _setting(self, guard: Guard) -> str:
        keys = [other[1] for other, _ in self._all() if other[0] == guard[0]]
        return f"guards.risk_limits.{keys.index(guard[1])}"

    def _missed(self, guard: Guard, limit: RiskLimit, scene: Scene) -> str:
        """While nothing is broken, whatever lasts is seen."""
        first = period_of(limit, self._zone(guard), self._start_ms, self._slave(guard))
        if not scene.whole or guard in self._ever or guard in self._let_go or first != self._period(guard, limit):
            return ""
        history = self._slave(guard).purse.history
        start = peak = counted(limit, history[0].figures)
        for one, after in zip(history, [*history[1:], None], strict=True):
            lasted_ms = (self._clock_ms() if after is None else after.at_ms) - one.at_ms
            if lasted_ms >= SEEN_MS:
                peak = max(peak, counted(limit, one.figures))
                if is_reached(limit, start, peak, one.figures):
                    return f"never fired, though there was {one}"
        return ""

    def _open(self, guard: Guard, limit: RiskLimit, scene: Scene) -> str:
        copier = next(copier for copier in self._copiers if copier.id == guard[0])
        slave = self._slave(guard)
        if copier.mode is CopierMode.OFF:
            return ""
        for number, known in scene.links.known.items():
            if known.copier.id != copier.id or scene.is_lost(number, known) or scene.is_doubtful(number, known):
                continue
            if limit.close_positions and slave.by_magic(number):
                return f"has closed everything, but #{known.key} (link {number}) is open"
            if slave.pendings.of(number):
                return f"lets nothing be opened, but an order for #{known.key} (link {number}) waits"
        return ""
