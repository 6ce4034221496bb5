"""Each row of the table of guards."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import msgspec
import pytest

from lockstep_core.decision.guard_measures import GuardState
from lockstep_core.decision.guards import halt_of, reset, watch
from lockstep_core.market.money import Figures
from lockstep_core.market.operations import MoneyMove

from .scenes import copier, figures
from .tables import TABLES, cases

CASES = cases(TABLES, "guards")
MARCH = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(("name", "case"), CASES, ids=[name for name, _ in CASES])
def test_the_guard_says_what_the_table_says(name: str, case: dict[str, Any]) -> None:
    days = {"time_zone": case.get("zone", "UTC"), "day_starts": case.get("day_starts", "00:00")}
    guards = {"risk_limits": [case["limit"]], "initial_balance": case.get("initial"), **days}
    rule = copier({"guards": guards}).rules.guards
    states: tuple[GuardState, ...] = ()
    moves: list[MoneyMove] = []
    said, told = [], []
    for cell in case["figures"]:
        if cell == "reset":
            states = (reset(states[0], 1),)
        elif "/" not in cell:
            moves.append(moved(cell))
        else:
            at_ms, known = read(cell, case)
            watched = watch(rule, states, known, at_ms, moves)
            states = watched.states
            told += [notice.kind for notice in watched.notices]
        halt = halt_of(rule, states)
        said.append("ok" if halt is None else "close" if halt.closes else "stop")
    assert said == case["then"], name
    if "told" in case:
        assert told == case["told"]


def moved(cell: str) -> MoneyMove:
    """`02 08:00 deposit 600`, or `withdrawal` or `credit`."""
    day, clock, what, amount = cell.split()
    sign = -1 if what == "withdrawal" else 1
    return MoneyMove(moment_ms(day, clock), sign * Fraction(amount), what == "credit")


def moment_ms(day: str, clock: str) -> int:
    """A moment of March; the 32nd is the first of April."""
    hours, minutes = clock.split(":")
    return round((MARCH + timedelta(days=int(day) - 1, hours=int(hours), minutes=int(minutes))).timestamp() * 1000)


def read(cell: str, case: dict[str, Any]) -> tuple[int, Figures]:
    """`02 08:00 10000/9500` is balance and equity on the second of March; a third figure is the credit."""
    day, clock, money, *rest = cell.split()
    at_ms = moment_ms(day, clock)
    balance, equity, *credit = money.split("/")
    known = figures({"balance": balance, "equity": equity, "clock": case.get("clock", 2)})
    assert known is not None
    lent = Fraction(credit[0]) if credit else Fraction(0)
    changes = {"connected": "disconnected" not in rest, "credit": lent, "server_msc": at_ms, "leverage": 100}
    return at_ms, msgspec.structs.replace(known, **changes)
