"""What can go wrong, each with a text that says what to do."""

from pathlib import Path


class ImagesError(Exception):
    """Base of all: the user must act, trying again changes nothing. The text says how."""


class RecipeError(ImagesError):
    """An image's folder is not as README.md describes."""


class ToolMissingError(ImagesError):
    """A program that is needed is not installed."""

    def __init__(self, program: str) -> None:
        super().__init__(f"{program} is not installed; run devcluster/setup.sh")


class StepFailedError(ImagesError):
    """A program that was called failed; its output is in `log`."""

    def __init__(self, what: str, log: Path) -> None:
        super().__init__(f"{what} failed; read {log}")


class NoClusterError(ImagesError):
    """There is no cluster that images could be put into."""
