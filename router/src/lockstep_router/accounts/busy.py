"""The accounts that have something left to do, in the order of their turns."""

from collections import deque
from collections.abc import Iterable
from uuid import UUID

from lockstep_router.accounts.tasks import SettleCopier, Task
from lockstep_router.accounts.tracked_account import TrackedAccount


class BusyAccounts:
    """The queue of busy accounts. Each account stands in it once, however much it has to do."""

    def __init__(self) -> None:
        self._order: deque[TrackedAccount] = deque()
        self._waiting: set[TrackedAccount] = set()

    def __bool__(self) -> bool:
        return bool(self._order)

    def add(self, tracked: TrackedAccount) -> None:
        """Puts an account last, unless it is in the queue already."""
        if tracked not in self._waiting:
            self._waiting.add(tracked)
            self._order.append(tracked)

    def take(self) -> TrackedAccount:
        """The account whose turn it is. One that has work left is added again."""
        tracked = self._order.popleft()
        self._waiting.discard(tracked)
        return tracked

    def put(self, tracked: TrackedAccount, task: Task) -> None:
        """Adds a task to an account's tasks. A copier that waits to be settled already is not added twice."""
        if not (isinstance(task, SettleCopier) and task in tracked.tasks):
            tracked.tasks.append(task)
        self.add(tracked)

    def put_copiers(self, tracked: TrackedAccount, copiers: Iterable[UUID]) -> None:
        """Adds copiers to settle, each once. A set of the waiting ones, because a search per copier is too slow for a
        thousand.
        """
        waiting = {task.copier for task in tracked.tasks if isinstance(task, SettleCopier)}
        tracked.tasks.extend(SettleCopier(number) for number in copiers if number not in waiting)
        if tracked.tasks:
            self.add(tracked)
