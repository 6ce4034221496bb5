"""What is left until guards act."""

from typing import Any
from uuid import uuid4

import pytest

from lockstep_api.headroom import GuardHeadroom, headrooms_of
from lockstep_api.manual_requests import guard_keys_of

SLAVE = str(uuid4())
MONEY = {"account_id": SLAVE, "currency": "USD", "balance": 10_000, "equity": 9_700, "margin_free": 9_700, "leverage": 100}


def settings(*limits: dict[str, Any]) -> dict[str, Any]:
    return {"sizing": {"mode": "none"}, "guards": {"risk_limits": list(limits), "initial_balance": "10000"}}


def state(copier: str, guard: str, start: float, peak: float = 0.0, **more: Any) -> dict[str, Any]:
    head = {"copier_id": copier, "guard": guard, "period": "2026-11-23", "start_value": start, "peak_value": peak}
    times = {"locked_until": None, "paused_until": None}
    rest = {"tripped": False, "warned": False, "resets": 0, "moved_msc": 0, "day": "", "last_value": 0.0}
    return {**head, **rest, **times, **more}


def guards(
    limits: list[dict[str, Any]], starts: list[tuple[float, float]], money: dict[str, Any] | None = None, **more: Any
) -> tuple[GuardHeadroom, ...]:
    copier: dict[str, Any] = {"id": str(uuid4()), "slave_id": SLAVE, "settings": settings(*limits)}
    keys = guard_keys_of(copier["settings"])
    states = [state(copier["id"], key, *start, **more) for key, start in zip(keys, starts, strict=False)]
    return headrooms_of([copier], states, [MONEY if money is None else money]).items


@pytest.mark.parametrize(
    ("limit", "start", "used", "left"),
    [
        ({"max_absolute_risk": "400"}, (10_000, 0), 0.75, "100.00"),
        ({"max_relative_risk": "0.04"}, (10_000, 0), 0.75, "100.00"),
        ({"kind": "drawdown", "max_absolute_risk": "600"}, (9_000, 10_000), 0.5, "300.00"),
        ({"kind": "equity_floor", "max_absolute_risk": "9000"}, (0, 0), 0.9222, "700.00"),
        ({"kind": "equity_floor", "max_absolute_risk": "9700"}, (0, 0), 1.0, "0.00"),
        ({"kind": "profit_target", "max_absolute_risk": "1000"}, (9_500, 0), 0.2, "800.00"),
        ({"apply_to": "balance-minus-equity", "max_absolute_risk": "300"}, (0, 0), 1.0, "0.00"),
        # A gain uses nothing of a limit for losses, and leaves more.
        ({"max_absolute_risk": "400"}, (9_500, 0), 0.0, "600.00"),
    ],
)
def test_each_kind_of_guard_says_how_much_of_it_is_used(
    limit: dict[str, Any], start: tuple[float, float], used: float, left: str
) -> None:
    (found,) = guards([limit], [start])
    assert (found.used, found.left, found.currency) == (used, left, "USD")


def test_what_stopped_copying_comes_first_then_what_has_least_left() -> None:
    limits = [{"max_absolute_risk": "3000"}, {"max_absolute_risk": "400", "type": "week"}]
    assert [found.period for found in guards(limits, [(10_000, 0), (10_000, 0)])] == ["week", "day"]
    stopped: dict[str, Any] = {"id": str(uuid4()), "slave_id": SLAVE, "settings": settings({"max_absolute_risk": "9000"})}
    close: dict[str, Any] = {"id": str(uuid4()), "slave_id": SLAVE, "settings": settings({"max_absolute_risk": "310"})}
    (key,) = guard_keys_of(stopped["settings"])
    states = [state(stopped["id"], key, 10_000, tripped=True), state(close["id"], key, 10_000)]
    assert [str(found.copier_id) for found in headrooms_of([close, stopped], states, [MONEY]).items] == [
        stopped["id"],
        close["id"],
    ]


def test_without_figures_nobody_says_what_is_left() -> None:
    limits = [{"max_absolute_risk": "400"}]
    assert [(found.used, found.left) for found in guards(limits, [])] == [(None, None)]
    silent = {**MONEY, "balance": None, "currency": ""}
    assert [(found.used, found.currency) for found in guards(limits, [(10_000, 0)], silent)] == [(None, None)]


def test_copiers_without_guards_and_with_settings_that_nobody_can_read_have_none() -> None:
    plain = {"id": str(uuid4()), "slave_id": SLAVE, "settings": {"sizing": {"mode": "none"}}}
    broken = {"id": str(uuid4()), "slave_id": SLAVE, "settings": {"sizing": {}, "guards": {"risk_limits": [{"kind": "x"}]}}}
    assert headrooms_of([plain, broken], [], [MONEY]).items == ()
