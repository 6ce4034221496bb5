"""No terminal is replaced for a new image while an order of its account is on its way."""

from pathlib import Path
from uuid import uuid4

from lockstep_operator.orders_in_flight import KNOWN_S, OrdersInFlight
from lockstep_operator.pacing import Pacer
from lockstep_operator.podspec import PodTemplate

from .clock import Clock
from .conftest import ACCOUNT
from .storing_server import storing
from .test_calls import NAME, RUNNING, operator

ONE, TWO = uuid4(), uuid4()


def test_an_account_is_asked_for_once_and_quiet_for_a_moment() -> None:
    clock = Clock()
    orders = OrdersInFlight(clock)
    assert not orders.has_none(ONE)
    assert not orders.has_none(TWO)
    assert orders
    asked = orders.take()
    assert not orders
    assert orders.answered(asked, [TWO]) == {ONE}
    assert orders.has_none(ONE)
    assert not orders.has_none(TWO)


def test_an_answer_counts_for_a_moment_and_for_one_replacement() -> None:
    clock = Clock()
    orders = OrdersInFlight(clock)
    orders.answered([ONE, TWO], [])
    assert orders.has_none(ONE)
    assert not orders.has_none(ONE)
    clock.now_s += KNOWN_S
    assert not orders.has_none(TWO)


def test_a_few_terminals_of_each_shard_are_replaced_at_a_time() -> None:
    pacer = Pacer(2)
    assert pacer.take("live-1", 0)
    assert not pacer.take("live-1", 1)
    assert pacer.take("live-2", 1)
    assert pacer.take("live-1", 2)


async def test_a_new_image_waits_for_the_answers_to_orders(credentials: Path, template: PodTemplate) -> None:
    with storing() as store:
        async with operator(store, credentials, template) as made:
            await made.sync._apply(RUNNING, None)
            await made.reconciler.reconcile(ACCOUNT)
            (path,) = [path for path in store.objects if "/pods/" in path]
            pod = store.objects[path]
            annotations = {"lockstep.dev/revision": pod["metadata"]["annotations"]["lockstep.dev/revision"][:-1] + "x"}
            store.put(path, {"metadata": {"annotations": annotations}})
            made.pod_is("PodScheduled", "Ready", phase="Running")
            await made.reconciler.reconcile(ACCOUNT)
            assert "delete pods" not in made.calls
            assert made.sync._orders.take() == {ACCOUNT}
            made.sync._orders.answered([ACCOUNT], [ACCOUNT])
            await made.reconciler.reconcile(ACCOUNT)
            assert "delete pods" not in made.calls
            made.sync._orders.answered([ACCOUNT], [])
            await made.reconciler.reconcile(ACCOUNT)
            assert made.calls[-1] == "delete pods"
            assert NAME in store.named("copieraccounts")
