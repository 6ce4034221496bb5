"""A calendar's file of either format. Pure."""

import hashlib
from datetime import datetime
from typing import Literal

from lockstep_api.calendar.csv_entries import read_csv
from lockstep_api.calendar.entries import Reading
from lockstep_api.calendar.ical_entries import read_ical

Format = Literal["csv", "icalendar"]


def read_calendar(text: str, now: datetime, wanted: Format | None = None) -> Reading:
    """What is in a file; without a format, by how it begins. Raises UnreadableCalendar."""
    text = text.removeprefix("\ufeff")
    found = wanted or ("icalendar" if text.lstrip().upper().startswith("BEGIN:VCALENDAR") else "csv")
    return read_ical(text, now) if found == "icalendar" else read_csv(text, now)


def digest_of(text: str) -> str:
    """SHA-256 of a file, in hex: says later which one it was."""
    return hashlib.sha256(text.encode()).hexdigest()
