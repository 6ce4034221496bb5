"""A master who opens and closes a position about every second, until the block ends."""

import random
import time
from decimal import Decimal
from threading import Event, Lock, Thread
from typing import NamedTuple
from uuid import UUID

from lockstep_core.books.links import link_id
from tests.chaos.judge import IN, Trade
from tests.stack.broker import Deal
from tests.stack.scene import FACTOR, Scene

LOTS = ("0.10", "0.20", "0.40", "1.00")
PAUSE_S = 0.6


class Opened(NamedTuple):
    """A position of the master, by its ticket."""

    ticket: int
    lots: Decimal
    began_s: float


class Trading:
    """The trades of one scene. A trade may be read as soon as its opening is at the broker."""

    def __init__(self, scene: Scene, seed: int) -> None:
        self.scene = scene
        self.factor = Decimal(FACTOR)
        self._random = random.Random(seed)  # noqa: S311 - the lots of trades
        self._opened: list[Opened] = []
        self._lock = Lock()
        self._stop = Event()
        self._error: Exception | None = None
        self._thread = Thread(target=self._trade)
        self._masters_before = len(scene.broker.deals(scene.master.login.login))
        self._slaves_before = len(scene.broker.deals(scene.slave.login.login))

    def __enter__(self) -> "Trading":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        if self._error is not None:
            raise self._error

    def book(self) -> tuple[list[Trade], list[Deal]]:
        """The master's trades up to now, all but the newest closed again, and the slave's deals; oldest first."""
        with self._lock:
            opened = list(self._opened)
        scene, copier = self.scene, UUID(self.scene.copier)
        masters = scene.broker.deals(scene.master.login.login)[self._masters_before :]
        at_ms = {deal.position: deal.at_ms for deal in masters if deal.entry == IN}
        trades = [Trade(link_id(copier, each.ticket), each.lots, each.began_s, at_ms[each.ticket]) for each in opened]
        return trades, scene.broker.deals(scene.slave.login.login)[self._slaves_before :]

    def _trade(self) -> None:
        try:
            while not self._stop.is_set():
                self._one()
        except Exception as error:  # noqa: BLE001 - raised where the block ends
            self._error = error

    def _one(self) -> None:
        lots, side = self._random.choice(LOTS), self._random.choice(("buy", "sell"))
        began_s = time.monotonic()
        ticket = self.scene.open(lots, side)
        with self._lock:
            self._opened.append(Opened(ticket, Decimal(lots), began_s))
        self._stop.wait(PAUSE_S * self._random.uniform(0.5, 1.5))
        self.scene.close(ticket)
        self._stop.wait(PAUSE_S * self._random.uniform(0.2, 1.0))
