"""How many terminals may start at once.

A start needs much more of the processor than a terminal that runs: many at once would make all of them late, and slow down
those that trade.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from lockstep_core.resources.reasons import Reason
from lockstep_operator.facts import PodFacts, RouterState
from lockstep_operator.pacing import Pacer
from lockstep_operator.progress import STARTED
from lockstep_operator.view import ClusterView

LONGEST_START = timedelta(seconds=300)
"""A pod without progress for this long waits for something other than the CPU, so others may start."""
GRANTED = timedelta(seconds=30)
"""How long a permission counts while its pod is not seen. Watches soon show a new pod, unless its creation failed."""
ASKS_EVERY_S = 30
"""A waiting account is queued when its turn comes. It also asks by itself this often, because an event may be missed."""
FORGOTTEN = timedelta(seconds=3 * ASKS_EVERY_S)
"""An account that has not asked for this long no longer waits: it was suspended or removed."""
_AT_REST = frozenset({Reason.WAITING_FOR_TURN, Reason.BROKER_MAINTENANCE})
"""Reasons for which a pod may wait for hours before its terminal starts: the keyring spreads logins at a broker's server.
Such a pod uses no CPU, and accounts of other brokers must not wait for it.
"""


@dataclass(frozen=True, slots=True)
class Turns:
    """Who may start now, and whose pod may be replaced now for a new image."""

    starts: "StartSlots"
    rollout: Pacer


class StartSlots:
    """The accounts that start, and those that wait for their turn. People take turns, and each person's accounts are served
    in the order in which they came. So somebody with many terminals that never log in delays nobody for long.

    `per_node` accounts start at once for each node that carries terminals: the node of a new pod is not known in advance.
    """

    def __init__(self, per_node: int, view: ClusterView, state: Callable[[UUID], RouterState | None]) -> None:
        self._per_node = per_node
        self._view = view
        self._state = state
        self._granted: dict[UUID, datetime] = {}
        self._waiting: dict[UUID, datetime] = {}
        self._called: set[UUID] = set()

    def take(self, account: UUID, now: datetime) -> bool:
        """Whether this account's pod may be created now. Otherwise the account waits for its turn, and must ask again."""
        if account in self._granted and self._granted[account] > now - GRANTED:
            return True
        self._waiting[account] = now
        if account not in self._next(now):
            # Somebody else took the place for which this one may have been called: it must be called again.
            self._called.discard(account)
            return False
        del self._waiting[account]
        self._granted[account] = now
        return True

    def call(self, now: datetime) -> tuple[UUID, ...]:
        """The accounts whose turn has come since the last call."""
        due = tuple(account for account in self._next(now) if account not in self._called) if self._waiting else ()
        self._called = (self._called | set(due)) & self._waiting.keys()
        return due

    def _next(self, now: datetime) -> tuple[UUID, ...]:
        """As many of those that wait as there is room for."""
        self._tidy(now)
        starting = self._starting(now) | self._granted.keys()
        free = self._per_node * max(1, self._nodes()) - len(starting)
        return self._in_turn(starting)[: max(0, free)] if free > 0 else ()

    def _in_turn(self, starting: Iterable[UUID]) -> tuple[UUID, ...]:
        """The waiting accounts, those first whose owner has fewer accounts that start or wait before them."""
        before = Counter(map(self._person, starting))
        places: dict[UUID, int] = {}
        for account in self._waiting:
            person = self._person(account)
            places[account] = before[person]
            before[person] += 1
        return tuple(sorted(self._waiting, key=places.__getitem__))

    def _person(self, account: UUID) -> str:
        """Whose account it is."""
        resource = self._view.account(account)
        return str(account) if resource is None else str(resource["spec"].get("userId", account))

    def _tidy(self, now: datetime) -> None:
        self._granted = {
            account: at for account, at in self._granted.items() if at > now - GRANTED and not self._is_seen(account, at)
        }
        self._waiting = {account: asked for account, asked in self._waiting.items() if asked > now - FORGOTTEN}

    def _is_seen(self, account: UUID, granted: datetime) -> bool:
        # Pods say the whole second of their creation: one that was created right after the permission seems to be older.
        since = granted.replace(microsecond=0)
        return any(pod.created is not None and pod.created >= since for pod in self._view.pods(account) or ())

    def _nodes(self) -> int:
        return len({pod.node for _, pod in self._view.living() if pod.node})

    def _starting(self, now: datetime) -> set[UUID]:
        return {account for account, pod in self._view.living() if self._is_starting(account, pod, now)}

    def _is_starting(self, account: UUID, pod: PodFacts, now: datetime) -> bool:
        if pod.ready or not pod.scheduled or pod.created is None or pod.created < now - LONGEST_START:
            return False
        state = self._state(account)
        if state is None or state.epoch != pod.epoch:
            return True
        return state.state not in STARTED and state.reason not in _AT_REST
