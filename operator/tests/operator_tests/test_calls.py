"""How many calls it takes to make an account and its terminal, over real HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from lockstep_core.json_object import Json
from lockstep_core.resources.copier_account import SpecEnvironment
from lockstep_core.resources.names import account_name
from lockstep_operator.database_cache import DatabaseCache
from lockstep_operator.facts import Shard
from lockstep_operator.kube import FIELD_MANAGER, TIMEOUT_S, Kube
from lockstep_operator.logins import LoginIndex
from lockstep_operator.metrics import OperatorMetrics
from lockstep_operator.observe import Observer
from lockstep_operator.pacing import Pacer
from lockstep_operator.podspec import PodTemplate
from lockstep_operator.reconcile import Reconciler
from lockstep_operator.start_slots import StartSlots, Turns
from lockstep_operator.sync import Offered, Periods, Sync
from lockstep_operator.view import ClusterView, Known
from lockstep_service.kubernetes_api import KubernetesApi

from .conftest import ACCOUNT, ROW
from .storing_server import StoringServer, storing

RUNNING = replace(ROW, operating_mode="running")
NAME = account_name(ACCOUNT)
TO_MAKE_ONE = [
    "apply copieraccounts",
    "apply secrets",
    "apply_status copieraccounts",
    "list pods",
    "apply serviceaccounts",
    "create pods",
    "apply_status copieraccounts",
]


@dataclass
class Making:
    """The parts of an operator that make an account, and the calls that they made."""

    store: StoringServer
    view: ClusterView
    sync: Sync
    reconciler: Reconciler
    calls: list[str]

    def pod_is(self, *conditions: str, phase: str = "Pending") -> None:
        """The watch tells of the account's pod."""
        (path,) = [path for path in self.store.objects if "/pods/" in path]
        told = [{"type": each, "status": "True"} for each in conditions]
        self.view.pod_seen(self.store.put(path, {"metadata": {}, "status": {"phase": phase, "conditions": told}}))

    def status(self) -> Json:
        status: Json = self.store.named("copieraccounts")[NAME]["status"]
        return status


@asynccontextmanager
async def operator(store: StoringServer, credentials: Path, template: PodTemplate) -> AsyncIterator[Making]:
    calls: list[str] = []
    cache, view, logins = DatabaseCache(), ClusterView(), LoginIndex()
    cache.update_shards((Shard("live-2", SpecEnvironment.LIVE),))
    view.fill(Known(), [], [])
    logins.fill([])
    url = f"http://127.0.0.1:{store.server_address[1]}"
    async with KubernetesApi(url, credentials, FIELD_MANAGER, TIMEOUT_S) as api:
        kube = Kube(api, "lockstep-terminals", lambda verb, plural: calls.append(f"{verb} {plural}"))
        metrics = OperatorMetrics()

        def enqueue(_: UUID) -> None:
            """The test reconciles by itself."""

        sync = Sync(
            kube, cache, view, metrics, enqueue, periods=Periods(300, 60), max_relist_deletions=3, offered=Offered(())
        )
        observer = Observer(kube, cache, template, logins, view, sync.resync)
        turns = Turns(StartSlots(4, view, cache.state), Pacer(0))
        yield Making(store, view, sync, Reconciler(kube, cache, view, template, observer, turns, metrics, rows=sync), calls)


async def test_an_account_is_made_with_seven_calls(credentials: Path, template: PodTemplate) -> None:
    with storing() as store:
        async with operator(store, credentials, template) as made:
            await made.sync._apply(RUNNING, None)
            await made.reconciler.reconcile(ACCOUNT)
            made.pod_is()
            await made.reconciler.reconcile(ACCOUNT)
            made.pod_is("PodScheduled")
            await made.reconciler.reconcile(ACCOUNT)
            made.pod_is("PodScheduled", "Ready", phase="Running")
            await made.reconciler.reconcile(ACCOUNT)
            assert made.calls == TO_MAKE_ONE
            assert made.status()["reason"] == "Ready"
            assert made.status()["podUid"] == next(iter(store.named("pods").values()))["metadata"]["uid"]
            # Nothing changes, so nothing is called.
            await made.reconciler.reconcile(ACCOUNT)
            await made.sync._apply(RUNNING, store.named("copieraccounts")[NAME], relist=True)
            assert made.calls == TO_MAKE_ONE


async def test_what_an_old_view_suggests_is_refused_and_decided_again(credentials: Path, template: PodTemplate) -> None:
    with storing() as store:
        async with operator(store, credentials, template) as made:
            await made.sync._apply(RUNNING, None)
            (path,) = [path for path in store.objects if "/copieraccounts/" in path]
            # Another operator was faster, and this one's watch has not shown it yet.
            store.put(path, {"metadata": {}, "status": {"epoch": 2_000_000_000, "podUid": "of the other one"}})
            await made.reconciler.reconcile(ACCOUNT)
            assert made.status()["epoch"] == 2_000_000_001
            assert list(store.named("pods")) == [f"{NAME}-2000000001"]


async def test_a_pod_that_was_seen_and_is_gone_has_used_its_epoch_up(credentials: Path, template: PodTemplate) -> None:
    with storing() as store:
        async with operator(store, credentials, template) as made:
            await made.sync._apply(RUNNING, None)
            await made.reconciler.reconcile(ACCOUNT)
            ((name, pod),) = store.named("pods").items()
            del store.objects[next(path for path in store.objects if "/pods/" in path)]
            made.view.pod_gone(name, int(pod["metadata"]["resourceVersion"]) + 1)
            await made.reconciler.reconcile(ACCOUNT)
            assert [int(each.rpartition("-")[2]) for each in store.named("pods")] == [int(name.rpartition("-")[2]) + 1]


async def test_what_is_deleted_is_read_before(credentials: Path, template: PodTemplate) -> None:
    with storing() as store:
        async with operator(store, credentials, template) as made:
            await made.sync._apply(RUNNING, None)
            await made.reconciler.reconcile(ACCOUNT)
            made.calls.clear()
            await made.sync._apply(replace(RUNNING, operating_mode="suspended"), None)
            (path,) = [path for path in store.objects if "/pods/" in path]
            pod = store.objects.pop(path)
            await made.reconciler.reconcile(ACCOUNT)
            assert "list pods" in made.calls
            assert "delete pods" not in made.calls
            assert pod["metadata"]["name"] not in store.named("pods")
