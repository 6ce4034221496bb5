"""Parses a calendar in iCalendar (RFC 5545). Pure.

In each VEVENT, DTSTART is the time, SUMMARY the title, and UID (with RECURRENCE-ID) the id. STATUS:CANCELLED removes the
entry. CATEGORIES name the currencies and the importance. Without an importance there, it follows from PRIORITY: 1–4 high,
5 medium, 6–9 low.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from icalendar import Event

from lockstep_api.calendar.entries import (
    IMPORTANCES,
    CalendarEntry,
    EntryDraft,
    ParsedCalendar,
    UnreadableCalendar,
    UnusableEntry,
    collect,
    entry_of,
)

_BEGIN, _END = "BEGIN:VEVENT", "END:VEVENT"
_BY_PRIORITY = {1: "high", 2: "high", 3: "high", 4: "high", 5: "medium", 6: "low", 7: "low", 8: "low", 9: "low"}
_REPEATS = ("RRULE", "RDATE")
_LINE = re.compile(r"\r\n|\r|\n")


def read_ical(text: str, now: datetime) -> ParsedCalendar:
    """Parses all events. Raises UnreadableCalendar if the text has no calendar."""
    if "BEGIN:VCALENDAR" not in text.upper():
        raise UnreadableCalendar("icalendar")
    return collect(_events(text, now))


def _events(text: str, now: datetime) -> Iterator[tuple[int, Callable[[], CalendarEntry]]]:
    began, block = 0, list[str]()
    for number, line in enumerate(_LINE.split(text), 1):
        word = line.strip().upper()
        if word == _BEGIN:
            if began:
                yield began, _unfinished
            began, block = number, []
        if began:
            block.append(line)
        if began and word == _END:
            yield began, partial(_entry, "\r\n".join(block) + "\r\n", now)
            began = 0
    if began:
        yield began, _unfinished


def _unfinished() -> CalendarEntry:
    raise UnusableEntry("no_end")


def _entry(block: str, now: datetime) -> CalendarEntry:
    try:
        event = Event.from_ical(block)
        if event.errors:
            name = event.errors[0][0]
            raise UnusableEntry("unreadable_line", {"name": name}) if name else UnusableEntry("unreadable_event")
        if any(name in event for name in _REPEATS):
            raise UnusableEntry("repeats")
        return entry_of(_draft(event), now)
    except UnusableEntry:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        # The library raises any of these on malformed text.
        raise UnusableEntry("unreadable_event") from None


def _draft(event: Any) -> EntryDraft:
    words = [word for word in _words(event) if word]
    named = [word.lower() for word in words if word.lower() in IMPORTANCES]
    importance = named[0] if named else _BY_PRIORITY.get(int(event.get("PRIORITY", 0)), "")
    currencies = [word for word in words if word.lower() not in IMPORTANCES and re.fullmatch(r"[A-Za-z]{3}", word)]
    cancelled = str(event.get("STATUS", "")).upper() == "CANCELLED"
    return EntryDraft(_start(event), currencies, importance, str(event.get("SUMMARY", "")), _id(event), cancelled)


def _words(event: Any) -> list[str]:
    found = event.get("CATEGORIES", [])
    groups = found if isinstance(found, list) else [found]
    return [str(word).strip() for group in groups for word in group.cats]


def _start(event: Any) -> datetime:
    start = event.get("DTSTART")
    when = getattr(start, "dt", None)
    if not isinstance(when, datetime):
        raise UnusableEntry("no_moment")
    return when


def _id(event: Any) -> str:
    repeated = event.get("RECURRENCE-ID")
    number = str(event.get("UID", "")).strip()
    return f"{number} {repeated.to_ical().decode()}" if number and repeated is not None else number
