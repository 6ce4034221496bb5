"""Every link there could be: what its master began with, and whose it is."""

from collections.abc import Callable, Mapping
from uuid import UUID

import msgspec

from lockstep_core.books.links import link_id
from lockstep_core.decision.plan import Copier
from tests.simulation.books import Change
from tests.simulation.broker import Account
from tests.simulation.market import Ask, Held, Request, Waiting


class Known(msgspec.Struct, frozen=True):
    """A link: its copier as it was then, the key of its master's side and the ticket that began with, and how it began."""

    copier: Copier
    key: int
    root: int
    symbol: str
    side: int
    magic: int
    comment: str
    began_ms: int


class Links:
    """By number."""

    def __init__(
        self,
        copiers: list[Copier],
        accounts: Mapping[UUID, Account],
        clock_ms: Callable[[], int],
    ) -> None:
        self.known: dict[int, Known] = {}
        self._copiers = copiers
        self._accounts = accounts
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
        known = self.known.get(number)
        return known if known is not None and self._accounts[known.copier.slave] is account else None

    def _add(self, account: Account, key: int, held: Held | Waiting, again: bool = False) -> None:
        head = (held.ticket, held.symbol, held.side, held.magic, held.comment, self._clock_ms())
        for copier in self._copiers:
            number = link_id(copier.id, key)
            if self._accounts[copier.master] is account and (again or number not in self.known):
                self.known[number] = Known(copier, key, *head)
