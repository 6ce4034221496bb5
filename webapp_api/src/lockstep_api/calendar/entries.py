"""The result of parsing a calendar's file: entries that can be stored, and invalid lines with the reason. Pure."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from lockstep_api.errors import NO_PARAMS, ApiError
from lockstep_core.skips import Params, Shape

IMPORTANCES = ("election", "high", "medium", "low")
MOST_ENTRIES = 5_000
_FAR = timedelta(days=400)
_MOST_CURRENCIES, _MOST_CHARACTERS = 20, 200
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
    """Why an entry is invalid, as a code and its params. `line` is where the entry begins, counted from 1."""

    line: int
    code: str
    params: Params


@dataclass(frozen=True)
class ParsedCalendar:
    """The entries of a file, each id once, and its invalid lines."""

    entries: tuple[CalendarEntry, ...]
    bad: tuple[BadLine, ...]


PARAMS: Mapping[str, Shape] = {
    "cells": {"cells": int, "columns": int},
    "currencies": {"least": int, "most": int},
    "currency": {"given": str},
    "importance": {"known": str},
    "no_csv": {},
    "no_end": {},
    "no_moment": {},
    "no_such_time": {},
    "no_time_zone": {},
    "repeats": {},
    "same_id": {"line": int},
    "status": {},
    "text": {"what": str, "most": int},
    "time": {},
    "too_far": {"days": int},
    "too_many_entries": {"most": int},
    "unreadable_event": {},
    "unreadable_line": {"name": str},
}
"""The params of each fault of an entry."""


class UnusableEntry(ValueError):
    """An entry of a calendar is invalid. Whoever supplies the calendar must correct that line."""

    def __init__(self, code: str, params: Params = NO_PARAMS) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class UnreadableCalendar(ApiError):
    """The file is not a calendar. Whoever supplies it must choose another file or format."""

    def __init__(self, wanted: str, needed: str = "", missing: str = "") -> None:
        super().__init__(422, "unreadable_calendar", {"format": wanted, "needed": needed, "missing": missing})


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
        raise UnusableEntry("importance", {"known": ", ".join(IMPORTANCES)})
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
                raise UnusableEntry("same_id", {"line": lines[entry.id]})
            if len(entries) >= MOST_ENTRIES and entry.id not in entries:
                raise UnusableEntry("too_many_entries", {"most": MOST_ENTRIES})
        except UnusableEntry as error:
            bad.append(BadLine(line, error.code, error.params))
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
        raise UnusableEntry("no_time_zone")
    try:
        moment = at.astimezone(UTC)
    except OverflowError:
        raise UnusableEntry("no_such_time") from None
    if abs(moment - now) > _FAR:
        raise UnusableEntry("too_far", {"days": _FAR.days})
    return moment


def _currencies(given: Sequence[str]) -> tuple[str, ...]:
    found = sorted({currency.strip().upper() for currency in given if currency.strip()})
    wrong = [currency for currency in found if not _CURRENCY.fullmatch(currency)]
    if wrong:
        raise UnusableEntry("currency", {"given": wrong[0][:20]})
    if not 1 <= len(found) <= _MOST_CURRENCIES:
        raise UnusableEntry("currencies", {"least": 1, "most": _MOST_CURRENCIES})
    return tuple(found)


def _text(given: str, what: str) -> str:
    text = " ".join(given.split())
    if not 1 <= len(text) <= _MOST_CHARACTERS or not text.isprintable():
        raise UnusableEntry("text", {"what": what, "most": _MOST_CHARACTERS})
    return text
