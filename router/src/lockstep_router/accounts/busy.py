"""The accounts that have something left to do, in the order of their turns."""

from collections import deque
from collections.abc import Iterable
from uuid import UUID

from lockstep_router.accounts.tasks import SettleCopier, Task
from lockstep_router.accounts.tracked_account import TrackedAccount


class BusyAccounts:
    """Each account stands here once, however much it has to do."""

    def __init__(self) -> None:
        self._order: deque[TrackedAccount] = deque()
        self._waiting: set[TrackedAccount] = set()

    def __bool__(self) -> bool:
        return bool(self._order)

    def add(self, tracked: TrackedAccount) -> None:
        """Puts an account last, unless it stands here already."""
        if tracked not in self._waiting:
            self._waiting.add(tracked)
            self._order.append(tracked)

    def take(self) -> TrackedAccount:
        """The account whose turn it is; whoever has work left is added again."""
        tracked = self._order.popleft()
        self._waiting.discard(tracked)
        return tracked

    def put(self, tracked: TrackedAccount, task: Task) -> None:
        """Gives an account something to do, after what it has. A copier that is to be looked at already is not put twice."""
        if not (isinstance(task, SettleCopier) and task in tracked.tasks):
            tracked.tasks.append(task)
        self.add(tracked)

    def put_copiers(self, tracked: TrackedAccount, copiers: Iterable[UUID]) -> None:
        """Gives an account copiers to look at, each once. A thousand are too many to search its tasks for each of them."""
        waiting = {task.copier for task in tracked.tasks if isinstance(task, SettleCopier)}
        tracked.tasks.extend(SettleCopier(number) for number in copiers if number not in waiting)
        if tracked.tasks:
            self.add(tracked)
