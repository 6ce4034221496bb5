"""What can go wrong around the engine."""


class RouterError(Exception):
    """Root of the router's errors."""


class BadConfiguration(RouterError):
    """A setting is missing or unusable. The user must act; starting again does not help."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name} {why}.")


class BadKeyFile(RouterError):
    """A key file cannot be used. The user must act: mount a good one."""

    def __init__(self, path: object, why: str) -> None:
        super().__init__(f"The key file {path} {why}.")
