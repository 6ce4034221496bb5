"""Moments that requests name."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator

from lockstep_core.settings.findings import refusal

FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""Calendars of Python and Postgres end at different years, and every moment is reckoned with in both."""


def _within(at: datetime) -> datetime:
    """In UTC, also where no time zone is named."""
    there = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    # Compared before it is converted: near the end of the calendar there is no such moment in UTC.
    if not FIRST <= there <= LAST:
        raise refusal("moment_out_of_range", {"first": str(FIRST.year), "last": str(LAST.year)})
    return there.astimezone(UTC)


Moment = Annotated[datetime, AfterValidator(_within)]
