"""Writes a finding as status conditions, by the API conventions of Kubernetes. Pure."""

from collections.abc import Iterable
from datetime import datetime

from lockstep_core.resources.copier_account import Condition, ConditionStatus, ConditionType
from lockstep_operator.progress import Finding


def conditions_of(finding: Finding, before: Iterable[Condition], generation: int, now: datetime) -> tuple[Condition, ...]:
    """One condition of each type. A transition time (in whole seconds) changes only when the condition's status does."""
    known = {
        ConditionType.POD_SCHEDULED: finding.scheduled,
        ConditionType.TERMINAL_STARTED: finding.started,
        ConditionType.BROKER_CONNECTED: finding.broker,
        ConditionType.BRIDGE_CONNECTED: finding.bridge,
        ConditionType.READY: finding.ready,
    }
    earlier = {condition.type: condition for condition in before}
    second = now.replace(microsecond=0)
    return tuple(_condition(kind, truth, finding, earlier.get(kind), generation, second) for kind, truth in known.items())


def _condition(
    kind: ConditionType, truth: bool | None, finding: Finding, before: Condition | None, generation: int, now: datetime
) -> Condition:
    status = _status(truth)
    same = before is not None and before.status is status
    # Only Ready carries the reason and its message: in the other conditions they would be repeated at every step.
    is_summary = kind is ConditionType.READY
    return Condition(
        type=kind,
        status=status,
        reason=finding.reason if is_summary else _WORDS[status],
        message=finding.message if is_summary else "",
        last_transition_time=before.last_transition_time if same and before is not None else now,
        observed_generation=generation,
    )


_WORDS = {ConditionStatus.TRUE: "Observed", ConditionStatus.FALSE: "NotYet", ConditionStatus.UNKNOWN: "NotObserved"}


def _status(truth: bool | None) -> ConditionStatus:
    if truth is None:
        return ConditionStatus.UNKNOWN
    return ConditionStatus.TRUE if truth else ConditionStatus.FALSE
