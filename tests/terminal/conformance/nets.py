"""The checks of netting, for any terminal on a netting demo account with EURUSD. Each leaves the symbol flat."""

from typing import Any

from conformance.bench import LOT, SYMBOL, Bench
from conformance.relay import await_frame, drain
from lockstep_core.books.from_snapshot import replayed
from lockstep_core.wire.frames import AccountFrame, Action, Capability, DealEntry, PositionFrame, Stage, Trade

TENTH = LOT // 10


class Net:
    """The net position of the symbol as this check has led it, and what it must be before the next order."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.units = 0

    def set(self, link: int, units: int, comment: str = "", **values: Any) -> Trade:
        """One order that leads to `units`; its deal."""
        bench, target = self.bench, {"volume": units, "expected": self.units, "comment": comment}
        assert bench.tell(Action.SET_NET, link, **(target | values)).stage == Stage.PLACED
        trade, _ = await_frame(bench.relay.events, Trade, lambda t: t.magic == link)
        done = bench.outcome(link)
        assert (done.stage, done.action) == (Stage.DONE, Action.SET_NET)
        self.units = units
        return trade

    def begin(self, link: int, units: int, **values: Any) -> Trade:
        """The same as a link's first order."""
        return self.set(link, units, "ls:share", **values)


def shares(bench: Bench) -> dict[int, tuple[int, int, str]]:
    """Units, the net position's number and the comment by magic, of the symbol's shares in a new snapshot."""
    found = [f for f in bench.snapshot()[1] if isinstance(f, PositionFrame) and f.allocation and f.symbol == SYMBOL]
    return {p.magic: (-p.volume if p.side else p.volume, p.ticket, p.comment) for p in found}


def net(bench: Bench) -> int:
    """The symbol's net position in a new snapshot."""
    found = [f for f in bench.snapshot()[1] if isinstance(f, PositionFrame) and not f.allocation and f.symbol == SYMBOL]
    return sum(-p.volume if p.side else p.volume for p in found)


def it_says_that_it_nets(bench: Bench) -> None:
    """And that orders may be placed, too."""
    account = next(f for f in bench.snapshot()[1] if isinstance(f, AccountFrame))
    assert account.capabilities == Capability.NET | Capability.ORDERS
    assert account.margin_mode in (0, 1)


def a_share_is_begun_changed_and_ended(bench: Bench) -> None:
    """In, more, less, and out; QUERY tells what the link has of it."""
    link, led = bench.new_link(), Net(bench)
    found = [led.begin(link, TENTH), led.set(link, 2 * TENTH), led.set(link, TENTH // 2), led.set(link, 0)]
    assert [t.entry for t in found] == [DealEntry.IN, DealEntry.IN, DealEntry.OUT, DealEntry.OUT]
    assert [t.volume for t in found] == [TENTH, TENTH, 3 * TENTH // 2, TENTH // 2]
    assert len({t.position for t in found}) == 1
    assert bench.tell(Action.QUERY, link).stage == Stage.ALREADY_CLOSED


def beginning_a_share_again_and_again_makes_one_order(bench: Bench) -> None:
    """At once and after it was filled, whatever net position the repetition names."""
    link, led = bench.new_link(), Net(bench)
    target = {"volume": TENTH, "expected": 0, "comment": "ls:share"}
    stages = [Stage(bench.tell(Action.SET_NET, link, **target).stage) for _ in range(4)]
    assert stages[0] == Stage.PLACED
    assert set(stages[1:]) <= {Stage.IN_FLIGHT, Stage.ALREADY_OPEN, Stage.DONE}
    assert bench.outcome(link).stage == Stage.DONE
    drain(bench.relay.events)
    again = bench.tell(Action.SET_NET, link, **(target | {"volume": 2 * TENTH, "expected": TENTH}))
    assert (again.stage, again.volume) == (Stage.ALREADY_OPEN, TENTH)
    led.units = TENTH
    led.set(link, 0)
    assert bench.tell(Action.SET_NET, link, **target).stage == Stage.ALREADY_CLOSED
    assert net(bench) == 0


def changing_the_net_again_and_again_changes_it_once(bench: Bench) -> None:
    """What is as wished already is done, what is not as expected is left alone."""
    link, led = bench.new_link(), Net(bench)
    led.begin(link, TENTH)
    target = {"volume": 2 * TENTH, "expected": TENTH, "comment": ""}
    stages = [Stage(bench.tell(Action.SET_NET, link, **target).stage) for _ in range(4)]
    assert stages[0] == Stage.PLACED
    assert set(stages[1:]) <= {Stage.IN_FLIGHT, Stage.DONE}
    assert bench.outcome(link).stage == Stage.DONE
    drain(bench.relay.events)
    assert bench.tell(Action.SET_NET, link, **target).stage == Stage.DONE
    assert bench.tell(Action.SET_NET, link, **(target | {"volume": 5 * TENTH})).stage == Stage.NOTHING
    led.units = 2 * TENTH
    led.set(link, 0)


def two_links_share_a_position_and_a_snapshot_tells_whose_it_is(bench: Bench) -> None:
    """Each with its own lots, the comment it began with and the position's number."""
    (first, second), led = (bench.new_link(), bench.new_link()), Net(bench)
    position = led.begin(first, TENTH).position
    assert led.begin(second, 3 * TENTH).position == position
    led.set(first, 5 * TENTH // 2)
    told = shares(bench)
    assert told[first] == (TENTH // 2, position, "ls:share")
    assert told[second] == (2 * TENTH, position, "ls:share")
    assert (net(bench), bench.tell(Action.QUERY, second).volume) == (5 * TENTH // 2, 2 * TENTH)
    led.set(first, 2 * TENTH)
    led.set(second, 0)
    assert first not in shares(bench)
    assert second not in shares(bench)


def a_position_that_is_turned_around_keeps_its_number(bench: Bench) -> None:
    """Its deal goes both ways; the shares are of either side."""
    (first, second), led = (bench.new_link(), bench.new_link()), Net(bench)
    opened = led.begin(first, TENTH)
    turned = led.begin(second, -2 * TENTH)
    assert (turned.entry, turned.volume, turned.side) == (DealEntry.INOUT, 3 * TENTH, 1)
    assert turned.position == opened.position
    told = shares(bench)
    assert (told[first][0], told[second][0]) == (TENTH, -3 * TENTH)
    assert {told[first][1], told[second][1]} == {opened.position}
    led.set(second, TENTH)
    led.set(first, 0)


def shares_of_both_sides_outlive_a_position_that_is_flat(bench: Bench) -> None:
    """They add up to nothing, and no position holds them."""
    (first, second), led = (bench.new_link(), bench.new_link()), Net(bench)
    led.begin(first, TENTH)
    led.begin(second, 0)
    told = shares(bench)
    assert (told[first], told[second]) == ((TENTH, 0, "ls:share"), (-TENTH, 0, "ls:share"))
    assert bench.tell(Action.QUERY, first).stage == Stage.ALREADY_OPEN
    led.set(first, -TENTH)
    led.set(second, 0)


def stops_stay_while_shares_come_and_go(bench: Bench) -> None:
    """An order without any would take them away."""
    (first, second), led = (bench.new_link(), bench.new_link()), Net(bench)
    price = led.begin(first, TENTH).price
    stops = {"sl": round(price - 0.05, 5), "tp": round(price + 0.05, 5)}
    assert bench.tell(Action.SET_STOPS, first, **stops).stage == Stage.PLACED
    assert bench.outcome(first).stage == Stage.DONE
    assert bench.tell(Action.SET_STOPS, first, **stops).stage == Stage.DONE
    for trade in (led.begin(second, 2 * TENTH), led.set(second, 3 * TENTH), led.set(second, TENTH)):
        assert (trade.sl, trade.tp) == (stops["sl"], stops["tp"])
    led.set(first, 0)


def a_link_that_never_was_has_no_share(bench: Bench) -> None:
    """Nor are positions of its own opened, reduced or closed on such an account."""
    link = bench.new_link()
    assert bench.tell(Action.QUERY, link).stage == Stage.NOTHING
    assert bench.tell(Action.SET_STOPS, link, sl=1.0).stage == Stage.NOTHING
    for action in (Action.OPEN, Action.SET_VOLUME, Action.CLOSE):
        assert bench.tell(action, link, volume=TENTH).stage == Stage.REJECTED


def a_snapshot_tells_how_a_position_came_about(bench: Bench) -> None:
    """Deal by deal since it was opened, oldest first: a router that was away knows its legs as if it had seen them."""
    (first, second), led = (bench.new_link(), bench.new_link()), Net(bench)
    seen = [led.begin(first, TENTH), led.begin(second, 3 * TENTH), led.set(first, 5 * TENTH // 2), led.set(second, -TENTH)]
    told = [f for f in bench.snapshot()[1] if isinstance(f, Trade) and f.symbol == SYMBOL]
    assert [t.entry for t in told] == [DealEntry.IN, DealEntry.IN, DealEntry.OUT, DealEntry.INOUT]
    assert [(t.deal, t.order, t.position, t.volume, t.magic, t.time_msc) for t in told] == [
        (t.deal, t.order, t.position, t.volume, t.magic, t.time_msc) for t in seen
    ]
    assert {t.seen_ns for t in told} == {0}
    (position,) = replayed((t, 0) for t in told).values()
    assert (position.signed, [leg.volume for leg in position.tranches]) == (-TENTH, [TENTH])
    led.set(first, -TENTH // 2)
    led.set(second, 0)
    assert [f for f in bench.snapshot()[1] if isinstance(f, Trade) and f.symbol == SYMBOL] == []


CHECKS = (
    a_snapshot_tells_how_a_position_came_about,
    it_says_that_it_nets,
    a_share_is_begun_changed_and_ended,
    beginning_a_share_again_and_again_makes_one_order,
    changing_the_net_again_and_again_changes_it_once,
    two_links_share_a_position_and_a_snapshot_tells_whose_it_is,
    a_position_that_is_turned_around_keeps_its_number,
    shares_of_both_sides_outlive_a_position_that_is_flat,
    stops_stay_while_shares_come_and_go,
    a_link_that_never_was_has_no_share,
)
