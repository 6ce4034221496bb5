"""Connects the parts of the operator and runs them. When one part ends, the process ends."""

import asyncio
from collections.abc import Callable, Coroutine
from uuid import UUID

import structlog

from lockstep_core.resources.names import PLURAL, account_name
from lockstep_operator.database_cache import DatabaseCache
from lockstep_operator.errors import KindMissing, OperatorError
from lockstep_operator.health import serving
from lockstep_operator.kube import FIELD_MANAGER, TIMEOUT_S, Kube
from lockstep_operator.logins import LoginIndex
from lockstep_operator.metrics import OperatorMetrics
from lockstep_operator.observe import Observer
from lockstep_operator.pacing import Pacer
from lockstep_operator.queue import WorkQueue
from lockstep_operator.reconcile import Reconciler
from lockstep_operator.settings import OperatorSettings
from lockstep_operator.sync import Sync
from lockstep_operator.view import ClusterView
from lockstep_operator.watch import registry, watch
from lockstep_operator.workers import RelistProgress, relist, worker
from lockstep_service.brokers_file import BrokersFile
from lockstep_service.kubernetes_api import KubernetesApi

_log = structlog.get_logger("lockstep.operator")


class PartEnded(OperatorError):
    """A part that must run for ever has ended. The process ends too, and Kubernetes starts a new one."""


async def run(settings: OperatorSettings, stop: asyncio.Event, catch_signals: Callable[[], None]) -> None:
    """Run until `stop` is set, which signals do that `catch_signals` catches. Raises PartEnded and KindMissing."""
    metrics, cache, progress, logins = OperatorMetrics(), DatabaseCache(), RelistProgress(), LoginIndex()
    queue: WorkQueue[UUID] = WorkQueue()
    view = ClusterView()
    async with KubernetesApi(settings.kube_api_url, settings.kube_credentials_dir, FIELD_MANAGER, TIMEOUT_S) as api:
        kube = Kube(api, settings.terminals_namespace, lambda verb, kind: metrics.kube_calls.labels(verb, kind).inc())
        await _require_kind(kube)
        sync = _sync(settings, kube, cache, metrics, queue)
        template = settings.pod_template(BrokersFile(settings.brokers_file).catalogue)
        observer = Observer(kube, cache, template, logins, view, sync.resync)
        pacer = Pacer(settings.rollout_pause_s)
        reconciler = Reconciler(kube, cache, view, template, observer, pacer, metrics, rows=sync)
        handlers = registry(
            settings.kube_api_url, settings.kube_credentials_dir, queue.add, sync.secret_changed, logins, view
        )
        parts = {
            "watch": watch(handlers, settings.terminals_namespace, catch_signals),
            "relist": relist(kube, queue, metrics, progress, logins, view, settings.relist_s),
            "sync": sync.run(settings.database_url.get_secret_value()),
            **{f"worker {n}": worker(queue, reconciler, metrics, view) for n in range(settings.workers)},
        }
        async with serving(
            settings.metrics_port, metrics, lambda: progress.age_s() < 3 * settings.relist_s, lambda: progress.has_relisted
        ):
            await run_all(parts, stop)


async def _require_kind(kube: Kube) -> None:
    """Raises KindMissing if the API server answers that it does not know CopierAccounts."""
    try:
        await kube.get(PLURAL, account_name(UUID(int=0)))
    except KindMissing:
        raise
    except OperatorError as error:
        # Without an answer the parts start all the same, and try again.
        _log.warning("CopierAccounts cannot be asked for yet", detail=str(error))


def _sync(
    settings: OperatorSettings, kube: Kube, cache: DatabaseCache, metrics: OperatorMetrics, queue: WorkQueue[UUID]
) -> Sync:
    return Sync(
        kube,
        cache,
        metrics,
        queue.add,
        rows_relist_s=settings.rows_relist_s,
        shards_refresh_s=settings.shards_refresh_s,
        max_relist_deletions=settings.max_relist_deletions,
    )


async def run_all(parts: dict[str, Coroutine[None, None, None]], stop: asyncio.Event) -> None:
    """Run all parts until `stop` is set. Raises PartEnded, or KindMissing if a part ended with it."""
    stopping = asyncio.create_task(stop.wait(), name="stop")
    tasks = [asyncio.create_task(part, name=name) for name, part in parts.items()]
    done, pending = await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    ended = [task for task in tasks if task in done]
    if stop.is_set():
        return
    for task in ended:
        _log.error("a part has ended", part=task.get_name(), error=_why(task))
    missing = next((error for error in map(_error, ended) if isinstance(error, KindMissing)), None)
    raise missing or PartEnded(f"{ended[0].get_name()} has ended.")


def _error(task: asyncio.Task[None]) -> BaseException | None:
    return None if task.cancelled() else task.exception()


def _why(task: asyncio.Task[None]) -> str:
    return "cancelled" if task.cancelled() else repr(_error(task))
