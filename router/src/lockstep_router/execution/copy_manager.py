"""From books to commands: asks `decide` for every link that may have changed, and pursues each target to its end.

At most one order of a link is in flight. What came of it is read in the slave's book; results only say why not, or that
there is nothing to wait for. So a lost, late or repeated result changes nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

import msgspec

from lockstep_core.books.allocations import Allocations
from lockstep_core.books.book import Book, followed
from lockstep_core.books.from_snapshot import with_known_allocations, with_known_openings
from lockstep_core.books.links import is_tagged, link_id
from lockstep_core.books.positions import Order, Position
from lockstep_core.books.tranches import KnownTranche
from lockstep_core.decision.context import NewsItem
from lockstep_core.decision.links_of import new_link, order_link
from lockstep_core.decision.plan import Copier, Plan
from lockstep_core.decision.target import Decision
from lockstep_core.market.money import Figures
from lockstep_core.wire.frames import DealMoney
from lockstep_router.accounts.busy import BusyAccounts
from lockstep_router.accounts.quarantine import Quarantine
from lockstep_router.accounts.tasks import CopyDue, MasterSide, NoteLeftOut, SettleCopier, SettleCopy
from lockstep_router.accounts.tracked_account import TrackedAccount
from lockstep_router.execution.copy import Copy
from lockstep_router.execution.copy_index import CopyIndex
from lockstep_router.execution.copy_rows import known_allocation, known_tranche, restore, row_of
from lockstep_router.execution.copy_status import CopyStatus
from lockstep_router.execution.decision_context import ContextBuilder
from lockstep_router.execution.inflight import InFlightOrder, OrderEvent
from lockstep_router.execution.order_names import deal_link, name_orders, needs_names
from lockstep_router.execution.settler import OnFault, Settler
from lockstep_router.journal.outputs import Outputs
from lockstep_router.journal.records import KnownGuard, KnownLink

_END = object()
AT_ONCE = 8
"""How many tranches of a master, or trades of a slave's position, are settled in one turn."""
COPIES_AT_ONCE = 32
"""How many copiers are settled in one turn after a master's change. It takes about a millisecond."""


class CopyManager:
    """Every link of the plan that has not ended. What concerns many links at once becomes tasks, for the accounts' turns.

    `fanned_out`: how many copiers were settled because of what masters did.
    """

    def __init__(
        self,
        accounts: Mapping[UUID, TrackedAccount],
        quarantine: Quarantine,
        busy: BusyAccounts,
        on_fault: OnFault,
    ) -> None:
        self._accounts = accounts
        self._quarantine = quarantine
        self._busy = busy
        self.fanned_out = 0
        self.index = CopyIndex()
        self.contexts = ContextBuilder(self.index.of_slave)
        self.settler = Settler(accounts, quarantine, on_fault, self.index, self.contexts)

    def on_plan(
        self, plan: Plan, known: Iterable[KnownLink], guards: Iterable[KnownGuard], now_ns: int, out: Outputs
    ) -> None:
        """Takes a whole new plan. `known` and `guards` are the database's; they are ignored for copies that are followed
        already. Copiers that did not change are not settled, so one user's changes cost nobody else's copies anything.
        """
        changed = self.index.set_plan(plan)
        self.settler.stop_watch.keep_only(self.index.copies)
        self.settler.protection_watch.keep_only(self.index.copies)
        copiers = self.index.copiers
        rows = self.contexts.guards.begin_plan(copiers, guards)
        for copier in [copiers[number] for number in (*changed, *(rows.keys() - changed))]:
            with self.settler.contained(copier, now_ns, out):
                if self.contexts.guards.renew(copier, rows.get(copier.id, ()), now_ns, out):
                    changed.add(copier.id)
        self.contexts.renew_news_timers(copiers.values(), now_ns)
        self.contexts.weekends.renew(copiers.values())
        for link in known:
            if link.link not in self.index.copies and link.copier in copiers:
                changed.add(link.copier)
                with self.settler.contained(copiers[link.copier], now_ns, out):
                    copy = self.index.add(restore(link, copiers[link.copier], now_ns, self.contexts.utc_offset_ns))
                    if copy.in_flight is not None:
                        self.index.wake(copy, now_ns)
        for account in {copiers[number].slave for number in changed} & self._accounts.keys():
            self._name_soon(self._accounts[account])
        for copier in [copier for copier in copiers.values() if copier.id in changed]:
            self._settle_copier_soon(copier)

    def on_calendar(self, news: tuple[NewsItem, ...], now_ns: int) -> None:
        """Takes a new economic calendar. It counts for what is opened from now on, and for what must be closed at once."""
        self.contexts.set_calendar(news)
        for number in self.contexts.renew_news_timers(self.index.copiers.values(), now_ns):
            self._settle_copier_soon(self.index.copiers[number])

    def on_master_side(self, account: UUID, key: int, seen_ns: int, now_ns: int, out: Outputs) -> None:
        """A tranche or order of a master changed; `seen_ns` is when its terminal saw that, on that terminal's clock. If very
        many copiers follow, some of them are settled later.
        """
        copiers = self.index.led_by(account)
        self._look_at_side(account, MasterSide(key, seen_ns, now_ns, copiers[:COPIES_AT_ONCE]), now_ns, out)
        if len(copiers) > COPIES_AT_ONCE:
            rest = MasterSide(key, seen_ns, now_ns, copiers[COPIES_AT_ONCE:])
            self._busy.put(self._accounts[account], rest)

    def on_further_copiers(self, account: UUID, side: MasterSide, now_ns: int, out: Outputs) -> None:
        """Settles the copiers that a master's change left for later."""
        copiers = self.unchanged(side.copiers)
        self._look_at_side(account, msgspec.structs.replace(side, copiers=copiers), now_ns, out)

    def unchanged(self, copiers: Iterable[Copier]) -> tuple[Copier, ...]:
        """Those of these copiers that no plan has changed or removed since. The others are settled as a whole, or not at
        all.
        """
        return tuple(copier for copier in copiers if self.index.copiers.get(copier.id) is copier)

    def _look_at_side(self, account: UUID, side: MasterSide, now_ns: int, out: Outputs) -> None:
        leader, key, seen_ns = self._accounts[account], side.key, side.seen_ns
        master, order = followed(leader.book, key), leader.book.orders.get(key)
        self.fanned_out += len(side.copiers)
        for copier in side.copiers:
            number = link_id(copier.id, key)
            copy = self.index.copies.get(number)
            if copy is None:
                if (master is None and order is None) or copier.slave not in self._accounts:
                    continue
                copy = self.index.add(new_copy(copier, number, master, order))
            copy.on_signal(seen_ns, side.heard_ns)
            self.settler.settle_with(copy, master, leader, now_ns, out)
            for part in self.index.further_parts(copy):
                part.on_signal(seen_ns, side.heard_ns)
                self.settler.settle_with(part, master, leader, now_ns, out)
            if master is not None and master.volume > copy.link.master_opened:
                self.settler.open_next_part(copy, master, seen_ns, now_ns, out)

    def on_tranches(self, account: UUID, keys: list[int], seen_ns: int, now_ns: int, out: Outputs) -> None:
        """Several tranches or orders of a master changed at once. Of very many, some are settled later."""
        copiers = self.index.led_by(account)
        first = AT_ONCE if len(copiers) * AT_ONCE <= COPIES_AT_ONCE else 1
        for key in keys[:first]:
            self.on_master_side(account, key, seen_ns, now_ns, out)
        for key in keys[first:]:
            self._busy.put(self._accounts[account], MasterSide(key, seen_ns, now_ns, copiers))

    def on_left_out(self, tracked: TrackedAccount, positions: Iterable[Position]) -> None:
        """These positions of a master are not followed, and the copiers' rows will say so."""
        for position in positions:
            self._busy.put(tracked, NoteLeftOut(position, self.index.led_by(tracked.account.id)))

    def on_figures(self, account: UUID, now_ns: int, out: Outputs) -> None:
        """New figures of an account, for its guards. If one of them locks the account, it does so for all copiers."""
        slave, following = self._accounts[account], self.index.following(account)
        locks = self.contexts.guards.locks(account)
        changed = [copier for copier in following if self.contexts.on_figures(slave, copier, now_ns, out)]
        for copier in following if self.contexts.guards.locks(account) != locks else changed:
            self._settle_copier_soon(copier)

    def on_slave_position(self, account: UUID, magic: int, now_ns: int, out: Outputs) -> None:
        """A position or pending order of a slave changed. Its magic number may be a link."""
        copy, book = self.index.copies.get(magic), self._accounts[account].book
        held = book.by_magic.get(magic) or book.orders_by_magic.get(magic)
        if copy is None and held is not None:
            # This may be an order of ours that came late, after its copy was forgotten.
            for copier in self.index.following(account):
                if is_tagged(copier.id, held.comment):
                    self._settle_copier_soon(copier)
        if copy is not None and copy.copier.slave == account:
            order = copy.in_flight
            self.settler.settle_now(copy, now_ns, out)
            self.make_room_after(copy, order)
        if held is None:
            self._settle_waiting(account)

    def on_slave_positions(self, account: UUID, magics: list[int], now_ns: int, out: Outputs) -> None:
        """Several magic numbers' positions or orders of a slave changed at once. Of very many, some are settled later."""
        for magic in magics[:AT_ONCE]:
            self.on_slave_position(account, magic, now_ns, out)
        for magic in magics[AT_ONCE:]:
            if magic in self.index.copies:
                self._busy.put(self._accounts[account], SettleCopy(magic))

    def settle_all(self, tracked: TrackedAccount) -> None:
        """Settles every copy of an account: a snapshot of it came in, or its relay came back."""
        both = (*self.index.led_by(tracked.account.id), *self.index.following(tracked.account.id))
        self._busy.put_copiers(tracked, (copier.id for copier in both))

    def on_quarantine(self, account: UUID, now_ns: int, out: Outputs) -> None:
        """An account is in quarantine: the rows of what is open on it say so."""
        for copy in self.index.of_slave(account):
            if copy.status is CopyStatus.OPEN and not copy.is_quarantined:
                copy.on_quarantine()
                out.journal.append(row_of(copy, now_ns))

    def known_tranches(self, account: UUID) -> Iterator[KnownTranche]:
        """The tranches of a master as its links remember them now; one for each link."""
        return map(known_tranche, tuple(self.index.of_master(account)))

    def with_known_allocations(self, account: UUID, book: Book) -> Book:
        """A book of a snapshot with the allocations that links remember."""
        return with_known_allocations(book, self._allocations(account) if book.netting else {})

    def with_known_openings(self, account: UUID, book: Book, taken_ns: int) -> Book:
        """A netting slave's book from a snapshot taken at `taken_ns`, with the opening times of its allocations as their
        links remember them.
        """
        copies = tuple(self.index.of_slave(account))
        # Nobody knows when an order in flight was filled. The latest possible time keeps the least holding time.
        begun = {copy.link.id: taken_ns for copy in copies if copy.in_flight is not None and copy.in_flight.opens}
        opened = {copy.link.id: copy.opened_ns for copy in copies if copy.open_lots > 0 and copy.opened_ns}
        return with_known_openings(book, {**begun, **opened})

    def _allocations(self, account: UUID) -> Allocations:
        held = (copy for copy in self.index.of_slave(account) if copy.open_lots > 0)
        return {copy.link.id: known_allocation(copy) for copy in held}

    def name_orders(self, tracked: TrackedAccount) -> None:
        """Compares the unnamed orders of an MT4 slave with its links, and settles the copies whose orders were named or
        doubted. A long search goes on in the account's turns. Until it ends, nothing is decided from the account's book.
        """
        before, naming = tracked.book, name_orders(tracked, self.index, self._accounts)
        for _ in range(AT_ONCE):
            if next(naming, _END) is _END:
                if tracked.book is not before:
                    self.settle_following(tracked)
                return
        self._name_later(tracked, naming)

    def name_orders_in_pieces(self, tracked: TrackedAccount) -> Iterator[None]:
        """The same for a new book from which nothing is decided yet. Yields None after each piece."""
        return name_orders(tracked, self.index, self._accounts)

    def name_orders_of_slaves(self, account: UUID) -> None:
        """A master has a new book. It may tell to which links the unnamed orders of its MT4 slaves belong."""
        slaves = (copier.slave for copier in self.index.led_by(account))
        for number in set(slaves) & self._accounts.keys():
            self._name_soon(self._accounts[number])

    def settle_following(self, tracked: TrackedAccount) -> None:
        """Settles every copy on an account."""
        for copier in self.index.following(tracked.account.id):
            self._settle_copier_soon(copier)

    def _name_soon(self, tracked: TrackedAccount) -> None:
        if tracked.is_mt4 and needs_names(tracked.book):
            self._name_later(tracked, name_orders(tracked, self.index, self._accounts))

    def _name_later(self, tracked: TrackedAccount, naming: Iterator[None]) -> None:
        tracked.begin_naming(naming)
        self._busy.add(tracked)

    def on_relay_back(self, account: UUID, now_ns: int) -> None:
        """A slave's relay came back: its orders in flight are due now."""
        for copy in self.index.of_slave(account):
            if copy.in_flight is not None:
                copy.in_flight.on_relay_back(now_ns)
                self.index.wake(copy, copy.in_flight.due_ns)

    def link_of_deal(self, account: UUID, deal: DealMoney) -> int:
        """The link of a deal: its magic number, or on MT4 the link that is known for its ticket."""
        tracked = self._accounts[account]
        return deal_link(tracked, deal, self.index) if tracked.is_mt4 else deal.magic

    def on_mt4_snapshot(self, account: UUID) -> None:
        """A slave's MT4 terminal started anew. It does not see what the one before it may have sent to the broker."""
        for copy in self.index.of_slave(account):
            if copy.in_flight is not None and copy.in_flight.opens:
                copy.in_flight.on(OrderEvent.MAY_BE_PLACED)

    def on_other_pod(self, account: UUID, now_ns: int) -> None:
        """Another pod speaks for a slave now."""
        for copy in self.index.of_slave(account):
            if copy.in_flight is not None:
                copy.in_flight.on_other_pod(now_ns)

    def on_clock(self, now_ns: int) -> None:
        """Settles what has become due. What becomes due because of that waits for the next call."""
        for due_ns, number in self.index.take_due(now_ns):
            copy = self.index.copies.get(number)
            slave = None if copy is None else self._accounts.get(copy.copier.slave)
            if copy is None or slave is None or not copy.take_timer(due_ns):
                continue
            if self._quarantine.holds(copy.copier.slave, now_ns):
                self.index.wake(copy, self._quarantine.until_ns(copy.copier.slave))
            else:
                self._busy.put(slave, CopyDue(number))
        for copier in self.contexts.due_news_closings(now_ns):
            self._settle_copier_soon(self.index.copiers[copier])
        for weekend_of in self.contexts.weekends.begun(self.contexts.utc_ms(now_ns), self._figures):
            first = self.index.copiers[weekend_of]
            is_shared = first.slave in self.contexts.weekends.shared
            for resting in self.index.following(first.slave) if is_shared else (first,):
                self._settle_copier_soon(resting)

    def _figures(self, account: UUID) -> Figures | None:
        tracked = self._accounts.get(account)
        return None if tracked is None else tracked.figures

    def decision(self, copy: Copy, now_ns: int) -> Decision:
        """The decision that would be made about a copy now."""
        return self.settler.decision(copy, now_ns)

    def watches(self, account: UUID) -> bool:
        """Whether the quotes of an account matter, because stops there are watched, or move with the price."""
        return self.settler.stop_watch.watches(account) or self.settler.protection_watch.watches(account)

    def on_quotes(self, account: UUID, now_ns: int, out: Outputs) -> None:
        """New quotes of a slave: they may reach a watched stop, or move a stop that follows the price."""
        slave = self._accounts[account]
        reached = self.settler.stop_watch.reach(slave, now_ns, out)
        reached += self.settler.protection_watch.reach(slave, now_ns)
        for copy in reached[:AT_ONCE]:
            self.settler.settle_now(copy, now_ns, out)
        for copy in reached[AT_ONCE:]:
            self.settle_soon(copy)

    def on_quote(self, account: UUID, link: int, now_ns: int, out: Outputs) -> None:
        """A slave's terminal has answered a copy's request for a quote."""
        self.settler.on_quote(account, link, now_ns, out)

    def settle_number(self, number: int, now_ns: int, out: Outputs) -> None:
        """Settles a copy by its link's id, if it is still followed."""
        copy = self.index.copies.get(number)
        if copy is not None:
            self.settler.settle_now(copy, now_ns, out)

    def make_room_after(self, copy: Copy, order: InFlightOrder | None) -> None:
        """Sends the next queued openings of a slave, if this copy's order has ended."""
        if order is None or not order.opens or copy.in_flight is order:
            return
        for queued in self.index.next_queued(copy.copier.slave):
            self.settle_soon(queued)

    def settle_soon(self, copy: Copy) -> None:
        """Settles a copy at its slave's next turn."""
        slave = self._accounts.get(copy.copier.slave)
        if slave is not None:
            self._busy.put(slave, SettleCopy(copy.link.id))

    def _settle_copier_soon(self, copier: Copier) -> None:
        slave = self._accounts.get(copier.slave)
        if slave is not None:
            self._busy.put(slave, SettleCopier(copier.id))

    def _settle_waiting(self, account: UUID) -> None:
        """A position or order of a slave has ended, so an opening that waits because of a limit may have room now."""
        for copy in self.index.waiting(account):
            self._busy.put(self._accounts[account], SettleCopy(copy.link.id, waiting=True))


def new_copy(copier: Copier, number: int, master: Position | None, order: Order | None) -> Copy:
    """The copy of what a master has open, or of its pending order."""
    if master is not None:
        return Copy(copier, new_link(copier, master, number))
    if order is None:
        raise ValueError("a link begins with a position or an order")
    return Copy(copier, order_link(copier, order, number), True)
