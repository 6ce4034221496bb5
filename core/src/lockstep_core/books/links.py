"""The link: one position of a master copied to one slave, under an id that is the magic number of its orders."""

import re
from hashlib import blake2b
from typing import NamedTuple
from uuid import UUID

import msgspec

from lockstep_core.market.exact import NOTHING, Ratio
from lockstep_core.units import MAX_LOTS, Lots

_MASK = 2**63 - 1
_SHARE = re.compile(r"ls:[0-9a-f]{8}:([0-9a-z]{1,10}):([0-9a-z]{1,10})\.")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_PAIRS = tuple(first + second for first in _DIGITS for second in _DIGITS)
"""All numbers of two digits in base 36: every opening's comment has two numbers, made of as few steps as may be."""
_COMMENT = 31
"""Characters of an order's comment that a terminal keeps."""


class Link(msgspec.Struct, frozen=True, gc=False):
    """`master_opened`: the master's lots that the copy was sized from; `opened`: the lots that were sent for them (0 until a
    position was seen). The copy keeps the ratio of the two. `exact`: the lots before they were rounded to `opened`, nothing
    where that is not known; closings are reckoned from them.

    `master_position` is the key of the master's side (see `lockstep_core.books.tranches`). `ended` means that the slave's
    side is over for good: closed there by whomever, or finally refused. It is never opened again. `placed`: its pending
    order was seen. `stops_ns`: when its stops were last changed by us, on the reader's clock. `requested_ns`: when the user
    asked for its opening though it was too late, 0 never. `flat`: the user wants the slave's side closed, whatever the
    master does.
    `pending`: the master's side began as a pending order. `part`: which part of the copy of an order that fills in parts it
    is; then `exact` and `master_opened` are of the whole order. `sent`: the lots that it was sent with, 0 where nothing is
    or was at the broker; `before` and `beside`: those of the parts before it, and of all others.
    `stopped_ns`: when a stop that the router watches for it was reached, 0 never; then it is closed, whatever follows.
    """

    id: int
    copier: UUID
    master_position: int
    symbol: str
    slave_symbol: str
    side: int
    master_opened: Lots
    opened: Lots = Lots(0)
    ended: bool = False
    placed: bool = False
    stops_ns: int = 0
    requested_ns: int = 0
    flat: bool = False
    pending: bool = False
    exact: Ratio = NOTHING
    part: int = 0
    sent: Lots = Lots(0)
    before: Lots = Lots(0)
    beside: Lots = Lots(0)
    stopped_ns: int = 0

    def fresh_since(self, opened_ns: int) -> int:
        """From when the age of the master's opening counts: a user's request makes it fresh again."""
        return max(opened_ns, self.requested_ns) if self.requested_ns else opened_ns


def link_id(copier: UUID, master_position: int, part: int = 0) -> int:
    """The id of a link: positive, 63 bits; the magic number of its orders."""
    key = copier.int.to_bytes(16, "big") + master_position.to_bytes(8, "little")
    digest = blake2b(key + part.to_bytes(4, "little") if part else key, digest_size=8).digest()
    return int.from_bytes(digest, "little") & _MASK or 1


def chance_of(link: int) -> float:
    """A number in [0, 1) that is random among links and always the same for one link."""
    return (link >> 10) / 2**53


def link_tag(copier: UUID) -> str:
    """The beginning of comments of a copier's orders. Brokers cut and change comments, so the magic number comes first."""
    # The first eight of its 32 digits: to make all of them takes as long as all else of a comment.
    return f"ls:{copier.int >> 96:08x}"


class CopyRatio(NamedTuple):
    """What a copy was sized from (the master's lots) and what it was sent with (the slave's)."""

    master: Lots
    slave: Lots


def order_comment(copier: UUID, ratio: CopyRatio) -> str:
    """The comment of a link's opening order. It ends with a dot, so that one that was cut is not taken for whole."""
    comment = f"{link_tag(copier)}:{_text(ratio.master)}:{_text(ratio.slave)}."
    return comment if len(comment) <= _COMMENT else link_tag(copier)


def is_ours(comment: str) -> bool:
    """Whether an order with this comment may be of any copier."""
    return comment.startswith("ls:")


def is_tagged(copier: UUID, comment: str) -> bool:
    """Whether an order with this comment may be of this copier."""
    tag = link_tag(copier)
    return comment == tag or comment.startswith(f"{tag}:")


def ratio_in(copier: UUID, comment: str) -> CopyRatio | None:
    """The ratio in the comment of a copier's order; None where it was cut, or the order is not this copier's."""
    found = _SHARE.fullmatch(comment)
    if found is None or not is_tagged(copier, comment):
        return None
    ratio = CopyRatio(Lots(int(found[1], 36)), Lots(int(found[2], 36)))
    return ratio if 0 < ratio.master <= MAX_LOTS and 0 < ratio.slave <= MAX_LOTS else None


def _text(lots: int) -> str:
    """Lots in base 36, because a comment has 31 characters."""
    digits = ""
    while lots:
        lots, pair = divmod(lots, len(_PAIRS))
        digits = _PAIRS[pair] + digits
    return digits.lstrip("0") or "0"
