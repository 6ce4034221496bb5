"""Parses the journal of a terminal: lines of code, level, time, source and text, separated by tabs, in UTF-16LE. MT4's are
in plain text and have code, time and text only.

The terminal begins a new file each day. Each file has its own `JournalText`, which takes bytes cut at any place.
"""

import codecs
import re
from dataclasses import dataclass
from enum import Enum


class Mark(Enum):
    """What a line of the journal means."""

    BUILD = "the terminal says its build"
    START_FILE_READ = "the start file was read"
    START_FILE_UNREADABLE = "the start file could not be read"
    NETWORK = "the server was reached, or at least its name is known"
    AUTHORIZED = "the password is right"
    REFUSED = "the server was reached and refused the login"
    SYNCHRONIZED = "positions and orders are there"
    CONNECTION_LOST = "the connection to the broker is gone"
    TRADING_ENABLED = "the trading password was used"
    TRADING_DISABLED = "only the investor password was used, or the account may not trade"
    UPDATE_READY = "a self-update was downloaded"
    PROGRAM_FAILED = "a program was not loaded"
    WINE_UNSUPPORTED = "the terminal does not support this version of Wine"


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A line with a known meaning. `detail` is the reason of a refusal (in brackets in the line), the build,
    the program, the version of Wine, or empty.
    """

    mark: Mark
    detail: str = ""


_LOGIN_PATTERNS: tuple[tuple[Mark, re.Pattern[str]], ...] = (
    (Mark.REFUSED, re.compile(r"(?:authorization|login) (?:on \S.* )?failed(?: \((?P<detail>[^)]*)\))?")),
    (Mark.AUTHORIZED, re.compile(r"(?:authorized on|login on) ")),
    (Mark.SYNCHRONIZED, re.compile(r"terminal synchronized with ")),
    (Mark.CONNECTION_LOST, re.compile(r"(?:connection to \S.* (?:lost|closed|failed)|disconnected|connect failed)")),
    (Mark.TRADING_ENABLED, re.compile(r"trading has been enabled")),
    (Mark.TRADING_DISABLED, re.compile(r"trading has been disabled")),
)
_PLAIN_PATTERNS: tuple[tuple[Mark, re.Pattern[str]], ...] = (
    (Mark.START_FILE_READ, re.compile(r"(?:successfully initialized from start config|[Tt]erminal launched with )")),
    (Mark.START_FILE_UNREADABLE, re.compile(r"cannot load config")),
    (Mark.UPDATE_READY, re.compile(r"LiveUpdate\b.*downloaded successfully|downloaded successfully")),
    (
        Mark.PROGRAM_FAILED,
        re.compile(r"^(?P<detail>(?:[Ee]xpert|[Ss]cript|[Ss]ervice) .*(?:load\w* failed|cannot be (?:loaded|opened)).*)$"),
    ),
    (Mark.WINE_UNSUPPORTED, re.compile(r"unsupported Wine (?P<detail>[\d.]*\d)")),
    (Mark.BUILD, re.compile(r"\bbuild (?P<detail>\d+)\b.* started")),
)
_LOGIN = re.compile(r"^'(?P<login>\d+)': (?P<rest>.*)$")


def read_line(line: str, login: str) -> JournalEntry | None:
    """The entry of a line about this login or about no login. None for a line of another login or without a meaning."""
    source, text = _source_and_text(line)
    ours = _LOGIN.match(text)
    if ours is None:
        return _first(_PLAIN_PATTERNS, text)
    if ours["login"] != login:
        return None
    found = _first(_LOGIN_PATTERNS, ours["rest"])
    return found or (JournalEntry(Mark.NETWORK) if source == "Network" else None)


def _source_and_text(line: str) -> tuple[str, str]:
    fields = line.split("\t")
    if len(fields) >= 5:
        return fields[3], "\t".join(fields[4:])
    if len(fields) >= 3:
        # MT4 names no source. Its lines about a login come from the network.
        return "Network", "\t".join(fields[2:])
    return "", line.strip()


def _first(patterns: tuple[tuple[Mark, re.Pattern[str]], ...], text: str) -> JournalEntry | None:
    for mark, pattern in patterns:
        match = pattern.search(text)
        if match:
            return JournalEntry(mark, match.groupdict().get("detail") or "")
    return None


LONGEST_LINE = 65_536
"""At most this many characters of a line without an end are kept. The rest is skipped up to the line's end."""


class JournalText:
    """The text of one journal file as it grows. Its first two bytes tell the encoding."""

    __slots__ = ("_decoder", "_first", "_rest")

    def __init__(self) -> None:
        self._decoder: codecs.IncrementalDecoder | None = None
        self._first = b""
        self._rest = ""

    def feed(self, data: bytes) -> list[str]:
        """Adds bytes. Returns the lines that are now complete, without their ends."""
        text = self._rest + self._decoded(data).replace("\ufeff", "")
        *lines, rest = text.split("\n")
        self._rest = rest[:LONGEST_LINE]
        return [line.rstrip("\r") for line in lines]

    def _decoded(self, data: bytes) -> str:
        if self._decoder is None:
            data = self._first + data
            if len(data) < 2:
                self._first = data
                return ""
            wide = data[:2] == codecs.BOM_UTF16_LE or data[1:2] == b"\0"
            self._decoder = codecs.getincrementaldecoder("utf-16-le" if wide else "utf-8")("replace")
        return self._decoder.decode(data)
