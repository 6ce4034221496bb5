"""Guards: what an account's figures have come to since a period began, and whether that stops copying.

One state for each of a copier's guards, stepped with every set of figures. Figures of a terminal that does not see its
broker change nothing, nor do a balance and an equity of nothing, which a terminal shows when it reconnects. Money that came
in or went out moves what a guard counts from, so that it is neither gained nor lost.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from fractions import Fraction

import msgspec

from lockstep_core.decision.context import Halt
from lockstep_core.decision.trading_hours import local_time
from lockstep_core.market.money import Figures
from lockstep_core.market.operations import MoneyMove
from lockstep_core.rules.rules import GuardLimit, GuardRule
from lockstep_core.settings.guards import GuardKind, GuardPeriod
from lockstep_core.skips import Params

_ZERO = Fraction(0)
_LATE_MS = 60_000
_MEASURES = {"balance-difference": "balance", "equity-difference": "equity", "balance-minus-equity": "open"}


class GuardState(msgspec.Struct, frozen=True, gc=False):
    """One guard's memory: the period it is in, where that began and, of a drawdown, its highest; whether it has tripped or
    warned in it. `key` says of which guard; `resets` how often its user has let it go on. `moved_msc`: moves of money up to
    this time of the broker's clock are in `start` and `peak`; 0 where that is not known.
    """

    period: str = ""
    start: Fraction = _ZERO
    peak: Fraction = _ZERO
    tripped: bool = False
    warned: bool = False
    key: str = ""
    resets: int = 0
    moved_msc: int = 0


class Notice(msgspec.Struct, frozen=True, gc=False):
    """Reported to the user once: `kind` is `warned`, `tripped` or `resumed`; `params` describe the guard's limit."""

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
    now = local_time(utc_ms, rule.zone, figures)
    before = fitted(rule, states)
    if now is None or not figures.connected or figures.balance == figures.equity == 0:
        return Watched(before)
    after = tuple(
        _step(limit, _moved(limit, state, moves, figures), figures, now)
        for limit, state in zip(rule.limits, before, strict=True)
    )
    changes = zip(rule.limits, before, after, range(len(after)), strict=True)
    return Watched(after, tuple(notice for change in changes for notice in _notices(*change)))


def fitted(rule: GuardRule, states: Iterable[GuardState]) -> tuple[GuardState, ...]:
    """The states of a rule's guards in its order, out of those of perhaps another version of it."""
    known = {state.key: state for state in states}
    return tuple(known.get(key) or GuardState(key=key) for key in rule.keys)


def halt_of(rule: GuardRule, states: Sequence[GuardState]) -> Halt | None:
    """What tripped guards stop; one that closes goes before one that does not."""
    tripped = [(i, limit) for i, (limit, state) in enumerate(zip(rule.limits, states, strict=False)) if state.tripped]
    if not tripped:
        return None
    index, limit = next(((i, limit) for i, limit in tripped if limit.close_positions), tripped[0])
    return Halt(limit.close_positions, _setting(index), describe(limit))


def reset(state: GuardState, resets: int) -> GuardState:
    """A guard after its user let it go on for the `resets`th time: it counts anew from the next figures."""
    return GuardState(key=state.key, resets=resets)


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
        "period": limit.type.value,
    }


def _step(limit: GuardLimit, old: GuardState, figures: Figures, now: datetime) -> GuardState:
    value, period = _value(limit, figures), _period(limit.type, now)
    state = old if old.period == period else _new_period(limit, old, period, value)
    if limit.kind is GuardKind.DRAWDOWN and value > state.peak:
        state = msgspec.structs.replace(state, peak=value)
    lost, allowed = _measure(limit, state, figures)
    tripped = lost > 0 and lost >= allowed
    kept = state.tripped and not _ends_by_itself(limit, tripped)
    warned = limit.warn_fraction is not None and _is_close(limit, lost, allowed)
    return msgspec.structs.replace(state, tripped=tripped or kept, warned=state.warned or warned)


def _moved(limit: GuardLimit, state: GuardState, moves: Sequence[MoneyMove], figures: Figures) -> GuardState:
    """The guard after moves of money that it has not counted yet."""
    newest = moves[-1].at_msc if moves else 0
    if not state.moved_msc:
        # A history that the terminal loads late tells old moves. They are in the first figures of a guard already.
        return msgspec.structs.replace(state, moved_msc=max(newest, figures.server_msc - _LATE_MS, 1))
    if newest <= state.moved_msc:
        return state
    new = [move for move in moves if move.at_msc > state.moved_msc]
    amount = sum((move.amount for move in new if _counts(limit, move)), _ZERO)
    return msgspec.structs.replace(state, start=state.start + amount, peak=state.peak + amount, moved_msc=newest)


def _counts(limit: GuardLimit, move: MoneyMove) -> bool:
    """Whether a move changes what a guard measures."""
    return not move.credit or (limit.apply_to == "equity-difference" and not limit.without_credit)


def _new_period(limit: GuardLimit, old: GuardState, period: str, value: Fraction) -> GuardState:
    kept = old.tripped and limit.reset == "manual"
    return GuardState(period, value, value, kept, key=old.key, resets=old.resets, moved_msc=old.moved_msc)


def _ends_by_itself(limit: GuardLimit, tripped: bool) -> bool:
    floor_of_life = limit.kind is GuardKind.EQUITY_FLOOR and limit.type is GuardPeriod.LIFETIME
    return floor_of_life and limit.reset == "next_period" and not tripped


def _value(limit: GuardLimit, figures: Figures) -> Fraction:
    if limit.kind is GuardKind.EQUITY_FLOOR or limit.apply_to == "equity-difference":
        return _equity(limit, figures)
    return figures.balance


def _equity(limit: GuardLimit, figures: Figures) -> Fraction:
    return figures.own_equity if limit.without_credit else figures.equity


def _measure(limit: GuardLimit, state: GuardState, figures: Figures) -> tuple[Fraction, Fraction]:
    """What is lost (or gained) and how much is allowed. A floor is measured in what is missing from it."""
    value = _value(limit, figures)
    match limit.kind:
        case GuardKind.EQUITY_FLOOR:
            return Fraction(limit.max_absolute_risk or 0) - value, _ZERO
        case GuardKind.PROFIT_TARGET:
            return value - state.start, _allowed(limit, state.start)
        case GuardKind.DRAWDOWN:
            return state.peak - value, _allowed(limit, state.peak)
    if limit.apply_to == "balance-minus-equity":
        return figures.balance - _equity(limit, figures), _allowed(limit, figures.balance)
    return state.start - value, _allowed(limit, state.start)


def _allowed(limit: GuardLimit, base: Fraction) -> Fraction:
    amounts = [] if limit.max_absolute_risk is None else [Fraction(limit.max_absolute_risk)]
    if limit.max_relative_risk is not None:
        amounts.append(Fraction(limit.max_relative_risk) * max(base, _ZERO))
    return min(amounts)


def _is_close(limit: GuardLimit, lost: Fraction, allowed: Fraction) -> bool:
    fraction = Fraction(limit.warn_fraction or 1)
    if limit.kind is GuardKind.EQUITY_FLOOR:
        return lost >= -(1 - fraction) * Fraction(limit.max_absolute_risk or 0)
    return lost > 0 and lost >= fraction * allowed


def _period(period: GuardPeriod, now: datetime) -> str:
    match period:
        case GuardPeriod.DAY:
            return f"{now:%Y-%m-%d}"
        case GuardPeriod.WEEK:
            return f"{now:%G-W%V}"
        case GuardPeriod.MONTH:
            return f"{now:%Y-%m}"
        case GuardPeriod.QUARTER:
            return f"{now:%Y}-Q{(now.month + 2) // 3}"
        case GuardPeriod.YEAR:
            return f"{now:%Y}"
    return "lifetime"


def _notices(limit: GuardLimit, before: GuardState, after: GuardState, index: int) -> tuple[Notice, ...]:
    kind = _change(before, after)
    return () if kind is None else (Notice(kind, _setting(index), describe(limit)),)


def _change(before: GuardState, after: GuardState) -> str | None:
    if after.tripped != before.tripped:
        return "tripped" if after.tripped else "resumed"
    return "warned" if after.warned and not (before.warned and before.period == after.period) else None


def _setting(index: int) -> str:
    return f"guards.risk_limits.{index}"
