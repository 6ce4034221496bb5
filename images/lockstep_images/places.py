"""Paths, and calls of other programs."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lockstep_images.errors import StepFailedError, ToolMissingError


@dataclass(frozen=True)
class Places:
    """The folders that the tool reads and writes."""

    repo: Path
    cache: Path
    run: Path

    @property
    def build(self) -> Path:
        return self.repo / "build"

    @property
    def manifest(self) -> Path:
        return self.build / "images.json"

    @property
    def storage(self) -> Path:
        return self.cache / "storage"

    @property
    def prepared(self) -> Path:
        return self.cache / "prepared"

    @property
    def layer_sizes(self) -> Path:
        return self.cache / "layer-sizes.json"

    @property
    def checkout(self) -> str:
        """A short name for this checkout that no other on this machine has."""
        return hashlib.sha256(str(self.repo).encode()).hexdigest()[:12]

    def packages(self, image: str) -> Path:
        """The folder where apt keeps what it downloads for an image. apt wants one folder for each image."""
        return self.cache / "apt" / image

    @property
    def locks(self) -> Path:
        return self.cache / "locks"

    def log(self, name: str) -> Path:
        """The log of this checkout: runs of two checkouts must not overwrite each other's log."""
        folder = self.build / "log" / "images"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.log"


def places_here() -> Places:
    """The places of this checkout; the cache is shared by all checkouts of this user."""
    repo = Path(__file__).resolve().parents[2]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lockstep" / "images"
    return Places(repo=repo, cache=cache, run=Path(f"/run/lockstep-images-{os.getuid()}"))


def say(text: str) -> None:
    sys.stderr.write(f"images: {text}\n")
    sys.stderr.flush()


def call(
    arguments: Sequence[str], log: Path, what: str, cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> None:
    """Runs a program with its output in `log`. Raises StepFailedError with `what` if it fails."""
    env = {**os.environ, **(environment or {})}
    with log.open("wb") as out:
        try:
            done = subprocess.run(arguments, stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd=cwd, env=env, check=False)
        except FileNotFoundError as error:
            raise ToolMissingError(arguments[0]) from error
    if done.returncode:
        raise StepFailedError(what, log)


def output(arguments: Sequence[str], log: Path, what: str) -> str:
    """The standard output of a program. Raises StepFailedError with `what` if it fails; its errors are in `log`."""
    with log.open("wb") as err:
        try:
            done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=err, stdin=subprocess.DEVNULL, check=False)
        except FileNotFoundError as error:
            raise ToolMissingError(arguments[0]) from error
    if done.returncode:
        raise StepFailedError(what, log)
    return done.stdout.decode()
