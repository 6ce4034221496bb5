"""The checks of pending orders, for any terminal on a demo account with EURUSD, hedging or netting.

Orders are placed so far from the market that none fills meanwhile.
"""

import time
from typing import Any

from conformance.client import LOT, SYMBOL, UNFINISHED, BridgeClient, link_of
from conformance.relay import await_frame, drain
from lockstep_core.wire.enums import Action, Stage
from lockstep_core.wire.frames import AccountFrame, PendingOrder, Tick

BUY_LIMIT, SELL_LIMIT, BUY_STOP_LIMIT = 2, 3, 6
HOUR_MS = 3_600_000


def far_below(client: BridgeClient) -> dict[str, Any]:
    """A price for a buy limit that the market does not reach soon."""
    tick, _ = await_frame(client.relay.events, Tick, lambda t: t.symbol == SYMBOL)
    return {"side": BUY_LIMIT, "volume": LOT // 10, "price": round(tick.bid * 0.9, 5), "comment": "ls:order"}


def placed(client: BridgeClient, **values: Any) -> tuple[int, dict[str, Any], PendingOrder]:
    """Places a pending order for a new link. Returns the link, the command's values and the order's frame."""
    link, target = client.new_link(), far_below(client) | values
    assert client.command(Action.PLACE, link, **target).stage == Stage.PLACED
    reported = client.order(lambda o: link_of(o) == link and o.working == 1)
    assert client.outcome(link).stage == Stage.DONE
    return link, target, reported


def a_pending_order_is_placed_and_reported_as_commanded(client: BridgeClient) -> None:
    """Its frame has the command's price, volume and comment, and names the link."""
    link, target, reported = placed(client)
    assert (reported.order_kind, reported.volume, reported.left, reported.price) == (
        BUY_LIMIT,
        LOT // 10,
        LOT // 10,
        target["price"],
    )
    assert (reported.symbol, reported.comment, link_of(reported), reported.limit, reported.expires_msc) == (
        SYMBOL,
        "ls:order",
        link,
        0.0,
        0,
    )
    assert reported.ticket > 0
    assert reported.seen_ns > 0
    assert 0 <= reported.age_ms < 600_000


def placing_a_link_again_and_again_makes_one_order(client: BridgeClient) -> None:
    """Repeated at once, while it is being placed, and after it is placed. Nor is the link opened at market meanwhile."""
    link, target = client.new_link(), far_below(client)
    stages = [Stage(client.command(Action.PLACE, link, **target).stage) for _ in range(5)]
    assert stages[0] == Stage.PLACED
    assert set(stages[1:]) <= {Stage.IN_FLIGHT, Stage.ALREADY_OPEN}
    assert client.outcome(link).stage == Stage.DONE
    assert client.command(Action.PLACE, link, **target).stage == Stage.ALREADY_OPEN
    assert client.command(Action.OPEN, link, volume=LOT // 10).stage in (Stage.ALREADY_OPEN, Stage.REJECTED)
    assert client.command(Action.QUERY, link).stage == Stage.ALREADY_OPEN
    assert [o.ticket for o in _working(client, link)] == [client.command(Action.QUERY, link).order]


def an_order_is_changed_once_and_then_is_as_commanded(client: BridgeClient) -> None:
    """The first change is sent. The same again is answered DONE, and nothing is sent."""
    link, target, reported = placed(client)
    moved = target | {"price": round(target["price"] + 0.001, 5), "sl": round(target["price"] - 0.01, 5)}
    answers = [Stage(client.command(Action.SET_ORDER, link, **moved).stage) for _ in range(3)]
    assert answers[0] == Stage.PLACED
    assert set(answers[1:]) <= {*UNFINISHED, Stage.DONE} - {Stage.PLACED}
    found = client.order(lambda o: o.ticket == reported.ticket and o.price == moved["price"])
    assert (found.sl, found.volume, found.working) == (moved["sl"], LOT // 10, 1)
    assert client.outcome(link).action == Action.SET_ORDER
    assert client.command(Action.SET_ORDER, link, **moved).stage == Stage.DONE


def a_deleted_order_is_reported_as_gone_and_its_link_is_not_placed_again(client: BridgeClient) -> None:
    """Deleting, changing or placing it again is answered ALREADY_CLOSED."""
    link, target, reported = placed(client)
    answers = [Stage(client.command(Action.DELETE, link).stage) for _ in range(3)]
    assert answers[0] == Stage.PLACED
    assert set(answers[1:]) <= {Stage.IN_FLIGHT, Stage.ALREADY_CLOSED}
    gone = client.order(lambda o: o.ticket == reported.ticket and o.working == 0)
    assert gone.left == LOT // 10
    assert client.outcome(link).action == Action.DELETE
    assert client.command(Action.DELETE, link).stage == Stage.ALREADY_CLOSED
    assert client.command(Action.SET_ORDER, link, **target).stage == Stage.ALREADY_CLOSED
    assert client.command(Action.PLACE, link, **target).stage == Stage.ALREADY_CLOSED
    assert _working(client, link) == []


def an_order_with_an_end_says_when(client: BridgeClient) -> None:
    """Its expiry is on the broker's clock, in whole seconds."""
    account = next(f for f in client.snapshot()[1] if isinstance(f, AccountFrame))
    expires_msc = (account.server_time_msc + HOUR_MS) // 1000 * 1000
    _, _, reported = placed(client, expires_msc=expires_msc)
    assert reported.expires_msc == expires_msc


def a_stop_limit_order_has_both_prices(client: BridgeClient) -> None:
    """`price` is the stop, `limit` the limit."""
    tick, _ = await_frame(client.relay.events, Tick, lambda t: t.symbol == SYMBOL)
    stop, limit = round(tick.ask * 1.1, 5), round(tick.ask * 1.09, 5)
    _, _, reported = placed(client, side=BUY_STOP_LIMIT, price=stop, limit=limit)
    assert (reported.order_kind, reported.price, reported.limit) == (BUY_STOP_LIMIT, stop, limit)


def a_snapshot_reports_the_orders_that_work(client: BridgeClient) -> None:
    """Ended orders are not in it."""
    kept, _, first = placed(client)
    gone, _, second = placed(client)
    assert client.command(Action.DELETE, gone).stage == Stage.PLACED
    client.order(lambda o: o.ticket == second.ticket and o.working == 0)
    drain(client.relay.events)
    reported = {o.ticket: o for o in _working(client, kept, gone)}
    assert list(reported) == [first.ticket]
    assert link_of(reported[first.ticket]) == kept


def a_refused_order_leaves_the_link_free(client: BridgeClient) -> None:
    """The broker refuses a buy limit above the market. A good one is then placed."""
    link, target = client.new_link(), far_below(client)
    first = client.command(Action.PLACE, link, **(target | {"price": round(target["price"] * 1.5, 5)}))
    if first.stage == Stage.PLACED:
        first = client.outcome(link)
    assert (first.stage, first.retcode, first.action) == (Stage.REJECTED, 10015, Action.PLACE)
    assert client.command(Action.PLACE, link, **target).stage == Stage.PLACED
    assert client.outcome(link).stage == Stage.DONE


def a_link_without_an_order_has_none_to_change(client: BridgeClient) -> None:
    """Nothing is sent. PLACE with the kind of a market order is refused."""
    link, target = client.new_link(), far_below(client)
    assert client.command(Action.SET_ORDER, link, **target).stage == Stage.NOTHING
    assert client.command(Action.DELETE, link).stage == Stage.NOTHING
    assert client.command(Action.PLACE, link, **(target | {"side": 0})).stage == Stage.REJECTED


def _working(client: BridgeClient, *links: int) -> list[PendingOrder]:
    """The links' pending orders in a new snapshot."""
    time.sleep(0.3)
    return [f for f in client.snapshot()[1] if isinstance(f, PendingOrder) and link_of(f) in links]


MT4_CHECKS = (
    a_pending_order_is_placed_and_reported_as_commanded,
    placing_a_link_again_and_again_makes_one_order,
    an_order_is_changed_once_and_then_is_as_commanded,
    a_deleted_order_is_reported_as_gone_and_its_link_is_not_placed_again,
    an_order_with_an_end_says_when,
    a_snapshot_reports_the_orders_that_work,
    a_refused_order_leaves_the_link_free,
    a_link_without_an_order_has_none_to_change,
)
CHECKS = (*MT4_CHECKS, a_stop_limit_order_has_both_prices)
"""MT4 has no stop-limit orders."""
