"""What guards measure: where they count from, how much is lost or gained by that, and how much is allowed."""

from collections.abc import Sequence
from fractions import Fraction

import msgspec

from lockstep_core.decision.context import Floor
from lockstep_core.market.money import Figures
from lockstep_core.market.operations import MoneyMove
from lockstep_core.rules.rules import GuardLimit
from lockstep_core.settings.guards import GuardKind

_ZERO = Fraction(0)
_OF_PROFIT = frozenset({GuardKind.PROFIT_TARGET, GuardKind.BEST_DAY})
_LATE_MS = 60_000
_BALANCES = frozenset({"balance", "higher", "end_of_day"})
"""Ways of counting that need the balance of a day's end."""

OPENED_TODAY = "opened/day"
"""The name under which a day's count of openings is kept among guards: `start` is the number of trades, `peak` of lots."""


class GuardState(msgspec.Struct, frozen=True, gc=False):
    """One guard's memory: the period it is in, where that began and, of a drawdown, its highest; whether it has tripped or
    warned in it. Of a best day `peak` is the initial balance. `key` says of which guard; `resets` how often its user has let
    it go on. `moved_msc`: moves of money up to this time of the broker's clock are in `start`, `peak` and `last`; 0 where
    that is not known. `day` and `last`: the day it is in and the newest balance of it, for guards that count from the
    balance at a day's end. `locked_ms`: until this Unix time nobody lets it go on. `paused_ms`: when its pause ends, 0
    where no time ends it. `paid`: what came in, less what went out, since it first saw figures: so much more than the
    initial balance is no profit, also after a reset.
    """

    period: str = ""
    start: Fraction = _ZERO
    peak: Fraction = _ZERO
    tripped: bool = False
    warned: bool = False
    key: str = ""
    resets: int = 0
    moved_msc: int = 0
    day: str = ""
    last: Fraction = _ZERO
    locked_ms: int = 0
    paused_ms: int = 0
    paid: Fraction = _ZERO


def moved(limit: GuardLimit, state: GuardState, moves: Sequence[MoneyMove], figures: Figures) -> GuardState:
    """The guard after moves of money that it has not counted yet."""
    newest = moves[-1].at_msc if moves else 0
    if not state.moved_msc:
        # A history that the terminal loads late tells old moves. They are in the first figures of a guard already.
        return msgspec.structs.replace(state, moved_msc=max(newest, figures.server_msc - _LATE_MS, 1))
    if newest <= state.moved_msc:
        return state
    new = [move for move in moves if move.at_msc > state.moved_msc]
    amount = sum((move.amount for move in new if _counts(limit, move)), _ZERO)
    paid = sum((move.amount for move in new if not move.credit), _ZERO)
    start, peak, last = state.start + amount, state.peak + amount, state.last + paid if state.day else state.last
    values = {"start": start, "peak": peak, "last": last, "paid": state.paid + paid}
    return msgspec.structs.replace(state, **values, moved_msc=newest)


def begun(limit: GuardLimit, old: GuardState, period: str, day: str, figures: Figures) -> GuardState:
    """The guard in the period and the day that figures are in, before it looks at what they have come to."""
    # Nothing may have been heard around a day's end: then the higher of the last balance before it and the first after it.
    ended = max(old.last, figures.balance) if old.day else figures.balance
    state, value = old, _value(limit, figures)
    if old.period != period:
        base = _base(limit, old, ended, figures)
        kept = old.tripped and (limit.reset == "manual" or old.paused_ms > 0)
        parts = (old.key, old.resets, old.moved_msc, old.day, old.last, 0, old.paused_ms, old.paid)
        state = GuardState(period, base, _peak(limit, old, base, figures), kept, False, *parts)
    elif limit.counts_from == "end_of_day" and old.day != day:
        state = msgspec.structs.replace(state, peak=max(old.peak, ended + _lent(limit, figures)))
    if limit.kind is GuardKind.DRAWDOWN and limit.counts_from == "measured" and value > state.peak:
        state = msgspec.structs.replace(state, peak=value)
    if limit.counts_from in _BALANCES and (state.day, state.last) != (day, figures.balance):
        state = msgspec.structs.replace(state, day=day, last=figures.balance)
    return state


def measure(limit: GuardLimit, state: GuardState, figures: Figures) -> tuple[Fraction, Fraction]:
    """What is lost (or gained) and how much is allowed. A floor is measured in what is missing from it."""
    value = _value(limit, figures)
    match limit.kind:
        case GuardKind.EQUITY_FLOOR:
            return Fraction(limit.max_absolute_risk or 0) - value, _ZERO
        case GuardKind.PROFIT_TARGET:
            return value - state.start, _allowed(limit, state.start)
        case GuardKind.BEST_DAY:
            # Of it the highest is the initial balance: what is above that is all profit.
            return value - state.start, _share_of_profit(limit, value - state.peak)
        case GuardKind.DRAWDOWN:
            return state.peak - value, _allowed(limit, state.peak)
    if limit.apply_to == "balance-minus-equity":
        return figures.balance - _equity(limit, figures), _allowed(limit, figures.balance)
    return state.start - value, _allowed(limit, state.start)


def floor_of(limit: GuardLimit, state: GuardState, figures: Figures) -> Floor | None:
    """The balance at which a guard acts once nothing is open; None where no loss makes it act, or it has not begun."""
    if limit.kind in _OF_PROFIT or not state.period:
        return None
    if limit.kind is GuardKind.EQUITY_FLOOR:
        return Floor(Fraction(limit.max_absolute_risk or 0) - _lent(limit, figures), True)
    open_loss = limit.apply_to == "balance-minus-equity"
    base = figures.balance if open_loss else state.peak if limit.kind is GuardKind.DRAWDOWN else state.start
    credit = _ZERO if limit.without_credit or limit.apply_to == "balance-difference" else figures.credit
    return Floor(base - _allowed(limit, base) - credit)


def is_close(limit: GuardLimit, lost: Fraction, allowed: Fraction) -> bool:
    """Whether it is time to warn."""
    return limit.warn_fraction is not None and reaches(limit, Fraction(limit.warn_fraction), lost, allowed)


def reaches(limit: GuardLimit, fraction: Fraction, lost: Fraction, allowed: Fraction) -> bool:
    """Whether the loss reaches a fraction of the limit."""
    if limit.kind is GuardKind.EQUITY_FLOOR:
        return lost >= -(1 - fraction) * Fraction(limit.max_absolute_risk or 0)
    return lost > 0 and lost >= fraction * allowed


def _base(limit: GuardLimit, old: GuardState, ended: Fraction, figures: Figures) -> Fraction:
    """Where a period begins; `ended`: the balance at the end of the day before it."""
    initial = Fraction(limit.initial_balance or 0) + old.paid
    match limit.counts_from:
        case "balance":
            return ended + _lent(limit, figures)
        case "higher":
            return max(ended + _lent(limit, figures), _value(limit, figures))
        case "initial":
            return old.start if old.period else initial + _lent(limit, figures)
        case "end_of_day":
            return (ended if old.period else max(ended, initial)) + _lent(limit, figures)
    return _value(limit, figures)


def _peak(limit: GuardLimit, old: GuardState, base: Fraction, figures: Figures) -> Fraction:
    """What a period's highest begins with. Of a best day it is the initial balance instead, with what was paid in since."""
    if limit.kind is not GuardKind.BEST_DAY:
        return base
    return old.peak if old.period else Fraction(limit.initial_balance or 0) + old.paid + _lent(limit, figures)


def _share_of_profit(limit: GuardLimit, profit: Fraction) -> Fraction:
    """How much one day may earn: its share of all profit, or of the profit that is wanted while there is less."""
    return Fraction(limit.max_relative_risk or 1) * max(Fraction(limit.max_absolute_risk or 0), profit)


def _lent(limit: GuardLimit, figures: Figures) -> Fraction:
    """What a balance lacks to be compared with what the guard measures: credit, where that counts."""
    return figures.credit if limit.apply_to == "equity-difference" and not limit.without_credit else _ZERO


def _value(limit: GuardLimit, figures: Figures) -> Fraction:
    if limit.kind is GuardKind.EQUITY_FLOOR or limit.apply_to == "equity-difference":
        return _equity(limit, figures)
    return figures.balance


def _equity(limit: GuardLimit, figures: Figures) -> Fraction:
    return figures.own_equity if limit.without_credit else figures.equity


def _allowed(limit: GuardLimit, base: Fraction) -> Fraction:
    amounts = [] if limit.max_absolute_risk is None else [Fraction(limit.max_absolute_risk)]
    if limit.max_relative_risk is not None:
        of = Fraction(limit.initial_balance or 0) if limit.share_of == "initial" else base
        amounts.append(Fraction(limit.max_relative_risk) * max(of, _ZERO))
    return min(amounts)


def _counts(limit: GuardLimit, move: MoneyMove) -> bool:
    """Whether a move changes what a guard measures."""
    return not move.credit or (limit.apply_to == "equity-difference" and not limit.without_credit)
