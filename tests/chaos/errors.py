"""What keeps faults from being made or judged; every text says what to do."""

from tests.stack.errors import StackError


class ChaosError(StackError):
    """Root of this package's errors."""


class NoVictim(ChaosError):
    """The process that a fault is for does not run."""

    def __init__(self, what: str) -> None:
        super().__init__(f"No process is {what}. Run `make up` without KUBE_CONTEXT, as root, and look at `make status`.")


class NotSteady(ChaosError):
    """Copying did not go on in time after a fault."""

    def __init__(self, fault: str, seconds: float) -> None:
        super().__init__(f"{fault}: within {seconds:.0f} s copying was not steady again. Look at `make status`.")
