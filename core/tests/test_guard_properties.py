"""Every guard there can be: each kind over each period on each figure, with each action and each way to go on."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import product

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep_core.copiers import BadSettings
from lockstep_core.decision.guard_measures import GuardState
from lockstep_core.decision.guards import halt_of, reset, watch
from lockstep_core.market.money import Figures
from lockstep_core.market.operations import MoneyMove
from lockstep_core.rules.rules import GuardRule
from lockstep_core.settings.guards import GuardKind, GuardPeriod

from .cases.scenes import copier

pytestmark = pytest.mark.thorough

BASES = ("balance-difference", "equity-difference", "balance-minus-equity")
START, HIGHEST, LIMIT, CENT = Fraction(10_000), Fraction(12_000), Fraction(500), Fraction(1, 100)
BEGIN = datetime(2026, 3, 2, 8, tzinfo=UTC)
ENDS = {
    "day": datetime(2026, 3, 3, tzinfo=UTC),
    "week": datetime(2026, 3, 9, tzinfo=UTC),
    "month": datetime(2026, 4, 1, tzinfo=UTC),
    "quarter": datetime(2026, 4, 1, tzinfo=UTC),
    "year": datetime(2027, 1, 1, tzinfo=UTC),
    "lifetime": datetime(2040, 1, 1, tzinfo=UTC),
}
Guard = tuple[str, str, str, str, bool]


def rule_of(guard: Guard, **more: str) -> GuardRule:
    kind, period, basis, again, closes = guard
    floor = kind == "equity_floor"
    limit = {"kind": kind, "type": period, "apply_to": basis, "reset": again, "close_positions": closes, **more}
    limit["max_absolute_risk"] = str(START - LIMIT) if floor else str(LIMIT)
    return copier({"guards": {"risk_limits": [limit]}}).rules.guards


def possible() -> Iterator[Guard]:
    """All that are not refused as contradictions."""
    for guard in product(map(str, GuardKind), map(str, GuardPeriod), BASES, ("next_period", "manual"), (False, True)):
        try:
            rule_of(guard)
        except BadSettings:
            continue
        yield guard


GUARDS = tuple(possible())


def figures(balance: Fraction, equity: Fraction, connected: bool = True) -> Figures:
    return Figures("USD", balance, equity, equity, 100, 0, connected)


def showing(guard: Guard, lost: Fraction) -> Figures:
    """Figures that show just so much lost (or gained), measured as the guard does."""
    kind, _, basis, _, _ = guard
    if kind == "equity_floor":
        return figures(START, START - lost)
    money = HIGHEST - lost if kind == "drawdown" else START + lost if kind == "profit_target" else START - lost
    if basis == "balance-difference":
        return figures(money, START)
    return figures(START, money)


class Watch:
    """A guard that is shown figures at moments."""

    def __init__(self, guard: Guard, **more: str) -> None:
        self.guard, self.rule = guard, rule_of(guard, **more)
        self.states: tuple[GuardState, ...] = ()
        self.told: list[str] = []
        self.see(figures(START, START), BEGIN)
        if guard[0] == "drawdown":
            self.see(figures(HIGHEST, HIGHEST), BEGIN)

    def see(self, shown: Figures, at: datetime, *moves: MoneyMove) -> None:
        watched = watch(self.rule, self.states, shown, round(at.timestamp() * 1000), moves)
        self.states = watched.states
        self.told += [notice.kind for notice in watched.notices]

    @property
    def said(self) -> str:
        halt = halt_of(self.rule, self.states)
        return "ok" if halt is None else "close" if halt.closes else "stop"


def with_money(shown: Figures, amount: Fraction) -> Figures:
    """The same figures after so much was paid in."""
    return figures(shown.balance + amount, shown.equity + amount)


def least_trip(guard: Guard) -> Fraction:
    """A floor is passed below it, everything else at its limit."""
    return LIMIT + CENT if guard[0] == "equity_floor" else LIMIT


def test_all_kinds_periods_and_figures_are_there() -> None:
    assert len(GUARDS) == 178
    assert {guard[0] for guard in GUARDS} == set(map(str, GuardKind))
    assert {guard[1] for guard in GUARDS} == set(map(str, GuardPeriod))
    assert {guard[2] for guard in GUARDS} == set(BASES)


@pytest.mark.parametrize("guard", GUARDS)
def test_it_trips_at_its_limit_and_not_a_cent_before(guard: Guard) -> None:
    watched = Watch(guard)
    watched.see(showing(guard, least_trip(guard) - CENT), BEGIN + timedelta(hours=1))
    assert watched.said == "ok"
    watched.see(showing(guard, least_trip(guard)), BEGIN + timedelta(hours=2))
    assert watched.said == ("close" if guard[4] else "stop")
    assert watched.told == ["tripped"]


@pytest.mark.parametrize("amount", [Fraction(-3_000), Fraction(3_000)])
@pytest.mark.parametrize("guard", [guard for guard in GUARDS if guard[0] != "equity_floor"])
def test_money_that_is_paid_in_or_out_is_neither_gained_nor_lost(guard: Guard, amount: Fraction) -> None:
    watched, hour = Watch(guard), timedelta(hours=1)
    move = MoneyMove(round((BEGIN + hour).timestamp() * 1000), amount)
    watched.see(with_money(showing(guard, least_trip(guard) - CENT), amount), BEGIN + hour, move)
    assert (watched.said, watched.told) == ("ok", [])
    watched.see(with_money(showing(guard, least_trip(guard)), amount), BEGIN + 2 * hour, move)
    assert (watched.said, watched.told) == ("close" if guard[4] else "stop", ["tripped"])


@pytest.mark.parametrize("guard", GUARDS)
def test_it_goes_on_with_the_next_period_or_when_its_user_says_so(guard: Guard) -> None:
    watched = Watch(guard)
    watched.see(showing(guard, least_trip(guard)), BEGIN)
    tripped = watched.said
    recovers = guard[0] == "equity_floor" and guard[1] == "lifetime" and guard[3] == "next_period"
    watched.see(figures(START, START), ENDS[guard[1]] - timedelta(milliseconds=1))
    assert watched.said == ("ok" if recovers else tripped), "within the period it stays"
    watched.see(figures(START, START), ENDS[guard[1]])
    assert watched.said == ("ok" if guard[3] == "next_period" else tripped)
    watched.states = (reset(watched.states[0], 1),)
    watched.see(figures(START, START), ENDS[guard[1]] + timedelta(hours=1))
    assert watched.said == "ok"


@pytest.mark.parametrize("guard", GUARDS)
def test_figures_of_a_disconnected_terminal_change_nothing(guard: Guard) -> None:
    watched = Watch(guard)
    before = watched.states
    moments = (BEGIN + timedelta(hours=1), ENDS[guard[1]], ENDS[guard[1]] + timedelta(days=400))
    for moment, money in product(moments, (Fraction(0), Fraction(1), HIGHEST * 10)):
        watched.see(figures(money, money, connected=False), moment)
        assert watched.states == before
    assert watched.told == []


@pytest.mark.parametrize("guard", [guard for guard in GUARDS if guard[0] != "equity_floor"])
def test_it_warns_once_at_its_share_of_the_limit(guard: Guard) -> None:
    watched = Watch(guard, warn_fraction="0.8")
    for lost in (Fraction(399), Fraction(400), Fraction(450), Fraction(399), Fraction(420)):
        watched.see(showing(guard, lost), BEGIN + timedelta(hours=1))
    assert watched.told == ["warned"]
    assert watched.said == "ok"


MONEY = st.integers(0, 2 * 10**6).map(lambda cents: Fraction(cents, 100))


@given(st.sampled_from(GUARDS), st.lists(st.tuples(MONEY, MONEY, st.booleans()), max_size=12))
def test_what_a_disconnected_terminal_says_in_between_is_as_if_it_were_never_said(
    guard: Guard, shown: list[tuple[Fraction, Fraction, bool]]
) -> None:
    all_of_it, connected_only = Watch(guard), Watch(guard)
    for hour, (balance, equity, connected) in enumerate(shown):
        all_of_it.see(figures(balance, equity, connected), BEGIN + timedelta(hours=hour))
        if connected:
            connected_only.see(figures(balance, equity), BEGIN + timedelta(hours=hour))
    assert all_of_it.states == connected_only.states


@given(st.sampled_from(GUARDS), st.lists(st.tuples(MONEY, MONEY), min_size=1, max_size=8))
def test_the_same_figures_again_change_nothing(guard: Guard, shown: list[tuple[Fraction, Fraction]]) -> None:
    watched = Watch(guard)
    for hour, (balance, equity) in enumerate(shown):
        moment = BEGIN + timedelta(hours=hour)
        watched.see(figures(balance, equity), moment)
        once, told = watched.states, list(watched.told)
        watched.see(figures(balance, equity), moment)
        assert (watched.states, watched.told) == (once, told)


def test_an_account_without_any_money_has_lost_nothing() -> None:
    rule = copier({"guards": {"risk_limits": [{"max_relative_risk": "0.05", "warn_fraction": "0.5"}]}}).rules.guards
    watched = watch(rule, (), figures(Fraction(0), Fraction(0)), round(BEGIN.timestamp() * 1000))
    assert halt_of(rule, watched.states) is None
    assert not watched.states[0].warned


@pytest.mark.parametrize(("clock_h", "moment", "tripped"), [(2, 21, True), (2, 22, False), (-5, 22, True), (-5, 23, True)])
def test_the_brokers_day_is_by_the_brokers_clock(clock_h: int, moment: int, tripped: bool) -> None:
    guards = {"risk_limits": [{"max_absolute_risk": "500"}], "time_zone": "broker"}
    rule, states = copier({"guards": guards}).rules.guards, tuple[GuardState, ...]()
    for hour, equity in ((8, START), (20, START - 600), (moment, START - 600)):
        shown = msgspec.structs.replace(figures(START, equity), utc_offset_ms=clock_h * 3_600_000)
        at_ms = round(BEGIN.replace(hour=hour).timestamp() * 1000)
        states = watch(rule, states, shown, at_ms).states
    assert states[0].tripped is tripped
