"""Errors of this tool. Each text says what to do."""

from pathlib import Path


class ImagesError(Exception):
    """Root of this tool's errors. Never retry: the user must act, as the text says."""


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
