"""Who owns what of a netting account, by the rules of the protocol, reckoned apart from the engine that is judged by it."""

import msgspec

from lockstep_core.wire.frames import Side
from tests.simulation.market import Deal, Owner, Share


class Allocations:
    """Shares told by the magic numbers and symbols of deals. Somebody who flattens a position ends all shares of it, also by
    a deal that turns around what is its own.

    `disturbed` are symbols whose shares did not fit their net position at some time: somebody traded against them.
    """

    def __init__(self) -> None:
        self.disturbed: set[str] = set()
        self._ever: dict[Owner, Share] = {}
        self._open: dict[Owner, Share] = {}
        self._symbols: dict[int, str] = {}

    def of(self, magic: int) -> Share | None:
        """The share of a link, which has one symbol only; None where there never was one."""
        symbol = self._symbols.get(magic)
        return None if symbol is None else self._ever[magic, symbol]

    def all(self) -> dict[Owner, Share]:
        """Every share that is not over."""
        return dict(self._open)

    def on_deal(self, deal: Deal, net: int) -> None:
        """A deal that left this net position."""
        turned = False
        if deal.magic:
            self._symbols.setdefault(deal.magic, deal.symbol)
            owner = deal.magic, deal.symbol
            old = self._ever.get(owner, Share(deal.symbol, 0, 0, deal.comment))
            signed = old.signed + (deal.volume if deal.side == Side.BUY else -deal.volume)
            turned = signed * old.signed < 0
            self._put(owner, msgspec.structs.replace(old, signed=signed, most=max(old.most, abs(signed))))
        total = sum(share.signed for share in self._open.values() if share.symbol == deal.symbol)
        if total == 0 and not (turned and net == 0):
            return
        if abs(net) < abs(total) or net * total <= 0:
            self.disturbed.add(deal.symbol)
        if net == 0:
            self._end(deal.symbol)

    def _put(self, owner: Owner, share: Share) -> None:
        self._ever[owner] = share
        if share.signed:
            self._open[owner] = share
        else:
            self._open.pop(owner, None)

    def _end(self, symbol: str) -> None:
        for owner, share in list(self._open.items()):
            if share.symbol == symbol:
                self._put(owner, msgspec.structs.replace(share, signed=0))


class OneLeg(msgspec.Struct):
    """One addition to a netting position: `left` lots of all it ever had; `key` is the order that made it."""

    key: int
    left: int
    history: list[int]


class Legs:
    """What each netting position consists of; reductions take from the newest addition. `histories` are of all legs."""

    def __init__(self) -> None:
        self.open: dict[int, list[OneLeg]] = {}
        self.histories: dict[int, list[int]] = {}

    def on_deal(self, ticket: int, order: int, before: int, after: int) -> None:
        """A deal of an order that took a position from one net volume to another."""
        legs = self.open.setdefault(ticket, [])
        if before * after < 0:
            legs.clear()
        gone = abs(before) - abs(after)
        while legs and gone > 0:
            taken = min(gone, legs[-1].left)
            legs[-1].left -= taken
            legs[-1].history.append(legs[-1].left)
            gone -= taken
            if legs[-1].left == 0:
                legs.pop()
        added = abs(after) if before * after <= 0 else abs(after) - abs(before)
        if added > 0:
            _add(legs, order, added)
            self.histories[order] = legs[-1].history
        if after == 0:
            del self.open[ticket]


def _add(legs: list[OneLeg], order: int, lots: int) -> None:
    if legs and legs[-1].key == order:
        legs[-1].left += lots
        legs[-1].history.append(legs[-1].left)
    else:
        legs.append(OneLeg(order, lots, [lots]))
