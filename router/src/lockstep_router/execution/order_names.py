"""Names the orders of MT4 slaves whose links the program does not know (ADR 30)."""

from collections.abc import Iterator, Mapping, Set
from itertools import chain
from uuid import UUID

from lockstep_core.books.book import Book, followed
from lockstep_core.books.links import CopyRatio, Link, is_ours
from lockstep_core.books.mt4 import Candidate, held_of, is_unnamed, magic_of, with_names
from lockstep_core.decision.links_of import all_parts, links_in_pieces
from lockstep_core.decision.opening import opposite
from lockstep_core.decision.plan import Copier
from lockstep_core.units import Lots
from lockstep_core.wire.frames import DealMoney
from lockstep_router.accounts.tracked_account import TrackedAccount
from lockstep_router.execution.copy import Copy
from lockstep_router.execution.copy_index import CopyIndex
from lockstep_router.execution.copy_status import NOT_BEGUN

NOTHING_OPEN = Book()
PIECE = 16
"""How many links of a slave are compared in one turn."""
Accounts = Mapping[UUID, TrackedAccount]


def needs_names(book: Book) -> bool:
    """Whether an MT4 account has orders without a known link, or doubted links."""
    return bool(book.doubted) or any(is_unnamed(held.magic) for held in held_of(book))


def name_orders(tracked: TrackedAccount, index: CopyIndex, accounts: Accounts) -> Iterator[None]:
    """Names the unnamed orders of an MT4 slave whose link can be told. Yields None after each piece of work; the book may
    change between them.
    """
    for further in (False, True) if tracked.is_mt4 else ():
        unnamed = [held for held in held_of(tracked.book) if is_unnamed(held.magic)]
        if further and not any(is_ours(held.comment) for held in unnamed):
            return
        wanted, found = {held.magic for held in unnamed}, list[Candidate]()
        # An order of ours without a row may be a further part of an order that filled in parts.
        for candidate in _candidates(tracked.account.id, index, accounts, wanted, further=further) if wanted else ():
            if candidate is None:
                yield None
            else:
                found.append(candidate)
        tracked.set_names(with_names(tracked.book, found))


def deal_link(tracked: TrackedAccount, deal: DealMoney, index: CopyIndex) -> int:
    """The link of an MT4 account's deal; its magic number if no link is known."""
    if deal.link and magic_of(deal.link) == deal.magic:
        return deal.link
    held = tracked.book.positions.get(deal.position)
    of_copies = (copy.link.id for copy in index.of_slave(tracked.account.id) if copy.slave_position == deal.position)
    # The account's copies are searched only if its book does not have the link any more.
    known = chain((0 if held is None or is_unnamed(held.magic) else held.magic,), of_copies)
    return next((link for link in known if link and magic_of(link) == deal.magic), deal.magic)


def _candidates(
    slave: UUID, index: CopyIndex, accounts: Accounts, wanted: Set[int], *, further: bool
) -> Iterator[Candidate | None]:
    """The links that these magic numbers may stand for. Yields None after each piece of the search."""
    for copier in index.following(slave):
        copies, leader = index.of_copier(copier.id), accounts.get(copier.master)
        book = NOTHING_OPEN if leader is None else leader.book
        for number, link in enumerate(_links(copier, [copy.link for copy in copies.values()], book, further=further)):
            if link is not None and magic_of(link.id) in wanted:
                yield _candidate(copier, link, copies.get(link.id), book)
            if number % PIECE == PIECE - 1:
                yield None


def _links(copier: Copier, known: list[Link], master: Book, *, further: bool) -> Iterator[Link | None]:
    """The links of a copier. `further`: also those of all parts that may exist of what they copy."""
    links: dict[int, Link] = {}
    for link in links_in_pieces(copier, known, master, NOTHING_OPEN):
        if link is not None and further:
            links[link.id] = link
        yield link
    if further:
        yield from (part for part in all_parts(copier, links, master) if part.id not in links)


def _candidate(copier: Copier, link: Link, copy: Copy | None, book: Book) -> Candidate:
    side = opposite(link.side) if copier.rules.reverse else link.side
    order, position = book.orders.get(link.master_position), followed(book, link.master_position)
    began_ns = order.placed_ns if order is not None else 0 if position is None else position.opened_ns
    if copy is None:
        return Candidate(link.id, copier.id, link.slave_symbol, side, since_ns=began_ns)
    sized = copy.status not in NOT_BEGUN and copy.target_lots > 0
    ratio = CopyRatio(link.master_opened, Lots(copy.target_lots)) if sized else None
    return Candidate(link.id, copier.id, link.slave_symbol, side, ratio, copy.slave_position or 0, began_ns)
