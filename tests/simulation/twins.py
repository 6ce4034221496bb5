"""Links with the same magic number on MT4. By chance they are too rare for a simulation."""

from collections.abc import Mapping
from uuid import UUID

from lockstep_core.books.links import link_id
from lockstep_core.decision.plan import Copier
from tests.simulation.broker import BrokerAccount
from tests.simulation.broker_data import AccountKind
from tests.simulation.mt4_orders import folded

TRIED = 120_000
"""Among so many tickets about three pairs are expected."""
FIRST = 500_000
"""No account gets that many tickets otherwise."""


def twin_tickets(copier: UUID, first: int) -> tuple[int, int] | None:
    """Two tickets of a master whose links have one magic number, from `first` on."""
    seen: dict[int, int] = {}
    for ticket in range(first, first + TRIED):
        magic = folded(link_id(copier, ticket))
        if magic in seen:
            return seen[magic], ticket
        seen[magic] = ticket
    return None


def force_twins(copier: Copier, accounts: Mapping[UUID, BrokerAccount]) -> frozenset[int]:
    """Makes the master's broker give its next two openings such tickets, if the slave is MT4; returns their links. Of
    netting masters the router relies on tickets that grow.
    """
    master, slave = accounts[copier.master], accounts[copier.slave]
    if slave.kind is not AccountKind.MT4 or master.nets or master.next_tickets:
        return frozenset()
    tickets = twin_tickets(copier.id, master.login * 1_000_000 + FIRST)
    master.next_tickets.extend(tickets or ())
    return frozenset(link_id(copier.id, ticket) for ticket in tickets or ())
