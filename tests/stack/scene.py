"""A master, a slave and a copier, with the checks that end-to-end tests share."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from lockstep_core.json_object import Json
from tests.stack.broker import HEDGING, Broker, Pending, Position
from tests.stack.copied import COPY_S, LOOK_EVERY_S, SYMBOL, flat, shown, warm_up
from tests.stack.doors import Doors
from tests.stack.kube import TERMINALS, get
from tests.stack.people import Account, broker_account, register, wait_until_ready
from tests.stack.shell import wait_for

FACTOR = "0.5"


@dataclass(frozen=True)
class Scene:
    """`doors` belong to the person who owns both accounts."""

    doors: Doors
    broker: Broker
    master: Account
    slave: Account
    copier: str

    def open(self, volume: str = "1.00", side: str = "buy", symbol: str = SYMBOL) -> int:
        """The master's person opens a position by phone; its ticket."""
        return self.broker.open(self.master.login.login, symbol, side, volume)

    def close(self, ticket: int, volume: str | None = None) -> None:
        """The master's person closes it, or part of it, by phone."""
        self.broker.close(self.master.login.login, ticket, volume)

    def copies(self) -> list[Position]:
        """What the slave has open at the broker."""
        return self.broker.positions(self.slave.login.login)

    def waiting(self) -> list[Pending]:
        """The slave's pending orders at the broker."""
        return self.broker.pending(self.slave.login.login)

    def see_all(self, what: str, *wanted: tuple[str, str], seconds: float = COPY_S) -> list[Position]:
        """The slave's positions, once they have these sides and lots, in any order."""

        def probe() -> list[Position] | None:
            found = self.copies()
            return found if sorted((p.side, p.volume) for p in found) == sorted(wanted) else None

        return wait_for(f"on the slave: {what}", probe, seconds, LOOK_EVERY_S)

    def see(self, what: str, right: Callable[[list[Position]], bool], seconds: float = COPY_S) -> list[Position]:
        """The slave's positions, once they are as wanted. More than one position at any time fails at once."""
        return shown(self.broker, self.slave, what, right, seconds)

    def flat(self, seconds: float = COPY_S) -> None:
        """Waits until the slave has nothing open."""
        flat(self.broker, self.slave, seconds)

    def warm_up(self) -> None:
        """Trades until one is copied."""
        warm_up(self.broker, self.master, self.slave)

    def copy_of(self, ticket: int) -> Json | None:
        """The row of the copy of a master's position."""
        return next((c for c in self.doors.copies() if int(c["master_position"]) == ticket), None)

    def epoch(self, account: Account) -> int:
        """The epoch of the account's newest pod."""
        found = get("copieraccount", account.resource, TERMINALS)
        return int(((found or {}).get("status") or {}).get("epoch") or 0)


@contextmanager
def raise_scene(
    doors: Doors, broker: Broker, modes: tuple[int, int] = (HEDGING, HEDGING), **settings: Json | int
) -> Iterator[Scene]:
    """A new person with both accounts Ready and the copier in the router's plan; removed at the end.

    `modes` are the margin modes of master and slave, `settings` the copier's beside its sizing.
    """
    doors.sign_up(f"e2e-{secrets.token_hex(6)}@example.com", secrets.token_urlsafe(18))
    master = register(doors, broker_account(broker, margin_mode=modes[0]), "master", "master")
    slave = register(doors, broker_account(broker, margin_mode=modes[1]), "slave", "slave")
    try:
        wait_until_ready(master)
        wait_until_ready(slave)
        copier = doors.link(master.id, slave.id, {"mode": "multiplier", "factor": FACTOR}, **settings)
        scene = Scene(doors, broker, master, slave, copier["id"])
        scene.warm_up()
        yield scene
    finally:
        for account in (master, slave):
            doors.remove_account(account.id)
