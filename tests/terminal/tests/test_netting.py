"""A netting account in the test terminal: people and the broker trade on a position that is allocated to several links."""

from collections.abc import Mapping

import pytest
from conformance.client import LOT, BridgeClient
from conformance.netting import NetDriver, allocations
from conformance.relay import await_frame, drain
from stage.place import BrokerProcess

from lockstep_core.wire.enums import Action, DealEntry, Stage
from lockstep_core.wire.frames import AccountFrame, Result, SnapshotEnd, StopsFrame, Trade

pytestmark = [pytest.mark.wine, pytest.mark.timeout(300)]
ME = "/accounts/1001"
TENTH = LOT // 10


@pytest.fixture(scope="module")
def terms() -> Mapping[str, object]:
    """A netting account."""
    return {"balance": 100_000.0, "margin_mode": 0}


@pytest.fixture(autouse=True)
def flat(broker: BrokerProcess, client: BridgeClient) -> None:
    """Nothing is open, quotes are frozen, and all of that has been reported."""
    broker.call("POST", "/quotes", symbol="EURUSD", bid=1.14, ask=1.1401)
    for held in broker.call("GET", f"{ME}/positions"):
        broker.call("POST", f"{ME}/positions/{held['id']}/close")
    drain(client.relay.events)


def trade(broker: BrokerProcess, side: str, lots: str) -> int:
    return int(broker.call("POST", f"{ME}/trades", symbol="EURUSD", side=side, lots=lots)["position"])


def reported(client: BridgeClient) -> Trade:
    return await_frame(client.relay.events, Trade)[0]


def test_trades_from_the_phone_are_reported_one_by_one(client: BridgeClient, broker: BrokerProcess) -> None:
    position = trade(broker, "buy", "0.5")
    trade(broker, "buy", "0.2")
    trade(broker, "sell", "0.1")
    trade(broker, "sell", "1.0")
    trade(broker, "buy", "0.4")
    found = [reported(client) for _ in range(5)]
    assert [t.entry for t in found] == [DealEntry.IN, DealEntry.IN, DealEntry.OUT, DealEntry.INOUT, DealEntry.OUT]
    assert [t.volume * 100 // LOT for t in found] == [50, 20, 10, 100, 40]
    assert {t.position for t in found} == {position}
    assert len({t.order for t in found}) == 5
    assert broker.call("GET", f"{ME}/positions") == []


def test_two_deals_that_leave_the_net_as_it_was_are_both_reported(client: BridgeClient, broker: BrokerProcess) -> None:
    trade(broker, "buy", "0.5")
    reported(client)
    for _ in range(5):
        trade(broker, "buy", "0.1")
        trade(broker, "sell", "0.1")
    found = [f for f in drain(client.relay.events) if isinstance(f, Trade)]
    assert [t.entry for t in found] == [DealEntry.IN, DealEntry.OUT] * 5


def test_after_a_turn_stops_are_reported_of_the_same_position(client: BridgeClient, broker: BrokerProcess) -> None:
    position = trade(broker, "buy", "0.1")
    trade(broker, "sell", "0.3")
    held = broker.call("GET", f"{ME}/positions")[0]
    assert held["ticket"] != position
    broker.call("POST", f"{ME}/positions/{position}/stops", sl=1.3)
    stops, _ = await_frame(client.relay.events, StopsFrame)
    assert (stops.position, stops.sl) == (position, 1.3)


def test_stops_of_a_allocation_in_a_turned_position_are_set(client: BridgeClient, broker: BrokerProcess) -> None:
    link, driver = client.new_link(), NetDriver(client)
    trade(broker, "buy", "0.1")
    driver.units = reported(client).volume
    driver.begin(link, -TENTH)
    assert client.command(Action.SET_STOPS, link, sl=1.3, tp=1.0).stage == Stage.PLACED
    assert client.outcome(link).stage == Stage.DONE
    assert [(p["sl"], p["tp"]) for p in broker.call("GET", f"{ME}/positions")] == [(1.3, 1.0)]


def test_what_the_owner_trades_belongs_to_no_link(client: BridgeClient, broker: BrokerProcess) -> None:
    link, driver = client.new_link(), NetDriver(client)
    driver.begin(link, TENTH)
    position = trade(broker, "buy", "0.3")
    assert allocations(client)[link] == (TENTH, position, "ls:netting")
    assert len(allocations(client)) == 1


def test_who_flattens_a_position_ends_its_allocations(client: BridgeClient, broker: BrokerProcess) -> None:
    link, driver = client.new_link(), NetDriver(client)
    position = driver.begin(link, TENTH).position
    broker.call("POST", f"{ME}/positions/{position}/close")
    drain(client.relay.events)
    assert allocations(client) == {}
    assert client.command(Action.QUERY, link).stage == Stage.ALREADY_CLOSED
    trade(broker, "buy", "0.1")
    drain(client.relay.events)
    assert link not in allocations(client)


def test_another_program_that_turns_around_what_it_has_leaves_a_links_allocation_as_it_is(
    client: BridgeClient, broker: BrokerProcess
) -> None:
    link, driver = client.new_link(), NetDriver(client)
    driver.begin(link, -TENTH)
    for side, lots in (("sell", "0.1"), ("buy", "0.5")):
        broker.call("POST", f"{ME}/trades", symbol="EURUSD", side=side, lots=lots, magic=77, comment="scalper")
    drain(client.relay.events)
    assert allocations(client)[77][:1] + allocations(client)[77][2:] == (4 * TENTH, "scalper")
    assert allocations(client)[link][0] == -TENTH
    driver.units = 3 * TENTH
    driver.set(link, 4 * TENTH)
    broker.call("POST", f"{ME}/trades", symbol="EURUSD", side="sell", lots="0.4", magic=77)
    drain(client.relay.events)
    assert allocations(client) == {}


def test_a_stop_out_ends_every_allocation(client: BridgeClient, broker: BrokerProcess) -> None:
    (first, second), driver = (client.new_link(), client.new_link()), NetDriver(client)
    driver.begin(first, TENTH)
    driver.begin(second, 2 * TENTH, sl=1.1)
    broker.call("POST", "/quotes", symbol="EURUSD", bid=1.09, ask=1.0901)
    closed = reported(client)
    assert (closed.entry, closed.volume) == (DealEntry.OUT, 2 * TENTH)
    drain(client.relay.events)
    assert allocations(client) == {}
    assert {client.command(Action.QUERY, link).stage for link in (first, second)} == {Stage.ALREADY_CLOSED}


def test_a_net_that_is_not_as_expected_is_left_alone(client: BridgeClient, broker: BrokerProcess) -> None:
    trade(broker, "buy", "0.1")
    drain(client.relay.events)
    before = broker.call("GET", ME)["orders_received"]
    target = {"volume": 5 * TENTH, "expected": 0, "comment": "ls:netting"}
    link = client.new_link()
    assert client.command(Action.SET_NET, link, **target).stage == Stage.NOTHING
    assert broker.call("GET", ME)["orders_received"] == before
    assert client.command(Action.SET_NET, link, **(target | {"expected": TENTH})).stage == Stage.PLACED
    assert client.outcome(link).stage == Stage.DONE


def test_the_broker_gets_one_order_however_often_a_net_is_set(client: BridgeClient, broker: BrokerProcess) -> None:
    link = client.new_link()
    broker.call("POST", f"{ME}/faults", execution_delay_ms=300)
    before = broker.call("GET", ME)["orders_received"]
    target = {"volume": -TENTH, "expected": 0, "comment": "ls:netting"}
    stages = [client.command(Action.SET_NET, link, **target).stage for _ in range(4)]
    broker.call("POST", f"{ME}/faults", execution_delay_ms=0)
    assert stages == [Stage.PLACED, Stage.IN_FLIGHT, Stage.IN_FLIGHT, Stage.IN_FLIGHT]
    assert client.outcome(link).stage == Stage.DONE
    assert broker.call("GET", ME)["orders_received"] == before + 1
    assert client.command(Action.SET_NET, link, **target).stage == Stage.ALREADY_OPEN


def test_a_target_that_was_done_is_not_done_again_though_somebody_brought_the_net_back(
    client: BridgeClient, broker: BrokerProcess
) -> None:
    link, driver = client.new_link(), NetDriver(client)
    driver.begin(link, 2 * TENTH)
    before = broker.call("GET", ME)["orders_received"]
    target = {"volume": TENTH, "expected": 2 * TENTH, "target_id": 4711}
    assert client.command(Action.SET_NET, link, **(target | {"comment": ""})).stage == Stage.PLACED
    assert client.outcome(link).stage == Stage.DONE
    trade(broker, "buy", "0.1")
    drain(client.relay.events)
    assert client.command(Action.SET_NET, link, **(target | {"comment": ""})).stage == Stage.IN_FLIGHT
    assert broker.call("GET", ME)["orders_received"] == before + 1
    assert client.command(Action.SET_NET, link, **(target | {"comment": "", "target_id": 4712})).stage == Stage.PLACED
    assert client.outcome(link).stage == Stage.DONE


def test_a_net_that_is_as_commanded_only_by_chance_does_not_hide_the_order_that_is_under_way(
    client: BridgeClient, broker: BrokerProcess
) -> None:
    link, driver = client.new_link(), NetDriver(client)
    driver.begin(link, 2 * TENTH)
    broker.call("POST", f"{ME}/faults", execution_delay_ms=1000)
    target = {"volume": TENTH, "expected": 2 * TENTH, "comment": ""}
    assert client.command(Action.SET_NET, link, **target).stage == Stage.PLACED
    broker.call("POST", f"{ME}/faults", execution_delay_ms=0)
    trade(broker, "sell", "0.1")
    drain(client.relay.events)
    assert client.command(Action.SET_NET, link, **target).stage == Stage.IN_FLIGHT
    assert client.outcome(link).stage == Stage.DONE


@pytest.mark.parametrize("comment", ["ls:netting", ""])
def test_a_set_net_that_vanished_is_never_sent_twice(client: BridgeClient, broker: BrokerProcess, comment: str) -> None:
    broker.call("POST", f"{ME}/faults", ignore_next=1)
    link = client.new_link()
    target = {"volume": TENTH, "expected": 0, "comment": comment}
    assert client.command(Action.SET_NET, link, **target).stage == Stage.PLACED
    assert client.command(Action.SET_NET, link, **target).stage == Stage.IN_FLIGHT


def test_a_refused_beginning_frees_the_link(client: BridgeClient, broker: BrokerProcess) -> None:
    broker.call("POST", f"{ME}/faults", reject_next=1, reject_retcode=10019)
    link = client.new_link()
    target = {"volume": TENTH, "expected": 0, "comment": "ls:netting"}
    assert client.command(Action.SET_NET, link, **target).stage == Stage.PLACED
    refused = client.outcome(link)
    assert (refused.stage, refused.retcode, refused.action) == (Stage.REJECTED, 10019, Action.SET_NET)
    assert client.command(Action.SET_NET, link, **target).stage == Stage.PLACED
    assert client.outcome(link).stage == Stage.DONE


def test_a_pending_order_that_fills_becomes_a_allocation(client: BridgeClient, broker: BrokerProcess) -> None:
    link = client.new_link()
    position = trade(broker, "buy", "0.3")
    target = {"side": 2, "volume": TENTH, "price": 1.0, "comment": "ls:order"}
    assert client.command(Action.PLACE, link, **target).stage == Stage.PLACED
    order = client.order(lambda o: o.magic == link)
    broker.call("POST", f"{ME}/pending/{order.ticket}/fill")
    filled, _ = await_frame(client.relay.events, Trade, lambda t: t.magic == link)
    assert (filled.order, filled.position, filled.entry) == (order.ticket, position, DealEntry.IN)
    assert allocations(client) == {link: (TENTH, position, "ls:order")}
    assert client.command(Action.PLACE, link, **target).stage == Stage.ALREADY_OPEN


def test_after_the_broker_was_away_allocations_are_reported_from_history(
    client: BridgeClient, broker: BrokerProcess
) -> None:
    link, driver = client.new_link(), NetDriver(client)
    position = driver.begin(link, 3 * TENTH).position
    driver.set(link, TENTH)
    broker.call("POST", f"{ME}/disconnect")
    await_frame(client.relay.events, AccountFrame, lambda a: a.connected == 0)
    await_frame(client.relay.events, SnapshotEnd)
    assert allocations(client) == {link: (TENTH, position, "ls:netting")}
    assert client.command(Action.QUERY, link).volume == TENTH
    driver.set(link, 0)


def test_results_of_a_set_net_say_so_and_name_the_position(client: BridgeClient) -> None:
    link = client.new_link()
    client.command(Action.SET_NET, link, volume=TENTH, expected=0, comment="ls:netting")
    frames = drain(client.relay.events, quiet_s=1.0)
    (done,) = [f for f in frames if isinstance(f, Result)]
    (deal,) = [f for f in frames if isinstance(f, Trade)]
    assert (done.action, done.deal, done.order) == (Action.SET_NET, deal.deal, deal.order)
    assert done.called_ns > 0


def test_a_terminal_that_begins_anew_knows_the_allocations(
    client: BridgeClient, broker: BrokerProcess, request: pytest.FixtureRequest
) -> None:
    (held, over), driver = (client.new_link(), client.new_link()), NetDriver(client)
    position = driver.begin(held, 3 * TENTH).position
    driver.begin(over, 4 * TENTH)
    driver.set(over, 3 * TENTH)
    another: BridgeClient = request.getfixturevalue("another")
    assert allocations(another) == {held: (3 * TENTH, position, "ls:netting")}
    before = broker.call("GET", ME)["orders_received"]
    target = {"volume": 5 * TENTH, "expected": 3 * TENTH, "comment": "ls:netting"}
    wanted = {held: Stage.ALREADY_OPEN, over: Stage.ALREADY_CLOSED}
    assert {link: another.command(Action.SET_NET, link, **target).stage for link in wanted} == wanted
    assert broker.call("GET", ME)["orders_received"] == before
