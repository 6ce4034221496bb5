"""Settles one copy: compares its two sides by `decide`, and sends a target, waits, or says why not."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from uuid import UUID

from lockstep_core.books.book import followed
from lockstep_core.books.positions import Position
from lockstep_core.decision.context import OpenedToday
from lockstep_core.decision.decide import decide, decide_alone, doubt
from lockstep_core.decision.order_parts import next_part, sized_last
from lockstep_core.decision.plan import Copier
from lockstep_core.decision.target import AskQuote, Decision, NoteStops, Sized, Target, Wait
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.wire.frames import QuoteRequest
from lockstep_router.accounts.left_out import NOTHING
from lockstep_router.accounts.limits import MAX_AWAITED, MOST_COPIES, open_items
from lockstep_router.accounts.quarantine import Quarantine
from lockstep_router.accounts.sending import send_frame
from lockstep_router.accounts.tracked_account import TrackedAccount
from lockstep_router.execution.copy import Copy
from lockstep_router.execution.copy_index import CopyIndex
from lockstep_router.execution.copy_rows import row_of
from lockstep_router.execution.copy_status import UNDECIDED, CopyStatus
from lockstep_router.execution.decision_context import ContextBuilder
from lockstep_router.execution.inflight import InFlightOrder
from lockstep_router.execution.observed import end_doubt, is_on_slave, observe
from lockstep_router.execution.protection_watch import ProtectionWatch
from lockstep_router.execution.pursuit import Pursuit
from lockstep_router.execution.reasons import BEYOND_BOUNDS, CLOSED_BEFORE, FOUND_OPEN
from lockstep_router.execution.status import (
    end_waiting,
    give_up,
    may_wait,
    report_doubt,
    report_filled,
    report_skip,
    report_waiting,
)
from lockstep_router.execution.stop_watch import StopWatch
from lockstep_router.journal.outputs import Outputs

SYMBOLS_NS = 100_000_000
"""How soon a copy is settled again if its slave's terminal may not have reported the symbol yet."""
QUOTE_PATIENCE_NS = 300_000_000
"""How long a requested quote is awaited. Then the decision is made without it."""
OnFault = Callable[[UUID | None, Exception, int, Outputs], None]
"""Shuts out the account whose data raised an unforeseen exception."""


class Settler:
    """Settles one copy after the other.

    An unforeseen exception while a copy is settled shuts out that copy's slave: its settings, its broker and its master are
    the same user's. A slave that is shut out is not settled.
    """

    def __init__(
        self,
        accounts: Mapping[UUID, TrackedAccount],
        quarantine: Quarantine,
        on_fault: OnFault,
        index: CopyIndex,
        contexts: ContextBuilder,
    ) -> None:
        self._accounts = accounts
        self._quarantine = quarantine
        self._on_fault = on_fault
        self._index = index
        self._contexts = contexts
        self._pursuit = Pursuit(index, contexts)
        self.stop_watch = StopWatch()
        self.protection_watch = ProtectionWatch()

    @contextmanager
    def contained(self, copier: Copier, now_ns: int, out: Outputs) -> Iterator[None]:
        """Shuts out only the copier's slave, whatever is raised inside."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - the copiers of other slaves go on
            self._on_fault(copier.slave, error, now_ns, out)

    def settle(self, copy: Copy, master: Position | None, now_ns: int, out: Outputs) -> None:
        """Compares a link's two sides, and sends the next target where there is one and no order is in flight."""
        leader = self._accounts.get(copy.copier.master)
        if leader is not None:
            self.settle_with(copy, master, leader, now_ns, out)

    def settle_with(self, copy: Copy, master: Position | None, leader: TrackedAccount, now_ns: int, out: Outputs) -> None:
        """`settle` for one of many copies of a master. The caller looks the master's account up once for all of them."""
        slave = self._accounts.get(copy.copier.slave)
        if slave is None or self._quarantine.holds(slave.account.id, now_ns):
            return
        # As `contained`. This is on the path of every trade, and a context manager would take a microsecond for each copy.
        try:
            self._settle(copy, master, leader, slave, now_ns, out)
        except Exception as error:  # noqa: BLE001 - the copies of other slaves go on
            self._on_fault(slave.account.id, error, now_ns, out)

    def settle_now(self, copy: Copy, now_ns: int, out: Outputs) -> None:
        """`settle` with the master's present position."""
        self.settle(copy, self._master_position(copy), now_ns, out)

    def decision(self, copy: Copy, now_ns: int) -> Decision:
        """The decision that would be made about a copy now."""
        leader, slave = self._accounts[copy.copier.master], self._accounts[copy.copier.slave]
        return self._decide_by_master(copy, self._master_position(copy), leader, slave, now_ns)

    def on_quote(self, account: UUID, link: int, now_ns: int, out: Outputs) -> None:
        """A slave's terminal has answered a copy's request for a quote."""
        copy = self._index.copies.get(link)
        if copy is not None and copy.copier.slave == account and copy.is_asking(now_ns):
            copy.ask_until(now_ns)
            self.settle_now(copy, now_ns, out)

    def on_due(self, copy: Copy, now_ns: int, out: Outputs) -> None:
        """A copy's timer is due: its order is due, or the copy is to be settled again."""
        order = copy.in_flight
        if order is not None and order.due_ns <= now_ns:
            self._on_order_due(copy, order, now_ns, out)
        self.settle_now(copy, now_ns, out)
        if copy.in_flight is not None:
            self._index.wake(copy, copy.in_flight.due_ns)

    def open_next_part(self, copy: Copy, master: Position, seen_ns: int, now_ns: int, out: Outputs) -> None:
        """The master's order has filled further. `seen_ns`: when its terminal saw that, on its clock; 0 if nobody saw it."""
        link = next_part(self._index.parts_of(copy), master)
        if link is None:
            return
        part = self._index.add(Copy(copy.copier, link))
        if seen_ns:
            part.on_signal(seen_ns, now_ns)
        self.settle(part, master, now_ns, out)

    def _open_rest(
        self,
        copy: Copy,
        master: Position | None,
        leader: TrackedAccount,
        slave: TrackedAccount,
        now_ns: int,
        out: Outputs,
    ) -> None:
        """A copy has the most lots that the slave's broker takes in one order: the next part opens the rest (ADR 27)."""
        whole = master or leader.book.orders.get(copy.link.master_position)
        link = None if whole is None else next_part(self._index.parts_of(copy), whole, slave.specs)
        if link is None or link.id in self._index.copies:
            return
        part = self._index.add(Copy(copy.copier, link, copy.waits))
        part.begin_with(copy)
        self.settle(part, master, now_ns, out)

    def _settle(
        self, copy: Copy, master: Position | None, leader: TrackedAccount, slave: TrackedAccount, now_ns: int, out: Outputs
    ) -> None:
        if copy.waits and master is not None:
            report_filled(copy, out)
        if not self._look(copy, master, leader, slave, now_ns, out):
            return
        decision = self._decide(copy, master, leader, slave, now_ns)
        if isinstance(decision, Target):
            self._begin(copy, decision, master, leader, slave, now_ns, out)
        elif decision is not None:
            self._hold_back(copy, decision, master, slave, now_ns, out)
        else:
            self._rest(copy, master, leader, slave, now_ns, out)
        # Later the clock or a price may require something of the copy, and no other event comes at that moment.
        if copy.copier.rules.longest_ns:
            self._wake_at(copy, slave, copy.copier.rules.longest_ns, now_ns)
        if copy.copier.rules.stops.protect is not None:
            self.protection_watch.renew(copy, master, slave)
        if slave.netting or copy.stops is not None:
            self.stop_watch.renew(copy, slave, now_ns, out)

    def _look(
        self, copy: Copy, master: Position | None, leader: TrackedAccount, slave: TrackedAccount, now_ns: int, out: Outputs
    ) -> bool:
        """Updates a copy from the slave's book. False if nobody knows what the book has of it."""
        if slave.left_out is not NOTHING and slave.left_out.has_slave_of(copy.link):
            report_skip(copy, BEYOND_BOUNDS, now_ns, out)
            return False
        if copy.link.id in slave.book.doubted:
            report_doubt(copy, doubt(copy.link), now_ns, out)
            return False
        self._observe(copy, master, leader, slave, now_ns, out)
        return True

    def _begin(
        self,
        copy: Copy,
        target: Target,
        master: Position | None,
        leader: TrackedAccount,
        slave: TrackedAccount,
        now_ns: int,
        out: Outputs,
    ) -> None:
        if slave.is_mt4 and copy.opens(target) and _may_be_sent_already(copy, master, leader, slave):
            report_skip(copy, FOUND_OPEN, now_ns, out)
            return
        full = self._fullness(slave) if copy.opens(target) else None
        if full is not None:
            self._on_skip(copy, full, slave, now_ns, out)
            return
        self._pursuit.begin(copy, target, master, slave, now_ns, out)
        if target.rest and copy.in_flight is not None and copy.in_flight.target is target:
            self._open_rest(copy, master, leader, slave, now_ns, out)

    def _fullness(self, slave: TrackedAccount) -> Skip | None:
        """Why nothing more is opened on a slave: a larger account would not be followed."""
        count = open_items(slave.book)
        if count + MAX_AWAITED < MOST_COPIES:
            return None
        count += sum(_is_coming(other, slave) for other in self._index.of_slave(slave.account.id))
        return None if count < MOST_COPIES else Skip(SkipCode.ACCOUNT_FULL, "", {"count": count, "limit": MOST_COPIES})

    def _wake_at(self, copy: Copy, slave: TrackedAccount, age_ns: int, now_ns: int) -> None:
        """Settles a copy when it reaches an age, because no event comes at that moment."""
        slave_position = slave.book.by_magic.get(copy.link.id)
        if slave_position is not None:
            due_ns = slave_position.opened_ns + age_ns
            if due_ns > now_ns:
                self._index.wake(copy, due_ns)

    def _observe(
        self, copy: Copy, master: Position | None, leader: TrackedAccount, slave: TrackedAccount, now_ns: int, out: Outputs
    ) -> None:
        if copy.stops is not None:
            self.stop_watch.bring_back(copy, slave)
        if not slave.synced:
            return
        before = copy.open_lots
        observe(copy, slave, master, now_ns, out)
        if copy.reason is not None:
            end_doubt(copy, slave, now_ns, out)
        if copy.open_lots > before:
            if not copy.link.exact[0]:
                # No row tells how many lots were asked for, so there may be further parts.
                self._open_rest(copy, master, leader, slave, now_ns, out)
            opened = OpenedToday(0 if before or copy.link.part else 1, copy.open_lots - before)
            self._contexts.on_opened(self._index.following(copy.copier.slave), slave, opened, now_ns, out)

    def _hold_back(
        self,
        copy: Copy,
        decision: Wait | AskQuote | Sized | NoteStops | Skip,
        master: Position | None,
        slave: TrackedAccount,
        now_ns: int,
        out: Outputs,
    ) -> None:
        """Sends nothing now: until a time, until a quote has come, or for a reason."""
        if isinstance(decision, Wait):
            if decision.by_rule:
                copy.pause_until(decision.until_ns)
            self._index.wake(copy, decision.until_ns)
        elif isinstance(decision, AskQuote):
            self._ask_quote(copy, decision, slave, now_ns, out)
        elif isinstance(decision, Sized):
            self._on_sized(copy, decision, master, now_ns, out)
        elif isinstance(decision, NoteStops):
            self.stop_watch.note(copy, decision.levels, slave)
            self.settle(copy, master, now_ns, out)
        else:
            self._on_skip(copy, decision, slave, now_ns, out)

    def _on_sized(self, copy: Copy, sized: Sized, master: Position | None, now_ns: int, out: Outputs) -> None:
        """A part of an order's copy is not needed. Nothing is opened for it, and the part before it keeps the ratio of the
        whole order.
        """
        if copy.in_flight is not None:
            return
        if copy.status in UNDECIDED:
            give_up(copy, Skip(SkipCode.ORDER_COPIED, "sizing", {}), now_ns, out)
            return
        if copy.status is CopyStatus.WAITING:
            copy.on_skipped(Skip(SkipCode.ORDER_COPIED, "sizing", {}))
            out.journal.append(row_of(copy, now_ns))
        last = sized_last(self._index.parts_of(copy))
        if last is not None and master is not None:
            sized_copy = self._index.copies[last.id]
            if master.volume >= last.master_opened:
                sized_copy.on_sized(sized.exact if sized.exact[0] else last.exact, master.volume)
                out.journal.append(row_of(sized_copy, now_ns))
        self._index.remove(copy)

    def _on_skip(self, copy: Copy, skip: Skip, slave: TrackedAccount, now_ns: int, out: Outputs) -> None:
        if copy.in_ns == 0 and not slave.synced:
            # After a restart the slave's snapshot may still show the copy.
            return
        if skip.code is SkipCode.SYMBOL_UNKNOWN and slave.awaits_symbols:
            self._index.wake(copy, now_ns + SYMBOLS_NS)
            return
        if may_wait(copy, skip):
            self._index.wait(copy, report_waiting(copy, skip, now_ns, out))
            return
        report_skip(copy, skip, now_ns, out)
        if skip.code is SkipCode.HELD_TOO_SHORT:
            self._wake_at(copy, slave, copy.copier.rules.shortest_ns, now_ns)
        if skip.code is SkipCode.TOO_MANY_MESSAGES:
            self._index.wake(copy, self._contexts.tomorrow_ns(slave, now_ns))

    def _ask_quote(self, copy: Copy, decision: AskQuote, slave: TrackedAccount, now_ns: int, out: Outputs) -> None:
        """Requests a quote from the slave's terminal, once for a copy."""
        if not copy.is_asking(now_ns):
            copy.ask_until(now_ns + QUOTE_PATIENCE_NS)
            send_frame(slave, QuoteRequest(copy.link.id, decision.symbol), now_ns, out)
        self._index.wake(copy, copy.asked_until_ns)

    def _on_order_due(self, copy: Copy, order: InFlightOrder, now_ns: int, out: Outputs) -> None:
        slave, leader = self._accounts.get(copy.copier.slave), self._accounts.get(copy.copier.master)
        if slave is not None and copy.link.id in slave.book.doubted:
            # A command for a doubted link might be carried out on another copy's order. `settle` ends this order.
            return
        newest, synced = None, False
        if leader is not None and not leader.left_out.has_master_of(copy.link):
            synced = leader.synced
            if slave is not None and slave.ready and not slave.left_out.has_slave_of(copy.link):
                newest = self._decide_by_master(copy, self._master_position(copy), leader, slave, now_ns)
        self._pursuit.go_on(copy, order, newest, slave, now_ns, out, master_synced=synced)

    def _decide(
        self, copy: Copy, master: Position | None, leader: TrackedAccount, slave: TrackedAccount, now_ns: int
    ) -> Decision:
        if copy.copier.rules.longest_ns:
            self._wake_at(copy, slave, copy.copier.rules.longest_ns, now_ns)
        if leader.synced and (leader.left_out is NOTHING or not leader.left_out.has_master_of(copy.link)):
            return self._decide_by_master(copy, master, leader, slave, now_ns)
        return decide_alone(copy.copier, self._index.link_of(copy), self._contexts.build(copy, leader, slave, now_ns))

    def _decide_by_master(
        self, copy: Copy, master: Position | None, leader: TrackedAccount, slave: TrackedAccount, now_ns: int
    ) -> Decision:
        context = self._contexts.build(copy, leader, slave, now_ns)
        order = leader.book.orders.get(copy.link.master_position)
        return decide(copy.copier, self._index.link_of(copy), master, context, order)

    def _master_position(self, copy: Copy) -> Position | None:
        leader = self._accounts.get(copy.copier.master)
        return None if leader is None else followed(leader.book, copy.link.master_position)

    def _rest(
        self, copy: Copy, master: Position | None, leader: TrackedAccount, slave: TrackedAccount, now_ns: int, out: Outputs
    ) -> None:
        """Nothing is to be done. Forgets a link if both sides have ended."""
        if leader.left_out.has_master_of(copy.link):
            report_skip(copy, BEYOND_BOUNDS, now_ns, out)
            return
        if copy.in_flight is not None:
            return
        copy.forget_skip()
        if copy.release():
            out.journal.append(row_of(copy, now_ns))
        if master is not None or copy.link.master_position in leader.book.orders or is_on_slave(copy, slave):
            return
        if leader.synced and (slave.synced or copy.was_never_begun):
            if copy.status in UNDECIDED:
                give_up(copy, CLOSED_BEFORE, now_ns, out)
            elif copy.status is CopyStatus.WAITING:
                end_waiting(copy, now_ns, out)
            self._index.remove(copy)


def _is_coming(copy: Copy, slave: TrackedAccount) -> bool:
    return copy.in_flight is not None and copy.in_flight.opens and not is_on_slave(copy, slave)


def _may_be_sent_already(copy: Copy, master: Position | None, leader: TrackedAccount, slave: TrackedAccount) -> bool:
    """Whether an earlier router may have sent an opening to an earlier pod. MT4 does not show what its broker still works
    on, so nobody can say that the opening will not come.
    """
    order = leader.book.orders.get(copy.link.master_position)
    began_ns = master.fresh_ns if master is not None else 0 if order is None else order.placed_ns
    return copy.in_ns == 0 and copy.link.fresh_since(began_ns) < slave.other_pod_ns
