"""Decides whether an account without a pod gets one, and in which epoch. Pure.

At most one terminal of an account may be logged in, so a pod starts only when no other is there (ADR 14). A pod's name
contains its epoch, and a name exists only once. So an epoch that was written, but whose pod was never seen, is tried again.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from lockstep_core.resources.copier_account import CopierAccount, CopierAccountStatus
from lockstep_core.resources.names import next_epoch, pod_name
from lockstep_core.resources.reasons import USER_MUST_ACT, Reason
from lockstep_operator.actions import Actions, StartPod, pause_s, status_of
from lockstep_operator.facts import Observed, PodFacts
from lockstep_operator.foreign_text import clean
from lockstep_operator.progress import Finding
from lockstep_operator.start_slots import ASKS_EVERY_S

LOST_NODE_MARGIN = timedelta(seconds=15)
"""A pod that still exists this long after its grace period is on a node that does not answer.

The next pod may then start, because the router accepts only the newest epoch of an account.
"""
_OBSTACLE_S = 10
_UNKNOWN_S = 30


def is_given_up(pod: PodFacts, now: datetime) -> bool:
    """Whether the pod should have ended so long ago that its node must be lost."""
    return pod.deletion_deadline is not None and now >= pod.deletion_deadline + LOST_NODE_MARGIN


def without_pod(account: CopierAccount, observed: Observed, others: list[PodFacts], now: datetime) -> Actions:
    """The actions for an account that has no pod of its own, but perhaps `others` that must end first."""
    if _is_held(account, observed):
        return Actions()
    blocking = [pod.deletion_deadline or now for pod in others if not is_given_up(pod, now)]
    if blocking:
        return wait_for_end(account, max(blocking), now)
    if observed.unknown:
        return _ambiguous(account, observed.unknown, now)
    retry_after = account.status.retry_after if _is_fresh(account) else None
    if retry_after is not None and retry_after > now:
        return Actions(recheck_s=(retry_after - now).total_seconds())
    if observed.obstacle is not None:
        finding = Finding(*observed.obstacle)
        return Actions(status=status_of(account, now, finding, pod_name=None), recheck_s=_OBSTACLE_S)
    return _started(account, observed, others, now)


def wait_for_end(account: CopierAccount, deadline: datetime, now: datetime, **changes: object) -> Actions:
    """Waits for the end of the old pod."""
    # Two terminals must not use one login: the next one starts when the old pod is gone, or when its node counts as lost.
    left_s = max((deadline + LOST_NODE_MARGIN - now).total_seconds(), 1)
    finding = Finding(Reason.RESTARTING, "The old terminal is being stopped.")
    if account.status.pod_name is None and account.status.reason != Reason.SUSPENDED:
        # The status already says why the old pod ends.
        told = account.status.model_copy(update=changes)
        return Actions(status=told if told != account.status else None, recheck_s=left_s)
    return Actions(status=status_of(account, now, finding, **changes), recheck_s=left_s)


def refused(account: CopierAccount, refusal: str, now: datetime) -> Actions:
    """The actions after the cluster has refused to create the account's pod: say why, and try the same epoch again later."""
    failures = failures_of(account, Reason.POD_REFUSED) + 1
    # Each failure has a jitter of its own: accounts that were refused together do not come back together.
    wait_s = pause_s(failures + 1, account.spec.account_id.bytes + bytes([failures % 256]))
    retry_after = (now + timedelta(seconds=wait_s)).replace(microsecond=0)
    finding = Finding(Reason.POD_REFUSED, clean(refusal))
    status = status_of(account, now, finding, pod_name=None, failures=failures, retry_after=retry_after)
    return Actions(status=status, recheck_s=wait_s)


def waits_for_turn(account: CopierAccount, now: datetime) -> Actions:
    """The actions for an account whose pod could be created, while too many others are starting."""
    finding = Finding(Reason.PENDING, "As many terminals start as may at once; this one waits for its turn.")
    return Actions(status=status_of(account, now, finding, pod_name=None), recheck_s=ASKS_EVERY_S)


def failures_of(account: CopierAccount, kind: Reason | None = None) -> int:
    """The failures in a row. Refusals to create a pod and failures of pods count apart: one kind resets the count of the
    other.
    """
    was_refused = account.status.reason == Reason.POD_REFUSED
    return account.status.failures if _is_fresh(account) and was_refused == (kind is Reason.POD_REFUSED) else 0


def _is_fresh(account: CopierAccount) -> bool:
    return account.status.observed_generation == account.generation


def _is_held(account: CopierAccount, observed: Observed) -> bool:
    """Whether the last pod failed for a reason that only the user can fix, and nothing has changed since."""
    status = account.status
    if status.reason not in USER_MUST_ACT or not _is_fresh(account):
        return False
    # The Secret may have been edited and restored: then a password that could not be opened may be a good one now.
    changed = None not in {status.secret_version, observed.secret_version} and (
        status.secret_version != observed.secret_version
    )
    return not (status.reason == Reason.CREDENTIALS_UNREADABLE and changed)


def _ambiguous(account: CopierAccount, unknown: Iterable[str], now: datetime) -> Actions:
    names = ", ".join(sorted(unknown))
    finding = Finding(Reason.POD_UNKNOWN, clean(f"Not started beside what the operator did not make: {names}"))
    return Actions(status=status_of(account, now, finding, pod_name=None), recheck_s=_UNKNOWN_S)


def _started(account: CopierAccount, observed: Observed, others: list[PodFacts], now: datetime) -> Actions:
    epoch = _epoch(account.status, observed, others, now)
    start = StartPod(pod_name(account.spec.account_id, epoch), epoch)
    again = epoch == account.status.epoch and account.status.reason == Reason.POD_REFUSED and _is_fresh(account)
    if again and observed.secret_version == account.status.secret_version:
        # The status keeps the reason of the refusal until the pod exists.
        return Actions(start=start)
    finding = Finding(Reason.PREPARING, "The terminal's pod is being created.")
    fields = {"epoch": epoch, "pod_name": start.name, "pod_uid": None, "secret_version": observed.secret_version}
    return Actions(status=status_of(account, now, finding, **fields, retry_after=None), start=start)


def _epoch(status: CopierAccountStatus, observed: Observed, others: list[PodFacts], now: datetime) -> int:
    newest_other = max((pod.epoch for pod in others), default=0)
    # The uid of a pod is written a little later than it is seen, so a pod that is gone already may not be in the status.
    spent = max(newest_other, observed.spent_epoch)
    if status.epoch > spent and status.pod_uid is None:
        return status.epoch
    return next_epoch(max(status.epoch, spent), int(now.timestamp()))
