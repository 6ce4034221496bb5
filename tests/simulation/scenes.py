"""A world as its rules look at it: the brokers' books, the rows, and what people and faults did."""

from collections.abc import Callable, Mapping
from uuid import UUID

from lockstep_core.decision.plan import Copier
from tests.simulation.broker import Account
from tests.simulation.database import Database
from tests.simulation.links import Known, Links
from tests.simulation.market import Held, Kind


class Broken(AssertionError):
    """Something that must never happen has happened."""


class Scene:
    """A world and what has happened in it. `whole`: nothing was ever cut off, `calm`: nor did a broker behave badly.

    `orders` are those that opened each link, `placed` the links that had a pending order, `touched` the magic numbers of
    positions that their owners changed by hand, `ruled` the links that a guard or the news had closed.
    """

    def __init__(
        self,
        copiers: list[Copier],
        accounts: Mapping[UUID, Account],
        database: Database,
        links: Links,
        forgotten: set[int],
        clock_ms: Callable[[], int],
    ) -> None:
        self.copiers, self.accounts, self.database, self.links = copiers, accounts, database, links
        self.forgotten, self.clock_ms = forgotten, clock_ms
        self.orders: dict[int, set[int]] = {}
        self.touched: set[int] = set()
        self.placed: set[int] = set()
        self.ruled: set[int] = set()
        self.whole = self.calm = True
        self.modes_changed = False

    def now(self, known: Known) -> Copier:
        """The copier of a link as it is now."""
        return next(copier for copier in self.copiers if copier.id == known.copier.id)

    def is_doubtful(self, number: int, known: Known) -> bool:
        """Whether what a link should hold cannot be told: its owner, or a lost row, has made it unknown."""
        slave = self.accounts[known.copier.slave]
        share = slave.books.shares.of(number)
        disturbed = share is not None and share.symbol in slave.books.shares.disturbed
        return number in self.forgotten or number in self.touched or disturbed

    def is_lost(self, number: int, known: Known) -> bool:
        """Whether nothing can lead to a copy any more: no row was written, and MT4 took its comment with a partial close."""
        return number in self.forgotten and self.accounts[known.copier.slave].kind is Kind.MT4


class Side:
    """The master's side of a link now: `volume` of `opened` lots, and the stops; `history` are all lots it ever had."""

    def __init__(self, held: Held, volume: int, history: list[int]) -> None:
        self.held, self.volume, self.history = held, volume, history


def masters_side(scene: Scene, known: Known) -> Side | None:
    """What the master has open of a link; None: nothing."""
    books = scene.accounts[known.copier.master].books
    held = books.of_root(known.root)
    if held is None:
        return None
    ordered = scene.accounts[known.copier.master].pendings.volumes.get(known.key)
    whole = [] if ordered is None else [ordered]
    if not scene.accounts[known.copier.master].nets:
        return Side(held, held.volume, [*whole, *books.volumes[held.ticket]])
    leg = next((leg for leg in books.legs.open.get(known.root, []) if leg.key == known.key), None)
    return None if leg is None else Side(held, leg.left, [*whole, *leg.history])
