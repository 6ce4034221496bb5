"""Which link an MT4 order belongs to: the magic number of a link there, and the link of an order that its program does not
know (ADR 30).

MT4's magic numbers have 31 bits, so its programs report the link beside them. A position or order whose link they do not
know is *unnamed*: its magic number in the book is MT4's own. It gets a link only if exactly one of the slave's links can be
meant.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Set
from typing import NamedTuple, TypeVar
from uuid import UUID

import msgspec

from lockstep_core.books.book import Book, former_ticket, renamed, with_orders
from lockstep_core.books.links import CopyRatio, is_ours, is_tagged, link_tag, ratio_in
from lockstep_core.books.positions import Order, Position
from lockstep_core.wire.frames import PendingOrder, PositionFrame, Trade

PLATFORM = 4
"""How an Account frame names MT4."""
MAX_MAGIC = 2**31 - 1
CLOCKS_NS = 10_000_000_000
"""How much older than its master a copy may seem: brokers report times in whole seconds, and by clocks of their own."""

Held = Position | Order
Named = TypeVar("Named", PositionFrame, Trade, PendingOrder)
One = TypeVar("One", Position, Order)
NOBODY: frozenset[int] = frozenset()


def magic_of(link: int) -> int:
    """The magic number of a link's orders on MT4. One that is MT4's own stays what it is."""
    return (link ^ (link >> 31)) & MAX_MAGIC or 1


def is_unnamed(magic: int) -> bool:
    """Whether a magic number in the book of an MT4 account is MT4's own, and not the id of a link."""
    return 0 < magic <= MAX_MAGIC


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """What is known of a link's order on the slave: `symbol` is empty, `ticket` and `since_ns` are 0 where it is not known.
    `since_ns`: when the master's side began.
    """

    link: int
    copier: UUID
    symbol: str
    side: int
    ratio: CopyRatio | None = None
    ticket: int = 0
    since_ns: int = 0


class Names(NamedTuple):
    """The links of unnamed orders by ticket, and the links and magic numbers that nobody can tell apart."""

    links: Mapping[int, int]
    doubted: frozenset[int]


def with_link(frame: Named, book: Book) -> Named:
    """A frame of an MT4 account with its link as its magic number, as far as its program or the book knows it."""
    told = frame.link != 0 and magic_of(frame.link) == frame.magic
    link = frame.link if told else _known_name(frame, book)
    return frame if link == frame.magic else msgspec.structs.replace(frame, magic=link)


def held_of(book: Book) -> tuple[Held, ...]:
    """All positions and pending orders."""
    return (*book.positions.values(), *book.orders.values())


def with_names(book: Book, candidates: Iterable[Candidate]) -> Book:
    """An MT4 account's book with the names that its unnamed orders must have. `candidates`: the links of the slave that have
    their magic numbers.
    """
    held = held_of(book)
    unnamed = [one for one in held if is_unnamed(one.magic)]
    if not unnamed:
        return msgspec.structs.replace(book, doubted=NOBODY) if book.doubted else book
    taken = {one.magic for one in held} - {one.magic for one in unnamed}
    links, doubted = identify(unnamed, candidates, taken)
    if not links and doubted == book.doubted:
        return book
    positions = {ticket: _named(position, links) for ticket, position in book.positions.items()}
    by_magic = {position.magic: position for position in positions.values() if position.magic}
    orders = {ticket: _named(order, links) for ticket, order in book.orders.items()}
    return with_orders(msgspec.structs.replace(book, positions=positions, by_magic=by_magic, doubted=doubted), orders)


def is_mistaken(book: Book, link: int) -> bool:
    """Whether a program that has lost its file takes another link's order for this link's: both have one magic number."""
    return any(held.magic != link and magic_of(held.magic) == magic_of(link) for held in held_of(book))


def identify(unnamed: Iterable[Held], candidates: Iterable[Candidate], taken: Set[int]) -> Names:
    """The link of each unnamed order for which exactly one is left, if that one is left for no other order."""
    by_magic: defaultdict[int, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        if candidate.link not in taken:
            by_magic[magic_of(candidate.link)].append(candidate)
    meant = {held.ticket: (held, by_magic[held.magic]) for held in unnamed if held.magic in by_magic}
    links = _only({ticket: [one for one in found if _has_ticket(held, one)] for ticket, (held, found) in meant.items()})
    left = {
        ticket: (held, [one for one in found if one.link not in links.values()])
        for ticket, (held, found) in meant.items()
        if ticket not in links
    }
    links |= _only({ticket: _fitting(held, found) for ticket, (held, found) in left.items()})
    named = frozenset(links.values())
    doubts = [(held, [one.link for one in found]) for ticket, (held, found) in left.items() if ticket not in links]
    doubted = {link for held, found in doubts if set(found) - named for link in (held.magic, *found)}
    return Names(links, frozenset(doubted) - named)


def _only(found: Mapping[int, list[Candidate]]) -> dict[int, int]:
    claims = Counter(one.link for several in found.values() for one in several)
    sure = {ticket: several[0].link for ticket, several in found.items() if len(several) == 1}
    return {ticket: link for ticket, link in sure.items() if claims[link] == 1}


def _has_ticket(held: Held, candidate: Candidate) -> bool:
    if not candidate.ticket:
        return False
    root = held.root if isinstance(held, Position) else 0
    return candidate.ticket in (held.ticket, root, former_ticket(held.comment))


def _fitting(held: Held, candidates: Iterable[Candidate]) -> list[Candidate]:
    found = [one for one in candidates if _fits(held, one)]
    if len(found) < 2:
        return found
    ratios = {one.link: ratio_in(one.copier, held.comment) for one in found}
    return [one for one in found if one.ratio is None or ratios[one.link] is None or one.ratio == ratios[one.link]]


def _fits(held: Held, candidate: Candidate) -> bool:
    began_ns = held.opened_ns if isinstance(held, Position) else held.placed_ns
    same = held.symbol == candidate.symbol or not candidate.symbol
    return (
        same
        and held.side == candidate.side
        and not _is_of_other(held.comment, candidate.copier)
        and (not candidate.since_ns or began_ns > candidate.since_ns - CLOCKS_NS)
    )


def _is_of_other(comment: str, copier: UUID) -> bool:
    """Whether a comment names another copier. One that a broker cut may still be this copier's."""
    return is_ours(comment) and not is_tagged(copier, comment) and not link_tag(copier).startswith(comment)


def _known_name(frame: PositionFrame | Trade | PendingOrder, book: Book) -> int:
    """What the book calls the order of a frame: by its ticket, by the one before it, or by its pending order."""
    if isinstance(frame, Trade):
        held: Held | None = book.positions.get(frame.position) or book.orders.get(frame.order)
    else:
        held = book.positions.get(frame.ticket) or book.orders.get(frame.ticket)
    held = held or renamed(frame.comment, book)
    return held.magic if held is not None and magic_of(held.magic) == frame.magic else frame.magic


def _named(held: One, links: Mapping[int, int]) -> One:
    link = links.get(held.ticket)
    return held if link is None else msgspec.structs.replace(held, magic=link)
