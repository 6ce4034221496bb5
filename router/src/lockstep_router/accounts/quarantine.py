"""Which accounts are shut out after a fault of ours that their data caused, and until when. Pure.

A fault is an exception that nobody foresaw. Whatever caused it may come again with the next message, so the account stays
out for a while, longer after each fault, while all other accounts go on.
"""

from uuid import UUID

FIRST_PAUSE_NS = 5_000_000_000
LONGEST_PAUSE_NS = 600_000_000_000
FORGIVEN_NS = 3_600_000_000_000
"""How long an account must have been without a fault for its next pause to be the first one again."""


class Quarantine:
    """Every account that had a fault lately."""

    def __init__(self) -> None:
        self._faults: dict[UUID, tuple[int, int]] = {}

    def on_fault(self, account: UUID, now_ns: int) -> None:
        """Shuts an account out. A fault of an account that is shut out already changes nothing."""
        pause_ns, until_ns = self._faults.get(account, (0, 0))
        if now_ns < until_ns:
            return
        again = pause_ns > 0 and now_ns - until_ns < FORGIVEN_NS
        pause_ns = min(2 * pause_ns, LONGEST_PAUSE_NS) if again else FIRST_PAUSE_NS
        self._faults[account] = (pause_ns, now_ns + pause_ns)

    def until_ns(self, account: UUID) -> int:
        """When an account may come back; 0 for one that had no fault."""
        return self._faults.get(account, (0, 0))[1]

    def holds(self, account: UUID, now_ns: int) -> bool:
        """Whether an account is shut out now."""
        return bool(self._faults) and now_ns < self.until_ns(account)

    def size(self, now_ns: int) -> int:
        """How many accounts are shut out now."""
        return sum(now_ns < until_ns for _, until_ns in self._faults.values())

    def forget(self, account: UUID) -> None:
        """The account is not in the plan any more."""
        self._faults.pop(account, None)
