"""From books to commands: asks `decide` for every link that may have changed and sees each wish through to its end.

At most one command of a link is under way. What came of it is read in the slave's book; answers only say why not, or that
there is nothing to wait for. So a lost, late or repeated answer changes nothing.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

import msgspec

from lockstep_core.books.book import Book, Order, Position, followed
from lockstep_core.books.from_snapshot import NOTHING_TOLD, with_known_legs, with_known_shares
from lockstep_core.books.links import is_tagged, link_id
from lockstep_core.books.tranches import KnownLeg
from lockstep_core.decision.context import NewsItem
from lockstep_core.decision.decide import Decision, Wait, Wish, decide, decide_alone
from lockstep_core.decision.links_of import links_of, new_link, order_link
from lockstep_core.decision.plan import Copier, Plan, copiers_of
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.wire.frames import Action
from lockstep_router.accounts.account_state import Mind, send_frame
from lockstep_router.execution.copy import Copy, Flight, begins, command_of, known_leg, known_share, restore
from lockstep_router.execution.decision_context import Surroundings
from lockstep_router.execution.observed import observe
from lockstep_router.execution.status import CLOSED_BEFORE, UNDECIDED, announce, give_up, happening, tell_filled, tell_skip
from lockstep_router.journal.outputs import Outputs
from lockstep_router.journal.records import KnownGuard, KnownLink

RESEND_NS = 2_000_000_000
UNRESOLVED_NS = 15_000_000_000
QUERY_NS = 5_000_000_000
DOUBT_NS = 3_000_000_000
LANE_NS = 20_000_000
QUERY = Wish(Action.QUERY)
ONCE = frozenset({Action.OPEN, Action.PLACE, Action.SET_VOLUME, Action.SET_NET})


class Copying:
    """Every link of the plan that is not over, and the timers of those that wait."""

    def __init__(self, minds: Mapping[UUID, Mind]) -> None:
        self._minds = minds
        self.copies: dict[int, Copy] = {}
        self._copiers: dict[UUID, Copier] = {}
        self._by_copier: dict[UUID, dict[int, Copy]] = {}
        self._by_master: dict[UUID, tuple[Copier, ...]] = {}
        self._by_slave: dict[UUID, tuple[Copier, ...]] = {}
        self._timers: list[tuple[int, int]] = []
        self._commands = 0
        self.surroundings = Surroundings()

    def on_plan(
        self, plan: Plan, known: Iterable[KnownLink], guards: Iterable[KnownGuard], now_ns: int, out: Outputs
    ) -> None:
        """A new plan, whole; `known` and `guards` are the database's, of which what is followed already is ignored."""
        self._by_master, self._by_slave = copiers_of(plan)
        self._copiers = copiers = {c.id: c for group in self._by_master.values() for c in group}
        for number in [n for n, copy in self.copies.items() if copy.copier.id not in copiers]:
            self._remove(self.copies[number])
        for copy in self.copies.values():
            copy.copier = copiers[copy.copier.id]
        self.surroundings.guarding.on_plan(copiers.values(), guards, now_ns, out)
        self.surroundings.renew_closings(copiers.values(), now_ns)
        for link in known:
            if link.link not in self.copies and link.copier in copiers:
                copy = self._add(restore(link, copiers[link.copier], now_ns))
                if copy.flight is not None:
                    self.wake(copy, now_ns)
        for copier in copiers.values():
            self._reconcile(copier, now_ns, out)

    def on_calendar(self, news: tuple[NewsItem, ...], now_ns: int, out: Outputs) -> None:
        """Another news calendar: it counts for what is opened from now on, and for what it has closed at once."""
        self.surroundings.news = news
        for number in self.surroundings.renew_closings(self._copiers.values(), now_ns):
            self._reconcile(self._copiers[number], now_ns, out)

    def copier(self, number: UUID) -> Copier | None:
        """A copier of the plan."""
        return self._copiers.get(number)

    def of_copier(self, number: UUID) -> Mapping[int, Copy]:
        """The links of a copier that are followed."""
        return self._by_copier.get(number, {})

    def decision(self, copy: Copy, now_ns: int) -> Decision:
        """What would be decided of a link now."""
        return self._decide(
            copy, self._master_position(copy), self._minds[copy.copier.master], self._minds[copy.copier.slave], now_ns
        )

    def on_master_side(self, account: UUID, key: int, seen_ns: int, now_ns: int, out: Outputs) -> None:
        """A leg or order of a master changed; `seen_ns` is when its terminal saw that, on that terminal's clock."""
        book = self._minds[account].book
        master, order = followed(book, key), book.orders.get(key)
        for copier in self._by_master.get(account, ()):
            number = link_id(copier.id, key)
            copy = self.copies.get(number)
            if copy is None:
                if master is None and order is None:
                    continue
                copy = self._add(_new_copy(copier, number, master, order))
            if copy.status in ("", "skipped") and copy.flight is None:
                copy.seen_ns, copy.in_ns = seen_ns, now_ns
            self.settle(copy, master, now_ns, out)

    def on_figures(self, account: UUID, now_ns: int, out: Outputs) -> None:
        """New figures of an account: its guards look at them."""
        for copier in self._by_slave.get(account, ()):
            if self.surroundings.on_figures(self._minds[account], copier, now_ns, out):
                self._reconcile(copier, now_ns, out)

    def on_slave_position(self, account: UUID, magic: int, now_ns: int, out: Outputs) -> None:
        """A position or pending order of a slave changed whose magic number may be a link."""
        copy, book = self.copies.get(magic), self._minds[account].book
        held = book.by_magic.get(magic) or book.orders_by_magic.get(magic)
        if copy is None and held is not None:
            # Perhaps an order of ours of which nobody expected anything any more.
            for copier in self._by_slave.get(account, ()):
                if is_tagged(copier.id, held.comment):
                    self._reconcile(copier, now_ns, out)
        if copy is not None and copy.copier.slave == account:
            self._settle_now(copy, now_ns, out)

    def on_book(self, account: UUID, now_ns: int, out: Outputs) -> None:
        """An account's book was learned anew, or its relay came back."""
        for copier in (*self._by_master.get(account, ()), *self._by_slave.get(account, ())):
            self._reconcile(copier, now_ns, out)

    def recalled(self, account: UUID, book: Book, told: Mapping[int, Position] = NOTHING_TOLD) -> Book:
        """A book with the legs and shares that a snapshot may not tell, as far as links remember them. `told`: what it does
        tell of positions by their deals.
        """
        led = [copy for copier in self._by_master.get(account, ()) for copy in self._by_copier.get(copier.id, {}).values()]
        legs: dict[int, KnownLeg] = {}
        for leg in map(known_leg, led):
            legs[leg.key] = leg.known_also_as(legs.get(leg.key, leg))
        shares = {copy.link.id: known_share(copy) for copy in self._of_slave(account) if copy.open_lots > 0}
        return with_known_shares(with_known_legs(book, legs.values(), told), shares)

    def resend(self, account: UUID, now_ns: int) -> None:
        """What is under way for a slave is due now, because its relay came back."""
        for copier in self._by_slave.get(account, ()):
            for copy in self._by_copier.get(copier.id, {}).values():
                if copy.flight is not None:
                    copy.flight.due_ns = max(now_ns, copy.flight.quiet_ns)
                    self.wake(copy, copy.flight.due_ns)

    def doubt(self, account: UUID, now_ns: int) -> None:
        """Another pod speaks for a slave: what the one before was told may still be done, and shows by then."""
        for copier in self._by_slave.get(account, ()):
            for copy in self._by_copier.get(copier.id, {}).values():
                if copy.flight is not None and copy.flight.wish.action in ONCE:
                    copy.flight.placed, copy.flight.quiet_ns = True, now_ns + DOUBT_NS
                    copy.flight.due_ns = max(copy.flight.due_ns, copy.flight.quiet_ns)

    def on_clock(self, now_ns: int, out: Outputs) -> None:
        """Does what has become due; what becomes due by that waits for the next call."""
        due = []
        while self._timers and self._timers[0][0] <= now_ns:
            due.append(heapq.heappop(self._timers))
        for due_ns, number in due:
            copy = self.copies.get(number)
            if copy is not None and copy.timer_ns == due_ns:
                copy.timer_ns = 0
                self._on_due(copy, now_ns, out)
        for copier in self.surroundings.due_closings(now_ns):
            self._reconcile(self._copiers[copier], now_ns, out)

    def _on_due(self, copy: Copy, now_ns: int, out: Outputs) -> None:
        if copy.flight is not None and copy.flight.due_ns <= now_ns:
            self._fly_on(copy, copy.flight, now_ns, out)
        self._settle_now(copy, now_ns, out)
        if copy.flight is not None:
            self.wake(copy, copy.flight.due_ns)

    def next_due_ns(self) -> int | None:
        """When `on_clock` has something to do."""
        return self._timers[0][0] if self._timers else None

    def settle(self, copy: Copy, master: Position | None, now_ns: int, out: Outputs) -> None:
        """Compares a link's two sides and sends the next wish if there is one and none is under way."""
        slave_mind = self._minds.get(copy.copier.slave)
        master_mind = self._minds.get(copy.copier.master)
        if slave_mind is None or master_mind is None:
            return
        tell_filled(copy, master is not None, out)
        if slave_mind.synced:
            observe(copy, slave_mind, master, now_ns, out)
        if master_mind.synced:
            decision = self._decide(copy, master, master_mind, slave_mind, now_ns)
        else:
            decision = self._decide_alone(copy, master_mind, slave_mind, now_ns)
        if isinstance(decision, Skip) and copy.in_ns == 0 and not slave_mind.synced:
            return
        if isinstance(decision, Wait):
            if decision.by_rule:
                copy.paused_until_ns = decision.until_ns
            self.wake(copy, decision.until_ns)
        elif isinstance(decision, Wish):
            self._pursue(copy, decision, master, slave_mind, now_ns, out)
        elif isinstance(decision, Skip):
            self._skip(copy, decision, slave_mind, now_ns, out)
        elif copy.flight is None:
            self._rest(copy, master, master_mind, slave_mind, now_ns, out)

    def _skip(self, copy: Copy, skip: Skip, slave: Mind, now_ns: int, out: Outputs) -> None:
        tell_skip(copy, skip, now_ns, out)
        if skip.code is SkipCode.TOO_MANY_MESSAGES:
            self.wake(copy, self.surroundings.tomorrow_ns(slave, now_ns))

    def _decide(self, copy: Copy, master: Position | None, master_mind: Mind, slave_mind: Mind, now_ns: int) -> Decision:
        scene = self.surroundings.scene(copy, master_mind, slave_mind, self._of_slave(copy.copier.slave), now_ns)
        return decide(copy.copier, copy.link, master, scene, master_mind.book.orders.get(copy.link.master_position))

    def _decide_alone(self, copy: Copy, master_mind: Mind, slave_mind: Mind, now_ns: int) -> Decision:
        scene = self.surroundings.scene(copy, master_mind, slave_mind, (), now_ns)
        return decide_alone(copy.copier, copy.link, scene)

    def _of_slave(self, account: UUID) -> Iterator[Copy]:
        for copier in self._by_slave.get(account, ()):
            yield from self._by_copier.get(copier.id, {}).values()

    def wake(self, copy: Copy, at_ns: int) -> None:
        """Has a copy looked at again then, unless it will be sooner."""
        if copy.timer_ns == 0 or at_ns < copy.timer_ns:
            copy.timer_ns = at_ns
            heapq.heappush(self._timers, (at_ns, copy.link.id))

    def settle_number(self, number: int, now_ns: int, out: Outputs) -> None:
        """`settle` by the link's id, where it is still followed."""
        copy = self.copies.get(number)
        if copy is not None:
            self._settle_now(copy, now_ns, out)

    def _settle_now(self, copy: Copy, now_ns: int, out: Outputs) -> None:
        self.settle(copy, self._master_position(copy), now_ns, out)

    def _master_position(self, copy: Copy) -> Position | None:
        master = self._minds.get(copy.copier.master)
        return None if master is None else followed(master.book, copy.link.master_position)

    def _reconcile(self, copier: Copier, now_ns: int, out: Outputs) -> None:
        master, slave = self._minds.get(copier.master), self._minds.get(copier.slave)
        if master is None or slave is None:
            return
        if not master.synced:
            self._settle_alone(copier, slave, now_ns, out)
            return
        known = [copy.link for copy in self._by_copier.get(copier.id, {}).values()]
        for link in links_of(copier, known, master.book, slave.book).values():
            copy, leg = self.copies.get(link.id), followed(master.book, link.master_position)
            if copy is None:
                copy = self._add(Copy(copier, link, leg is None and link.master_position in master.book.orders))
            self.settle(copy, leg, now_ns, out)

    def _settle_alone(self, copier: Copier, slave: Mind, now_ns: int, out: Outputs) -> None:
        """What the slave's book shows is seen though the master is away, and a guard or the news close what is open."""
        for copy in list(self._by_copier.get(copier.id, {}).values()) if slave.synced else ():
            self._settle_now(copy, now_ns, out)

    def _pursue(self, copy: Copy, wish: Wish, master: Position | None, slave: Mind, now_ns: int, out: Outputs) -> None:
        if copy.flight is not None:
            return
        if copy.refused is not None and wish == copy.refused:
            return
        if now_ns < copy.retry_ns:
            self.wake(copy, copy.retry_ns)
            return
        if not slave.ready:
            self.wake(copy, now_ns + RESEND_NS)
            return
        if wish.action == Action.SET_NET and self._is_lane_taken(copy, wish):
            self.wake(copy, now_ns + LANE_NS)
            return
        copy.flight = Flight(wish, now_ns, slave.book.by_magic.get(copy.link.id))
        copy.why = wish.why
        if begins(copy, wish):
            announce(copy, wish, master)
        self._send(copy, copy.flight, wish, slave, now_ns, out)
        if begins(copy, wish):
            out.journal.append(copy.row(now_ns))

    def _is_lane_taken(self, copy: Copy, wish: Wish) -> bool:
        """Whether another command about the same net position is under way."""
        flights = (other.flight for other in self._of_slave(copy.copier.slave) if other is not copy)
        return any(f is not None and f.wish.action == Action.SET_NET and f.wish.symbol == wish.symbol for f in flights)

    def _send(self, copy: Copy, flight: Flight, wish: Wish, slave: Mind, now_ns: int, out: Outputs) -> None:
        self._commands += 1
        flight.command = self._commands
        flight.sends += 1
        flight.due_ns = now_ns + (QUERY_NS if wish.action == Action.QUERY else RESEND_NS)
        self.wake(copy, flight.due_ns)
        first = copy.link.id if begins(copy, wish) and copy.out_ns == 0 else 0
        if wish.action in (Action.SET_STOPS, Action.SET_ORDER):
            copy.link = msgspec.structs.replace(copy.link, stops_ns=now_ns)
        command = command_of(copy, flight, wish, now_ns)
        if send_frame(slave, command, now_ns, out, first):
            if wish.action != Action.QUERY:
                slave.count_message(self.surroundings.utc_ms(now_ns))
            data = {"action": Action(wish.action).name.lower(), "command": self._commands, "lots": wish.volume}
            out.journal.append(happening("command", copy, now_ns, data))

    def _fly_on(self, copy: Copy, flight: Flight, now_ns: int, out: Outputs) -> None:
        """A command has waited long enough: again, or, where it may be too late for that, the question what became of it."""
        slave = self._minds.get(copy.copier.slave)
        if slave is None or not slave.ready:
            flight.due_ns = now_ns + RESEND_NS
            self.wake(copy, flight.due_ns)
            return
        if now_ns - flight.first_ns >= UNRESOLVED_NS and not flight.unresolved:
            flight.unresolved = True
            slave.want_snapshot()
            copy.explain(
                "unresolved", reason="no_answer", message="The order was sent and no answer came; it is being looked for."
            )
            out.journal.append(copy.row(now_ns))
        master = self._minds.get(copy.copier.master)
        newest = None if master is None else self._decide(copy, self._master_position(copy), master, slave, now_ns)
        if begins(copy, flight.wish):
            again = isinstance(newest, Wish) and not (flight.unresolved or flight.placed)
            self._send(copy, flight, flight.wish if again else QUERY, slave, now_ns, out)
            return
        successor = _successor(flight, newest if master is not None and master.synced else None)
        if successor is not None:
            flight.wish, flight.sent = successor, False
        self._send(copy, flight, flight.wish, slave, now_ns, out)

    def _rest(self, copy: Copy, master: Position | None, leader: Mind, slave: Mind, now_ns: int, out: Outputs) -> None:
        """Nothing to do: forgets a link of which both sides are over."""
        copy.said = ""
        held = copy.link.id in slave.book.by_magic or copy.link.id in slave.book.orders_by_magic
        led = master is not None or copy.link.master_position in leader.book.orders
        if not led and leader.synced and slave.synced and not held:
            if copy.status in UNDECIDED:
                give_up(copy, CLOSED_BEFORE, now_ns, out)
            self._remove(copy)

    def _add(self, copy: Copy) -> Copy:
        self.copies[copy.link.id] = copy
        self._by_copier.setdefault(copy.copier.id, {})[copy.link.id] = copy
        return copy

    def _remove(self, copy: Copy) -> None:
        del self.copies[copy.link.id]
        del self._by_copier[copy.copier.id][copy.link.id]


def _successor(flight: Flight, newest: Decision) -> Wish | None:
    """The wish that takes the place of one under way; what a master wants that is away nobody knows."""
    if isinstance(newest, Wish) and newest != flight.wish and flight.wish.action != Action.SET_NET:
        return newest
    return None


def _new_copy(copier: Copier, number: int, master: Position | None, order: Order | None) -> Copy:
    if master is not None:
        return Copy(copier, new_link(copier, master, number))
    if order is None:
        raise ValueError("a link begins with a position or an order")
    return Copy(copier, order_link(copier, order, number), True)
