"""A netting account in the test terminal: what people and brokers do with the position that links share."""

from collections.abc import Mapping

import pytest
from conformance.bench import LOT, Bench
from conformance.nets import Net, shares
from conformance.relay import await_frame, drain
from stage.place import Broker

from lockstep_core.wire.frames import AccountFrame, Action, DealEntry, Result, SnapshotEnd, Stage, StopsFrame, Trade

pytestmark = [pytest.mark.wine, pytest.mark.timeout(300)]
ME = "/accounts/1001"
TENTH = LOT // 10


@pytest.fixture(scope="module")
def terms() -> Mapping[str, object]:
    """The account nets."""
    return {"balance": 100_000.0, "margin_mode": 0}


@pytest.fixture(autouse=True)
def flat(broker: Broker, bench: Bench) -> None:
    """Nothing is open, the market stands still, and all of that was told."""
    broker.call("POST", "/quotes", symbol="EURUSD", bid=1.14, ask=1.1401)
    for held in broker.call("GET", f"{ME}/positions"):
        broker.call("POST", f"{ME}/positions/{held['id']}/close")
    drain(bench.relay.events)


def trade(broker: Broker, side: str, lots: str) -> int:
    return int(broker.call("POST", f"{ME}/trades", symbol="EURUSD", side=side, lots=lots)["position"])


def told(bench: Bench) -> Trade:
    return await_frame(bench.relay.events, Trade)[0]


def test_trades_from_the_phone_are_told_one_by_one(bench: Bench, broker: Broker) -> None:
    position = trade(broker, "buy", "0.5")
    trade(broker, "buy", "0.2")
    trade(broker, "sell", "0.1")
    trade(broker, "sell", "1.0")
    trade(broker, "buy", "0.4")
    found = [told(bench) for _ in range(5)]
    assert [t.entry for t in found] == [DealEntry.IN, DealEntry.IN, DealEntry.OUT, DealEntry.INOUT, DealEntry.OUT]
    assert [t.volume * 100 // LOT for t in found] == [50, 20, 10, 100, 40]
    assert {t.position for t in found} == {position}
    assert len({t.order for t in found}) == 5
    assert broker.call("GET", f"{ME}/positions") == []


def test_two_deals_that_leave_the_net_as_it_was_are_both_told(bench: Bench, broker: Broker) -> None:
    trade(broker, "buy", "0.5")
    told(bench)
    for _ in range(5):
        trade(broker, "buy", "0.1")
        trade(broker, "sell", "0.1")
    found = [f for f in drain(bench.relay.events) if isinstance(f, Trade)]
    assert [t.entry for t in found] == [DealEntry.IN, DealEntry.OUT] * 5


def test_after_a_turn_stops_are_told_of_the_same_position(bench: Bench, broker: Broker) -> None:
    position = trade(broker, "buy", "0.1")
    trade(broker, "sell", "0.3")
    held = broker.call("GET", f"{ME}/positions")[0]
    assert held["ticket"] != position
    broker.call("POST", f"{ME}/positions/{position}/stops", sl=1.3)
    stops, _ = await_frame(bench.relay.events, StopsFrame)
    assert (stops.position, stops.sl) == (position, 1.3)


def test_stops_of_a_share_in_a_turned_position_are_set(bench: Bench, broker: Broker) -> None:
    link, led = bench.new_link(), Net(bench)
    trade(broker, "buy", "0.1")
    led.units = told(bench).volume
    led.begin(link, -TENTH)
    assert bench.tell(Action.SET_STOPS, link, sl=1.3, tp=1.0).stage == Stage.PLACED
    assert bench.outcome(link).stage == Stage.DONE
    assert [(p["sl"], p["tp"]) for p in broker.call("GET", f"{ME}/positions")] == [(1.3, 1.0)]


def test_what_the_owner_trades_belongs_to_no_link(bench: Bench, broker: Broker) -> None:
    link, led = bench.new_link(), Net(bench)
    led.begin(link, TENTH)
    position = trade(broker, "buy", "0.3")
    assert shares(bench)[link] == (TENTH, position, "ls:share")
    assert len(shares(bench)) == 1


def test_who_flattens_a_position_ends_its_shares(bench: Bench, broker: Broker) -> None:
    link, led = bench.new_link(), Net(bench)
    position = led.begin(link, TENTH).position
    broker.call("POST", f"{ME}/positions/{position}/close")
    drain(bench.relay.events)
    assert shares(bench) == {}
    assert bench.tell(Action.QUERY, link).stage == Stage.ALREADY_CLOSED
    trade(broker, "buy", "0.1")
    drain(bench.relay.events)
    assert link not in shares(bench)


def test_another_program_that_turns_around_what_it_has_leaves_a_links_share_as_it_is(bench: Bench, broker: Broker) -> None:
    link, led = bench.new_link(), Net(bench)
    led.begin(link, -TENTH)
    for side, lots in (("sell", "0.1"), ("buy", "0.5")):
        broker.call("POST", f"{ME}/trades", symbol="EURUSD", side=side, lots=lots, magic=77, comment="scalper")
    drain(bench.relay.events)
    assert shares(bench)[77][:1] + shares(bench)[77][2:] == (4 * TENTH, "scalper")
    assert shares(bench)[link][0] == -TENTH
    led.units = 3 * TENTH
    led.set(link, 4 * TENTH)
    broker.call("POST", f"{ME}/trades", symbol="EURUSD", side="sell", lots="0.4", magic=77)
    drain(bench.relay.events)
    assert shares(bench) == {}


def test_a_stop_out_ends_every_share(bench: Bench, broker: Broker) -> None:
    (first, second), led = (bench.new_link(), bench.new_link()), Net(bench)
    led.begin(first, TENTH)
    led.begin(second, 2 * TENTH, sl=1.1)
    broker.call("POST", "/quotes", symbol="EURUSD", bid=1.09, ask=1.0901)
    closed = told(bench)
    assert (closed.entry, closed.volume) == (DealEntry.OUT, 2 * TENTH)
    drain(bench.relay.events)
    assert shares(bench) == {}
    assert {bench.tell(Action.QUERY, link).stage for link in (first, second)} == {Stage.ALREADY_CLOSED}


def test_a_net_that_is_not_as_expected_is_left_alone(bench: Bench, broker: Broker) -> None:
    trade(broker, "buy", "0.1")
    drain(bench.relay.events)
    before = broker.call("GET", ME)["orders_received"]
    target = {"volume": 5 * TENTH, "expected": 0, "comment": "ls:share"}
    link = bench.new_link()
    assert bench.tell(Action.SET_NET, link, **target).stage == Stage.NOTHING
    assert broker.call("GET", ME)["orders_received"] == before
    assert bench.tell(Action.SET_NET, link, **(target | {"expected": TENTH})).stage == Stage.PLACED
    assert bench.outcome(link).stage == Stage.DONE


def test_the_broker_gets_one_order_however_often_a_net_is_set(bench: Bench, broker: Broker) -> None:
    link = bench.new_link()
    broker.call("POST", f"{ME}/faults", execution_delay_ms=300)
    before = broker.call("GET", ME)["orders_received"]
    target = {"volume": -TENTH, "expected": 0, "comment": "ls:share"}
    stages = [bench.tell(Action.SET_NET, link, **target).stage for _ in range(4)]
    broker.call("POST", f"{ME}/faults", execution_delay_ms=0)
    assert stages == [Stage.PLACED, Stage.IN_FLIGHT, Stage.IN_FLIGHT, Stage.IN_FLIGHT]
    assert bench.outcome(link).stage == Stage.DONE
    assert broker.call("GET", ME)["orders_received"] == before + 1
    assert bench.tell(Action.SET_NET, link, **target).stage == Stage.ALREADY_OPEN


def test_a_wish_that_was_done_is_not_done_again_though_somebody_brought_the_net_back(bench: Bench, broker: Broker) -> None:
    link, led = bench.new_link(), Net(bench)
    led.begin(link, 2 * TENTH)
    before = broker.call("GET", ME)["orders_received"]
    target = {"volume": TENTH, "expected": 2 * TENTH, "target_id": 4711}
    assert bench.tell(Action.SET_NET, link, **(target | {"comment": ""})).stage == Stage.PLACED
    assert bench.outcome(link).stage == Stage.DONE
    trade(broker, "buy", "0.1")
    drain(bench.relay.events)
    assert bench.tell(Action.SET_NET, link, **(target | {"comment": ""})).stage == Stage.IN_FLIGHT
    assert broker.call("GET", ME)["orders_received"] == before + 1
    assert bench.tell(Action.SET_NET, link, **(target | {"comment": "", "target_id": 4712})).stage == Stage.PLACED
    assert bench.outcome(link).stage == Stage.DONE


def test_a_net_that_is_as_wished_only_by_chance_does_not_hide_the_order_that_is_under_way(
    bench: Bench, broker: Broker
) -> None:
    link, led = bench.new_link(), Net(bench)
    led.begin(link, 2 * TENTH)
    broker.call("POST", f"{ME}/faults", execution_delay_ms=1000)
    target = {"volume": TENTH, "expected": 2 * TENTH, "comment": ""}
    assert bench.tell(Action.SET_NET, link, **target).stage == Stage.PLACED
    broker.call("POST", f"{ME}/faults", execution_delay_ms=0)
    trade(broker, "sell", "0.1")
    drain(bench.relay.events)
    assert bench.tell(Action.SET_NET, link, **target).stage == Stage.IN_FLIGHT
    assert bench.outcome(link).stage == Stage.DONE


@pytest.mark.parametrize("comment", ["ls:share", ""])
def test_a_set_net_that_vanished_is_never_sent_twice(bench: Bench, broker: Broker, comment: str) -> None:
    broker.call("POST", f"{ME}/faults", ignore_next=1)
    link = bench.new_link()
    target = {"volume": TENTH, "expected": 0, "comment": comment}
    assert bench.tell(Action.SET_NET, link, **target).stage == Stage.PLACED
    assert bench.tell(Action.SET_NET, link, **target).stage == Stage.IN_FLIGHT


def test_a_refused_beginning_frees_the_link(bench: Bench, broker: Broker) -> None:
    broker.call("POST", f"{ME}/faults", reject_next=1, reject_retcode=10019)
    link = bench.new_link()
    target = {"volume": TENTH, "expected": 0, "comment": "ls:share"}
    assert bench.tell(Action.SET_NET, link, **target).stage == Stage.PLACED
    refused = bench.outcome(link)
    assert (refused.stage, refused.retcode, refused.action) == (Stage.REJECTED, 10019, Action.SET_NET)
    assert bench.tell(Action.SET_NET, link, **target).stage == Stage.PLACED
    assert bench.outcome(link).stage == Stage.DONE


def test_a_pending_order_that_fills_becomes_a_share(bench: Bench, broker: Broker) -> None:
    link = bench.new_link()
    position = trade(broker, "buy", "0.3")
    target = {"side": 2, "volume": TENTH, "price": 1.0, "comment": "ls:order"}
    assert bench.tell(Action.PLACE, link, **target).stage == Stage.PLACED
    order = bench.order(lambda o: o.magic == link)
    broker.call("POST", f"{ME}/pending/{order.ticket}/fill")
    filled, _ = await_frame(bench.relay.events, Trade, lambda t: t.magic == link)
    assert (filled.order, filled.position, filled.entry) == (order.ticket, position, DealEntry.IN)
    assert shares(bench) == {link: (TENTH, position, "ls:order")}
    assert bench.tell(Action.PLACE, link, **target).stage == Stage.ALREADY_OPEN


def test_after_the_broker_was_away_shares_are_told_from_history(bench: Bench, broker: Broker) -> None:
    link, led = bench.new_link(), Net(bench)
    position = led.begin(link, 3 * TENTH).position
    led.set(link, TENTH)
    broker.call("POST", f"{ME}/disconnect")
    await_frame(bench.relay.events, AccountFrame, lambda a: a.connected == 0)
    await_frame(bench.relay.events, SnapshotEnd)
    assert shares(bench) == {link: (TENTH, position, "ls:share")}
    assert bench.tell(Action.QUERY, link).volume == TENTH
    led.set(link, 0)


def test_results_of_a_set_net_say_so_and_name_the_position(bench: Bench) -> None:
    link = bench.new_link()
    bench.tell(Action.SET_NET, link, volume=TENTH, expected=0, comment="ls:share")
    frames = drain(bench.relay.events, quiet_s=1.0)
    (done,) = [f for f in frames if isinstance(f, Result)]
    (deal,) = [f for f in frames if isinstance(f, Trade)]
    assert (done.action, done.deal, done.order) == (Action.SET_NET, deal.deal, deal.order)
    assert done.called_ns > 0


def test_a_terminal_that_begins_anew_knows_the_shares(bench: Bench, broker: Broker, request: pytest.FixtureRequest) -> None:
    (held, over), led = (bench.new_link(), bench.new_link()), Net(bench)
    position = led.begin(held, 3 * TENTH).position
    led.begin(over, 4 * TENTH)
    led.set(over, 3 * TENTH)
    another: Bench = request.getfixturevalue("another")
    assert shares(another) == {held: (3 * TENTH, position, "ls:share")}
    before = broker.call("GET", ME)["orders_received"]
    target = {"volume": 5 * TENTH, "expected": 3 * TENTH, "comment": "ls:share"}
    wanted = {held: Stage.ALREADY_OPEN, over: Stage.ALREADY_CLOSED}
    assert {link: another.tell(Action.SET_NET, link, **target).stage for link in wanted} == wanted
    assert broker.call("GET", ME)["orders_received"] == before
