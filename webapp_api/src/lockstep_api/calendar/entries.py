"""What a calendar's file is read into: entries that can be stored, and lines that cannot, with the reason."""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

IMPORTANCES = ("election", "high", "medium", "low")
MOST_ENTRIES = 5_000
_FAR = timedelta(days=400)
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True)
class Entry:
    """One piece of news. `id` is what its source calls it; a cancelled one is taken out of the calendar."""

    id: str
    at: datetime
    currencies: tuple[str, ...]
    importance: str
    title: str
    cancelled: bool = False


@dataclass(frozen=True)
class BadLine:
    """Why something is not taken; `line` is where it begins, counted from 1."""

    line: int
    problem: str


@dataclass(frozen=True)
class Reading:
    """All of a file: what is good, each id once, and what is not."""

    entries: tuple[Entry, ...]
    bad: tuple[BadLine, ...]


class UnusableEntry(ValueError):
    """One entry of a calendar cannot be stored. Whoever supplies the calendar must correct that line."""


class UnreadableCalendar(ValueError):
    """The whole file is no calendar. Whoever supplies it must choose another file or format."""


@dataclass(frozen=True)
class Draft:
    """An entry as text, as any format has it; `id` may be empty."""

    at: datetime
    currencies: Sequence[str]
    importance: str
    title: str
    id: str = ""
    cancelled: bool = False


def entry_of(draft: Draft, now: datetime) -> Entry:
    """The entry of a draft. Raises UnusableEntry. Without an id it gets one of its own time, currencies and title."""
    at, currencies, title = _moment(draft.at, now), _currencies(draft.currencies), _text(draft.title, "title")
    importance = draft.importance.strip().lower()
    if importance not in IMPORTANCES:
        raise UnusableEntry(f"The importance must be one of {', '.join(IMPORTANCES)}.")
    own = "\0".join((at.isoformat(), *currencies, title))
    number = _text(draft.id, "id") if draft.id.strip() else f"own-{hashlib.sha256(own.encode()).hexdigest()[:32]}"
    return Entry(number, at, currencies, importance, title, draft.cancelled)


def collect(found: Iterable[tuple[int, Callable[[], Entry]]]) -> Reading:
    """Entries and bad lines of parts of a file: where each begins, and what reads it."""
    entries: dict[str, Entry] = {}
    lines: dict[str, int] = {}
    bad: list[BadLine] = []
    for line, read in found:
        try:
            entry = read()
            if entry.id in entries and entry != entries[entry.id]:
                raise UnusableEntry(f"Line {lines[entry.id]} has the same id and says something else.")
            if len(entries) >= MOST_ENTRIES and entry.id not in entries:
                raise UnusableEntry(f"A file may have {MOST_ENTRIES} entries; send the rest in another one.")
        except UnusableEntry as error:
            bad.append(BadLine(line, str(error)))
        else:
            entries.setdefault(entry.id, entry)
            lines.setdefault(entry.id, line)
    return Reading(tuple(entries.values()), tuple(bad))


def as_rows(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Entries as the database takes them over."""
    return [
        {
            "id": entry.id,
            "at": entry.at.isoformat(),
            "currencies": list(entry.currencies),
            "importance": entry.importance,
            "title": entry.title,
            "cancelled": entry.cancelled,
        }
        for entry in entries
    ]


def _moment(at: datetime, now: datetime) -> datetime:
    if at.tzinfo is None:
        raise UnusableEntry("The time does not say its time zone; write UTC times with a Z, as 2026-12-04T13:30:00Z.")
    try:
        moment = at.astimezone(UTC)
    except OverflowError:
        raise UnusableEntry("There is no such time.") from None
    if abs(moment - now) > _FAR:
        raise UnusableEntry(f"The time is more than {_FAR.days} days away.")
    return moment


def _currencies(given: Sequence[str]) -> tuple[str, ...]:
    found = sorted({currency.strip().upper() for currency in given if currency.strip()})
    wrong = [currency for currency in found if not _CURRENCY.fullmatch(currency)]
    if wrong:
        raise UnusableEntry(f"A currency has three letters, as USD; this has {wrong[0][:20]!r}.")
    if not 1 <= len(found) <= 20:
        raise UnusableEntry("Name 1 to 20 currencies.")
    return tuple(found)


def _text(given: str, what: str) -> str:
    text = " ".join(given.split())
    if not 1 <= len(text) <= 200 or not text.isprintable():
        raise UnusableEntry(f"The {what} must be 1 to 200 visible characters.")
    return text
