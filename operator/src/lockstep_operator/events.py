"""Builds the Kubernetes Event that `kubectl describe` shows when the reason of an account changes. Pure."""

from datetime import datetime

from lockstep_core.json_object import Json
from lockstep_core.resources.copier_account import CopierAccount, CopierAccountStatus
from lockstep_core.resources.names import API_VERSION, KIND
from lockstep_core.resources.reasons import Actor, Reason

_COMPONENT = "lockstep-operator"
_WARNINGS = {reason for reason in Reason if reason.actor is not Actor.RETRY} | {
    Reason.CREDENTIALS_MISSING,
    Reason.TERMINAL_CRASHED,
    Reason.BRIDGE_LOST,
    Reason.BROKER_DISCONNECTED,
    Reason.ROUTER_UNREACHABLE,
    Reason.KEYRING_UNREACHABLE,
}
_OF_A_START = {
    Reason.PENDING,
    Reason.PREPARING,
    Reason.STARTING,
    Reason.WAITING_FOR_TURN,
    Reason.AUTHORIZING,
    Reason.READY,
}
"""A start that goes well posts nothing: the conditions have the time of each step, and events are a write each."""


def event_of(account: CopierAccount, status: CopierAccountStatus, now: datetime) -> Json | None:
    """The Event to post when `status` replaces the account's status. None if the reason stays the same, and for a step of a
    start that does not follow a warning.
    """
    if status.reason is None or status.reason == account.status.reason:
        return None
    if status.reason in _OF_A_START and account.status.reason not in _WARNINGS:
        return None
    time = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"generateName": f"{account.name}."},
        "involvedObject": {
            "apiVersion": API_VERSION,
            "kind": KIND,
            "namespace": account.namespace,
            "name": account.name,
            "uid": account.uid,
        },
        "reason": status.reason,
        "message": status.message or status.reason,
        "type": "Warning" if status.reason in _WARNINGS else "Normal",
        "source": {"component": _COMPONENT},
        "reportingComponent": _COMPONENT,
        "firstTimestamp": time,
        "lastTimestamp": time,
        "count": 1,
    }
