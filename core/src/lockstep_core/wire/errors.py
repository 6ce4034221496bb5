"""What can be wrong with bytes that came in."""


class WireError(Exception):
    """Root of the wire's errors. All of them mean: drop what was received, the sender is at fault; never retry it."""


class MalformedFrame(WireError):
    """A frame that no correct peer sends. Give up on the message."""

    def __init__(self, why: str) -> None:
        super().__init__(f"Malformed frame: {why}.")


class MalformedEnvelope(WireError):
    """An envelope that no correct peer sends. Give up on the message."""

    def __init__(self, why: str) -> None:
        super().__init__(f"Malformed envelope: {why}.")


class MalformedTicket(WireError):
    """Bytes that are no ticket. The peer must ask the keyring for a new one."""

    def __init__(self, why: str) -> None:
        super().__init__(f"Malformed ticket: {why}.")
