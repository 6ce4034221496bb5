"""From books to commands: asks `decide` for every link that may have changed and sees each wish through to its end.

At most one command of a link is under way. What came of it is read in the slave's book; answers only say why not, or that
there is nothing to wait for. So a lost, late or repeated answer changes nothing.
"""

import heapq
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from lockstep_core.book import Position
from lockstep_core.decide import Wish, decide, shows
from lockstep_core.links import link_id, link_tag
from lockstep_core.plans import Copier, Plan, copiers_of
from lockstep_core.reconcile import as_out_of_sync, links_of, new_link
from lockstep_core.retcodes import NO_CONNECTION
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.units import Lots
from lockstep_core.wire.frames import Action
from lockstep_router.copies import Copy, Flight, command_of, restore
from lockstep_router.minds import Mind, send_frame
from lockstep_router.outputs import Outputs
from lockstep_router.records import Happening, KnownLink

RESEND_NS = 2_000_000_000
UNRESOLVED_NS = 15_000_000_000
QUERY_NS = 5_000_000_000
QUERY = Wish(Action.QUERY)
UNDECIDED = frozenset({"sent", "unresolved"})
NO_BROKER = Skip(SkipCode.SLAVE_OFFLINE, "max_signal_age_ms", "The slave had no connection to its broker while it was time.")
CLOSED_BEFORE = Skip(SkipCode.OUT_OF_SYNC, "", "The master closed before the order could be carried out.")


class Copying:
    """Every link of the plan that is not over, and the timers of those that wait."""

    def __init__(self, minds: Mapping[UUID, Mind]) -> None:
        self._minds = minds
        self.copies: dict[int, Copy] = {}
        self._by_copier: dict[UUID, dict[int, Copy]] = {}
        self._by_master: dict[UUID, tuple[Copier, ...]] = {}
        self._by_slave: dict[UUID, tuple[Copier, ...]] = {}
        self._timers: list[tuple[int, int]] = []
        self._commands = 0

    def on_plan(self, plan: Plan, known: Iterable[KnownLink], now_ns: int, out: Outputs) -> None:
        """A new plan, whole; `known` are links of the database, of which those already followed are ignored."""
        self._by_master, self._by_slave = copiers_of(plan)
        copiers = {c.id: c for group in self._by_master.values() for c in group}
        for number in [n for n, copy in self.copies.items() if copy.copier.id not in copiers]:
            self._remove(self.copies[number])
        for copy in self.copies.values():
            copy.copier = copiers[copy.copier.id]
        for link in known:
            if link.link not in self.copies and link.copier in copiers:
                copy = self._add(restore(link, copiers[link.copier], now_ns))
                if copy.flight is not None:
                    self.wake(copy, now_ns)
        for copier in copiers.values():
            self._reconcile(copier, now_ns, out)

    def on_master_position(self, account: UUID, ticket: int, seen_ns: int, now_ns: int, out: Outputs) -> None:
        """One position of a master changed; `seen_ns` is when its terminal saw that, on that terminal's clock."""
        master = self._minds[account].book.positions.get(ticket)
        for copier in self._by_master.get(account, ()):
            number = link_id(copier.id, ticket)
            copy = self.copies.get(number)
            if copy is None:
                if master is None:
                    continue
                copy = self._add(Copy(copier, new_link(copier, master, number)))
                copy.seen_ns, copy.in_ns = seen_ns, now_ns
            self.settle(copy, master, now_ns, out)

    def on_slave_position(self, account: UUID, magic: int, now_ns: int, out: Outputs) -> None:
        """A position of a slave changed whose magic number may be a link."""
        copy = self.copies.get(magic)
        held = self._minds[account].book.by_magic.get(magic)
        if copy is None and held is not None:
            # Perhaps an order of ours of which nobody expected anything any more.
            for copier in self._by_slave.get(account, ()):
                if held.comment == link_tag(copier.id):
                    self._reconcile(copier, now_ns, out)
        if copy is not None and copy.copier.slave == account:
            self._settle_now(copy, now_ns, out)

    def on_book(self, account: UUID, now_ns: int, out: Outputs) -> None:
        """An account's book was learned anew, or its relay came back."""
        for copier in (*self._by_master.get(account, ()), *self._by_slave.get(account, ())):
            self._reconcile(copier, now_ns, out)

    def resend(self, account: UUID, now_ns: int) -> None:
        """What is under way for a slave is due now, because its relay came back."""
        for copier in self._by_slave.get(account, ()):
            for copy in self._by_copier.get(copier.id, {}).values():
                if copy.flight is not None:
                    copy.flight.due_ns = now_ns
                    self.wake(copy, now_ns)

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
        if slave_mind.synced:
            self._observe(copy, slave_mind, now_ns, out)
        if not master_mind.synced:
            return
        decision = decide(copy.copier, copy.link, master, slave_mind.as_slave(), now_ns)
        if isinstance(decision, Skip) and copy.in_ns == 0 and not slave_mind.synced:
            return
        if isinstance(decision, Wish):
            self._pursue(copy, decision, master, slave_mind, now_ns, out)
        elif isinstance(decision, Skip):
            self._skip(copy, decision, now_ns, out)
        elif copy.flight is None:
            self._rest(copy, master, slave_mind, now_ns, out)

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
        return None if master is None else master.book.positions.get(copy.link.master_position)

    def _reconcile(self, copier: Copier, now_ns: int, out: Outputs) -> None:
        master, slave = self._minds.get(copier.master), self._minds.get(copier.slave)
        if master is None or slave is None or not master.synced:
            return
        known = [copy.link for copy in self._by_copier.get(copier.id, {}).values()]
        for link in links_of(copier, known, master.book, slave.book).values():
            copy = self.copies.get(link.id)
            if copy is None:
                copy = self._add(Copy(copier, link))
            self.settle(copy, master.book.positions.get(link.master_position), now_ns, out)

    def _observe(self, copy: Copy, slave: Mind, now_ns: int, out: Outputs) -> None:
        """Takes over what the slave's book shows of a link."""
        held = slave.book.by_magic.get(copy.link.id)
        flight = copy.flight
        if flight is not None and flight.wish.action != Action.OPEN and _shown(flight.wish, held, slave):
            copy.flight, copy.tries = None, 0
        if held is not None:
            self._observe_open(copy, held, now_ns, out)
        elif copy.status == "open" or copy.open_lots:
            _close(copy, now_ns, out)

    def _observe_open(self, copy: Copy, held: Position, now_ns: int, out: Outputs) -> None:
        if copy.flight is not None and copy.flight.wish.action == Action.OPEN:
            copy.flight, copy.tries = None, 0
        if copy.status == "open" and held.volume == copy.open_lots and copy.slave_position == held.ticket:
            return
        # The share is of what was wished: a filling in several deals, or in part, is no reason to keep less than that.
        whole = max(copy.link.opened, copy.wished_lots, held.opened)
        copy.link = msgspec.structs.replace(copy.link, opened=whole, slave_symbol=held.symbol, ended=False)
        copy.slave_position, copy.open_lots, copy.wished_lots = held.ticket, held.volume, whole
        copy.opened_ns = copy.opened_ns or held.opened_ns
        copy.closed_ns = None
        copy.explain("open")
        out.journal.append(copy.row(now_ns))

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
        copy.flight = Flight(wish, now_ns)
        if wish.action == Action.OPEN and master is not None:
            _announce(copy, wish, master)
        self._send(copy, copy.flight, wish, slave, now_ns, out)
        if wish.action == Action.OPEN:
            out.journal.append(copy.row(now_ns))

    def _send(self, copy: Copy, flight: Flight, wish: Wish, slave: Mind, now_ns: int, out: Outputs) -> None:
        self._commands += 1
        flight.command = self._commands
        flight.sends += 1
        flight.due_ns = now_ns + (QUERY_NS if wish.action == Action.QUERY else RESEND_NS)
        self.wake(copy, flight.due_ns)
        first = copy.link.id if wish.action == Action.OPEN and copy.out_ns == 0 else 0
        command = command_of(copy, wish, self._commands, link_tag(copy.copier.id), now_ns)
        if send_frame(slave, command, now_ns, out, first):
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
        newest = decide(copy.copier, copy.link, self._master_position(copy), slave.as_slave(), now_ns)
        if flight.wish.action == Action.OPEN:
            again = isinstance(newest, Wish) and not (flight.unresolved or flight.placed)
            self._send(copy, flight, flight.wish if again else QUERY, slave, now_ns, out)
            return
        if isinstance(newest, Wish) and newest != flight.wish:
            flight.wish, flight.sent = newest, False
        self._send(copy, flight, flight.wish, slave, now_ns, out)

    def _skip(self, copy: Copy, skip: Skip, now_ns: int, out: Outputs) -> None:
        if copy.flight is not None:
            return
        if copy.status in UNDECIDED:
            self._give_up(copy, skip, now_ns, out)
        if copy.status:
            return
        if copy.in_ns == 0:
            skip = as_out_of_sync(skip)
        copy.explain("skipped", skip)
        out.journal.append(copy.row(now_ns))
        data = {"code": str(skip.code), "setting": skip.setting, "sentence": skip.sentence}
        out.journal.append(happening("skipped", copy, now_ns, data))

    def _give_up(self, copy: Copy, skip: Skip, now_ns: int, out: Outputs) -> None:
        """An opening that was refused for the moment, and now it is too late for another try."""
        copy.end()
        if copy.reason == f"broker_{NO_CONNECTION}":
            copy.explain("skipped", NO_BROKER)
        elif copy.reason is not None:
            copy.status = "rejected"
        else:
            copy.explain("skipped", skip)
        out.journal.append(copy.row(now_ns))

    def _rest(self, copy: Copy, master: Position | None, slave: Mind, now_ns: int, out: Outputs) -> None:
        """Nothing to do: waits for the slave while an opening is fresh, forgets a link of which both sides are over."""
        if master is not None and not copy.status:
            stale_ns = master.opened_ns + copy.copier.settings.max_signal_age_ms * 1_000_000 + 1_000_000
            if stale_ns > now_ns:
                self.wake(copy, stale_ns)
        elif master is None and slave.synced and copy.link.id not in slave.book.by_magic:
            if copy.status in UNDECIDED:
                self._give_up(copy, CLOSED_BEFORE, now_ns, out)
            self._remove(copy)

    def _add(self, copy: Copy) -> Copy:
        self.copies[copy.link.id] = copy
        self._by_copier.setdefault(copy.copier.id, {})[copy.link.id] = copy
        return copy

    def _remove(self, copy: Copy) -> None:
        del self.copies[copy.link.id]
        del self._by_copier[copy.copier.id][copy.link.id]


def happening(kind: str, copy: Copy, now_ns: int, data: dict[str, Any]) -> Happening:
    """A happening of one link on its slave."""
    copier = copy.copier
    return Happening(kind, now_ns, copier.user_id, copier.slave, copier.id, copy.link.id, data)


def _announce(copy: Copy, wish: Wish, master: Position) -> None:
    """The copy's share is of the lots it was sized from, which may be less than the master opened."""
    copy.wished_lots, copy.master_lots = wish.volume, master.volume
    copy.link = msgspec.structs.replace(copy.link, slave_symbol=wish.symbol, master_opened=master.volume, opened=Lots(0))
    copy.explain("sent")


def _close(copy: Copy, now_ns: int, out: Outputs) -> None:
    copy.link = msgspec.structs.replace(copy.link, ended=True)
    copy.open_lots, copy.closed_ns = 0, now_ns
    copy.explain("closed")
    out.journal.append(copy.row(now_ns))


def _shown(wish: Wish, held: Position | None, slave: Mind) -> bool:
    spec = None if held is None else slave.specs.get(held.symbol)
    return shows(wish, held, 8 if spec is None else spec.digits)
