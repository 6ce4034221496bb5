"""Every link there could be: what its master began with, and whose it is."""

from collections.abc import Callable, Mapping
from uuid import UUID

import msgspec

from lockstep_core.links import link_id
from lockstep_core.plans import Copier
from lockstep_router.records import CopyRow
from tests.simulation.books import Change
from tests.simulation.broker import Account
from tests.simulation.market import Ask, Held, Request, Waiting

_TICKET = (1 << 48) - 1


class Known(msgspec.Struct, frozen=True):
    """A link: its copier as it was then, the key of its master's side and the ticket that began with, and how it began.

    `lumped`: its master's side was only ever found, not seen coming about.
    """

    copier: Copier
    key: int
    root: int
    symbol: str
    side: int
    magic: int
    comment: str
    began_ms: int
    lumped: bool = False


class Links:
    """By number. `told` are all rows that a router ever wanted written; they say which master's legs it found by itself."""

    def __init__(
        self,
        copiers: list[Copier],
        accounts: Mapping[UUID, Account],
        told: Mapping[int, CopyRow],
        clock_ms: Callable[[], int],
    ) -> None:
        self.known: dict[int, Known] = {}
        self._copiers = copiers
        self._accounts = accounts
        self._told = told
        self._clock_ms = clock_ms
        self._legs: set[int] = set()

    def on_change(self, account: Account, request: Request, change: Change) -> None:
        """A position of an account has changed: it may be a master that began something."""
        held = change.after
        if held is None or change.deal is None:
            return
        if account.nets:
            leg = account.books.legs.open[held.ticket][-1]
            self._add(account, leg.key, held, again=leg.key not in self._legs)
            self._legs.add(leg.key)
        elif request.ask is Ask.OPEN:
            self._add(account, held.ticket, held)

    def on_order(self, account: Account, order: Waiting) -> None:
        """An account has a new pending order."""
        self._add(account, order.ticket, order)

    def lots(self, known: Known) -> list[int]:
        """All lots that a master's side ever had, or might have had."""
        master = self._accounts[known.copier.master]
        ordered = master.pendings.volumes.get(known.key)
        legs = master.books.legs.histories.get(known.key, [])
        return [*master.books.volumes.get(known.root, []), *legs, *([] if ordered is None else [ordered])]

    def of(self, account: Account, number: int) -> Known | None:
        """A link of this slave, if there can be one of this number."""
        known = self.known.get(number) or self._lumped(number)
        return known if known is not None and self._accounts[known.copier.slave] is account else None

    def lumped(self) -> None:
        """Adds the links of all that masters were found with."""
        for number in self._told:
            self._lumped(number)

    def _add(self, account: Account, key: int, held: Held | Waiting, again: bool = False) -> None:
        head = (held.ticket, held.symbol, held.side, held.magic, held.comment, self._clock_ms())
        for copier in self._copiers:
            number = link_id(copier.id, key)
            if self._accounts[copier.master] is account and (again or number not in self.known):
                self.known[number] = Known(copier, key, *head)

    def _lumped(self, number: int) -> Known | None:
        row = self._told.get(number)
        if row is None or number in self.known:
            return self.known.get(number)
        copier = next((c for c in self._copiers if c.id == row.copier), None)
        root = row.master_position & _TICKET
        if copier is None or link_id(copier.id, row.master_position) != number:
            return None
        master = self._accounts[copier.master]
        if not master.nets or root not in master.books.volumes:
            return None
        self.known[number] = Known(
            copier, row.master_position, root, row.symbol, int(row.side == "sell"), 0, "", 0, lumped=True
        )
        return self.known[number]
