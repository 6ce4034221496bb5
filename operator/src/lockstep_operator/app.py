"""Connects the parts of the operator and runs them. When one part ends, the process ends."""

import asyncio
import socket
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from uuid import UUID

import structlog

from lockstep_core.resources.names import PLURAL, account_name
from lockstep_operator.database_cache import DatabaseCache
from lockstep_operator.errors import KindMissing, OperatorError
from lockstep_operator.health import serving
from lockstep_operator.kube import FIELD_MANAGER, TIMEOUT_S, Kube
from lockstep_operator.leading import Leadership, LeadershipLost
from lockstep_operator.logins import LoginIndex
from lockstep_operator.metrics import OperatorMetrics
from lockstep_operator.observe import Observer
from lockstep_operator.pacing import Pacer
from lockstep_operator.queue import WorkQueue
from lockstep_operator.reconcile import Reconciler
from lockstep_operator.settings import OperatorSettings
from lockstep_operator.start_slots import StartSlots, Turns
from lockstep_operator.sync import Offered, Periods, Sync
from lockstep_operator.view import ClusterView
from lockstep_operator.watch import registry, watch
from lockstep_operator.workers import RelistProgress, relist, worker
from lockstep_service.brokers_file import BrokersFile
from lockstep_service.kubernetes_api import KubernetesApi
from lockstep_service.proxies_file import ProxiesFile

_log = structlog.get_logger("lockstep.operator")


class PartEnded(OperatorError):
    """A part that must run for ever has ended. The process ends too, and Kubernetes starts a new one."""


async def run(settings: OperatorSettings, stop: asyncio.Event, catch_signals: Callable[[], None]) -> None:
    """Run until `stop` is set, which signals do that `catch_signals` catches. Raises PartEnded and KindMissing.

    Of several operators one works. The others wait for its lease, and so does one that has lost it.
    """
    metrics, work = OperatorMetrics(), Work()
    async with KubernetesApi(settings.kube_api_url, settings.kube_credentials_dir, FIELD_MANAGER, TIMEOUT_S) as api:

        def count(verb: str, kind: str) -> None:
            metrics.kube_calls.labels(verb, kind).inc()

        leadership = Leadership(Kube(api, settings.terminals_namespace, count), socket.gethostname())
        kube = Kube(api, settings.terminals_namespace, count, may_write=lambda: leadership.is_sure)
        await _require_kind(kube)
        async with serving(settings.metrics_port, metrics, lambda: work.is_alive(settings.relist_s), lambda: work.is_ready):
            while not stop.is_set():
                if await _acquired(leadership, stop):
                    with work.begun() as progress:
                        metrics.leads.set(1)
                        parts = _parts(settings, kube, metrics, progress, catch_signals)
                        await run_all({"lease": leadership.keep(), **parts}, stop)
                    metrics.leads.set(0)
            await leadership.release()


class Work:
    """The operator as the probes see it: healthy while it waits for the lease, and while its relists succeed."""

    def __init__(self) -> None:
        self._progress: RelistProgress | None = None

    @contextmanager
    def begun(self) -> Iterator[RelistProgress]:
        """The operator leads while the block runs."""
        self._progress = progress = RelistProgress()
        try:
            yield progress
        finally:
            self._progress = None

    def is_alive(self, relist_s: float) -> bool:
        """Whether the last relist succeeded not too long ago, or the operator waits for the lease."""
        return self._progress is None or self._progress.age_s() < 3 * relist_s

    @property
    def is_ready(self) -> bool:
        """Whether it has listed all accounts, or waits for the lease."""
        return self._progress is None or self._progress.has_relisted


async def _acquired(leadership: Leadership, stop: asyncio.Event) -> bool:
    """Waits for the lease; False if `stop` is set before."""
    acquiring, stopping = asyncio.create_task(leadership.acquire()), asyncio.create_task(stop.wait())
    done, pending = await asyncio.wait([acquiring, stopping], return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for task in done:
        # An unforeseen exception ends the process: to retry at once and for ever would only burn CPU.
        task.result()
    return not stop.is_set()


def _parts(
    settings: OperatorSettings,
    kube: Kube,
    metrics: OperatorMetrics,
    progress: RelistProgress,
    catch_signals: Callable[[], None],
) -> dict[str, Coroutine[None, None, None]]:
    cache, logins, view = DatabaseCache(), LoginIndex(), ClusterView()
    queue: WorkQueue[UUID] = WorkQueue()
    proxies = ProxiesFile(settings.proxies_file)
    sync = _sync(settings, kube, cache, view, metrics, queue, proxies)
    template = settings.pod_template(BrokersFile(settings.brokers_file).catalogue, proxies.offered)
    observer = Observer(kube, cache, template, logins, view, sync.resync)
    turns = Turns(StartSlots(settings.starts_at_once, view, cache.state), Pacer(settings.rollout_pause_s))
    reconciler = Reconciler(kube, cache, view, template, observer, turns, metrics, rows=sync)
    handlers = registry(settings.kube_api_url, settings.kube_credentials_dir, queue.add, sync.secret_changed, logins, view)
    return {
        "watch": watch(handlers, settings.terminals_namespace, catch_signals),
        "relist": relist(kube, queue, metrics, progress, logins, view, settings.relist_s),
        "sync": sync.run(settings.database_url.get_secret_value()),
        **{f"worker {n}": worker(queue, reconciler, metrics, view) for n in range(settings.workers)},
    }


async def _require_kind(kube: Kube) -> None:
    """Raises KindMissing if the API server answers that it does not know CopierAccounts."""
    try:
        await kube.get(PLURAL, account_name(UUID(int=0)))
    except KindMissing:
        raise
    except OperatorError as error:
        # Without an answer the parts start anyway, and retry.
        _log.warning("CopierAccounts cannot be asked for yet", detail=str(error))


def _sync(
    settings: OperatorSettings,
    kube: Kube,
    cache: DatabaseCache,
    view: ClusterView,
    metrics: OperatorMetrics,
    queue: WorkQueue[UUID],
    proxies: ProxiesFile,
) -> Sync:
    return Sync(
        kube,
        cache,
        view,
        metrics,
        queue.add,
        periods=Periods(settings.rows_relist_s, settings.shards_refresh_s),
        max_relist_deletions=settings.max_relist_deletions,
        offered=Offered(tuple(settings.pod_template().images), lambda: proxies.offered().names),
    )


async def run_all(parts: dict[str, Coroutine[None, None, None]], stop: asyncio.Event) -> None:
    """Run all parts until `stop` is set or the lease is lost. Raises PartEnded, or KindMissing if a part ended with it."""
    stopping = asyncio.create_task(stop.wait(), name="stop")
    tasks = [asyncio.create_task(part, name=name) for name, part in parts.items()]
    done, pending = await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    ended = [task for task in tasks if task in done]
    if stop.is_set():
        return
    lost = next((error for error in map(_error, ended) if isinstance(error, LeadershipLost)), None)
    if lost is not None:
        _log.warning("stops all work", detail=str(lost))
        return
    for task in ended:
        _log.error("a part has ended", part=task.get_name(), error=_why(task))
    missing = next((error for error in map(_error, ended) if isinstance(error, KindMissing)), None)
    raise missing or PartEnded(f"{ended[0].get_name()} has ended.")


def _error(task: asyncio.Task[None]) -> BaseException | None:
    return None if task.cancelled() else task.exception()


def _why(task: asyncio.Task[None]) -> str:
    return "cancelled" if task.cancelled() else repr(_error(task))
