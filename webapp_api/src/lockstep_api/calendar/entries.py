"""The result of parsing a calendar's file: entries that can be stored, and invalid lines with the reason. Pure."""

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
class CalendarEntry:
    """A piece of news. `id` is the one of its source. A cancelled entry is removed from the stored calendar."""

    id: str
    at: datetime
    currencies: tuple[str, ...]
    importance: str
    title: str
    cancelled: bool = False


@dataclass(frozen=True)
class BadLine:
    """Why an entry is invalid. `line` is where it begins, counted from 1."""

    line: int
    problem: str


@dataclass(frozen=True)
class ParsedCalendar:
    """The entries of a file, each id once, and its invalid lines."""

    entries: tuple[CalendarEntry, ...]
    bad: tuple[BadLine, ...]


class UnusableEntry(ValueError):
    """An entry of a calendar is invalid. Whoever supplies the calendar must correct that line."""


class UnreadableCalendar(ValueError):
    """The file is not a calendar. Whoever supplies it must choose another file or format."""


@dataclass(frozen=True)
class EntryDraft:
    """An entry before it is checked, from a file of either format. `id` may be empty."""

    at: datetime
    currencies: Sequence[str]
    importance: str
    title: str
    id: str = ""
    cancelled: bool = False


def entry_of(draft: EntryDraft, now: datetime) -> CalendarEntry:
    """Checks a draft. Raises UnusableEntry. An entry without an id gets one from its time, currencies and title."""
    at, currencies, title = _moment(draft.at, now), _currencies(draft.currencies), _text(draft.title, "title")
    importance = draft.importance.strip().lower()
    if importance not in IMPORTANCES:
        raise UnusableEntry(f"The importance must be one of {', '.join(IMPORTANCES)}.")
    own = "\0".join((at.isoformat(), *currencies, title))
    number = _text(draft.id, "id") if draft.id.strip() else f"own-{hashlib.sha256(own.encode()).hexdigest()[:32]}"
    return CalendarEntry(number, at, currencies, importance, title, draft.cancelled)


def collect(found: Iterable[tuple[int, Callable[[], CalendarEntry]]]) -> ParsedCalendar:
    """Collects the entries and invalid lines of a file. `found` has the line where each entry begins, and its parser."""
    entries: dict[str, CalendarEntry] = {}
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
    return ParsedCalendar(tuple(entries.values()), tuple(bad))


def as_rows(entries: Iterable[CalendarEntry]) -> list[dict[str, Any]]:
    """Entries as the database function `put_calendar` expects them."""
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
