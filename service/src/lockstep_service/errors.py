"""What can go wrong before or beside the work of a process."""


class ServiceError(Exception):
    """Root of this package's errors."""


class InvalidSettings(ServiceError):
    """The process was started with settings it cannot use. Whoever runs the service must correct them."""


class PooledByTransaction(ServiceError):
    """The database's address leads to a pooler that lends connections by the transaction, so LISTEN cannot work. Whoever
    runs the service must correct it.
    """

    def __init__(self) -> None:
        super().__init__(
            "The database's address leads to a pooler that lends connections by the transaction, where changes cannot be "
            "listened to: give Postgres' own address, or that of a pooler that lends by the session (Supabase: port 5432)."
        )


class KubernetesError(ServiceError):
    """A call to the API server did not do what was asked."""


class Unavailable(KubernetesError):
    """The API server did not answer, or asked for patience. Retry later."""


class ServerFailed(Unavailable):
    """The API server, or a webhook that it asked, failed at this call. Retry later, but rarely: it may fail for long."""


class Conflict(KubernetesError):
    """The object exists already, or changed since it was read. Read it again and retry."""


class NotFound(KubernetesError):
    """The object, its namespace or its kind is not there (any more). The same call would fail again."""


class KindNotFound(NotFound):
    """The API server does not know this kind of object: its CustomResourceDefinition is not installed."""


class Refused(KubernetesError):
    """The API server refuses the object or the caller's right to it. The same call would fail again."""
