"""A master who opens and closes a position about every second, until the block ends."""

import random
import time
from decimal import Decimal
from math import inf
from threading import Lock
from typing import NamedTuple
from uuid import UUID

from lockstep_core.books.links import link_id
from tests.chaos.judge import IN, Trade
from tests.stack.broker import Deal
from tests.stack.meanwhile import Meanwhile
from tests.stack.scene import FACTOR, Scene

LOTS = ("0.10", "0.20", "0.30")
PAUSE_S = 0.6
HELD_S = 20.0
SHARE_HELD = 0.25
"""This share of the positions is held for so long, through most faults, so that they can be copied when copying goes on."""


class Opened(NamedTuple):
    """A position of the master, by its ticket, and when it is to be closed."""

    ticket: int
    lots: Decimal
    began_s: float
    until_s: float


class Trading(Meanwhile):
    """The trades of one scene. A trade may be read as soon as its opening is at the broker."""

    def __init__(self, scene: Scene, seed: int) -> None:
        super().__init__()
        self.scene = scene
        self.factor = Decimal(FACTOR)
        self._random = random.Random(seed)  # noqa: S311 - the lots of trades
        self._opened: list[Opened] = []
        self._ended_s: dict[int, float] = {}
        self._lock = Lock()
        self._masters_before = len(scene.broker.deals(scene.master.login.login))
        self._slaves_before = len(scene.broker.deals(scene.slave.login.login))

    def book(self) -> tuple[list[Trade], list[Deal]]:
        """The master's trades up to now, all closed again once the block has ended, and the slave's deals; oldest first.
        Raises what ended the trading early.
        """
        self.check()
        with self._lock:
            opened, ended_s = list(self._opened), dict(self._ended_s)
        scene, copier = self.scene, UUID(self.scene.copier)
        masters = scene.broker.deals(scene.master.login.login)[self._masters_before :]
        at_ms = {deal.position: deal.at_ms for deal in masters if deal.entry == IN}
        trades = [
            Trade(link_id(copier, o.ticket), o.lots, o.began_s, at_ms[o.ticket], ended_s.get(o.ticket, inf)) for o in opened
        ]
        return trades, scene.broker.deals(scene.slave.login.login)[self._slaves_before :]

    def row_of(self, link: int) -> str:
        """What the history says of a copy: its status and reason."""
        row = next((row for row in self.scene.doors.copies() if int(row["link_id"]) == link), None)
        return "no row" if row is None else f"{row['status']} {row['reason']} {row['params']}"

    def work(self) -> None:
        """Trades, and closes all that is open at the end."""
        while not self.stopping.is_set():
            self._one()
        self._close_until(inf)

    def _one(self) -> None:
        lots, side = self._random.choice(LOTS), self._random.choice(("buy", "sell"))
        began_s = time.monotonic()
        ticket = self.scene.open(lots, side)
        held_s = HELD_S if self._random.random() < SHARE_HELD else 0.0
        with self._lock:
            self._opened.append(Opened(ticket, Decimal(lots), began_s, began_s + held_s))
        self.stopping.wait(PAUSE_S * self._random.uniform(0.5, 1.5))
        self._close_until(time.monotonic())
        self.stopping.wait(PAUSE_S * self._random.uniform(0.2, 1.0))

    def _close_until(self, until_s: float) -> None:
        """Closes the positions whose time was over then."""
        for each in [o for o in self._opened if o.until_s <= until_s and o.ticket not in self._ended_s]:
            began_s = time.monotonic()
            self.scene.close(each.ticket)
            with self._lock:
                self._ended_s[each.ticket] = began_s
