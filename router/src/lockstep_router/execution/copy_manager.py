"""From books to commands: asks `decide` for every link that may have changed, and pursues each target to its end.

At most one order of a link is in flight. What came of it is read in the slave's book; results only say why not, or that
there is nothing to wait for. So a lost, late or repeated result changes nothing.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from uuid import UUID

from lockstep_core.books.allocations import Allocations
from lockstep_core.books.book import Book, followed
from lockstep_core.books.from_snapshot import NO_DEALS, with_known_allocations, with_known_tranches
from lockstep_core.books.links import Link, is_tagged, link_id
from lockstep_core.books.positions import Order, Position
from lockstep_core.books.tranches import KnownTranche
from lockstep_core.decision.context import NewsItem
from lockstep_core.decision.links_of import links_of, new_link, order_link
from lockstep_core.decision.plan import Copier, Plan
from lockstep_core.decision.target import Decision
from lockstep_core.wire.frames import DealMoney
from lockstep_router.accounts.quarantine import Quarantine
from lockstep_router.accounts.tracked_account import TrackedAccount
from lockstep_router.execution.copy import Copy, CopyStatus
from lockstep_router.execution.copy_index import CopyIndex
from lockstep_router.execution.copy_rows import known_allocation, known_tranche, restore, row_of
from lockstep_router.execution.decision_context import ContextBuilder
from lockstep_router.execution.inflight import OrderEvent
from lockstep_router.execution.observed import is_on_slave
from lockstep_router.execution.order_names import deal_link, name_orders
from lockstep_router.execution.settler import OnFault, Settler
from lockstep_router.journal.outputs import Outputs
from lockstep_router.journal.records import KnownGuard, KnownLink


class CopyManager:
    """Every link of the plan that is not over."""

    def __init__(self, accounts: Mapping[UUID, TrackedAccount], quarantine: Quarantine, on_fault: OnFault) -> None:
        self._accounts = accounts
        self._quarantine = quarantine
        self.index = CopyIndex()
        self.contexts = ContextBuilder()
        self._settler = Settler(accounts, quarantine, on_fault, self.index, self.contexts)

    def on_plan(
        self, plan: Plan, known: Iterable[KnownLink], guards: Iterable[KnownGuard], now_ns: int, out: Outputs
    ) -> None:
        """A new plan, whole; `known` and `guards` are the database's, of which what is followed already is ignored. Copiers
        that did not change are not looked at: what one user changes costs nobody else's copies anything.
        """
        changed = self.index.set_plan(plan)
        copiers = self.index.copiers
        rows = self.contexts.guards.begin_plan(copiers, guards)
        for copier in [copiers[number] for number in (*changed, *(rows.keys() - changed))]:
            with self._settler.contained(copier, now_ns, out):
                if self.contexts.guards.renew(copier, rows.get(copier.id, ()), now_ns, out):
                    changed.add(copier.id)
        self.contexts.renew_news_timers(copiers.values(), now_ns)
        for link in known:
            if link.link not in self.index.copies and link.copier in copiers:
                changed.add(link.copier)
                with self._settler.contained(copiers[link.copier], now_ns, out):
                    copy = self.index.add(restore(link, copiers[link.copier], now_ns))
                    if copy.in_flight is not None:
                        self.index.wake(copy, now_ns)
        for account in {copiers[number].slave for number in changed} & self._accounts.keys():
            name_orders(self._accounts[account], self.index, self._accounts)
        for copier in [copier for copier in copiers.values() if copier.id in changed]:
            self._reconcile(copier, now_ns, out)

    def on_calendar(self, news: tuple[NewsItem, ...], now_ns: int, out: Outputs) -> None:
        """Another news calendar: it counts for what is opened from now on, and for what it has closed at once."""
        self.contexts.set_calendar(news)
        for number in self.contexts.renew_news_timers(self.index.copiers.values(), now_ns):
            self._reconcile(self.index.copiers[number], now_ns, out)

    def on_master_side(self, account: UUID, key: int, seen_ns: int, now_ns: int, out: Outputs) -> None:
        """A tranche or order of a master changed; `seen_ns` is when its terminal saw that, on that terminal's clock."""
        book = self._accounts[account].book
        master, order = followed(book, key), book.orders.get(key)
        for copier in self.index.led_by(account):
            number = link_id(copier.id, key)
            copy = self.index.copies.get(number)
            if copy is None:
                if master is None and order is None:
                    continue
                copy = self.index.add(_new_copy(copier, number, master, order))
            copy.on_signal(seen_ns, now_ns)
            self._settler.settle(copy, master, now_ns, out)
            for part in self.index.further_parts(copy):
                part.on_signal(seen_ns, now_ns)
                self._settler.settle(part, master, now_ns, out)
            if master is not None and master.volume > copy.link.master_opened:
                self._settler.open_next_part(copy, master, seen_ns, now_ns, out)

    def on_left_out(self, account: UUID, positions: Iterable[Position], now_ns: int, out: Outputs) -> None:
        """These positions of a master are not followed: rows say so."""
        for position in positions:
            for copier in self.index.led_by(account):
                number = link_id(copier.id, position.ticket)
                copy = self.index.copies.get(number) or self.index.add(_new_copy(copier, number, position, None))
                self._settler.settle(copy, None, now_ns, out)

    def on_figures(self, account: UUID, now_ns: int, out: Outputs) -> None:
        """New figures of an account: its guards look at them."""
        for copier in self.index.following(account):
            if self.contexts.on_figures(self._accounts[account], copier, now_ns, out):
                self._reconcile(copier, now_ns, out)

    def on_slave_position(self, account: UUID, magic: int, now_ns: int, out: Outputs) -> None:
        """A position or pending order of a slave changed whose magic number may be a link."""
        copy, book = self.index.copies.get(magic), self._accounts[account].book
        held = book.by_magic.get(magic) or book.orders_by_magic.get(magic)
        if copy is None and held is not None:
            # Perhaps an order of ours that came late, when its copy was forgotten already.
            for copier in self.index.following(account):
                if is_tagged(copier.id, held.comment):
                    self._reconcile(copier, now_ns, out)
        if copy is not None and copy.copier.slave == account:
            self._settler.settle_now(copy, now_ns, out)
        if held is None:
            self._settler.settle_waiting(account, now_ns, out)

    def to_settle(self, account: UUID) -> Iterable[tuple[Copier, Link | None]]:
        """What must be looked at because a snapshot of an account came in, or its relay came back; for `settle_next`."""
        return ((copier, None) for copier in (*self.index.led_by(account), *self.index.following(account)))

    def settle_next(self, waiting: deque[tuple[Copier, Link | None]], now_ns: int, out: Outputs) -> None:
        """Looks at the first link of a queue. A copier without a link stands for all its links, and is replaced by them.
        Books change while the queue is worked off, so what a link needs is read when its turn comes.
        """
        copier, link = waiting.popleft()
        leader, slave = self._accounts.get(copier.master), self._accounts.get(copier.slave)
        if leader is None or slave is None or copier.id not in self.index.copiers:
            return
        copier = self.index.copiers[copier.id]
        with self._settler.contained(copier, now_ns, out):
            if link is not None:
                self._settle_link(copier, link, leader, slave, now_ns, out)
            elif leader.synced:
                known = [copy.link for copy in self.index.of_copier(copier.id).values()]
                links = links_of(copier, known, leader.book, slave.book)
                waiting.extendleft((copier, link) for link in reversed(links.values()))
            else:
                self._settle_alone(copier, slave, now_ns, out)

    def on_quarantine(self, account: UUID, now_ns: int, out: Outputs) -> None:
        """An account is shut out: the rows of what is open on it say so."""
        for copy in self.index.of_slave(account):
            if copy.status is CopyStatus.OPEN and not copy.is_quarantined:
                copy.on_quarantine()
                out.journal.append(row_of(copy, now_ns))

    def with_known(self, account: UUID, book: Book, by_deals: Mapping[int, Position] = NO_DEALS) -> Book:
        """A book of a snapshot with the tranches and allocations that links remember. `by_deals` are positions as their
        deals make them, where the snapshot reports those.
        """
        tranches: dict[int, KnownTranche] = {}
        for tranche in map(known_tranche, self.index.of_master(account)):
            tranches[tranche.key] = tranche.known_also_as(tranches.get(tranche.key, tranche))
        held = (copy for copy in self.index.of_slave(account) if copy.open_lots > 0)
        allocations: Allocations = {copy.link.id: known_allocation(copy) for copy in held}
        return with_known_allocations(with_known_tranches(book, tranches.values(), by_deals), allocations)

    def name_orders(self, account: UUID, now_ns: int, out: Outputs) -> None:
        """Compares the unnamed orders of an MT4 slave with its links; whatever is named or doubted by that is looked at."""
        if name_orders(self._accounts[account], self.index, self._accounts):
            for copier in self.index.following(account):
                self._reconcile(copier, now_ns, out)

    def name_orders_around(self, account: UUID) -> None:
        """The same for an account with a new book and for its slaves, whose copies are looked at by the caller."""
        slaves = (copier.slave for copier in self.index.led_by(account))
        for tracked in [self._accounts[number] for number in {account, *slaves} if number in self._accounts]:
            name_orders(tracked, self.index, self._accounts)

    def on_relay_back(self, account: UUID, now_ns: int) -> None:
        """A slave's relay came back: what is in flight is due now."""
        for copy in self.index.of_slave(account):
            if copy.in_flight is not None:
                copy.in_flight.on_relay_back(now_ns)
                self.index.wake(copy, copy.in_flight.due_ns)

    def link_of_deal(self, account: UUID, deal: DealMoney) -> int:
        """Whose deal it is, by its magic number or, of an MT4 account, by what else is known of it."""
        tracked = self._accounts[account]
        return deal_link(tracked, deal, self.index) if tracked.is_mt4 else deal.magic

    def on_mt4_snapshot(self, account: UUID) -> None:
        """A slave's MT4 terminal has begun anew, and it does not see what the one before it may have sent to the broker."""
        for copy in self.index.of_slave(account):
            if copy.in_flight is not None and copy.in_flight.opens:
                copy.in_flight.on(OrderEvent.MAY_BE_PLACED)

    def on_other_pod(self, account: UUID, now_ns: int) -> None:
        """Another pod speaks for a slave now."""
        for copy in self.index.of_slave(account):
            if copy.in_flight is not None:
                copy.in_flight.on_other_pod(now_ns)

    def on_clock(self, now_ns: int, out: Outputs) -> None:
        """Does what has become due; what becomes due by that waits for the next call."""
        for due_ns, number in self.index.take_due(now_ns):
            copy = self.index.copies.get(number)
            if copy is None or not copy.take_timer(due_ns):
                continue
            if self._quarantine.holds(copy.copier.slave, now_ns):
                self.index.wake(copy, self._quarantine.until_ns(copy.copier.slave))
                continue
            with self._settler.contained(copy.copier, now_ns, out):
                self._settler.on_due(copy, now_ns, out)
        for copier in self.contexts.due_news_closings(now_ns):
            self._reconcile(self.index.copiers[copier], now_ns, out)

    def decision(self, copy: Copy, now_ns: int) -> Decision:
        """What would be decided of a copy now."""
        return self._settler.decision(copy, now_ns)

    def on_quote(self, account: UUID, link: int, now_ns: int, out: Outputs) -> None:
        """A slave's terminal has answered what a copy asked."""
        self._settler.on_quote(account, link, now_ns, out)

    def settle_number(self, number: int, now_ns: int, out: Outputs) -> None:
        """`settle` by the link's id, where it is still followed."""
        copy = self.index.copies.get(number)
        if copy is not None:
            self._settler.settle_now(copy, now_ns, out)

    def _reconcile(self, copier: Copier, now_ns: int, out: Outputs) -> None:
        """Looks at every copy of a copier at once."""
        waiting: deque[tuple[Copier, Link | None]] = deque([(copier, None)])
        while waiting:
            self.settle_next(waiting, now_ns, out)

    def _settle_link(
        self, copier: Copier, link: Link, leader: TrackedAccount, slave: TrackedAccount, now_ns: int, out: Outputs
    ) -> None:
        tranche = followed(leader.book, link.master_position)
        order = leader.book.orders.get(link.master_position)
        copy = self.index.copies.get(link.id)
        if copy is None:
            copy = Copy(copier, link, tranche is None and order is not None and not link.part)
            if tranche is None and order is None and not is_on_slave(copy, slave):
                return
            self.index.add(copy)
        self._settler.settle(copy, tranche, now_ns, out)
        if tranche is not None and tranche.volume > copy.link.master_opened:
            self._settler.open_next_part(copy, tranche, 0, now_ns, out)

    def _settle_alone(self, copier: Copier, slave: TrackedAccount, now_ns: int, out: Outputs) -> None:
        """While the master is offline the slave's book is still read, and a guard or the news still close what is open."""
        for copy in list(self.index.of_copier(copier.id).values()) if slave.synced else ():
            self._settler.settle_now(copy, now_ns, out)


def _new_copy(copier: Copier, number: int, master: Position | None, order: Order | None) -> Copy:
    if master is not None:
        return Copy(copier, new_link(copier, master, number))
    if order is None:
        raise ValueError("a link begins with a position or an order")
    return Copy(copier, order_link(copier, order, number), True)
