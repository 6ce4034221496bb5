"""Compares the terminal of this image with what the catalogue of brokers says that the account's server needs."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lockstep_agent.errors import ServerNotInBundle


@dataclass(frozen=True, slots=True)
class ServerFile:
    """A file in the terminal's folder, and the SHA-256 of its content."""

    path: str
    sha256: str


def require_files(home: Path, wanted: Iterable[ServerFile]) -> None:
    """Raises ServerNotInBundle for the first file that the terminal's folder lacks, or has with another content."""
    for file in wanted:
        if all(_digest(found) != file.sha256 for found in _named(home, file.path.split("/"))):
            raise ServerNotInBundle(file.path)


def _named(folder: Path, parts: list[str]) -> Iterator[Path]:
    """The files of this path. Case is ignored, as Windows does."""
    if not parts:
        yield folder
    elif folder.is_dir():
        for child in sorted(folder.iterdir()):
            if child.name.lower() == parts[0].lower():
                yield from _named(child, parts[1:])


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
