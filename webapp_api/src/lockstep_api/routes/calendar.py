"""Routes for the news calendar. Every user can read it, and support uploads it."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from lockstep_api.calendar.entries import as_rows
from lockstep_api.calendar.files import digest_of, read_calendar
from lockstep_api.calendar.models import (
    UPLOAD_CHARACTERS,
    Calendar,
    CalendarUploadList,
    CalendarUploadRequest,
    CalendarUploadResponse,
)
from lockstep_api.context import StoreOf, Words
from lockstep_api.moments import Moment
from lockstep_api.problems import documented
from lockstep_api.signed_in import SignedInRoute, StaffRoute

router = APIRouter(prefix="/v1", route_class=SignedInRoute, responses=documented(401, 403, 503))
staff = APIRouter(prefix="/staff", route_class=StaffRoute, tags=["staff"])
UPLOAD = "/v1/staff/calendar"
UPLOAD_BYTES = 4 * UPLOAD_CHARACTERS
_WEEK = timedelta(days=7)
_MOST = 1000


@router.get("/calendar", tags=["calendar"])
async def calendar(
    store: StoreOf,
    since: Moment | None = None,
    until: Moment | None = None,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = _MOST,
) -> Calendar:
    """The news that news filters use, oldest first. By default, from now for a week."""
    start = since or datetime.now(UTC)
    end = until or start + _WEEK
    items, covered = await asyncio.gather(store.news(start, end, limit), store.news_covered_until())
    return Calendar.model_validate({"items": items, "covered_until": covered})


@staff.post("/calendar", responses=documented(413))
async def supply(body: CalendarUploadRequest, store: StoreOf, words: Words) -> CalendarUploadResponse:
    """Stores a calendar in CSV or iCalendar. Valid lines are stored, and invalid ones are listed in the response.

    An entry with the `source` and id of a stored one replaces it.
    """
    # Parsing a long file takes a while, so it runs in a thread: other requests must be served meanwhile.
    reading = await asyncio.to_thread(read_calendar, body.text, datetime.now(UTC), body.format)
    done = await store.call(
        "staff_put_calendar",
        p_source=body.source,
        p_events=json.dumps(as_rows(reading.entries)),
        p_refused=len(reading.bad),
        p_reason=body.reason,
        p_digest=digest_of(body.text),
    )
    return CalendarUploadResponse.of(done, reading, words)


@staff.get("/calendar")
async def uploads(store: StoreOf) -> CalendarUploadList:
    """The uploads of calendars, newest first, 50 at most."""
    return CalendarUploadList.model_validate({"items": await store.call("staff_calendar_uploads")})


router.include_router(staff)
