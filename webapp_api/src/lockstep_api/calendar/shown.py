"""The calendar as it is sent and shown."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import Field

from lockstep_api.calendar.entries import Reading
from lockstep_api.calendar.files import Format
from lockstep_api.models import Label, Sent, Shown

UPLOAD_CHARACTERS = 1_000_000
_MOST_TOLD = 500


class CalendarEvent(Shown):
    """One piece of news."""

    at: datetime
    currencies: tuple[str, ...]
    importance: Literal["election", "high", "medium", "low"]
    title: str


class Calendar(Shown):
    """News, oldest first. `covered_until`: until then the calendar reaches without a gap of ten days; null: it is empty."""

    items: tuple[CalendarEvent, ...]
    covered_until: datetime | None


class CalendarFile(Sent):
    """A calendar's file as text. `source` is whose calendar it is; without `format` it is seen from how the text begins."""

    source: Label
    format: Format | None = None
    text: str = Field(min_length=1, max_length=UPLOAD_CHARACTERS)
    reason: str = Field(min_length=3, max_length=500)


class CalendarLine(Shown):
    """A line that was not taken, and why."""

    line: int
    problem: str


class CalendarTaken(Shown):
    """What became of a file. `problems` are the first 500 of the `refused` lines."""

    added: int
    changed: int
    removed: int
    unchanged: int
    refused: int
    covered_until: datetime | None
    problems: tuple[CalendarLine, ...]

    @classmethod
    def of(cls, done: Mapping[str, Any], reading: Reading) -> Self:
        """What the database did of a reading."""
        problems = [{"line": bad.line, "problem": bad.problem} for bad in reading.bad[:_MOST_TOLD]]
        return cls.model_validate({**done, "refused": len(reading.bad), "problems": problems})


class CalendarUpload(Shown):
    """Somebody supplied a calendar; `actor_id` is null where it was whoever runs the service."""

    id: str
    at: datetime
    actor_id: UUID | None
    email: str | None
    source: str
    reason: str
    added: int
    changed: int
    removed: int
    unchanged: int
    refused: int
    digest: str


class CalendarUploads(Shown):
    """Uploads, newest first."""

    items: tuple[CalendarUpload, ...]
