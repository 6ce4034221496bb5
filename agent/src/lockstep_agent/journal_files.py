"""Reads the growing journal files of a terminal from disk."""

import os
from pathlib import Path

from lockstep_agent.journal import JournalEntry, JournalText, read_line

_NAME = "[0-9]" * 8 + ".log"
CHUNK = 1 << 20


class JournalFiles:
    """Reads every `YYYYMMDD.log` of a folder, each from where the last call stopped. The folder may not exist yet."""

    def __init__(self, folder: Path, login: str) -> None:
        self._folder = folder
        self._login = login
        self._texts: dict[str, JournalText] = {}
        self._offsets: dict[str, int] = {}

    def news(self) -> list[JournalEntry]:
        """The entries that were written since the last call, oldest first."""
        try:
            paths = sorted(self._folder.glob(_NAME)) if self._folder.is_dir() else []
        except OSError:
            # The folder went in between: the terminal's files are being made anew.
            paths = []
        self._forget_all_but({path.name for path in paths})
        return [entry for path in paths for entry in self._read(path)]

    def _forget_all_but(self, names: set[str]) -> None:
        for gone in self._offsets.keys() - names:
            del self._offsets[gone]
            self._texts.pop(gone, None)

    def _read(self, path: Path) -> list[JournalEntry]:
        try:
            data = self._new_bytes(path)
        except OSError:
            # The file is gone, for a moment or for good. The next call reads what is there.
            return []
        lines = self._texts.setdefault(path.name, JournalText()).feed(data)
        return [entry for entry in (read_line(line, self._login) for line in lines) if entry is not None]

    def _new_bytes(self, path: Path) -> bytes:
        with path.open("rb") as file:
            if file.seek(0, os.SEEK_END) < self._offsets.get(path.name, 0):
                # It is another file of the same name, so it is read from its start.
                self._forget_all_but(self._offsets.keys() - {path.name})
            offset = self._offsets.get(path.name, 0)
            file.seek(offset)
            data = file.read(CHUNK)
        self._offsets[path.name] = offset + len(data)
        return data
