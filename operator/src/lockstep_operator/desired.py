"""Decides what to do for an account. Pure: CopierAccount, observed state and time in, actions out."""

import zlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lockstep_core.resources.copier_account import CopierAccount, CopierAccountStatus, OperatingMode
from lockstep_core.resources.names import next_epoch, pod_name
from lockstep_core.resources.reasons import USER_MUST_ACT, Reason
from lockstep_operator.conditions import conditions_of
from lockstep_operator.facts import Observed, PodEnd, PodFacts
from lockstep_operator.progress import Finding, progress_of

STEADY_S = 600
"""A pod that ran this long counts as a successful start: the pauses between restarts begin anew."""
LOST_NODE_MARGIN = timedelta(seconds=15)
"""A pod that still exists this long after its grace period is on a node that does not answer.

The next pod may then start, because the router accepts only the newest epoch of an account.
"""
_OBSTACLE_S = 10
_PAUSE_STEP_S = 5
_LONGEST_PAUSE_S = 300


@dataclass(frozen=True, slots=True)
class StartPod:
    """Create this pod, after the status with its epoch has been written."""

    name: str
    epoch: int


@dataclass(frozen=True, slots=True)
class Actions:
    """Carried out in this order: write the status, delete pods, start one. `status` is None if nothing changes in it.

    A `paced` deletion only brings a new pod template, so the pacer may postpone it. `recheck_s` is when to reconcile again.
    """

    status: CopierAccountStatus | None = None
    delete: tuple[str, ...] = ()
    paced: bool = False
    start: StartPod | None = None
    recheck_s: float | None = None


def desired_state(account: CopierAccount, observed: Observed, now: datetime) -> Actions:
    """The actions that bring the cluster one step nearer to the account's spec."""
    if account.deleting:
        return Actions()
    if account.spec.operating_mode is OperatingMode.SUSPENDED:
        return _suspended(account, observed, now)
    newest, others = _split(account, observed.pods, now)
    if newest is None:
        actions = _without_pod(account, observed, others, now)
    elif newest.deletion_deadline is not None:
        actions = _wait_for_end(account, newest.deletion_deadline, now)
    elif _is_outdated(newest, observed):
        actions = _replaced(account, newest, observed, now)
    elif newest.end is not None:
        actions = _ended(account, newest, newest.end, now)
    else:
        actions = _living(account, newest, observed, now)
    return replace(actions, delete=actions.delete + tuple(pod.name for pod in others if pod.deletion_deadline is None))


def pause_s(failures: int, seed: bytes) -> float:
    """The pause before the next pod after `failures` in a row: 0, 5, 10 … 300 s, plus up to a fifth that `seed` decides."""
    if failures <= 1:
        return 0
    step = min(_PAUSE_STEP_S * (1 << min(failures - 2, 10)), _LONGEST_PAUSE_S)
    return step * (1 + (zlib.crc32(seed) % 1000) / 5000)


def _split(account: CopierAccount, pods: tuple[PodFacts, ...], now: datetime) -> tuple[PodFacts | None, list[PodFacts]]:
    """(the account's current pod, all other pods). The current pod has the newest epoch and is not on a lost node."""
    own = [pod for pod in pods if pod.owner_uid == account.uid and not _is_given_up(pod, now)]
    newest = max(own, key=lambda pod: pod.epoch, default=None)
    return newest, [pod for pod in pods if pod is not newest]


def _write(account: CopierAccount, now: datetime, finding: Finding, **changes: object) -> CopierAccountStatus | None:
    """The status with this finding, None if it is the same as the stored one."""
    fresh = account.status.observed_generation == account.generation
    restart = {} if fresh else {"failures": 0, "retry_after": None}
    reported = {"reason": finding.reason, "message": finding.message or None, "observed_generation": account.generation}
    conditions = conditions_of(finding, account.status.conditions, account.generation, now)
    status = account.status.model_copy(update={**restart, **reported, "conditions": conditions, **changes})
    return status if status != account.status else None


def _suspended(account: CopierAccount, observed: Observed, now: datetime) -> Actions:
    doomed = tuple(pod.name for pod in observed.pods if pod.deletion_deadline is None)
    finding = Finding(Reason.SUSPENDED, "The account is suspended; it has no terminal.")
    status = _write(account, now, finding, pod_name=None, failures=0, retry_after=None)
    return Actions(status=status, delete=doomed)


def _is_held(account: CopierAccount) -> bool:
    """Whether the last pod failed for a reason that only the user can fix, and the spec has not changed since."""
    status = account.status
    return status.reason in USER_MUST_ACT and status.observed_generation == account.generation


def _without_pod(account: CopierAccount, observed: Observed, others: list[PodFacts], now: datetime) -> Actions:
    if _is_held(account):
        return Actions()
    blocking = [pod.deletion_deadline or now for pod in others if not _is_given_up(pod, now)]
    if blocking:
        return _wait_for_end(account, max(blocking), now)
    retry_after = account.status.retry_after if account.status.observed_generation == account.generation else None
    if retry_after is not None and retry_after > now:
        return Actions(recheck_s=(retry_after - now).total_seconds())
    if observed.obstacle is not None:
        finding = Finding(*observed.obstacle)
        return Actions(status=_write(account, now, finding, pod_name=None), recheck_s=_OBSTACLE_S)
    return _started(account, others, now)


def _is_given_up(pod: PodFacts, now: datetime) -> bool:
    return pod.deletion_deadline is not None and now >= pod.deletion_deadline + LOST_NODE_MARGIN


def _started(account: CopierAccount, others: list[PodFacts], now: datetime) -> Actions:
    last = max([account.status.epoch, *(pod.epoch for pod in others)])
    epoch = next_epoch(last, int(now.timestamp()))
    name = pod_name(account.spec.account_id, epoch)
    finding = Finding(Reason.PREPARING, "The terminal's pod is being created.")
    status = _write(account, now, finding, epoch=epoch, pod_name=name, retry_after=None)
    return Actions(status=status, start=StartPod(name, epoch))


def _wait_for_end(account: CopierAccount, deadline: datetime, now: datetime) -> Actions:
    """Waits for the end of the old pod."""
    # Two terminals must not use one login: the next one starts when the old pod is gone, or its node is given up.
    left_s = (deadline + LOST_NODE_MARGIN - now).total_seconds()
    if account.status.pod_name is None and account.status.reason != Reason.SUSPENDED:
        # The status already says why the old pod ends.
        return Actions(recheck_s=left_s)
    finding = Finding(Reason.RESTARTING, "The old terminal is being stopped.")
    return Actions(status=_write(account, now, finding), recheck_s=left_s)


def _is_outdated(pod: PodFacts, observed: Observed) -> bool:
    return observed.wished_revision is not None and pod.revision != observed.wished_revision


def _replaced(account: CopierAccount, pod: PodFacts, observed: Observed, now: datetime) -> Actions:
    paced = pod.end is None and _account_part(pod.revision) == _account_part(observed.wished_revision or "")
    finding = Finding(Reason.RESTARTING, "The terminal is restarted with new settings.")
    if paced:
        # The status stays as it is: the pacer decides later whether this pod is restarted now.
        return Actions(delete=(pod.name,), paced=True)
    return Actions(status=_write(account, now, finding), delete=(pod.name,))


def _account_part(revision: str) -> str:
    return revision.partition(".")[0]


def _ended(account: CopierAccount, pod: PodFacts, end: PodEnd, now: datetime) -> Actions:
    failures = 1 if (end.ran_s or 0) >= STEADY_S else account.status.failures + 1
    finding = Finding(end.reason, end.message, scheduled=True)
    if end.reason in USER_MUST_ACT:
        status = _write(account, now, finding, pod_name=None, failures=failures, retry_after=None)
        return Actions(status=status, delete=(pod.name,))
    wait_s = pause_s(failures, account.spec.account_id.bytes)
    retry_after = (now + timedelta(seconds=wait_s)).replace(microsecond=0) if wait_s else None
    status = _write(account, now, finding, pod_name=None, failures=failures, retry_after=retry_after)
    return Actions(status=status, delete=(pod.name,), recheck_s=wait_s)


def _living(account: CopierAccount, pod: PodFacts, observed: Observed, now: datetime) -> Actions:
    router = observed.router if observed.router is not None and observed.router.epoch == pod.epoch else None
    finding = progress_of(pod, router, account.status.reason)
    return Actions(status=_write(account, now, finding, pod_name=pod.name, epoch=max(pod.epoch, account.status.epoch)))
