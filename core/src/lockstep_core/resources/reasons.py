"""Why an account is as it is: a closed list that people, alerts and the website rely on."""

from enum import StrEnum


class Reason(StrEnum):
    """`status.reason` of a CopierAccount, and what an agent's termination message may name."""

    PENDING = "Pending"
    PREPARING = "Preparing"
    STARTING = "Starting"
    AUTHORIZING = "Authorizing"
    READY = "Ready"
    SUSPENDED = "Suspended"
    INVALID_CREDENTIALS = "InvalidCredentials"
    SERVER_NOT_FOUND = "ServerNotFound"
    CREDENTIALS_UNREADABLE = "CredentialsUnreadable"
    CREDENTIALS_MISSING = "CredentialsMissing"
    TERMINAL_MISSING = "TerminalMissing"
    TERMINAL_CRASHED = "TerminalCrashed"
    BRIDGE_LOST = "BridgeLost"
    BROKER_DISCONNECTED = "BrokerDisconnected"
    EPOCH_SUPERSEDED = "EpochSuperseded"
    ROUTER_UNREACHABLE = "RouterUnreachable"
    KEYRING_UNREACHABLE = "KeyringUnreachable"
    POD_UNSCHEDULABLE = "PodUnschedulable"
    RESTARTING = "Restarting"


USER_MUST_ACT = frozenset(
    {Reason.INVALID_CREDENTIALS, Reason.SERVER_NOT_FOUND, Reason.CREDENTIALS_UNREADABLE, Reason.TERMINAL_MISSING}
)
"""Starting again would fail again, and brokers block who keeps trying: wait for new credentials or a new spec."""


def parse_reason(text: str | None) -> Reason | None:
    """The reason of that name, None for any other text."""
    try:
        return Reason(text or "")
    except ValueError:
        return None
