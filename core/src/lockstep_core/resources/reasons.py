"""Why an account is as it is: a closed list that people, alerts and the website rely on.

Whoever writes a reason writes a member of `Reason`. On the wire, in rows and in the cluster a reason stays text, because
pods, routers and operators of different versions speak to each other; who reads one uses `parse_reason`.
"""

from enum import StrEnum
from typing import Self


class Actor(StrEnum):
    """Who must act before the account gets further."""

    RETRY = "retry"
    """Nobody: it is as its owner wants it, goes on by itself, or is tried again with growing pauses."""
    USER = "user"
    """The account's owner. It is not tried again before credentials or spec change: brokers block who keeps trying."""
    SERVICE = "service"
    """Whoever runs the service. Meanwhile it is tried again with growing pauses, so that it heals once they have acted."""


class Reason(StrEnum):
    """`status.reason` of a CopierAccount, `state_reason` of its row, `reason` of an agent's end or a keyring's error."""

    meaning: str
    """One sentence for people."""
    actor: Actor

    def __new__(cls, word: str, actor: Actor, meaning: str) -> Self:
        """A member that is its word."""
        member = str.__new__(cls, word)
        member._value_ = word
        member.actor = actor
        member.meaning = meaning
        return member

    PENDING = "Pending", Actor.RETRY, "The terminal's pod waits to be created or for a node."
    PREPARING = "Preparing", Actor.RETRY, "The pod is being created and its files are being prepared."
    STARTING = "Starting", Actor.RETRY, "The terminal or its bridge is starting."
    AUTHORIZING = "Authorizing", Actor.RETRY, "The terminal logs in at the broker."
    READY = "Ready", Actor.RETRY, "The terminal is connected and trades are copied."
    SUSPENDED = "Suspended", Actor.RETRY, "The account is suspended and has no terminal."
    INVALID_CREDENTIALS = "InvalidCredentials", Actor.USER, "The broker refused the login or the password."
    SERVER_NOT_FOUND = "ServerNotFound", Actor.USER, "The terminal found no way to a server of this name."
    SERVER_NOT_IN_BUNDLE = (
        "ServerNotInBundle",
        Actor.SERVICE,
        "The server's name is right, and the terminal in the image does not know where it is.",
    )
    WRONG_ACCOUNT = (
        "WrongAccount",
        Actor.USER,
        "The terminal is logged in to another login, or at a server of another name, than the account has.",
    )
    WRONG_ENVIRONMENT = (
        "WrongEnvironment",
        Actor.USER,
        "The account is a demo account at its broker and was added as a live one, or the other way round.",
    )
    PASSWORD_CHANGE_FORCED = (
        "PasswordChangeForced",
        Actor.USER,
        "The broker lets the login in only after its password was changed.",
    )
    OTP_REQUIRED = "OtpRequired", Actor.USER, "The broker asks for a one-time password at each login."
    CERTIFICATE_REQUIRED = "CertificateRequired", Actor.USER, "The broker lets the login in only with a certificate."
    DEMO_EXPIRED = "DemoExpired", Actor.USER, "The broker has closed the account because its time is over."
    CREDENTIALS_UNREADABLE = (
        "CredentialsUnreadable",
        Actor.USER,
        "The sealed password cannot be opened; enter it again.",
    )
    CREDENTIALS_MISSING = "CredentialsMissing", Actor.RETRY, "The sealed password is not in the cluster yet."
    TERMINAL_MISSING = "TerminalMissing", Actor.SERVICE, "The image has no terminal or no bridge programs for this platform."
    TERMINAL_NOT_STARTED = (
        "TerminalNotStarted",
        Actor.RETRY,
        "The terminal's files were not ready in time, or its process runs and has not read its start file.",
    )
    TERMINAL_SILENT = (
        "TerminalSilent",
        Actor.RETRY,
        "The terminal's process runs, but a program of the bridge in it gives no sign of life.",
    )
    TERMINAL_UPDATING = "TerminalUpdating", Actor.RETRY, "The terminal updates itself, or tries to again and again."
    TERMINAL_OUTDATED = (
        "TerminalOutdated",
        Actor.SERVICE,
        "The broker lets in newer terminals only than the one in the image, and it did not update itself.",
    )
    BRIDGE_NOT_STARTED = (
        "BridgeNotStarted",
        Actor.SERVICE,
        "The terminal is logged in, but the bridge's programs do not start in it.",
    )
    UNSUPPORTED_WINE = "UnsupportedWine", Actor.SERVICE, "The terminal does not start under this version of Wine."
    BAD_SETTINGS = "BadSettings", Actor.SERVICE, "The agent cannot use the settings that its pod was given."
    TERMINAL_CRASHED = "TerminalCrashed", Actor.RETRY, "The terminal or its pod ended unexpectedly."
    BRIDGE_LOST = "BridgeLost", Actor.RETRY, "The terminal's bridge or its pod is not connected any more."
    BROKER_DISCONNECTED = "BrokerDisconnected", Actor.RETRY, "The terminal's connection to the broker is lost."
    BROKER_MAINTENANCE = (
        "BrokerMaintenance",
        Actor.RETRY,
        "The broker lets nobody in for now, or refuses what it accepted before; it is tried again with long pauses.",
    )
    WAITING_FOR_TURN = (
        "WaitingForTurn",
        Actor.RETRY,
        "Other terminals log in at the broker's server before this one; its turn is booked.",
    )
    PROXY_UNREACHABLE = (
        "ProxyUnreachable",
        Actor.RETRY,
        "The account's proxy does not answer, or finds no way to the broker; the terminal is not started without it.",
    )
    PROXY_REFUSED = (
        "ProxyRefused",
        Actor.USER,
        "The account's proxy lets nobody through with this login and password, or is no such proxy.",
    )
    OFFERED_PROXY_UNUSABLE = (
        "OfferedProxyUnusable",
        Actor.SERVICE,
        "The account uses a proxy of the service that is offered no more, or that refuses the service's own login.",
    )
    EPOCH_SUPERSEDED = "EpochSuperseded", Actor.RETRY, "A newer pod has taken over this account."
    NOT_THIS_POD = "NotThisPod", Actor.RETRY, "The keyring does not take the caller for the account's present pod."
    MALFORMED_REQUEST = "MalformedRequest", Actor.SERVICE, "The keyring cannot use a request that no correct agent sends."
    ROUTER_UNREACHABLE = (
        "RouterUnreachable",
        Actor.RETRY,
        "The router cannot be reached from the pod, or does not accept it.",
    )
    ROUTER_MISSING = "RouterMissing", Actor.SERVICE, "No router for accounts of this kind has announced itself."
    KEYRING_UNREACHABLE = "KeyringUnreachable", Actor.RETRY, "The keyring does not answer or cannot answer now."
    POD_UNSCHEDULABLE = "PodUnschedulable", Actor.SERVICE, "No node has room for the terminal's pod."
    POD_EVICTED = "PodEvicted", Actor.RETRY, "The cluster took the terminal's pod from its node, which it needed otherwise."
    NODE_SHUT_DOWN = "NodeShutDown", Actor.RETRY, "The node of the terminal's pod was shut down."
    OUT_OF_MEMORY = "OutOfMemory", Actor.SERVICE, "The terminal used more memory than its pod may."
    POD_STUCK = (
        "PodStuck",
        Actor.SERVICE,
        "The terminal's pod has a node, and its container cannot be made there: the node lacks the image, for example.",
    )
    POD_REFUSED = "PodRefused", Actor.SERVICE, "The cluster refuses to create the terminal's pod."
    POD_UNKNOWN = (
        "PodUnknown",
        Actor.SERVICE,
        "A pod that the operator did not make passes for the terminal's, so none is started beside it.",
    )
    TOO_MUCH_OPEN = (
        "TooMuchOpen",
        Actor.RETRY,
        "More positions and orders are open than are followed; it goes on with fewer.",
    )
    QUARANTINED = "Quarantined", Actor.RETRY, "The account caused a fault in the router and is shut out for a while."
    ROW_UNREADABLE = (
        "RowUnreadable",
        Actor.SERVICE,
        "The router cannot read how the account is set up, and does not serve it.",
    )
    RESTARTING = "Restarting", Actor.RETRY, "The terminal is being stopped or started again."


USER_MUST_ACT = frozenset(reason for reason in Reason if reason.actor is Actor.USER)
"""Starting again would fail again, and brokers block who keeps trying: wait for new credentials or a new spec."""

SERVICE_MUST_ACT = frozenset(reason for reason in Reason if reason.actor is Actor.SERVICE)
"""Starting again may succeed once whoever runs the service has acted. The account's owner can only wait."""

_BY_WORD = {reason.value: reason for reason in Reason}


def parse_reason(text: str | None) -> Reason | None:
    """The reason of that word, None for any other text.

    A word that is no member may be a newer or an older version's. Whoever meets one goes by what else was said (a state, an
    exit code, an HTTP status), treats the account as one that is tried again, and keeps the word where people read it.
    """
    return _BY_WORD.get(text or "")
