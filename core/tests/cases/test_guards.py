"""Each row of the table of guards."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lockstep_core.decision.guards import GuardState, halt_of, reset, watch
from lockstep_core.market.money import Figures

from .scenes import copier, figures
from .tables import TABLES, cases

CASES = cases(TABLES, "guards")
MARCH = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(("name", "case"), CASES, ids=[name for name, _ in CASES])
def test_the_guard_says_what_the_table_says(name: str, case: dict[str, Any]) -> None:
    guards = {"risk_limits": [case["limit"]], "time_zone": case.get("zone", "UTC")}
    rule = copier({"guards": guards}).rules.guards
    states: tuple[GuardState, ...] = ()
    said, told = [], []
    for cell in case["figures"]:
        if cell == "reset":
            states = (reset(states[0], 1),)
        else:
            at_ms, known = read(cell, case)
            watched = watch(rule, states, known, at_ms)
            states = watched.states
            told += [notice.kind for notice in watched.notices]
        halt = halt_of(rule, states)
        said.append("ok" if halt is None else "close" if halt.closes else "stop")
    assert said == case["then"], name
    if "told" in case:
        assert told == case["told"]


def read(cell: str, case: dict[str, Any]) -> tuple[int, Figures]:
    """`02 08:00 10000/9500` is the second of March; the 32nd is the first of April."""
    day, clock, money, *rest = cell.split()
    hours, minutes = clock.split(":")
    moment = MARCH + timedelta(days=int(day) - 1, hours=int(hours), minutes=int(minutes))
    balance, equity = money.split("/")
    known = figures({"balance": balance, "equity": equity, "clock": case.get("clock", 2)})
    assert known is not None
    known = Figures(
        known.currency, known.balance, known.equity, known.margin_free, 100, known.utc_offset_ms, "disconnected" not in rest
    )
    return round(moment.timestamp() * 1000), known
