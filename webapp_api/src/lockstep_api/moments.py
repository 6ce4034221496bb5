"""Points in time in requests."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator

from lockstep_core.settings.findings import refusal

FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""Python's and Postgres' calendars end at different years, and every moment must fit into both."""


def _within(at: datetime) -> datetime:
    """The moment in UTC, which is also assumed where no time zone is given."""
    there = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    # Compared before it is converted: near the calendar's end there is no such moment in UTC.
    if not FIRST <= there <= LAST:
        raise refusal("moment_out_of_range", {"first": str(FIRST.year), "last": str(LAST.year)})
    return there.astimezone(UTC)


Moment = Annotated[datetime, AfterValidator(_within)]
