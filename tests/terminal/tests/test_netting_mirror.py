"""A book that is made from a netting account's frames has the broker's net positions, allocations and orders, whatever the
order of snapshots and deals.
"""

import random
import time
from collections import Counter
from collections.abc import Mapping

import pytest
from conformance.client import BridgeClient
from conformance.relay import RelayPorts, drain
from stage.place import BrokerProcess

from lockstep_core.books.book import Book, apply_order, apply_trade
from lockstep_core.books.from_snapshot import from_snapshot
from lockstep_core.wire.codec import encode
from lockstep_core.wire.frames import Frame, PendingOrder, PositionFrame, SnapshotBegin, SnapshotEnd, SnapshotRequest, Trade

pytestmark = [pytest.mark.wine, pytest.mark.timeout(300)]
ME = "/accounts/1001"
MAGICS = (0, 7, 8, 9)


@pytest.fixture(scope="module")
def terms() -> Mapping[str, object]:
    """A netting account."""
    return {"balance": 1_000_000.0, "margin_mode": 0}


class NettingMirror:
    """The router's book, made from frames alone. `deals` counts how often each deal was reported."""

    def __init__(self) -> None:
        self.book = Book(netting=True)
        self.deals: Counter[int] = Counter()
        self.snapshots = 0
        self._parts: list[Frame] | None = None

    def take(self, frame: Frame) -> None:
        if isinstance(frame, SnapshotBegin):
            self._parts = []
        elif isinstance(frame, SnapshotEnd):
            self._replace()
        elif self._parts is not None:
            self._parts.append(frame)
        elif self.snapshots:
            self._apply(frame)

    @property
    def net(self) -> dict[int, int]:
        return {ticket: position.signed for ticket, position in self.book.positions.items()}

    @property
    def allocations(self) -> dict[int, int]:
        return {allocation.magic: allocation.signed for allocation in self.book.by_magic.values()}

    @property
    def orders(self) -> dict[int, int]:
        return {ticket: order.left for ticket, order in self.book.orders.items()}

    def _replace(self) -> None:
        parts, self._parts = self._parts or [], None
        held = [f for f in parts if isinstance(f, PositionFrame)]
        orders = [f for f in parts if isinstance(f, PendingOrder)]
        positions, allocations = [f for f in held if not f.allocation], [f for f in held if f.allocation]
        self.book = from_snapshot(positions, self.book, 0, 0, netting=True, orders=orders, allocations=allocations)
        self.snapshots += 1

    def _apply(self, frame: Frame) -> None:
        if isinstance(frame, PendingOrder):
            self.book = apply_order(self.book, frame, 0)
        elif isinstance(frame, Trade):
            self.deals[frame.deal] += 1
            self.book = apply_trade(self.book, frame, 0)


def act(broker: BrokerProcess, chance: random.Random) -> None:
    """Trades under some magic number, or places an order and fills a part of it."""
    magic, side = chance.choice(MAGICS), chance.choice(("buy", "sell"))
    if chance.random() < 0.7:
        broker.call(
            "POST", f"{ME}/trades", symbol="EURUSD", side=side, lots=f"{chance.randint(1, 9) / 100:.2f}", magic=magic
        )
        return
    kind, price = ("buy_limit", 1.0) if side == "buy" else ("sell_limit", 1.3)
    order = {"symbol": "EURUSD", "kind": kind, "lots": "0.1", "price": price, "magic": magic}
    ticket = broker.call("POST", f"{ME}/pending", **order)["order"]
    lots = chance.choice(("0.04", "0.1"))
    broker.call("POST", f"{ME}/pending/{ticket}/fill", lots=lots, gone_first=chance.random() < 0.5)
    if lots == "0.04" and chance.random() < 0.5:
        broker.call("POST", f"{ME}/pending/{ticket}/delete")


MOST_ROUNDS = 5
ENOUGH_DEALS = 20


def net_of(broker: BrokerProcess) -> dict[int, int]:
    held = broker.call("GET", f"{ME}/positions")
    return {p["id"]: -p["volume"] if p["side"] else p["volume"] for p in held}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_frames_rebuild_net_allocations_and_orders(
    seed: int, client: BridgeClient, relay: RelayPorts, broker: BrokerProcess
) -> None:
    print(f"seed {seed}")
    broker.call("POST", "/quotes", symbol="EURUSD", bid=1.14, ask=1.1401)
    chance = random.Random(seed)  # noqa: S311  # repeatable on purpose
    drain(relay.events)
    relay.events.send(encode(SnapshotRequest(1)))
    mirror = NettingMirror()
    for round_of_steps in range(MOST_ROUNDS):
        for step in range(160):
            act(broker, chance)
            time.sleep(chance.choice((0.0, 0.0, 0.01, 0.03)))
            if step % 8 == 0:
                relay.events.send(encode(SnapshotRequest(step)))
            if step == 80 and round_of_steps == 0:
                broker.call("POST", f"{ME}/disconnect")
        for frame in drain(relay.events, quiet_s=3.0):
            mirror.take(frame)
        # On a busy machine the terminal may be held up, and snapshots report most of a round. Then another round follows.
        if len(mirror.deals) > ENOUGH_DEALS:
            break
    reported, followed = mirror.allocations, mirror.net
    orders = {o["ticket"]: o["left"] for o in broker.call("GET", f"{ME}/pending")}
    print(f"{mirror.snapshots} snapshots, {len(mirror.deals)} deals, {len(orders)} orders, net {followed}")
    assert followed == net_of(broker)
    assert mirror.orders == orders
    assert max(mirror.deals.values()) == 1
    begin, frames, end = client.snapshot()
    for frame in (begin, *frames, end):
        mirror.take(frame)
    assert (mirror.allocations, mirror.net) == (reported, followed)
    assert mirror.snapshots > 5
    assert len(mirror.deals) > ENOUGH_DEALS
