"""The operator's errors."""


class OperatorError(Exception):
    """Root of the operator's errors."""


class Retryable(OperatorError):
    """The request itself is right: try again later."""


class KubernetesUnavailable(Retryable):
    """The API server did not answer, or answered that it is overloaded. Retry."""


class KubernetesFailed(KubernetesUnavailable):
    """The API server, or a webhook that it asked, failed at this request. It may do so for long."""


class ObjectConflict(Retryable):
    """The object changed after it was read, or exists already. Read it again and retry."""


class DatabaseUnavailable(Retryable):
    """The database did not answer. Retry; until then nothing is stopped and nothing is deleted."""


class Permanent(OperatorError):
    """The same request would fail again: give up until the object changes."""


class ObjectNotFound(Permanent):
    """The object does not exist (any more)."""


class ObjectRefused(Permanent):
    """The API server refuses the object, or the operator lacks the right. Somebody must correct the chart or the row."""


class KindMissing(Permanent):
    """The cluster does not know the kind CopierAccount. Somebody must install its CustomResourceDefinition."""
