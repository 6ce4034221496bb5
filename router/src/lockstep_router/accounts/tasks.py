"""What is left to look at for an account, in pieces so small that none delays the other accounts."""

from collections.abc import Iterator
from uuid import UUID

import msgspec

from lockstep_core.books.links import Link
from lockstep_core.books.positions import Position
from lockstep_core.decision.plan import Copier


class SettleCopier(msgspec.Struct, frozen=True):
    """Every link of a copier, because a book, its rules or its guards are other ones now."""

    copier: UUID


class SettleLinks(msgspec.Struct, frozen=True):
    """The links of a copier that are not found and looked at yet. `links` gives None where it needs a pause."""

    copier: UUID
    links: Iterator[Link | None]


class SettleCopy(msgspec.Struct, frozen=True):
    """One copy that is followed. `waiting`: only if it still waits for something that may pass."""

    link: int
    waiting: bool = False


class CopyDue(msgspec.Struct, frozen=True):
    """One copy whose timer was due."""

    link: int


class MasterSide(msgspec.Struct, frozen=True):
    """One tranche or order of a master that changed, and the copiers whose copies of it are not looked at yet. Its terminal
    saw that at `seen_ns`, on that terminal's clock; the router heard of it at `heard_ns`.
    """

    key: int
    seen_ns: int
    heard_ns: int
    copiers: tuple[Copier, ...]


class NoteLeftOut(msgspec.Struct, frozen=True):
    """One position of a master that is not followed, since its numbers are beyond any bound, and the copiers whose rows do
    not say so yet.
    """

    position: Position
    copiers: tuple[Copier, ...]


class Discard(msgspec.Struct, frozen=True):
    """What nobody needs any more; it is freed a few at a time."""

    items: list[object]


Task = SettleCopier | SettleLinks | SettleCopy | CopyDue | MasterSide | NoteLeftOut | Discard
