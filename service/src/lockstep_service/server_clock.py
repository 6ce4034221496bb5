"""The API server's time, from its answers.

The times in Kubernetes' objects are the API server's. Another machine's clock may differ from it.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


class ServerClock:
    """The `Date` of the last answer, and the time that has passed here since then."""

    def __init__(self, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._monotonic_s = monotonic_s
        self._last: tuple[datetime, float] | None = None

    def answered(self, date: str | None) -> None:
        """Notes the `Date` of an answer. One that is missing or unreadable is ignored."""
        try:
            told = parsedate_to_datetime(date or "")
        except ValueError:
            return
        self._last = (told if told.tzinfo else told.replace(tzinfo=UTC), self._monotonic_s())

    def now(self) -> datetime | None:
        """The server's time or up to a second less, None before its first answer."""
        # A `Date` has whole seconds and is noted only after it was sent, so this is never ahead of the server.
        if self._last is None:
            return None
        told, noted_s = self._last
        return told + timedelta(seconds=self._monotonic_s() - noted_s)
