"""Which part of a netting position belongs to whom, by the rules of the protocol and computed apart from the engine."""

import msgspec

from lockstep_core.wire.enums import Side
from tests.simulation.broker_data import Allocation, AllocationKey, BrokerDeal


class Allocations:
    """Allocations, by the magic numbers and symbols of deals. A deal that flattens the net position ends all of them, also
    where it reverses its own allocation.

    `disturbed` has the symbols whose allocations once did not add up to the net position, because somebody traded against
    them.
    """

    def __init__(self) -> None:
        self.disturbed: set[str] = set()
        self._ever: dict[AllocationKey, Allocation] = {}
        self._open: dict[AllocationKey, Allocation] = {}
        self._symbols: dict[int, str] = {}

    def of(self, magic: int) -> Allocation | None:
        """The allocation of a link, which has one symbol only; None if it never had one."""
        symbol = self._symbols.get(magic)
        return None if symbol is None else self._ever[magic, symbol]

    def all(self) -> dict[AllocationKey, Allocation]:
        """Every allocation that has not ended."""
        return dict(self._open)

    def on_deal(self, deal: BrokerDeal, net: int) -> None:
        """Books a deal after which the net position is `net`."""
        reversed_own = False
        if deal.magic:
            self._symbols.setdefault(deal.magic, deal.symbol)
            key = deal.magic, deal.symbol
            old = self._ever.get(key, Allocation(deal.symbol, 0, 0, deal.comment))
            signed = old.signed + (deal.volume if deal.side == Side.BUY else -deal.volume)
            reversed_own = signed * old.signed < 0
            self._put(key, msgspec.structs.replace(old, signed=signed, max_volume=max(old.max_volume, abs(signed))))
        total = sum(allocation.signed for allocation in self._open.values() if allocation.symbol == deal.symbol)
        if total == 0 and not (reversed_own and net == 0):
            return
        if abs(net) < abs(total) or net * total <= 0:
            self.disturbed.add(deal.symbol)
        if net == 0:
            self._end_all(deal.symbol)

    def _put(self, key: AllocationKey, allocation: Allocation) -> None:
        self._ever[key] = allocation
        if allocation.signed:
            self._open[key] = allocation
        else:
            self._open.pop(key, None)

    def _end_all(self, symbol: str) -> None:
        for key, allocation in list(self._open.items()):
            if allocation.symbol == symbol:
                self._put(key, msgspec.structs.replace(allocation, signed=0))


class MasterTranche(msgspec.Struct):
    """One addition to a netting position, made by order `key`. `remaining` is what is left of its lots; `history` has all
    volumes that it ever had.
    """

    key: int
    remaining: int
    history: list[int]


class Tranches:
    """The additions to each netting position; a reduction closes the newest first. `histories` are by order."""

    def __init__(self) -> None:
        self.open: dict[int, list[MasterTranche]] = {}
        self.histories: dict[int, list[int]] = {}

    def on_deal(self, ticket: int, order: int, before: int, after: int) -> None:
        """Books a deal that took a net position from one signed volume to another."""
        tranches = self.open.setdefault(ticket, [])
        if before * after < 0:
            tranches.clear()
        closed = abs(before) - abs(after)
        while tranches and closed > 0:
            part = min(closed, tranches[-1].remaining)
            tranches[-1].remaining -= part
            tranches[-1].history.append(tranches[-1].remaining)
            closed -= part
            if tranches[-1].remaining == 0:
                tranches.pop()
        added = abs(after) if before * after <= 0 else abs(after) - abs(before)
        if added > 0:
            _add(tranches, order, added)
            self.histories[order] = tranches[-1].history
        if after == 0:
            del self.open[ticket]


def _add(tranches: list[MasterTranche], order: int, lots: int) -> None:
    if tranches and tranches[-1].key == order:
        tranches[-1].remaining += lots
        tranches[-1].history.append(tranches[-1].remaining)
    else:
        tranches.append(MasterTranche(order, lots, [lots]))
