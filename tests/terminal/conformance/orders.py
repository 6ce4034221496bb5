"""The checks of pending orders, for any terminal on a demo account with EURUSD, hedging or netting.

Orders are placed far enough from the market that none of them fills meanwhile.
"""

import time
from typing import Any

from conformance.bench import LOT, SYMBOL, UNFINISHED, Bench
from conformance.relay import await_frame, drain
from lockstep_core.wire.frames import AccountFrame, Action, PendingOrder, Stage, Tick

BUY_LIMIT, SELL_LIMIT, BUY_STOP_LIMIT = 2, 3, 6
HOUR_MS = 3_600_000


def far_below(bench: Bench) -> dict[str, Any]:
    """A buy limit that no market comes to soon."""
    tick, _ = await_frame(bench.relay.events, Tick, lambda t: t.symbol == SYMBOL)
    return {"side": BUY_LIMIT, "volume": LOT // 10, "price": round(tick.bid * 0.9, 5), "comment": "ls:order"}


def placed(bench: Bench, **values: Any) -> tuple[int, dict[str, Any], PendingOrder]:
    """A new link with a pending order, what was wished, and how it is told."""
    link, target = bench.new_link(), far_below(bench) | values
    assert bench.tell(Action.PLACE, link, **target).stage == Stage.PLACED
    told = bench.order(lambda o: o.magic == link and o.working == 1)
    assert bench.outcome(link).stage == Stage.DONE
    return link, target, told


def a_pending_order_is_placed_and_told_as_wished(bench: Bench) -> None:
    """With its prices, volume, magic and comment."""
    link, target, told = placed(bench)
    assert (told.order_kind, told.volume, told.left, told.price) == (BUY_LIMIT, LOT // 10, LOT // 10, target["price"])
    assert (told.symbol, told.comment, told.magic, told.limit, told.expires_msc) == (SYMBOL, "ls:order", link, 0.0, 0)
    assert told.ticket > 0
    assert told.seen_ns > 0
    assert 0 <= told.age_ms < 600_000


def placing_a_link_again_and_again_makes_one_order(bench: Bench) -> None:
    """At once, while it is being placed, and after it is there; nor is it opened at market meanwhile."""
    link, target = bench.new_link(), far_below(bench)
    stages = [Stage(bench.tell(Action.PLACE, link, **target).stage) for _ in range(5)]
    assert stages[0] == Stage.PLACED
    assert set(stages[1:]) <= {Stage.IN_FLIGHT, Stage.ALREADY_OPEN}
    assert bench.outcome(link).stage == Stage.DONE
    assert bench.tell(Action.PLACE, link, **target).stage == Stage.ALREADY_OPEN
    assert bench.tell(Action.OPEN, link, volume=LOT // 10).stage in (Stage.ALREADY_OPEN, Stage.REJECTED)
    assert bench.tell(Action.QUERY, link).stage == Stage.ALREADY_OPEN
    assert [o.ticket for o in _working(bench, link)] == [bench.tell(Action.QUERY, link).order]


def an_order_is_changed_once_and_then_is_as_wished(bench: Bench) -> None:
    """The first change is sent, the same again is done without an order."""
    link, target, told = placed(bench)
    moved = target | {"price": round(target["price"] + 0.001, 5), "sl": round(target["price"] - 0.01, 5)}
    answers = [Stage(bench.tell(Action.SET_ORDER, link, **moved).stage) for _ in range(3)]
    assert answers[0] == Stage.PLACED
    assert set(answers[1:]) <= {*UNFINISHED, Stage.DONE} - {Stage.PLACED}
    found = bench.order(lambda o: o.ticket == told.ticket and o.price == moved["price"])
    assert (found.sl, found.volume, found.working) == (moved["sl"], LOT // 10, 1)
    assert bench.outcome(link).action == Action.SET_ORDER
    assert bench.tell(Action.SET_ORDER, link, **moved).stage == Stage.DONE


def a_deleted_order_is_told_as_gone_and_its_link_is_not_placed_again(bench: Bench) -> None:
    """Deleting again finds it closed; opening at market is another way to have what was wished."""
    link, target, told = placed(bench)
    answers = [Stage(bench.tell(Action.DELETE, link).stage) for _ in range(3)]
    assert answers[0] == Stage.PLACED
    assert set(answers[1:]) <= {Stage.IN_FLIGHT, Stage.ALREADY_CLOSED}
    gone = bench.order(lambda o: o.ticket == told.ticket and o.working == 0)
    assert gone.left == LOT // 10
    assert bench.outcome(link).action == Action.DELETE
    assert bench.tell(Action.DELETE, link).stage == Stage.ALREADY_CLOSED
    assert bench.tell(Action.SET_ORDER, link, **target).stage == Stage.ALREADY_CLOSED
    assert bench.tell(Action.PLACE, link, **target).stage == Stage.ALREADY_CLOSED
    assert _working(bench, link) == []


def an_order_with_an_end_says_when(bench: Bench) -> None:
    """On the broker's clock, in whole seconds."""
    account = next(f for f in bench.snapshot()[1] if isinstance(f, AccountFrame))
    expires_msc = (account.server_time_msc + HOUR_MS) // 1000 * 1000
    _, _, told = placed(bench, expires_msc=expires_msc)
    assert told.expires_msc == expires_msc


def a_stop_limit_order_has_both_prices(bench: Bench) -> None:
    """The stop first, then the limit."""
    tick, _ = await_frame(bench.relay.events, Tick, lambda t: t.symbol == SYMBOL)
    stop, limit = round(tick.ask * 1.1, 5), round(tick.ask * 1.09, 5)
    _, _, told = placed(bench, side=BUY_STOP_LIMIT, price=stop, limit=limit)
    assert (told.order_kind, told.price, told.limit) == (BUY_STOP_LIMIT, stop, limit)


def a_snapshot_tells_the_orders_that_work(bench: Bench) -> None:
    """Not those that are gone, and not counted among the positions."""
    kept, _, first = placed(bench)
    gone, _, second = placed(bench)
    assert bench.tell(Action.DELETE, gone).stage == Stage.PLACED
    bench.order(lambda o: o.ticket == second.ticket and o.working == 0)
    drain(bench.relay.events)
    told = {o.ticket: o for o in _working(bench, kept, gone)}
    assert list(told) == [first.ticket]
    assert told[first.ticket].magic == kept


def a_refused_order_leaves_the_link_free(bench: Bench) -> None:
    """A buy limit above the market is refused by the broker; a right one is then placed."""
    link, target = bench.new_link(), far_below(bench)
    first = bench.tell(Action.PLACE, link, **(target | {"price": round(target["price"] * 1.5, 5)}))
    if first.stage == Stage.PLACED:
        first = bench.outcome(link)
    assert (first.stage, first.retcode, first.action) == (Stage.REJECTED, 10015, Action.PLACE)
    assert bench.tell(Action.PLACE, link, **target).stage == Stage.PLACED
    assert bench.outcome(link).stage == Stage.DONE


def a_link_without_an_order_has_none_to_change(bench: Bench) -> None:
    """Nothing is sent; nor for a kind that waits for nothing."""
    link, target = bench.new_link(), far_below(bench)
    assert bench.tell(Action.SET_ORDER, link, **target).stage == Stage.NOTHING
    assert bench.tell(Action.DELETE, link).stage == Stage.NOTHING
    assert bench.tell(Action.PLACE, link, **(target | {"side": 0})).stage == Stage.REJECTED


def _working(bench: Bench, *links: int) -> list[PendingOrder]:
    """The links' orders in a new snapshot."""
    time.sleep(0.3)
    return [f for f in bench.snapshot()[1] if isinstance(f, PendingOrder) and f.magic in links]


CHECKS = (
    a_pending_order_is_placed_and_told_as_wished,
    placing_a_link_again_and_again_makes_one_order,
    an_order_is_changed_once_and_then_is_as_wished,
    a_deleted_order_is_told_as_gone_and_its_link_is_not_placed_again,
    an_order_with_an_end_says_when,
    a_stop_limit_order_has_both_prices,
    a_snapshot_tells_the_orders_that_work,
    a_refused_order_leaves_the_link_free,
    a_link_without_an_order_has_none_to_change,
)
