"""The slave has its master's pending orders: placed, moved, deleted, and filled when the market reaches both."""

from collections.abc import Iterator

import pytest

from tests.stack.broker import Broker, Pending, Quote
from tests.stack.copied import COPY_S
from tests.stack.doors import Doors
from tests.stack.scene import Scene, raise_scene
from tests.stack.shell import wait_for

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]
SYMBOL = "AUDUSD"


@pytest.fixture(scope="module")
def scene(public: tuple[Doors, Broker]) -> Iterator[Scene]:
    """The copier places the same orders."""
    with raise_scene(*public, pending={"mode": "copy"}) as scene:
        yield scene


@pytest.fixture
def quote(scene: Scene) -> Iterator[Quote]:
    """Freezes the quote."""
    here = scene.broker.quote(SYMBOL)
    scene.broker.set_quote(SYMBOL, here, True)
    yield here
    scene.broker.set_quote(SYMBOL, here, False)


def placed(scene: Scene, price: float) -> int:
    """The master's person places an order at their phone; its ticket."""
    return scene.broker.place(scene.master.login.login, SYMBOL, "buy_limit", "1.00", price)


def seen(scene: Scene, what: str, price: float, sl: float = 0.0) -> Pending:
    """The slave's only order, once it has this price."""

    def probe() -> Pending | None:
        found = scene.waiting()
        assert len(found) <= 1, f"{len(found)} orders where at most one belongs: {found}"
        return next((o for o in found if (o.price, o.sl) == (price, sl)), None)

    return wait_for(f"on the slave: {what}", probe, COPY_S, 0.01)


def test_placed_moved_and_deleted_as_the_masters_is(scene: Scene, quote: Quote) -> None:
    first, second = round(quote.bid * 0.95, 5), round(quote.bid * 0.94, 5)
    ticket = placed(scene, first)
    order = seen(scene, "the order", first)
    assert (order.symbol, order.kind, order.volume, order.left) == (SYMBOL, "buy_limit", "0.50", "0.50")
    assert order.magic != 0

    sl = round(quote.bid * 0.9, 5)
    scene.broker.move(scene.master.login.login, ticket, second, sl)
    assert seen(scene, "the order moved", second, sl).ticket == order.ticket

    scene.broker.delete(scene.master.login.login, ticket)
    wait_for("no order on the slave", lambda: not scene.waiting(), COPY_S)
    assert scene.copies() == []


def test_the_market_fills_both_and_the_position_is_followed(scene: Scene, quote: Quote) -> None:
    price = round(quote.bid * 0.95, 5)
    ticket = placed(scene, price)
    order = seen(scene, "the order", price)
    scene.broker.set_quote(SYMBOL, Quote(round(price - 0.0001, 5), price), True)
    held = scene.see("0.50 lots", lambda found: [p.volume for p in found] == ["0.50"])[0]
    assert (held.ticket, held.side, held.magic) == (order.ticket, "buy", order.magic)
    assert scene.waiting() == []

    scene.close(ticket, "0.40")
    scene.see("0.30 lots left", lambda found: [p.volume for p in found] == ["0.30"])
    scene.close(ticket)
    scene.flat()
    row = wait_for("the copy's row closed", lambda: (scene.copy_of(ticket) or {}).get("status") == "closed", 15)
    assert row


def test_a_copy_sends_one_request_for_each_step(scene: Scene, quote: Quote) -> None:
    before = scene.broker.orders_received(scene.slave.login.login)
    price = round(quote.bid * 0.95, 5)
    ticket = placed(scene, price)
    seen(scene, "the order", price)
    scene.broker.delete(scene.master.login.login, ticket)
    wait_for("no order on the slave", lambda: not scene.waiting(), COPY_S)
    assert scene.broker.orders_received(scene.slave.login.login) == before + 2
