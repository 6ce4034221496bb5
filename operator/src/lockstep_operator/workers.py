"""The workers of the queue, and the periodic relist that catches events which the watches missed."""

import asyncio
import time
from collections import Counter
from uuid import UUID

import structlog

from lockstep_core.accounts import Platform
from lockstep_core.resources.names import PART_OF, PART_OF_LABEL, PLURAL
from lockstep_core.resources.reasons import Reason
from lockstep_operator.errors import KindMissing, OperatorError, Permanent, Retryable
from lockstep_operator.image_age import has_old_image
from lockstep_operator.kube import Kube
from lockstep_operator.logins import LoginIndex
from lockstep_operator.metrics import OperatorMetrics
from lockstep_operator.queue import WorkQueue
from lockstep_operator.reconcile import Reconciler
from lockstep_operator.view import ClusterView

_log = structlog.get_logger("lockstep.operator")


class RelistProgress:
    """When the last relist succeeded, in monotonic seconds. The liveness probe depends on it."""

    def __init__(self) -> None:
        self._relisted_s = time.monotonic()
        self.has_relisted = False

    def relisted(self) -> None:
        """Notes that a relist succeeded."""
        self._relisted_s = time.monotonic()
        self.has_relisted = True

    def age_s(self) -> float:
        """Seconds since the last relist that succeeded, or since the start."""
        return time.monotonic() - self._relisted_s


async def worker(queue: WorkQueue[UUID], reconciler: Reconciler, metrics: OperatorMetrics, view: ClusterView) -> None:
    """Takes keys from the queue and reconciles them, for ever."""
    # Without the first lists each account would be read by itself: a burst of calls at every start.
    await view.filled()
    while True:
        account = await queue.get()
        metrics.queue_depth.set(len(queue))
        try:
            with metrics.seconds.time():
                result = await _work_on(account, queue, reconciler)
            metrics.reconciled.labels(result).inc()
            # A start that has come far enough makes room for the next one, and the waiting account has no event of its own.
            for next_account in reconciler.next_to_start():
                queue.add(next_account)
        finally:
            queue.done(account)


async def _work_on(account: UUID, queue: WorkQueue[UUID], reconciler: Reconciler) -> str:
    try:
        recheck_s = await reconciler.reconcile(account)
    except Retryable as error:
        pause_s = queue.failed(account)
        _log.info("account comes back", account=str(account), detail=str(error), pause_s=pause_s)
        return "retried"
    except Permanent as error:
        queue.forget(account)
        _log.error("account given up until it changes", account=str(account), detail=str(error))
        return "given_up"
    except Exception:  # noqa: BLE001 (one account that breaks the code must not stop the others)
        queue.failed(account)
        _log.exception("account failed", account=str(account))
        return "error"
    queue.forget(account)
    if recheck_s is not None:
        queue.add_after(account, recheck_s)
    return "done"


async def relist(
    kube: Kube,
    queue: WorkQueue[UUID],
    metrics: OperatorMetrics,
    progress: RelistProgress,
    logins: LoginIndex,
    view: ClusterView,
    period_s: float,
) -> None:
    """Enqueues every CopierAccount once per period, so that a missed event delays an account by one period at most.

    Raises KindMissing.
    """
    while True:
        try:
            known = view.begin_list()
            pods, resources = await kube.list("pods"), await kube.list(PLURAL)
            secrets = await kube.list("secrets", f"{PART_OF_LABEL}={PART_OF}")
        except KindMissing:
            raise
        except OperatorError as error:
            _log.warning("relist failed", detail=str(error))
            await asyncio.sleep(min(5, period_s))
            continue
        if not logins.is_complete:
            logins.fill(pods)
        view.fill(known, resources, pods, secrets)
        for resource in resources:
            queue.add(UUID(resource["spec"]["accountId"]))
        _count(metrics, Counter(resource.get("status", {}).get("reason", Reason.PENDING) for resource in resources))
        count_outdated(metrics, Counter(each["spec"]["platform"] for each in resources if has_old_image(each)))
        progress.relisted()
        await asyncio.sleep(period_s)


def _count(metrics: OperatorMetrics, reasons: Counter[str]) -> None:
    for reason in Reason:
        metrics.accounts.labels(reason.value, reason.actor.value).set(reasons.get(reason.value, 0))


def count_outdated(metrics: OperatorMetrics, platforms: Counter[str]) -> None:
    """Counts the accounts of each platform that have an old image."""
    for platform in Platform:
        metrics.outdated.labels(platform.value).set(platforms.get(platform.value, 0))
