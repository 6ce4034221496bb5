"""The bodies of requests and responses for the news calendar."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import Field

from lockstep_api.calendar.entries import ParsedCalendar
from lockstep_api.calendar.files import Format
from lockstep_api.models import Label, RequestModel, ResponseModel
from lockstep_core.skips import Params
from lockstep_texts import say
from lockstep_texts.catalogue import Catalogue

UPLOAD_CHARACTERS = 1_000_000
_MOST_PROBLEMS = 500


class CalendarEvent(ResponseModel):
    """A piece of news."""

    at: datetime
    currencies: tuple[str, ...]
    importance: Literal["election", "high", "medium", "low"]
    title: str


class Calendar(ResponseModel):
    """News, oldest first. The calendar has no gap of ten days before `covered_until`, which is null if it is empty."""

    items: tuple[CalendarEvent, ...]
    covered_until: datetime | None


class CalendarUploadRequest(RequestModel):
    """A calendar's file as text. `source` names the supplier. Without `format`, it is guessed from how the text begins."""

    source: Label
    format: Format | None = None
    text: str = Field(min_length=1, max_length=UPLOAD_CHARACTERS)
    reason: str = Field(min_length=3, max_length=500)


class RejectedLine(ResponseModel):
    """A line that was not stored, and why: a stable code, its params, and a sentence of both."""

    line: int
    code: str
    params: Params
    problem: str


class CalendarUploadResponse(ResponseModel):
    """The result of an upload. `problems` are the first 500 of the `refused` lines."""

    added: int
    changed: int
    removed: int
    unchanged: int
    refused: int
    covered_until: datetime | None
    problems: tuple[RejectedLine, ...]

    @classmethod
    def of(cls, done: Mapping[str, Any], reading: ParsedCalendar, words: Catalogue) -> Self:
        """The response from the result of the database and the parsed file."""
        problems = [
            RejectedLine(
                line=bad.line,
                code=bad.code,
                params=dict(bad.params),
                problem=say.calendar_problem(words, bad.code, bad.params),
            )
            for bad in reading.bad[:_MOST_PROBLEMS]
        ]
        return cls.model_validate({**done, "refused": len(reading.bad), "problems": problems})


class CalendarUpload(ResponseModel):
    """An upload of a calendar. `actor_id` is null if the command `python -m lockstep_api.calendar` made it."""

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


class CalendarUploadList(ResponseModel):
    """Uploads, newest first."""

    items: tuple[CalendarUpload, ...]
