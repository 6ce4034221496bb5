"""How soon the plan is read again after it has changed.

A plan is read whole, whichever row has changed, and people may change rows as often as they like. So readings take a tenth
of the time at most: a change after a quiet time counts at once, and many changes in a row are read together.
"""

import time
from collections.abc import Callable

SETTLE_S = 0.05
"""How long changes are collected after the first one."""
REST = 9.0
"""The pause after a reading, as a multiple of the time that it took, at most `LONGEST_REST_S`."""
LONGEST_REST_S = 5.0


class PlanPace:
    """Says when the next reading is due."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._rests_until_s = 0.0
        self._is_due = False

    def on_change(self) -> float | None:
        """A row has changed. Returns after how many seconds the plan must be read; None if a reading is planned already."""
        if self._is_due:
            return None
        self._is_due = True
        return max(SETTLE_S, self._rests_until_s - self._clock_s())

    def on_due(self) -> None:
        """The planned reading begins. What changes from now on needs another one."""
        self._is_due = False

    def on_read(self, took_s: float) -> None:
        """The plan was read."""
        self._rests_until_s = self._clock_s() + min(REST * took_s, LONGEST_REST_S)
