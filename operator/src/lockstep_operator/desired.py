"""Decides what to do for an account. Pure: CopierAccount, observed state and the API server's time in, actions out."""

from dataclasses import replace
from datetime import datetime, timedelta

from lockstep_core.resources.copier_account import CopierAccount, OperatingMode
from lockstep_core.resources.reasons import USER_MUST_ACT, Reason
from lockstep_operator.actions import Actions, pause_s, seen, status_of
from lockstep_operator.facts import Observed, PodFacts
from lockstep_operator.image_age import image_of
from lockstep_operator.pod_ends import PodEnd
from lockstep_operator.podspec import pod_labels
from lockstep_operator.progress import Finding, progress_of
from lockstep_operator.proven import long_pause_s, may_pass
from lockstep_operator.starting import failures_of, is_given_up, wait_for_end, without_pod

STEADY_S = 600
"""A pod that ran this long counts as a successful start: the pauses between restarts begin anew."""
STEADY_READY_S = 60
"""The same for a pod that was ready. It can start, so it must not wait ever longer because it is killed now and then."""


def desired_state(account: CopierAccount, observed: Observed, now: datetime) -> Actions:
    """The actions that bring the cluster one step nearer to the account's spec. `now` is the API server's time."""
    if account.deleting:
        return Actions(delete=_not_yet_deleted(observed.pods))
    newest, others = _split(account, observed.pods, now)
    if account.spec.operating_mode is OperatingMode.SUSPENDED:
        return _suspended(account, newest, observed, now)
    if newest is None:
        actions = without_pod(account, observed, others, now)
    elif newest.deletion_deadline is not None:
        actions = wait_for_end(account, newest.deletion_deadline, now, **seen(account, newest))
    elif _is_outdated(newest, observed):
        actions = _replaced(account, newest, observed, now)
    elif newest.end is not None:
        actions = _ended(account, newest, newest.end, now)
    else:
        actions = _living(account, newest, observed, now)
    return replace(actions, delete=actions.delete + _not_yet_deleted(others))


def _not_yet_deleted(pods: tuple[PodFacts, ...] | list[PodFacts]) -> tuple[str, ...]:
    return tuple(pod.name for pod in pods if pod.deletion_deadline is None)


def _split(account: CopierAccount, pods: tuple[PodFacts, ...], now: datetime) -> tuple[PodFacts | None, list[PodFacts]]:
    """(the account's current pod, all other pods). The current pod has the newest epoch and is not on a lost node."""
    # A pod of an earlier epoch gets no password. It can appear late, because a call to create a pod may be delayed.
    own = [pod for pod in pods if _is_own(account, pod) and pod.epoch >= account.status.epoch and not is_given_up(pod, now)]
    newest = max(own, key=lambda pod: pod.epoch, default=None)
    return newest, [pod for pod in pods if pod is not newest]


def _is_own(account: CopierAccount, pod: PodFacts) -> bool:
    """Whether the pod is of this CopierAccount, and not of an earlier one of the same account."""
    return account.uid in pod.owner_uids or (bool(pod.uid) and pod.uid == account.status.pod_uid)


def _suspended(account: CopierAccount, newest: PodFacts | None, observed: Observed, now: datetime) -> Actions:
    finding = Finding(Reason.SUSPENDED, "The account is suspended; it has no terminal.")
    known = seen(account, newest) if newest is not None else {}
    status = status_of(account, now, finding, pod_name=None, failures=0, retry_after=None, **known)
    return Actions(status=status, delete=_not_yet_deleted(observed.pods))


def _is_outdated(pod: PodFacts, observed: Observed) -> bool:
    return observed.desired_revision is not None and pod.revision != observed.desired_revision


def _replaced(account: CopierAccount, pod: PodFacts, observed: Observed, now: datetime) -> Actions:
    paced = pod.end is None and _account_part(pod.revision) == _account_part(observed.desired_revision or "")
    if paced:
        # The reason stays as it is: the pacer decides whether this pod is restarted now.
        return replace(_living(account, pod, observed, now), delete=(pod.name,), paced=True)
    finding = Finding(Reason.RESTARTING, "The terminal is restarted with new settings.")
    return Actions(status=status_of(account, now, finding, **seen(account, pod)), delete=(pod.name,))


def _account_part(revision: str) -> str:
    return revision.partition(".")[0]


def _ended(account: CopierAccount, pod: PodFacts, end: PodEnd, now: datetime) -> Actions:
    was_ready = account.status.ready_epoch == pod.epoch
    was_steady = (end.ran_s or 0) >= (STEADY_READY_S if was_ready else STEADY_S)
    failures = 1 if was_steady else failures_of(account) + 1
    finding = _with_image(account, Finding(end.reason, end.message, scheduled=True))
    told = {**seen(account, pod), "pod_name": None, "failures": failures}
    if may_pass(account, end.reason):
        return _refused_for_now(account, pod, end, now)
    if end.reason in USER_MUST_ACT:
        return Actions(status=status_of(account, now, finding, **told, retry_after=None), delete=(pod.name,))
    wait_s = pause_s(failures, account.spec.account_id.bytes)
    retry_after = (now + timedelta(seconds=wait_s)).replace(microsecond=0) if wait_s else None
    status = status_of(account, now, finding, **told, retry_after=retry_after)
    return Actions(status=status, delete=(pod.name,), recheck_s=wait_s)


def _refused_for_now(account: CopierAccount, pod: PodFacts, end: PodEnd, now: datetime) -> Actions:
    """The actions after a refusal of credentials that worked before: another try after a long pause."""
    refusals = account.status.refusals + 1
    wait_s = long_pause_s(refusals, account.spec.account_id.bytes + bytes([refusals]))
    retry_after = (now + timedelta(seconds=wait_s)).replace(microsecond=0)
    told = {**seen(account, pod), "pod_name": None, "failures": 0, "refusals": refusals, "retry_after": retry_after}
    # The message quotes the broker, or names the plain reason if the broker said nothing.
    finding = Finding(Reason.BROKER_MAINTENANCE, end.message or end.reason, scheduled=True)
    status = status_of(account, now, finding, **told)
    return Actions(status=status, delete=(pod.name,), recheck_s=wait_s)


def _living(account: CopierAccount, pod: PodFacts, observed: Observed, now: datetime) -> Actions:
    router = observed.router if observed.router is not None and observed.router.epoch == pod.epoch else None
    finding = _with_image(account, progress_of(pod, router, account.status.reason))
    told = {**seen(account, pod), "pod_name": pod.name, "failures": failures_of(account), "retry_after": None}
    if finding.ready:
        told |= {"proven_version": account.spec.credentials.version, "refusals": 0, "ready_epoch": pod.epoch}
    status = status_of(account, now, finding, **told)
    return Actions(status=status, mark=() if _is_marked(account, pod) else (pod.name,))


def _with_image(account: CopierAccount, finding: Finding) -> Finding:
    return replace(finding, image=image_of(finding, account.status.conditions))


def _is_marked(account: CopierAccount, pod: PodFacts) -> bool:
    """Whether the pod still has its labels and its owner."""
    labels = pod_labels(account.spec, pod.epoch)
    return account.uid in pod.owner_uids and labels.items() <= pod.labels.items()
