"""Names the orders of MT4 slaves whose links their programs do not know (ADR 30)."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from lockstep_core.books.book import Book, followed
from lockstep_core.books.links import CopyRatio, Link, is_ours
from lockstep_core.books.mt4 import Candidate, held_of, is_unnamed, magic_of, with_names
from lockstep_core.decision.links_of import all_parts, links_of
from lockstep_core.decision.opening import opposite
from lockstep_core.decision.plan import Copier
from lockstep_core.units import Lots
from lockstep_core.wire.frames import DealMoney
from lockstep_router.accounts.tracked_account import TrackedAccount
from lockstep_router.execution.copy import NOT_BEGUN, Copy
from lockstep_router.execution.copy_index import CopyIndex

NOTHING_OPEN = Book()
Accounts = Mapping[UUID, TrackedAccount]


def name_orders(tracked: TrackedAccount, index: CopyIndex, accounts: Accounts) -> bool:
    """Gives the unnamed orders of an MT4 slave the names that they must have; whether its book is another one by that."""
    if not tracked.is_mt4:
        return False
    before = tracked.book
    tracked.set_names(_named_book(tracked, index, accounts))
    return tracked.book is not before


def deal_link(tracked: TrackedAccount, deal: DealMoney, index: CopyIndex) -> int:
    """The link of an MT4 account's deal; its magic number where it has none that is known."""
    if deal.link and magic_of(deal.link) == deal.magic:
        return deal.link
    held = tracked.book.positions.get(deal.position)
    of_copies = (copy.link.id for copy in index.of_slave(tracked.account.id) if copy.slave_position == deal.position)
    known = (*of_copies, 0 if held is None else held.magic)
    return next((link for link in known if link and magic_of(link) == deal.magic), deal.magic)


def _named_book(tracked: TrackedAccount, index: CopyIndex, accounts: Accounts) -> Book:
    slave = tracked.account.id
    book = with_names(tracked.book, lambda: _candidates(slave, index, accounts, further=False))
    if any(is_unnamed(held.magic) and is_ours(held.comment) for held in held_of(book)):
        # One of ours of which no row was written may be a further part of an order that filled in parts.
        return with_names(book, lambda: _candidates(slave, index, accounts, further=True))
    return book


def _candidates(slave: UUID, index: CopyIndex, accounts: Accounts, *, further: bool) -> Iterator[Candidate]:
    for copier in index.following(slave):
        copies, leader = index.of_copier(copier.id), accounts.get(copier.master)
        book = NOTHING_OPEN if leader is None else leader.book
        links = links_of(copier, [copy.link for copy in copies.values()], book, NOTHING_OPEN)
        if further:
            links = {part.id: part for part in all_parts(copier, links, book)} | links
        for link in links.values():
            yield _candidate(copier, link, copies.get(link.id), book)


def _candidate(copier: Copier, link: Link, copy: Copy | None, book: Book) -> Candidate:
    side = opposite(link.side) if copier.rules.reverse else link.side
    order, position = book.orders.get(link.master_position), followed(book, link.master_position)
    began_ns = order.placed_ns if order is not None else 0 if position is None else position.opened_ns
    if copy is None:
        return Candidate(link.id, copier.id, link.slave_symbol, side, since_ns=began_ns)
    sized = copy.status not in NOT_BEGUN and copy.target_lots > 0
    ratio = CopyRatio(link.master_opened, Lots(copy.target_lots)) if sized else None
    return Candidate(link.id, copier.id, link.slave_symbol, side, ratio, copy.slave_position or 0, began_ns)
