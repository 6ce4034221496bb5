"""What can go wrong around the engine."""


class RouterError(Exception):
    """Root of the router's errors."""


class TooManyFrames(RouterError):
    """An account's relay sends more than is handled, for long. The account is shut out for a while, then tried again."""


class BadKeyFile(RouterError):
    """A key file cannot be used. The user must act: mount a good one."""

    def __init__(self, path: object, why: str) -> None:
        super().__init__(f"The key file {path} {why}.")


class StoreUnusable(RouterError):
    """The file on the shard's volume cannot be read or written. The router goes on without it."""

    def __init__(self, path: object, why: str) -> None:
        super().__init__(f"The file {path} cannot be used: {why}.")
