"""What can go wrong between a pod and its password. Texts name no secret and are safe to show and to log."""


class KeyringError(Exception):
    """Root of the keyring's errors. `status` is the HTTP status, `reason` the word that an agent acts on."""

    status = 500
    reason = "KeyringUnreachable"


class Unauthenticated(KeyringError):
    """The token is missing, expired or for another audience. The pod reads its token again and retries."""

    status = 401
    reason = "NotThisPod"


class NotThisPod(KeyringError):
    """The caller is not the pod that this account has now. The pod gives up."""

    status = 403
    reason = "NotThisPod"


class EpochSuperseded(KeyringError):
    """The account has a newer pod. The caller gives up."""

    status = 403
    reason = "EpochSuperseded"


class CredentialsUnreadable(KeyringError):
    """The sealed password cannot be opened. The account's owner must enter it again."""

    status = 422
    reason = "CredentialsUnreadable"


class MalformedRequest(KeyringError):
    """A request that no correct agent sends. Never retry it."""

    status = 400
    reason = "MalformedRequest"


class RequestTooLarge(KeyringError):
    """A body larger than any correct request. Never retry it."""

    status = 413
    reason = "MalformedRequest"


class ClusterUnreachable(KeyringError):
    """Kubernetes did not answer the question on which the decision rests. Retry later."""

    status = 503
    reason = "KeyringUnreachable"


class NoKeys(KeyringError):
    """The mounted keys are missing or not as expected. Whoever runs the service must restore the Secret."""

    status = 503
    reason = "KeyringUnreachable"
