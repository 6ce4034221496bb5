"""What can go wrong inside the relay."""


class RelayError(Exception):
    """Root of the relay's errors. Each ends the relay; the agent starts another one."""


class NotConfigured(RelayError):
    """The first line on standard input is no configuration. Give up: only the agent may start a relay."""

    def __init__(self) -> None:
        super().__init__("The relay got no configuration on its standard input. It is started by the agent only.")


class LedgerFull(RelayError):
    """More frames wait for the router than may be kept. Handled inside the relay: all are dropped for a snapshot."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} frames wait for the router, which is all that is kept.")
