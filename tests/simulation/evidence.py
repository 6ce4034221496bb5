"""The data that invariants check: the brokers' books, the router's rows, and the actions of people and faults."""

from collections.abc import Callable, Mapping
from uuid import UUID

from lockstep_core.decision.plan import Copier
from tests.simulation.broker import BrokerAccount
from tests.simulation.broker_data import AccountKind, BrokerPosition
from tests.simulation.database import RouterTables
from tests.simulation.link_origins import LinkOrigin, LinkOrigins
from tests.simulation.mt4_orders import folded


class InvariantViolated(AssertionError):
    """Something happened that must never happen."""


class Evidence:
    """The accounts, rows and links of a world, and what happened in it.

    `fault_free`: no fault has happened yet. `undisturbed`: in addition, no broker behaved badly or closed a market.
    `well_behaved`: no broker behaved badly. `unrecorded` are links of which no row was ever written. `opening_orders` are
    the orders that opened each link, `links_with_orders` the links that had a pending order, `opened_ms` the world's time at
    which each link was opened, `changed_by_hand` the magic numbers of positions that their owners changed, `closed_by_rule`
    the links that a guard or the news closed. `twins` are links with the same magic number on MT4.
    """

    def __init__(
        self,
        copiers: list[Copier],
        accounts: Mapping[UUID, BrokerAccount],
        database: RouterTables,
        origins: LinkOrigins,
        unrecorded: set[int],
        clock_ms: Callable[[], int],
    ) -> None:
        self.copiers, self.accounts, self.database, self.origins = copiers, accounts, database, origins
        self.unrecorded, self.clock_ms = unrecorded, clock_ms
        self.opening_orders: dict[int, set[int]] = {}
        self.changed_by_hand: set[int] = set()
        self.links_with_orders: set[int] = set()
        self.closed_by_rule: set[int] = set()
        self.opened_ms: dict[int, int] = {}
        self.twins: frozenset[int] = frozenset()
        self.fault_free = self.undisturbed = self.well_behaved = True
        self.modes_changed = False

    def now(self, origin: LinkOrigin) -> Copier:
        """The copier of a link with its present settings."""
        return next(copier for copier in self.copiers if copier.id == origin.copier.id)

    def is_doubtful(self, link: int, origin: LinkOrigin) -> bool:
        """Whether the right lots of a link are unknown: its owner changed it, or its row was lost."""
        slave = self.accounts[origin.copier.slave]
        allocation = slave.book.allocations.of(link)
        disturbed = allocation is not None and allocation.symbol in slave.book.allocations.disturbed
        return link in self.unrecorded or link in self.changed_by_hand or disturbed

    def is_mistakable(self, link: int) -> bool:
        """Whether a link may be taken for another one, so that a person must decide: because the program lost its file, or
        because the broker left the outcome of both links open. Both then wait for a ticket, and where the broker cuts
        comments the first ticket may belong to either (ADR 30).
        """
        if link not in self.twins:
            return False
        alike = {other for other in self.twins if folded(other) == folded(link)}
        return not self.fault_free or any(alike <= account.left_open for account in self.accounts.values())

    def is_lost(self, link: int, origin: LinkOrigin) -> bool:
        """Whether nothing leads to a copy any more: it has no row, and MT4 overwrote its comment at a partial close."""
        return link in self.unrecorded and self.accounts[origin.copier.slave].kind is AccountKind.MT4


class MasterTrade:
    """The trade that a link follows: the master's position, the `volume` of it that belongs to the link, and all its past
    volumes.
    """

    def __init__(self, position: BrokerPosition, volume: int, volumes: list[int]) -> None:
        self.position, self.volume, self.volumes = position, volume, volumes


def master_trade(evidence: Evidence, origin: LinkOrigin) -> MasterTrade | None:
    """The open trade of a link's master; None if there is none."""
    book = evidence.accounts[origin.copier.master].book
    position = book.by_first_ticket(origin.first_ticket)
    if position is None:
        return None
    ordered = evidence.accounts[origin.copier.master].pending_orders.volumes.get(origin.key)
    whole = [] if ordered is None else [ordered]
    if not evidence.accounts[origin.copier.master].nets:
        return MasterTrade(position, position.volume, [*whole, *book.volumes[position.ticket]])
    tranche = next(
        (tranche for tranche in book.tranches.open.get(origin.first_ticket, []) if tranche.key == origin.key), None
    )
    return None if tranche is None else MasterTrade(position, tranche.remaining, [*whole, *tranche.history])
