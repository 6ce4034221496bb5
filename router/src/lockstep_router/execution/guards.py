"""Keeps the guards of the plan's copiers: their states, what they stop, and the rows that outlive this process."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from uuid import UUID

from lockstep_core.decision.context import Halt
from lockstep_core.decision.guards import GuardState, Notice, fitted, halt_of, reset, watch
from lockstep_core.decision.plan import Copier
from lockstep_core.market.money import Figures
from lockstep_core.market.operations import MoneyMove
from lockstep_router.journal.outputs import Outputs
from lockstep_router.journal.records import GuardRow, HistoryEvent, KnownGuard

States = tuple[GuardState, ...]
EVENTS = {"warned": "guard_warning", "tripped": "guard_fired", "resumed": "guard_resumed"}


class GuardMonitor:
    """Guard states by copier. Rows of the database count only for copiers that are new here."""

    def __init__(self) -> None:
        self._states: dict[UUID, States] = {}
        self._halts: dict[UUID, Halt] = {}

    def halt(self, copier: UUID) -> Halt | None:
        """What a copier's guards stop."""
        return self._halts.get(copier)

    def begin_plan(self, copiers: Mapping[UUID, Copier], rows: Iterable[KnownGuard]) -> Mapping[UUID, Sequence[KnownGuard]]:
        """A new plan, whole, with rows of guards; returns the rows by copier. `renew` must follow for each copier that
        changed or has rows, before anything is decided by the plan.
        """
        for gone in [number for number in self._states if number not in copiers]:
            del self._states[gone]
            self._halts.pop(gone, None)
        remembered: dict[UUID, list[KnownGuard]] = {}
        for guard in rows:
            if guard.copier in copiers:
                remembered.setdefault(guard.copier, []).append(guard)
        return remembered

    def renew(self, copier: Copier, rows: Sequence[KnownGuard], now_ns: int, out: Outputs) -> bool:
        """Takes over what is known of a copier's guards; whether they stop something else now. Rows count only for a copier
        that is new here.
        """
        before = self._states.get(copier.id)
        known = before if before is not None else tuple(_state(row) for row in rows)
        if not copier.rules.guards.limits and not known:
            return False
        requested = {row.guard: row.requested_resets for row in rows}
        return self._renew(copier, known, requested, now_ns, out)

    def on_figures(
        self,
        copier: Copier,
        figures: Figures,
        utc_ms: int,
        now_ns: int,
        out: Outputs,
        moves: Sequence[MoneyMove] = (),
    ) -> bool:
        """New figures of a copier's slave, and its moves of money; whether the copier must be looked at again."""
        rule = copier.rules.guards
        before = self._states.get(copier.id, ())
        watched = watch(rule, before, figures, utc_ms, moves)
        for notice in watched.notices:
            out.journal.append(_event(copier, notice, now_ns))
        _keep(copier, before, watched.states, now_ns, out)
        self._states[copier.id] = watched.states
        return self._halt(copier)

    def _renew(self, copier: Copier, known: States, requested: dict[str, int], now_ns: int, out: Outputs) -> bool:
        """Takes over the known states of a copier's guards, and does the resets that its user requested."""
        after = []
        for state in fitted(copier.rules.guards, known):
            resets = requested.get(state.key, 0)
            after.append(reset(state, resets) if resets > state.resets else state)
            if resets > state.resets:
                data = {"guard": state.key}
                out.journal.append(HistoryEvent("guard_reset", now_ns, copier.user_id, copier.slave, copier.id, None, data))
        left = {state.key for state in after}
        gone = (reset(state, state.resets) for state in known if state.key not in left)
        self._states[copier.id] = tuple(after)
        _keep(copier, known, (*after, *gone), now_ns, out)
        return self._halt(copier)

    def _halt(self, copier: Copier) -> bool:
        before = self._halts.pop(copier.id, None)
        after = halt_of(copier.rules.guards, self._states[copier.id])
        if after is not None:
            self._halts[copier.id] = after
        return before != after


def _keep(copier: Copier, before: States, after: States, now_ns: int, out: Outputs) -> None:
    """Writes changed states. They follow their events: if only the event gets written, it is repeated and not lost."""
    known = {state.key: state for state in before}
    for state in after:
        if known.get(state.key, GuardState(key=state.key)) != state:
            out.journal.append(_row(copier, state, now_ns))


def _event(copier: Copier, notice: Notice, now_ns: int) -> HistoryEvent:
    data = {"setting": notice.setting, "params": dict(notice.params)}
    return HistoryEvent(EVENTS[notice.kind], now_ns, copier.user_id, copier.slave, copier.id, None, data)


def _row(copier: Copier, state: GuardState, now_ns: int) -> GuardRow:
    start, peak = str(state.start), str(state.peak)
    flags = (state.tripped, state.warned, state.resets)
    return GuardRow(copier.id, state.key, state.period, start, peak, *flags, now_ns, state.moved_msc)


def _state(row: KnownGuard) -> GuardState:
    start, peak = Fraction(row.start), Fraction(row.peak)
    return GuardState(row.period, start, peak, row.tripped, row.warned, row.guard, row.resets, row.moved_msc)
