"""What keeps the farm from being measured; every text says what to do."""

from tests.stack.errors import StackError


class FarmError(StackError):
    """Root of this package's errors."""


class NodeElsewhere(FarmError):
    """The pods run on another machine, so that their processes cannot be read."""

    def __init__(self) -> None:
        super().__init__(
            "No process of a terminal pod can be read here: the farm is measured on the node itself, as root. Run "
            "`make bench-farm` without KUBE_CONTEXT, so that the cluster of this checkout is used."
        )


class NothingReady(FarmError):
    """Not a single account became Ready."""

    def __init__(self, said: str) -> None:
        super().__init__(f"No account became Ready. What the accounts say: {said}. Look at `make status`.")


class NotCopied(FarmError):
    """A trade did not reach every slave."""

    def __init__(self, copied: int, slaves: int, seconds: float) -> None:
        super().__init__(f"A trade reached {copied} of {slaves} slaves within {seconds:.0f} s. Look at `make status`.")


class RowsMissing(FarmError):
    """Some trades have no row with their spans."""

    def __init__(self, found: int, trades: int, seconds: float) -> None:
        super().__init__(
            f"{found} of {trades} trades have a row with their times within {seconds:.0f} s. Look at `make status`."
        )
