"""Whatever dies or repeats itself between the master's event and the slave's answer: exactly one position."""

import pytest

from lockstep_core.json_object import Json
from tests.stack.kube import SYSTEM, TERMINALS, get, kubectl
from tests.stack.people import wait_until_ready
from tests.stack.routers import kill_router
from tests.stack.scene import Scene
from tests.stack.shell import wait_for

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]


def orders(scene: Scene) -> int:
    return scene.broker.orders_received(scene.slave.login.login)


def test_a_command_that_comes_again_while_the_broker_is_silent_opens_one_position(scene: Scene) -> None:
    scene.broker.delay(scene.slave.login.login, 7_000)
    before = orders(scene)
    ticket = scene.open("0.20")
    scene.see("the one copy", lambda found: len(found) == 1, 30)
    assert orders(scene) == before + 1
    scene.broker.delay(scene.slave.login.login, 0)
    scene.close(ticket)
    scene.flat()


def test_router_killed_between_the_masters_event_and_the_slaves_answer_leaves_one_position(scene: Scene) -> None:
    scene.broker.delay(scene.slave.login.login, 4_000)
    before = orders(scene)
    ticket = scene.open("0.20")
    wait_for("the order at the broker", lambda: orders(scene) == before + 1 or None, 15, 0.02)
    kill_router()
    scene.broker.delay(scene.slave.login.login, 0)
    scene.see("the one copy", lambda found: len(found) == 1, 60)
    scene.close(ticket)
    scene.flat(60)
    assert orders(scene) == before + 2


def test_what_the_master_closed_while_the_router_was_dead_is_closed_on_the_slave(scene: Scene) -> None:
    ticket = scene.open("0.20")
    scene.see("the copy", lambda found: len(found) == 1)
    kill_router()
    scene.close(ticket)
    scene.flat(60)


def test_a_deleted_pod_comes_back_with_a_new_epoch_and_copying_goes_on(scene: Scene) -> None:
    ticket = scene.open("0.20")
    scene.see("the copy", lambda found: len(found) == 1)
    old = scene.epoch(scene.slave)
    kubectl("-n", TERMINALS, "delete", "pod", f"{scene.slave.resource}-{old}", "--wait=false")
    wait_for("a new epoch", lambda: scene.epoch(scene.slave) > old or None, 60)
    scene.close(ticket)
    wait_until_ready(scene.slave)
    scene.flat(60)
    scene.warm_up()
    assert get("pod", f"{scene.slave.resource}-{old}", TERMINALS) is None


def test_a_rejected_order_is_said_and_not_repeated_for_ever(scene: Scene) -> None:
    before = orders(scene)
    scene.broker.reject(scene.slave.login.login, count=1, retcode=10014)
    ticket = scene.open("0.20")
    row = wait_for("the rejection's row", lambda: _with_status(scene, ticket, "rejected"), 20)
    assert (row["reason"], row["params"]["retcode"]) == ("broker_10014", "10014")
    assert scene.copies() == []
    assert orders(scene) == before + 1
    scene.close(ticket)


@pytest.mark.usefixtures("scene")
def test_the_router_runs_unprivileged() -> None:
    raw = kubectl("-n", SYSTEM, "exec", "deploy/lockstep-router", "--", "id", "-u")
    assert int(raw) != 0


def _with_status(scene: Scene, ticket: int, status: str) -> Json | None:
    row = scene.copy_of(ticket)
    return row if row and row["status"] == status else None
