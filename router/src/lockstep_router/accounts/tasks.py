"""What is left to do for an account, in pieces so small that none delays the other accounts."""

from collections.abc import Iterator
from uuid import UUID

import msgspec

from lockstep_core.books.links import Link
from lockstep_core.books.positions import Position
from lockstep_core.decision.plan import Copier


class SettleCopier(msgspec.Struct, frozen=True):
    """Settle every link of a copier, because a book, its rules or its guards have changed."""

    copier: UUID


class SettleLinks(msgspec.Struct, frozen=True):
    """Settle the rest of a copier's links. `links` yields None where one piece of work ends."""

    copier: UUID
    links: Iterator[Link | None]


class SettleCopy(msgspec.Struct, frozen=True):
    """Settle one followed copy. `waiting`: only if it still waits for a reason to pass."""

    link: int
    waiting: bool = False


class CopyDue(msgspec.Struct, frozen=True):
    """Settle one copy whose timer was due."""

    link: int


class MasterSide(msgspec.Struct, frozen=True):
    """Settle the copies of one changed tranche or order of a master, for the copiers that are left. Its terminal saw the
    change at `seen_ns`, on that terminal's clock; the router received it at `heard_ns`.
    """

    key: int
    seen_ns: int
    heard_ns: int
    copiers: tuple[Copier, ...]


class NoteLeftOut(msgspec.Struct, frozen=True):
    """Report one position of a master that is not followed because its numbers are beyond all bounds, for the copiers whose
    rows do not say so yet.
    """

    position: Position
    copiers: tuple[Copier, ...]


class Discard(msgspec.Struct, frozen=True):
    """Objects that nobody needs any more; they are freed a few at a time."""

    items: list[object]


Task = SettleCopier | SettleLinks | SettleCopy | CopyDue | MasterSide | NoteLeftOut | Discard
