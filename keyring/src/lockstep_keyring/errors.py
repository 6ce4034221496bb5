"""The keyring's errors. Their texts contain no secret and are safe to show and to log."""

from lockstep_core.resources.reasons import Reason


class KeyringError(Exception):
    """Root of the keyring's errors. `status` is the HTTP status; `reason` becomes the reason of the account's state."""

    status = 500
    reason: Reason = Reason.KEYRING_UNREACHABLE


class Unauthenticated(KeyringError):
    """The token is missing, expired or for another audience. The pod reads its token again and retries."""

    status = 401
    reason = Reason.NOT_THIS_POD


class NotThisPod(KeyringError):
    """The caller is not the pod that this account has now. The pod gives up."""

    status = 403
    reason = Reason.NOT_THIS_POD


class EpochSuperseded(KeyringError):
    """The account has a newer pod. The caller gives up."""

    status = 403
    reason = Reason.EPOCH_SUPERSEDED


class CredentialsUnreadable(KeyringError):
    """The sealed password cannot be opened. The account's owner must enter it again."""

    status = 422
    reason = Reason.CREDENTIALS_UNREADABLE


class ProxyUnreadable(KeyringError):
    """The sealed password of the account's proxy is missing or cannot be opened. The owner must enter the proxy again."""

    status = 422
    reason = Reason.PROXY_REFUSED


class OfferedProxyUnusable(KeyringError):
    """The account uses a proxy that is not offered, or whose Secret is missing. Whoever runs the service must see to it."""

    status = 422
    reason = Reason.OFFERED_PROXY_UNUSABLE


class ProxiesUnknown(KeyringError):
    """The account has a proxy, and the agent's release would start the terminal without it. It gets no password."""

    status = 400
    reason = Reason.MALFORMED_REQUEST


class MalformedRequest(KeyringError):
    """A request that no correct agent sends. Never retry it."""

    status = 400
    reason = Reason.MALFORMED_REQUEST


class RequestTooLarge(KeyringError):
    """A body larger than any correct request. Never retry it."""

    status = 413
    reason = Reason.MALFORMED_REQUEST


class ClusterUnreachable(KeyringError):
    """Kubernetes did not answer, so nothing could be decided. Retry later."""

    status = 503
    reason = Reason.KEYRING_UNREACHABLE


class ConfigMapChanged(ClusterUnreachable):
    """A ConfigMap was changed since it was read. Read it again and decide anew."""


class TurnAwaited(KeyringError):
    """The terminal must not log in yet. It asks again after `pause_s`; its turn, if it is booked, is at `booked_s`, and it
    shows `slip` then.
    """

    status = 429

    def __init__(self, reason: Reason, pause_s: float, booked_s: float | None) -> None:
        super().__init__(f"Not before {pause_s:.0f} s have passed.")
        self.reason = reason
        self.pause_s = pause_s
        self.booked_s = booked_s
        self.slip = ""


class RouterUnknown(KeyringError):
    """The deployment names no router for the account's shard. Retry later; whoever runs the service must add the shard."""

    status = 503
    reason = Reason.KEYRING_UNREACHABLE


class DatabaseUnavailable(KeyringError):
    """The database did not answer the job that seals passwords again. Start the job again."""

    status = 503
    reason = Reason.KEYRING_UNREACHABLE


class SecretIncomplete(KeyringError):
    """A Secret exists and lacks a part. It is never filled up: whoever made it must, lest two keys are mixed."""


class RotationImpossible(KeyringError):
    """What was given is no Secret whose keys can be rotated."""


class NoKeys(KeyringError):
    """The mounted keys are missing or malformed. Whoever runs the service must restore the Secret."""

    status = 503
    reason = Reason.KEYRING_UNREACHABLE
