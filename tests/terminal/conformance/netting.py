"""The checks of netting, for any terminal on a netting demo account with EURUSD. Each check leaves the symbol flat."""

from typing import Any

from conformance.client import LOT, SYMBOL, BridgeClient
from conformance.relay import await_frame, drain
from lockstep_core.books.from_snapshot import replayed
from lockstep_core.wire.enums import Action, Capability, DealEntry, Stage
from lockstep_core.wire.frames import AccountFrame, PositionFrame, Trade

TENTH = LOT // 10


class NetDriver:
    """Changes the symbol's net position order by order. `units` is the present net position, which the next order must
    expect.
    """

    def __init__(self, client: BridgeClient) -> None:
        self.client = client
        self.units = 0

    def set(self, link: int, units: int, comment: str = "", **values: Any) -> Trade:
        """Sends one order that makes the net position `units`. Returns its deal."""
        client, target = self.client, {"volume": units, "expected": self.units, "comment": comment}
        assert client.command(Action.SET_NET, link, **(target | values)).stage == Stage.PLACED
        trade, _ = await_frame(client.relay.events, Trade, lambda t: t.magic == link)
        done = client.outcome(link)
        assert (done.stage, done.action) == (Stage.DONE, Action.SET_NET)
        self.units = units
        return trade

    def begin(self, link: int, units: int, **values: Any) -> Trade:
        """Sends the first order of a link that makes the net position `units`. Returns its deal."""
        return self.set(link, units, "ls:netting", **values)


def allocations(client: BridgeClient) -> dict[int, tuple[int, int, str]]:
    """The symbol's allocations in a new snapshot, by magic number: units, the net position's number, comment."""
    found = [f for f in client.snapshot()[1] if isinstance(f, PositionFrame) and f.allocation and f.symbol == SYMBOL]
    return {p.magic: (-p.volume if p.side else p.volume, p.ticket, p.comment) for p in found}


def net(client: BridgeClient) -> int:
    """The symbol's net position in a new snapshot."""
    found = [f for f in client.snapshot()[1] if isinstance(f, PositionFrame) and not f.allocation and f.symbol == SYMBOL]
    return sum(-p.volume if p.side else p.volume for p in found)


def it_says_that_it_nets(client: BridgeClient) -> None:
    """Its capabilities are netting, pending orders and quotes."""
    account = next(f for f in client.snapshot()[1] if isinstance(f, AccountFrame))
    assert account.capabilities == Capability.NET | Capability.ORDERS | Capability.QUOTES
    assert account.margin_mode in (0, 1)


def a_allocation_is_begun_changed_and_ended(client: BridgeClient) -> None:
    """It is begun, increased, reduced and closed. Then QUERY answers that it is closed."""
    link, driver = client.new_link(), NetDriver(client)
    found = [driver.begin(link, TENTH), driver.set(link, 2 * TENTH), driver.set(link, TENTH // 2), driver.set(link, 0)]
    assert [t.entry for t in found] == [DealEntry.IN, DealEntry.IN, DealEntry.OUT, DealEntry.OUT]
    assert [t.volume for t in found] == [TENTH, TENTH, 3 * TENTH // 2, TENTH // 2]
    assert len({t.position for t in found}) == 1
    assert client.command(Action.QUERY, link).stage == Stage.ALREADY_CLOSED


def beginning_a_allocation_again_and_again_makes_one_order(client: BridgeClient) -> None:
    """Repeated at once and after it was filled, whatever net position the repetition names."""
    link, driver = client.new_link(), NetDriver(client)
    target = {"volume": TENTH, "expected": 0, "comment": "ls:netting"}
    stages = [Stage(client.command(Action.SET_NET, link, **target).stage) for _ in range(4)]
    assert stages[0] == Stage.PLACED
    assert set(stages[1:]) <= {Stage.IN_FLIGHT, Stage.ALREADY_OPEN, Stage.DONE}
    assert client.outcome(link).stage == Stage.DONE
    drain(client.relay.events)
    again = client.command(Action.SET_NET, link, **(target | {"volume": 2 * TENTH, "expected": TENTH}))
    assert (again.stage, again.volume) == (Stage.ALREADY_OPEN, TENTH)
    driver.units = TENTH
    driver.set(link, 0)
    assert client.command(Action.SET_NET, link, **target).stage == Stage.ALREADY_CLOSED
    assert net(client) == 0


def changing_the_net_again_and_again_changes_it_once(client: BridgeClient) -> None:
    """DONE if the net position is `volume` already, NOTHING if it is not `expected`."""
    link, driver = client.new_link(), NetDriver(client)
    driver.begin(link, TENTH)
    target = {"volume": 2 * TENTH, "expected": TENTH, "comment": ""}
    stages = [Stage(client.command(Action.SET_NET, link, **target).stage) for _ in range(4)]
    assert stages[0] == Stage.PLACED
    assert set(stages[1:]) <= {Stage.IN_FLIGHT, Stage.DONE}
    assert client.outcome(link).stage == Stage.DONE
    drain(client.relay.events)
    assert client.command(Action.SET_NET, link, **target).stage == Stage.DONE
    assert client.command(Action.SET_NET, link, **(target | {"volume": 5 * TENTH})).stage == Stage.NOTHING
    driver.units = 2 * TENTH
    driver.set(link, 0)


def two_links_share_a_position_and_a_snapshot_reports_their_allocations(client: BridgeClient) -> None:
    """Each allocation has its own lots, the comment with which it began, and the position's number."""
    (first, second), driver = (client.new_link(), client.new_link()), NetDriver(client)
    position = driver.begin(first, TENTH).position
    assert driver.begin(second, 3 * TENTH).position == position
    driver.set(first, 5 * TENTH // 2)
    reported = allocations(client)
    assert reported[first] == (TENTH // 2, position, "ls:netting")
    assert reported[second] == (2 * TENTH, position, "ls:netting")
    assert (net(client), client.command(Action.QUERY, second).volume) == (5 * TENTH // 2, 2 * TENTH)
    driver.set(first, 2 * TENTH)
    driver.set(second, 0)
    assert first not in allocations(client)
    assert second not in allocations(client)


def a_position_that_is_turned_around_keeps_its_number(client: BridgeClient) -> None:
    """The deal has entry INOUT. One allocation is a buy, the other a sell."""
    (first, second), driver = (client.new_link(), client.new_link()), NetDriver(client)
    opened = driver.begin(first, TENTH)
    turned = driver.begin(second, -2 * TENTH)
    assert (turned.entry, turned.volume, turned.side) == (DealEntry.INOUT, 3 * TENTH, 1)
    assert turned.position == opened.position
    reported = allocations(client)
    assert (reported[first][0], reported[second][0]) == (TENTH, -3 * TENTH)
    assert {reported[first][1], reported[second][1]} == {opened.position}
    driver.set(second, TENTH)
    driver.set(first, 0)


def allocations_of_both_sides_outlive_a_position_that_is_flat(client: BridgeClient) -> None:
    """They add up to zero, and there is no position."""
    (first, second), driver = (client.new_link(), client.new_link()), NetDriver(client)
    driver.begin(first, TENTH)
    driver.begin(second, 0)
    reported = allocations(client)
    assert (reported[first], reported[second]) == ((TENTH, 0, "ls:netting"), (-TENTH, 0, "ls:netting"))
    assert client.command(Action.QUERY, first).stage == Stage.ALREADY_OPEN
    driver.set(first, -TENTH)
    driver.set(second, 0)


def stops_stay_while_allocations_come_and_go(client: BridgeClient) -> None:
    """An order without stops would remove them. An order that begins a link has the stops of the whole position."""
    (first, second, third), driver = (client.new_link(), client.new_link(), client.new_link()), NetDriver(client)
    price = driver.begin(first, TENTH).price
    stops = {"sl": round(price - 0.05, 5), "tp": round(price + 0.05, 5)}
    assert client.command(Action.SET_STOPS, first, **stops).stage == Stage.PLACED
    assert client.outcome(first).stage == Stage.DONE
    assert client.command(Action.SET_STOPS, first, **stops).stage == Stage.DONE
    for trade in (driver.begin(second, 2 * TENTH, **stops), driver.set(second, 3 * TENTH), driver.set(second, TENTH)):
        assert (trade.sl, trade.tp) == (stops["sl"], stops["tp"])
    began = driver.begin(third, 2 * TENTH)
    assert (began.sl, began.tp) == (0.0, 0.0)
    driver.set(first, 0)


def a_link_that_never_was_has_no_allocation(client: BridgeClient) -> None:
    """Nor can a position of its own be opened, reduced or closed on a netting account."""
    link = client.new_link()
    assert client.command(Action.QUERY, link).stage == Stage.NOTHING
    assert client.command(Action.SET_STOPS, link, sl=1.0).stage == Stage.NOTHING
    for action in (Action.OPEN, Action.SET_VOLUME, Action.CLOSE):
        assert client.command(action, link, volume=TENTH).stage == Stage.REJECTED


def a_snapshot_reports_how_a_position_came_about(client: BridgeClient) -> None:
    """It has each deal since the position was opened, oldest first, so that a router that was offline knows the tranches."""
    (first, second), driver = (client.new_link(), client.new_link()), NetDriver(client)
    seen = [
        driver.begin(first, TENTH),
        driver.begin(second, 3 * TENTH),
        driver.set(first, 5 * TENTH // 2),
        driver.set(second, -TENTH),
    ]
    reported = [f for f in client.snapshot()[1] if isinstance(f, Trade) and f.symbol == SYMBOL]
    assert [t.entry for t in reported] == [DealEntry.IN, DealEntry.IN, DealEntry.OUT, DealEntry.INOUT]
    assert [(t.deal, t.order, t.position, t.volume, t.magic, t.time_msc) for t in reported] == [
        (t.deal, t.order, t.position, t.volume, t.magic, t.time_msc) for t in seen
    ]
    assert {t.seen_ns for t in reported} == {0}
    (position,) = replayed((t, 0) for t in reported).values()
    assert (position.signed, [tranche.volume for tranche in position.tranches]) == (-TENTH, [TENTH])
    driver.set(first, -TENTH // 2)
    driver.set(second, 0)
    assert [f for f in client.snapshot()[1] if isinstance(f, Trade) and f.symbol == SYMBOL] == []


CHECKS = (
    a_snapshot_reports_how_a_position_came_about,
    it_says_that_it_nets,
    a_allocation_is_begun_changed_and_ended,
    beginning_a_allocation_again_and_again_makes_one_order,
    changing_the_net_again_and_again_changes_it_once,
    two_links_share_a_position_and_a_snapshot_reports_their_allocations,
    a_position_that_is_turned_around_keeps_its_number,
    allocations_of_both_sides_outlive_a_position_that_is_flat,
    stops_stay_while_allocations_come_and_go,
    a_link_that_never_was_has_no_allocation,
)
