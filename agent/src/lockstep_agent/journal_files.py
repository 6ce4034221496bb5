"""Reads the growing journal files of a terminal from disk."""

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
        paths = sorted(self._folder.glob(_NAME)) if self._folder.is_dir() else []
        return [entry for path in paths for entry in self._read(path)]

    def _read(self, path: Path) -> list[JournalEntry]:
        offset = self._offsets.get(path.name, 0)
        with path.open("rb") as file:
            file.seek(offset)
            data = file.read(CHUNK)
        self._offsets[path.name] = offset + len(data)
        lines = self._texts.setdefault(path.name, JournalText()).feed(data)
        return [entry for entry in (read_line(line, self._login) for line in lines) if entry is not None]
