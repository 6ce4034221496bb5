"""Every copy that the router follows, by link, by copier and by account; and the time at which each is settled again."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from uuid import UUID

from lockstep_core.accounts import TradingAccount
from lockstep_core.books.links import Link, link_id
from lockstep_core.decision.order_parts import among
from lockstep_core.decision.plan import Copier, Plan, copiers_of
from lockstep_router.execution.copy import Copy

FEW_TIMERS = 1_000
TIMERS_OF_ONE = 4
"""With more than `FEW_TIMERS` timers, and more than `TIMERS_OF_ONE` for each copy, most belong to copies that have ended,
and are dropped.
"""


class CopyIndex:
    """The copiers of the plan and their copies."""

    def __init__(self) -> None:
        self.copies: dict[int, Copy] = {}
        self.copiers: dict[UUID, Copier] = {}
        self._accounts: Mapping[UUID, TradingAccount] = {}
        self._by_copier: dict[UUID, dict[int, Copy]] = {}
        self._further: dict[tuple[UUID, int], list[Copy]] = {}
        self._by_master: dict[UUID, tuple[Copier, ...]] = {}
        self._by_slave: dict[UUID, tuple[Copier, ...]] = {}
        self._waiting: dict[UUID, dict[int, Copy]] = {}
        self._queued: dict[UUID, dict[int, Copy]] = {}
        self._timers: list[tuple[int, int]] = []

    def set_plan(self, plan: Plan) -> set[UUID]:
        """Takes a whole new plan, and forgets the copies of copiers that are gone. Returns the copiers that changed, or
        whose accounts did. What did not change must be the same object as before.
        """
        before, known = self.copiers, self._accounts
        self._by_master, self._by_slave = copiers_of(plan)
        self._accounts = dict(plan.accounts)
        self.copiers = {c.id: c for group in self._by_master.values() for c in group}
        for number in [number for number in self._by_copier if number not in self.copiers]:
            for copy in self._by_copier.pop(number).values():
                self._forget(copy)
        changed = {number for number, copier in self.copiers.items() if before.get(number) is not copier}
        for number in changed:
            for copy in self.of_copier(number).values():
                copy.set_copier(self.copiers[number])
        others = (number for number, account in plan.accounts.items() if known.get(number) is not account)
        return changed.union(copier.id for number in others for copier in (*self.led_by(number), *self.following(number)))

    def led_by(self, account: UUID) -> tuple[Copier, ...]:
        """The copiers whose master an account is."""
        return self._by_master.get(account, ())

    def following(self, account: UUID) -> tuple[Copier, ...]:
        """The copiers whose slave an account is."""
        return self._by_slave.get(account, ())

    def of_copier(self, number: UUID) -> Mapping[int, Copy]:
        """A copier's copies by link."""
        return self._by_copier.get(number, {})

    def of_master(self, account: UUID) -> Iterator[Copy]:
        """Every copy of an account's trades."""
        for copier in self.led_by(account):
            yield from self.of_copier(copier.id).values()

    def of_slave(self, account: UUID) -> Iterator[Copy]:
        """Every copy on an account."""
        for copier in self.following(account):
            yield from self.of_copier(copier.id).values()

    def awaits(self, account: UUID, count: int, *, openings: bool = False) -> bool:
        """Whether so many orders, or so many openings, of a slave are in flight."""
        # On the path of every opening; hardly any slave has so many copies at all.
        if sum(len(self.of_copier(copier.id)) for copier in self.following(account)) < count:
            return False
        orders = (copy.in_flight for copy in self.of_slave(account) if copy.in_flight is not None)
        awaited = (order for order in orders if order.opens or not openings)
        return next(islice(awaited, count - 1, None), None) is not None

    @property
    def timers(self) -> int:
        """How many timers are kept."""
        return len(self._timers)

    def add(self, copy: Copy) -> Copy:
        """Follows a copy from now on."""
        self.copies[copy.link.id] = copy
        self._by_copier.setdefault(copy.copier.id, {})[copy.link.id] = copy
        if copy.link.part:
            self._further.setdefault((copy.copier.id, copy.link.master_position), []).append(copy)
        return copy

    def remove(self, copy: Copy) -> None:
        """Forgets a copy."""
        del self._by_copier[copy.copier.id][copy.link.id]
        self._forget(copy)

    def further_parts(self, copy: Copy) -> Sequence[Copy]:
        """The other parts of the order that a copy is of, without the first part."""
        return self._further.get((copy.copier.id, copy.link.master_position), ()) if self._further else ()

    def parts_of(self, copy: Copy) -> list[Link]:
        """The links of all parts of the order that a copy is of, itself included."""
        first = self.copies.get(link_id(copy.copier.id, copy.link.master_position)) if copy.link.part else copy
        further = [part.link for part in self.further_parts(copy)]
        return further if first is None else [first.link, *further]

    def link_of(self, copy: Copy) -> Link:
        """A copy's link for a decision: it includes the lots of the order's other parts."""
        return among(copy.link, self.parts_of(copy)) if self._further and self.further_parts(copy) else copy.link

    def wait(self, copy: Copy, look_ns: int) -> None:
        """A copy waits for a reason to pass. It is settled again at `look_ns`, and it is one of `waiting`."""
        self._waiting.setdefault(copy.copier.slave, {})[copy.link.id] = copy
        self.wake(copy, look_ns)

    def waiting(self, account: UUID) -> list[Copy]:
        """The copies on a slave that began to wait since the last call. One that still waits is added again when it is
        settled.
        """
        return list(self._waiting.pop(account, {}).values())

    def queue(self, copy: Copy, look_ns: int) -> None:
        """An opening waits until other orders of its slave have ended: it is settled again then, or at `look_ns`."""
        self._queued.setdefault(copy.copier.slave, {})[copy.link.id] = copy
        self.wake(copy, look_ns)

    def next_queued(self, account: UUID) -> list[Copy]:
        """The oldest queued copies of a slave: two, because one of them may have nothing to open any more."""
        queued = self._queued.get(account, {})
        found = [queued.pop(number) for number in list(islice(queued, 2))]
        if not queued:
            self._queued.pop(account, None)
        return found

    def wake(self, copy: Copy, at_ns: int) -> None:
        """Settles a copy again at this time, unless it is settled sooner."""
        if copy.set_timer(at_ns):
            heapq.heappush(self._timers, (at_ns, copy.link.id))
            if len(self._timers) > FEW_TIMERS + TIMERS_OF_ONE * len(self.copies):
                self._drop_old_timers()

    def take_due(self, now_ns: int) -> list[tuple[int, int]]:
        """The timers that are due, each with the id of its copy's link. A copy knows whether a timer is still its own."""
        due = []
        while self._timers and self._timers[0][0] <= now_ns:
            due.append(heapq.heappop(self._timers))
        return due

    def _drop_old_timers(self) -> None:
        """A copy that ends leaves its timer behind, perhaps for a day."""
        copies = self.copies
        self._timers = [timer for timer in self._timers if timer[1] in copies and copies[timer[1]].timer_ns == timer[0]]
        heapq.heapify(self._timers)

    def _forget(self, copy: Copy) -> None:
        del self.copies[copy.link.id]
        for kept in (self._waiting, self._queued):
            kept.get(copy.copier.slave, {}).pop(copy.link.id, None)
        if copy.link.part:
            key = (copy.copier.id, copy.link.master_position)
            others = [other for other in self._further.pop(key) if other is not copy]
            if others:
                self._further[key] = others
