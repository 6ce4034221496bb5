"""How soon the plan is read again after a change of it.

A plan is read whole, whoever's row has changed, and rows change as often as somebody likes. So readings take a tenth of the
time at most: a change after a quiet time counts at once, and those of a flood are read together.
"""

import time
from collections.abc import Callable

SETTLE_S = 0.05
"""So long after a change those that come with it are waited for."""
REST = 9.0
"""So many times as long as a reading took the next one waits, at most `LONGEST_REST_S`."""
LONGEST_REST_S = 5.0


class PlanPace:
    """Says when the next reading is due."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._rests_until_s = 0.0
        self._is_due = False

    def on_change(self) -> float | None:
        """A row has changed. Returns after how many seconds the plan is to be read; None where it is going to be anyway."""
        if self._is_due:
            return None
        self._is_due = True
        return max(SETTLE_S, self._rests_until_s - self._clock_s())

    def on_due(self) -> None:
        """The reading begins that `on_change` asked for: what changes from now on needs another one."""
        self._is_due = False

    def on_read(self, took_s: float) -> None:
        """The plan was read."""
        self._rests_until_s = self._clock_s() + min(REST * took_s, LONGEST_REST_S)
