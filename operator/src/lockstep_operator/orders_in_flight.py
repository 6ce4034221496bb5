"""Whether an account has orders on their way, as far as was asked a moment ago."""

import time
from collections.abc import Callable, Collection
from uuid import UUID

KNOWN_S = 2.0
"""How long an answer counts. A terminal's answer to an order takes less than a second."""
MOST_ASKED = 8
"""How many accounts are asked for at once. One terminal after the other is replaced, so the others need no answer yet."""


class OrdersInFlight:
    """For one event loop, not thread-safe."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._asked: set[UUID] = set()
        self._none_s: dict[UUID, float] = {}

    def __bool__(self) -> bool:
        """Whether somebody waits for an answer."""
        return bool(self._asked)

    def has_none(self, account: UUID) -> bool:
        """Whether the account had none a moment ago. If that is not known, it is asked for, unless many are."""
        if self._clock_s() - self._none_s.pop(account, float("-inf")) < KNOWN_S:
            return True
        if len(self._asked) < MOST_ASKED:
            self._asked.add(account)
        return False

    def take(self) -> set[UUID]:
        """The accounts to ask for. The caller calls `answered` for them."""
        taken, self._asked = self._asked, set()
        return taken

    def answered(self, asked: Collection[UUID], busy: Collection[UUID]) -> set[UUID]:
        """Notes which of them have orders on their way. Returns the others."""
        now_s, quiet = self._clock_s(), set(asked) - set(busy)
        self._none_s = {account: at_s for account, at_s in self._none_s.items() if now_s - at_s < KNOWN_S}
        self._none_s.update(dict.fromkeys(quiet, now_s))
        return quiet
