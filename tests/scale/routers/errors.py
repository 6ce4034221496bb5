"""What can go wrong while routers are measured; every text says what to do."""

import os


class ScaleError(Exception):
    """Root of this package's errors. The person at the keyboard must act."""


class NoLibrary(ScaleError):
    """pyzmq does not use a shared libzmq."""

    def __init__(self) -> None:
        super().__init__("pyzmq has loaded no shared libzmq, so it cannot be measured; install pyzmq's own wheel")


class SocketFailed(ScaleError):
    """A message did not come, or could not be sent."""

    def __init__(self, number: int) -> None:
        super().__init__(f"a message did not come in time or could not be sent: {os.strerror(number)}; look at the router")


class NotWelcome(ScaleError):
    """The router did not let a relay in."""

    def __init__(self, login: int) -> None:
        super().__init__(f"the router did not welcome account {login}")


class NotTaken(ScaleError):
    """The router did something else than what the measurement needs."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the router was expected to {what}; where a machine has much else to do, it sends commands again")
