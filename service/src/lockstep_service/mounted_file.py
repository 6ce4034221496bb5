"""A mounted file that whoever runs the service wrote, and that changes while a process runs."""

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

import structlog

from lockstep_core.errors import DomainError

T = TypeVar("T")
_log = structlog.get_logger("lockstep.files")


class MountedFile(Generic[T]):
    """What is in a file, read again whenever it has changed. `what` is its name in the log."""

    def __init__(self, file: Path, parse: Callable[[bytes], T], empty: T, what: str) -> None:
        self._file = file
        self._parse = parse
        self._empty = self._content = empty
        self._what = what
        self._mark: object = None

    def content(self) -> T:
        """What the file says; `empty` without a file. What was read before stays in use where the file has a fault: one bad
        entry must not keep the accounts that have nothing to do with it from starting.
        """
        try:
            found = self._file.stat()
            mark = (found.st_mtime_ns, found.st_size, found.st_ino)
            if mark != self._mark:
                self._mark = mark
                self._content = self._parse(self._file.read_bytes())
        except FileNotFoundError:
            self._mark, self._content = None, self._empty
        except (OSError, DomainError) as error:
            _log.error(f"{self._what} not read", detail=str(error))
        return self._content
