"""The notifier's errors. Their texts hold no address, no secret and no words of a receiver."""


class NotifierError(Exception):
    """Root of the notifier's errors."""


class DatabaseAway(NotifierError):
    """The database did not answer. Retry; what was being sent is settled when its lease ends."""


class NotSent(NotifierError):
    """An attempt failed. `code` is for the delivery log.

    `permanent`: no further attempt can succeed. `unknown`: it may have arrived all the same.
    """

    def __init__(self, code: str, *, permanent: bool = False, unknown: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.permanent = permanent
        self.unknown = unknown


class ReceiverGone(NotifierError):
    """The receiver of a webhook wants nothing any more. Send nothing to it until its owner says so."""
