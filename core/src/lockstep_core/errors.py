"""What can be wrong with what people ask of the domain."""


class DomainError(Exception):
    """Root of the domain's errors. None is worth a retry with the same input."""


class BadLots(DomainError):
    """A text that is no amount of lots. The user must act."""

    def __init__(self, text: str, why: str) -> None:
        super().__init__(f"{text[:40]!r} is not an amount of lots: {why}.")
