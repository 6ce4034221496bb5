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
        ConditionType.TRADING_ENABLED: finding.trading.allowed,
        ConditionType.READY: finding.ready,
        ConditionType.IMAGE_CURRENT: finding.image.current,
    }
    earlier = {condition.type: condition for condition in before}
    second = now.replace(microsecond=0)
    return tuple(_condition(kind, truth, finding, earlier.get(kind), generation, second) for kind, truth in known.items())


def _condition(
    kind: ConditionType, truth: bool | None, finding: Finding, before: Condition | None, generation: int, now: datetime
) -> Condition:
    status = _status(truth)
    same = before is not None and before.status is status
    reason, message = _why(kind, finding)
    return Condition(
        type=kind,
        status=status,
        reason=reason or _WORDS[status],
        message=message,
        last_transition_time=before.last_transition_time if same and before is not None else now,
        observed_generation=generation,
    )


def _why(kind: ConditionType, finding: Finding) -> tuple[str, str]:
    """The condition's own reason and message. Of the steps to Ready only Ready itself has them, or each step would repeat
    them.
    """
    if kind is ConditionType.READY:
        return finding.reason, finding.message
    if kind is ConditionType.IMAGE_CURRENT:
        return (_OLD_IMAGE, finding.image.message) if finding.image.current is False else ("", "")
    return (finding.trading.reason, finding.trading.message) if kind is ConditionType.TRADING_ENABLED else ("", "")


_OLD_IMAGE = "NewerBuildWanted"
_WORDS = {ConditionStatus.TRUE: "Observed", ConditionStatus.FALSE: "NotYet", ConditionStatus.UNKNOWN: "NotObserved"}


def _status(truth: bool | None) -> ConditionStatus:
    if truth is None:
        return ConditionStatus.UNKNOWN
    return ConditionStatus.TRUE if truth else ConditionStatus.FALSE
