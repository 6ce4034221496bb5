"""Parses a calendar's file in CSV or iCalendar. Pure."""

import hashlib
from datetime import datetime
from typing import Literal

from lockstep_api.calendar.csv_entries import read_csv
from lockstep_api.calendar.entries import ParsedCalendar
from lockstep_api.calendar.ical_entries import read_ical

Format = Literal["csv", "icalendar"]


def read_calendar(text: str, now: datetime, wanted: Format | None = None) -> ParsedCalendar:
    """Parses a file. If no format is given, it is guessed from how the text begins. Raises UnreadableCalendar."""
    text = text.removeprefix("\ufeff")
    found = wanted or ("icalendar" if text.lstrip().upper().startswith("BEGIN:VCALENDAR") else "csv")
    return read_ical(text, now) if found == "icalendar" else read_csv(text, now)


def digest_of(text: str) -> str:
    """The SHA-256 of a file in hex, by which an upload can be compared with a file later."""
    return hashlib.sha256(text.encode()).hexdigest()
