"""Errors of the stack. Every text says what to do."""


class StackError(Exception):
    """Root of this package's errors. The person at the keyboard must act."""


class CommandFailed(StackError):
    """A command failed. Its output says why; run it by hand to see more."""

    def __init__(self, command: list[str], code: int, output: str) -> None:
        super().__init__(f"`{' '.join(command)}` ended with {code}:\n{output.strip()[-4000:]}")


class NotReady(StackError):
    """A release did not become ready. The pods' states and logs say why."""

    def __init__(self, failed: CommandFailed, pods: str) -> None:
        super().__init__(f"{failed}\n{pods}")


class TooLate(StackError):
    """Something did not happen in its time. Look at the named thing with kubectl."""

    def __init__(self, what: str, seconds: float, last: str) -> None:
        super().__init__(f"{what}: not within {seconds:.0f} s. Last seen: {last}")


class DoorRefused(StackError):
    """A public door (sign-up, API, broker control) answered with an error."""

    def __init__(self, what: str, status: int, body: str) -> None:
        self.status = status
        super().__init__(f"{what}: answered {status}: {body[:1000]}")
