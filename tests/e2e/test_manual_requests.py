"""What a person asks of copying, with real terminals: modes of accounts, trades copied now, copies closed, guards."""

import time

import pytest

from lockstep_core.json_object import Json
from tests.stack.copied import SYMBOL
from tests.stack.scene import FACTOR, Scene
from tests.stack.shell import wait_for

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]
SIZING = {"mode": "multiplier", "factor": FACTOR}
TOO_OLD_S = 6
"""An older opening is not copied by itself."""
PLAN_S = 2
FLOOR = {"kind": "equity_floor", "max_absolute_risk": "1000000000", "type": "lifetime", "reset": "manual"}


def test_a_trade_missed_while_the_account_only_closed_is_copied_when_asked_and_closed_when_asked(scene: Scene) -> None:
    doors = scene.doors
    doors.ask("PATCH", f"/v1/accounts/{scene.slave.id}", {"mode": "close_only"})
    ticket = _skipped(scene, "close_only")
    time.sleep(TOO_OLD_S)
    doors.ask("PATCH", f"/v1/accounts/{scene.slave.id}", {"mode": "on"})
    time.sleep(PLAN_S)
    link = _row(scene, ticket)["link_id"]
    assert _answer(scene, f"/v1/copies/{link}/copy-now")["state"] == "done"
    (held,) = scene.see("0.50 lots", lambda found: [p.volume for p in found] == ["0.50"])
    group = wait_for("both beside each other", lambda: _group(scene, ticket), 15)
    assert (group["master"]["lots"], group["copies"][0]["position"]["ticket"]) == ("1.00", str(held.ticket))
    assert group["copies"][0]["position"]["profit"] is not None
    assert _answer(scene, f"/v1/copies/{link}/flatten")["state"] == "done"
    scene.flat()
    row = wait_for("the copy closed", lambda: _with_status(scene, ticket, "closed"), 15)
    assert row["reason"] == "asked"
    assert [p.symbol for p in scene.broker.positions(scene.master.login.login)] == [SYMBOL]
    scene.close(ticket)


def test_a_guard_that_has_fired_stops_copying_until_it_is_gone(scene: Scene) -> None:
    doors, copier = scene.doors, f"/v1/copiers/{scene.copier}"
    doors.ask("PATCH", copier, {"settings": {"sizing": SIZING, "guards": {"risk_limits": [FLOOR]}}})
    before = wait_for("the guard fired", lambda: _tripped(scene, ""), 30)["at"]
    ticket = _skipped(scene, "guard")
    assert doors.ask("POST", f"{copier}/guards/0/reset")["guard"] == 0
    wait_for("fired again, since the floor is where it was", lambda: _tripped(scene, before), 30)
    assert "guard_fired" in [alert["kind"] for alert in doors.ask("GET", "/v1/alerts")["items"]]
    doors.ask("PATCH", copier, {"settings": {"sizing": SIZING}})
    scene.close(ticket)
    second = scene.open("1.00")
    scene.see("0.50 lots", lambda found: [p.volume for p in found] == ["0.50"])
    doors.ask("POST", f"/v1/accounts/{scene.slave.id}/flatten")
    scene.flat()
    scene.close(second)


def test_equity_is_kept(scene: Scene) -> None:
    path = f"/v1/accounts/{scene.slave.id}/equity?range=day"
    points = wait_for("a sample", lambda: scene.doors.ask("GET", path)["points"] or None, 90)
    assert points[0]["equity"] > 0


def _skipped(scene: Scene, reason: str) -> int:
    """The ticket of a trade that was not copied."""
    for _ in range(3):
        # The new rule may not have reached the router yet.
        ticket = scene.open("1.00")
        if _row(scene, ticket)["reason"] == reason:
            return ticket
        scene.close(ticket)
        scene.flat()
    raise AssertionError(f"nothing was skipped because of {reason}")


def _row(scene: Scene, ticket: int) -> Json:
    return wait_for("a row", lambda: scene.copy_of(ticket), 15)


def _answer(scene: Scene, path: str) -> Json:
    """The result of a request."""
    made = scene.doors.ask("POST", path)
    return wait_for("an answer", lambda: _ended(scene, made["id"]), 60)


def _ended(scene: Scene, request: str) -> Json | None:
    found = scene.doors.ask("GET", f"/v1/manual-requests/{request}")
    return None if found["state"] == "pending" else found


def _group(scene: Scene, ticket: int) -> Json | None:
    page = scene.doors.ask("GET", "/v1/positions")
    found: Json | None = next((g for g in page["groups"] if g["master"]["ticket"] == str(ticket)), None)
    return found if found and found["copies"] and found["copies"][0]["position"] else None


def _with_status(scene: Scene, ticket: int, status: str) -> Json | None:
    row = scene.copy_of(ticket)
    return row if row and row["status"] == status else None


def _tripped(scene: Scene, after: str) -> Json | None:
    """The copier's guard, if it has fired since then."""
    (guard,) = scene.doors.ask("GET", f"/v1/copiers/{scene.copier}/guards")["items"]
    return guard if guard["tripped"] and not guard["resetting"] and guard["at"] > after else None
