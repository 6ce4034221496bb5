"""A pod that lives on after its replacement is refused: its events are not copied twice, and it gets no commands."""

import json
from collections.abc import Iterator

import pytest

from lockstep_core.json_object import Json
from tests.stack.errors import TooLate
from tests.stack.outliving import Outliving, delete_at_once, is_agent, outliving, why_not_here
from tests.stack.people import Account, wait_until_ready
from tests.stack.scene import Scene
from tests.stack.shell import wait_for

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.timeout(600),
    pytest.mark.skipif(bool(why_not_here()), reason=why_not_here()),
]

RELAY = "-m lockstep_agent.relay"
TERMINAL = "terminal64.exe"
SUPERSEDED = "EpochSuperseded"
CUT_OFF_S = 15


@pytest.fixture(params=["master", "slave"])
def account(request: pytest.FixtureRequest, scene: Scene) -> Account:
    """Either end of the copier."""
    return scene.master if request.param == "master" else scene.slave


@pytest.fixture
def old(account: Account, scene: Scene) -> Iterator[Outliving]:
    """The account's present pod, made so that nobody can end it from now on."""
    with outliving(pod_of(scene, account)) as found:
        yield found


def pod_of(scene: Scene, account: Account) -> str:
    return f"{account.resource}-{scene.epoch(account)}"


def replace_pod(scene: Scene, account: Account) -> None:
    """Deletes the pod and waits until another one is Ready with a higher epoch."""
    before = scene.epoch(account)
    delete_at_once(pod_of(scene, account))
    wait_for("a new epoch", lambda: scene.epoch(account) > before or None, 60)
    wait_until_ready(account)


def orders(scene: Scene) -> int:
    return scene.broker.orders_received(scene.slave.login.login)


def see_volumes(scene: Scene, *wanted: str) -> None:
    """Waits until the slave holds exactly these lots. More positions than that at any time fail at once."""

    def probe() -> bool | None:
        found = sorted(p.volume for p in scene.copies())
        assert len(found) <= len(wanted), f"{found} where {wanted} belong"
        return found == list(wanted) or None

    wait_for(f"the slave holds {wanted}", probe, 30, 0.02)


def close_all(scene: Scene, *tickets: int) -> None:
    for ticket in tickets:
        scene.close(ticket)
    wait_for("all closed", lambda: not scene.copies() or None, 30, 0.02)


def settled(scene: Scene, ticket: int) -> Json | None:
    """The row of a copy once its order is no longer in flight."""
    row = scene.copy_of(ticket)
    return row if row and row["status"] not in ("sent", "unresolved") else None


def reason_of_end(old: Outliving) -> str:
    """The reason that the old agent gives for its end, once it and all its processes have ended."""
    words = wait_for("the old agent's last words", lambda: old.last_words() or None, 60)
    wait_for("the old pod has ended itself", lambda: old.is_over() or None, 60)
    return str(json.loads(words)["reason"])


def reason_of_end_if_any(old: Outliving) -> str | None:
    """The reason that the old agent gives for its end, if it can. A firewall may cut off a deleted pod: then it never
    learns that another pod has its account, and nobody hears its reason either.
    """
    try:
        words = wait_for("the old agent's last words", lambda: old.last_words() or None, CUT_OFF_S)
    except TooLate:
        return None
    return str(json.loads(words)["reason"])


def test_an_old_terminal_that_lives_on_beside_the_new_one_changes_nothing(
    scene: Scene, account: Account, old: Outliving
) -> None:
    """The agent, which would end the terminal, is frozen. Terminal and relay are not."""
    before = orders(scene)
    first = scene.open("0.20")
    see_volumes(scene, "0.10")
    old.freeze(is_agent)
    replace_pod(scene, account)
    assert old.running(RELAY)
    assert old.running(TERMINAL)

    second = scene.open("0.40")
    see_volumes(scene, "0.10", "0.20")
    close_all(scene, first, second)
    assert old.running(TERMINAL)
    assert orders(scene) == before + 4, "two openings and two closings, each sent once"

    old.wake()
    assert reason_of_end(old) == SUPERSEDED
    scene.warm_up()


@pytest.mark.parametrize("account", ["slave"], indirect=True)
def test_an_old_pod_that_was_frozen_and_wakes_does_not_carry_out_what_it_was_told_before(
    scene: Scene, account: Account, old: Outliving
) -> None:
    first = scene.open("0.20")
    see_volumes(scene, "0.10")
    old.freeze(lambda _: True)
    second = scene.open("0.40")
    wait_for("the order handed to the frozen pod", lambda: scene.copy_of(second), 30)
    replace_pod(scene, account)
    wait_for("what became of the order", lambda: settled(scene, second), 60)
    before, held = orders(scene), scene.copies()

    old.wake()
    assert reason_of_end_if_any(old) in (None, SUPERSEDED)
    assert (orders(scene), scene.copies()) == (before, held)
    close_all(scene, first, second)
    scene.warm_up()
