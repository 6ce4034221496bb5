"""Guards: what an account's figures have come to since a period began, and whether that stops copying.

One state for each of a copier's guards, stepped with every set of figures. Figures of a terminal that does not see its
broker change nothing, nor do a balance and an equity of nothing, which a terminal shows when it reconnects. Money that came
in or went out moves what a guard counts from, so that it is neither gained nor lost.
"""

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from lockstep_core.decision.context import Floor, Halt
from lockstep_core.decision.guard_days import day_of, period_ends_ms, period_of
from lockstep_core.decision.guard_measures import GuardState, begun, is_close, measure, moved
from lockstep_core.decision.guard_measures import floor_of as floor_of_one
from lockstep_core.decision.guard_pauses import (
    after_pause,
    counting_anew,
    describe_pause,
    has_recovered,
    pause_ends_ms,
    pauses,
)
from lockstep_core.market.money import Figures
from lockstep_core.market.operations import MoneyMove
from lockstep_core.rules.rules import GuardLimit, GuardRule
from lockstep_core.settings.guards import GuardKind, GuardPeriod
from lockstep_core.skips import Params

_MEASURES = {"balance-difference": "balance", "equity-difference": "equity", "balance-minus-equity": "open"}


class Notice(msgspec.Struct, frozen=True, gc=False):
    """Reported to the user once: `kind` is `warned`, `tripped` or `resumed`; of a guard that only pauses, `paused` or
    `pause_over`. `params` describe the guard's limit, and how its pause ends.
    """

    kind: str
    setting: str
    params: Params


class Watched(msgspec.Struct, frozen=True):
    """The guards after a step, and what is new."""

    states: tuple[GuardState, ...]
    notices: tuple[Notice, ...] = ()


def watch(
    rule: GuardRule, states: Sequence[GuardState], figures: Figures, utc_ms: int, moves: Sequence[MoneyMove] = ()
) -> Watched:
    """The guards after these figures; those of which `states` knows nothing begin anew.

    `moves`: the newest moves of money, oldest first, all of which the figures have.
    """
    today = day_of(rule, utc_ms, figures)
    before = fitted(rule, states)
    if today is None or not figures.connected or figures.balance == figures.equity == 0:
        return Watched(before)
    after = tuple(
        _step(rule, limit, moved(limit, state, moves, figures), figures, today, utc_ms)
        for limit, state in zip(rule.limits, before, strict=True)
    )
    changes = zip(rule.limits, before, after, range(len(after)), strict=True)
    return Watched(after, tuple(notice for change in changes for notice in _notices(rule, figures, *change)))


def fitted(rule: GuardRule, states: Iterable[GuardState]) -> tuple[GuardState, ...]:
    """The states of a rule's guards in its order, out of those of perhaps another version of it."""
    known = {state.key: state for state in states}
    return tuple(known.get(key) or GuardState(key=key) for key in rule.keys)


def halt_of(rule: GuardRule, states: Sequence[GuardState], figures: Figures | None = None) -> Halt | None:
    """What tripped guards stop; one that closes goes before one that does not."""
    tripped = [i for i, (_, state) in enumerate(zip(rule.limits, states, strict=False)) if state.tripped]
    return _halt(tripped, rule, states, figures)


def lock_of(rule: GuardRule, states: Sequence[GuardState]) -> Halt | None:
    """What locked guards stop, on the whole account and not only for their own copier."""
    pairs = enumerate(zip(rule.limits, states, strict=False))
    halt = _halt([i for i, (_, state) in pairs if is_locked(state)], rule, states, None)
    # Another copier has no such setting.
    return None if halt is None else msgspec.structs.replace(halt, setting="")


def floor_of(rule: GuardRule, states: Sequence[GuardState], figures: Figures) -> Floor | None:
    """The highest balance at which one of the guards acts."""
    pairs = zip(rule.limits, states, strict=False)
    floors = [floor for limit, state in pairs if (floor := floor_of_one(limit, state, figures)) is not None]
    return max(floors, key=lambda floor: (floor.balance, not floor.may_touch), default=None)


def _halt(tripped: Sequence[int], rule: GuardRule, states: Sequence[GuardState], figures: Figures | None) -> Halt | None:
    if not tripped:
        return None
    index = next((i for i in tripped if rule.limits[i].close_positions), tripped[0])
    limit = rule.limits[index]
    params = _params(rule, limit, states[index], figures)
    return Halt(limit.close_positions, _setting(index), params, pauses(limit))


def _params(rule: GuardRule, limit: GuardLimit, state: GuardState, figures: Figures | None) -> Params:
    """What describes a guard that has tripped."""
    return {**describe(limit), **describe_pause(rule, limit, state, figures)} if pauses(limit) else describe(limit)


def is_locked(state: GuardState) -> bool:
    """Whether nobody can let a guard go on before its next period."""
    return state.tripped and state.locked_ms > 0


def reset(state: GuardState, resets: int) -> GuardState:
    """A guard after its user let it go on for the `resets`th time: it counts anew from the next figures. One that is locked
    does not.
    """
    if is_locked(state):
        return msgspec.structs.replace(state, resets=resets)
    return counting_anew(state, resets)


def removed(state: GuardState) -> GuardState:
    """The state to keep of a guard that was removed from its copier. If the guard is added again, it starts anew. A locked
    guard keeps its state.
    """
    return state if is_locked(state) else GuardState(key=state.key, resets=state.resets)


def describe(limit: GuardLimit) -> Params:
    """The guard and its limit, as the params of a skip or a notice. `amount` says which of both limits there are."""
    money = "" if limit.max_absolute_risk is None else f"{limit.max_absolute_risk:f}"
    percent = "" if limit.max_relative_risk is None else f"{float(limit.max_relative_risk * 100):.4g}"
    return {
        "kind": limit.kind.value,
        "measure": _MEASURES[limit.apply_to],
        "amount": "both" if money and percent else "money" if money else "percent",
        "money": money,
        "percent": percent,
        "base": limit.share_of,
        "period": limit.type.value,
    }


def _step(rule: GuardRule, limit: GuardLimit, old: GuardState, figures: Figures, today: date, utc_ms: int) -> GuardState:
    state = begun(limit, after_pause(limit, old, utc_ms), period_of(limit.type, today), f"{today:%Y-%m-%d}", figures)
    lost, allowed = measure(limit, state, figures)
    tripped = lost > 0 and lost >= allowed
    kept = state.tripped and not _ends_by_itself(limit, tripped) and not has_recovered(limit, lost, allowed)
    locked_ms, paused_ms = state.locked_ms, 0
    if tripped and not state.tripped and limit.reset == "locked":
        locked_ms = period_ends_ms(limit.type, today, rule, figures)
    if tripped or kept:
        paused_ms = state.paused_ms or pause_ends_ms(rule, limit, today, utc_ms, figures)
    warned, held = state.warned or is_close(limit, lost, allowed), tripped or kept
    return msgspec.structs.replace(state, tripped=held, warned=warned, locked_ms=locked_ms, paused_ms=paused_ms)


def _ends_by_itself(limit: GuardLimit, tripped: bool) -> bool:
    floor_of_life = limit.kind is GuardKind.EQUITY_FLOOR and limit.type is GuardPeriod.LIFETIME
    return floor_of_life and limit.reset == "next_period" and not tripped


def _notices(
    rule: GuardRule, figures: Figures, limit: GuardLimit, before: GuardState, after: GuardState, index: int
) -> tuple[Notice, ...]:
    kind = _change(limit, before, after)
    if kind is None:
        return ()
    params = _params(rule, limit, after, figures) if kind == "paused" else describe(limit)
    return (Notice(kind, _setting(index), params),)


def _change(limit: GuardLimit, before: GuardState, after: GuardState) -> str | None:
    if pauses(limit) and after.tripped and (not before.tripped or after.paused_ms != before.paused_ms):
        # Where the limit is still reached when a pause is over, another one begins.
        return "paused"
    if pauses(limit) and before.tripped and not after.tripped:
        return "pause_over"
    if after.tripped != before.tripped:
        return "tripped" if after.tripped else "resumed"
    return "warned" if after.warned and not (before.warned and before.period == after.period) else None


def _setting(index: int) -> str:
    return f"guards.risk_limits.{index}"
