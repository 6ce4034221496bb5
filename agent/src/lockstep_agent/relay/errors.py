"""The relay's errors."""

from lockstep_agent.errors import AgentError


class RelayError(AgentError):
    """Root of the relay's errors. An error that is not handled ends the relay, and the agent starts another one."""


class NotConfigured(RelayError):
    """The first line on standard input is not a configuration. Give up: only the agent starts a relay."""

    def __init__(self) -> None:
        super().__init__("The relay got no configuration on its standard input. It is started by the agent only.")


class LedgerFull(RelayError):
    """Too many frames wait for the router. The relay handles this: it drops all of them and asks for a snapshot."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} frames wait for the router, which is all that is kept.")
