"""What can go wrong between database, cluster and operator."""


class OperatorError(Exception):
    """Root of the operator's errors."""


class Retryable(OperatorError):
    """Nothing is wrong with what was asked: try again later."""


class KubernetesUnavailable(Retryable):
    """The API server did not answer, or asked for patience. Retry."""


class Conflict(Retryable):
    """The object changed since it was read. Read it again and retry."""


class DatabaseUnavailable(Retryable):
    """The database did not answer. Retry; until then nothing is stopped and nothing is deleted."""


class Hopeless(OperatorError):
    """The same request would fail again: give up until something changes."""


class NotFound(Hopeless):
    """The object is not there (any more)."""


class Refused(Hopeless):
    """The API server refuses the object or the operator's right to it. Somebody must correct the chart or the row."""
