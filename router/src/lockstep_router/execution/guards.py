"""Keeps the guards of the plan's copiers: their states, what they stop, and the rows that outlive this process."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from uuid import UUID

from lockstep_core.decision.context import Floor, Halt
from lockstep_core.decision.guard_measures import OPENED_TODAY, GuardState
from lockstep_core.decision.guards import Notice, fitted, floor_of, halt_of, is_locked, lock_of, removed, reset, watch
from lockstep_core.decision.plan import Copier
from lockstep_core.market.money import Figures
from lockstep_core.market.operations import MoneyMove
from lockstep_router.execution.day_counts import DayCounts
from lockstep_router.journal.outputs import Outputs
from lockstep_router.journal.records import GuardRow, HistoryEvent, KnownGuard

States = tuple[GuardState, ...]
EVENTS = {
    "warned": "guard_warning",
    "tripped": "guard_fired",
    "resumed": "guard_resumed",
    "paused": "guard_paused",
    "pause_over": "guard_pause_over",
}


class GuardMonitor:
    """Guard states by copier. Rows of the database count only for copiers that are new here. A locked guard stops every
    copier of its slave.
    """

    def __init__(self) -> None:
        self._states: dict[UUID, States] = {}
        self._halts: dict[UUID, Halt] = {}
        self._locks: dict[UUID, dict[UUID, Halt]] = {}
        self.day_counts = DayCounts()

    def halt(self, copier: Copier) -> Halt | None:
        """What stops a copier: a guard of its own, or another copier's guard that has locked the slave account."""
        own = self._halts.get(copier.id) if self._halts else None
        if not self._locks or (own is not None and own.closes):
            return own
        locks = self._locks.get(copier.slave, {}).values()
        return next((lock for lock in locks if lock.closes), None) or own or next(iter(locks), None)

    def floor(self, copier: Copier, figures: Figures | None) -> Floor | None:
        """The balance at which a copier's guards act, for a decision that must know it before it opens."""
        rule = copier.rules.guards
        if rule.before_opening == "allow" or figures is None:
            return None
        return floor_of(rule, self._states.get(copier.id, ()), figures)

    def begin_plan(self, copiers: Mapping[UUID, Copier], rows: Iterable[KnownGuard]) -> Mapping[UUID, Sequence[KnownGuard]]:
        """Takes a whole new plan with rows of guards; returns the rows by copier. Call `renew` for each copier that changed
        or has rows, before anything is decided by the plan.
        """
        self.day_counts.keep_only(copiers)
        for gone in [number for number in self._states if number not in copiers]:
            del self._states[gone]
            self._halts.pop(gone, None)
            self._unlock(gone)
        remembered: dict[UUID, list[KnownGuard]] = {}
        for guard in rows:
            if guard.copier in copiers:
                remembered.setdefault(guard.copier, []).append(guard)
        return remembered

    def renew(self, copier: Copier, rows: Sequence[KnownGuard], now_ns: int, out: Outputs) -> bool:
        """Takes over what is known of a copier's guards. Returns whether they stop something else now. Rows count only for a
        copier that is new here.
        """
        self.day_counts.renew(copier, rows)
        before = self._states.get(copier.id)
        known = before if before is not None else tuple(_state(row) for row in rows if row.guard != OPENED_TODAY)
        if not copier.rules.guards.limits and not known:
            return False
        requested = {row.guard: row.requested_resets for row in rows}
        return self._renew(copier, known, requested, now_ns, out)

    def locks(self, slave: UUID) -> tuple[Halt, ...]:
        """The locks that guards have put on a slave."""
        return tuple(self._locks.get(slave, {}).values())

    def on_figures(
        self,
        copier: Copier,
        figures: Figures,
        utc_ms: int,
        now_ns: int,
        out: Outputs,
        moves: Sequence[MoneyMove] = (),
    ) -> bool:
        """New figures of a copier's slave, with its payments. Returns whether the copier must be settled again."""
        rule = copier.rules.guards
        before = self._states.get(copier.id, ())
        watched = watch(rule, before, figures, utc_ms, moves)
        for notice in watched.notices:
            out.journal.append(_event(copier, notice, now_ns))
        _keep(copier, before, watched.states, now_ns, out)
        self._states[copier.id] = watched.states
        return self._halt(copier, figures)

    def _renew(self, copier: Copier, known: States, requested: dict[str, int], now_ns: int, out: Outputs) -> bool:
        """Takes over the known states of a copier's guards, and resets those that its user asked to reset."""
        after = []
        for state in fitted(copier.rules.guards, known):
            resets = requested.get(state.key, 0)
            after.append(reset(state, resets) if resets > state.resets else state)
            if resets > state.resets and not is_locked(state):
                data = {"guard": state.key}
                out.journal.append(HistoryEvent("guard_reset", now_ns, copier.user_id, copier.slave, copier.id, None, data))
        left = {state.key for state in after}
        gone = (removed(state) for state in known if state.key not in left)
        self._states[copier.id] = tuple(after)
        _keep(copier, known, (*after, *gone), now_ns, out)
        return self._halt(copier)

    def _halt(self, copier: Copier, figures: Figures | None = None) -> bool:
        before, was_locked = self._halts.pop(copier.id, None), self._unlock(copier.id)
        states = self._states[copier.id]
        after, lock = halt_of(copier.rules.guards, states, figures), lock_of(copier.rules.guards, states)
        if after is not None:
            self._halts[copier.id] = after
        if lock is not None:
            self._locks.setdefault(copier.slave, {})[copier.id] = lock
        return (before, was_locked) != (after, lock)

    def _unlock(self, copier: UUID) -> Halt | None:
        """Removes and returns the lock that a copier's guards have put on its slave."""
        for slave, locks in self._locks.items():
            if copier in locks:
                lock = locks.pop(copier)
                if not locks:
                    del self._locks[slave]
                return lock
        return None


def _keep(copier: Copier, before: States, after: States, now_ns: int, out: Outputs) -> None:
    """Writes changed states. They follow their events: if only the event is written, it is repeated, and not lost."""
    known = {state.key: state for state in before}
    for state in after:
        if known.get(state.key, GuardState(key=state.key)) != state:
            out.journal.append(_row(copier, state, now_ns))


def _event(copier: Copier, notice: Notice, now_ns: int) -> HistoryEvent:
    data = {"setting": notice.setting, "params": dict(notice.params)}
    return HistoryEvent(EVENTS[notice.kind], now_ns, copier.user_id, copier.slave, copier.id, None, data)


def _row(copier: Copier, state: GuardState, now_ns: int) -> GuardRow:
    return GuardRow(
        copier.id,
        state.key,
        state.period,
        str(state.start),
        str(state.peak),
        state.tripped,
        state.warned,
        state.resets,
        now_ns,
        state.moved_msc,
        state.day,
        str(state.last),
        state.locked_ms,
        state.paused_ms,
        str(state.paid),
    )


def _state(row: KnownGuard) -> GuardState:
    return GuardState(
        row.period,
        Fraction(row.start),
        Fraction(row.peak),
        row.tripped,
        row.warned,
        row.guard,
        row.resets,
        row.moved_msc,
        row.day,
        Fraction(row.last),
        row.locked_ms,
        row.paused_ms,
        Fraction(row.paid),
    )
