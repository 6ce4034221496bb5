"""The simulation's MT4 is the real program's: the same stories, played in both, are reported alike.

A story is what a person does by phone and what the router commands. Tickets, numbers, prices and times are each world's own:
a ticket is called by the order in which it appeared. Within a step the frames may come in another order.
"""

import itertools
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import pytest
from conformance.client import BLANK, LOT, SYMBOL, BridgeClient
from conformance.relay import drain
from stage.place import BrokerProcess, await_value
from stage.simulated import SimulatedTerminal

from lockstep_core.wire.enums import Action, DealEntry, Stage
from lockstep_core.wire.frames import Command, Frame, PendingOrder, PositionFrame, Result, StopsFrame, Trade
from tests.simulation.broker_data import BrokerOrder

pytestmark = [pytest.mark.wine, pytest.mark.timeout(300)]
ME = "/accounts/1001"
TENTH = LOT // 10
BUY, SELL, BUY_LIMIT = 0, 1, 2
FAR = 0.5
links = itertools.count(0x3344_5566_0000_0001)


@pytest.fixture(scope="module")
def platform() -> str:
    return "MT4"


@pytest.fixture(scope="module")
def terms() -> Mapping[str, object]:
    return {"balance": 100_000.0, "platform": 4}


class World(Protocol):
    """One of the two worlds: a person's phone, the router's commands, and what the terminal says."""

    def open(self, side: int, units: int, magic: int) -> int: ...
    def close(self, ticket: int, units: int) -> None: ...
    def close_by(self, ticket: int, other: int) -> None: ...
    def stops(self, ticket: int, sl: float, tp: float) -> None: ...
    def place(self, units: int) -> int: ...
    def delete(self, ticket: int) -> None: ...
    def fill(self, ticket: int) -> None: ...
    def command(self, command: Command) -> None: ...
    def heard(self, expected: int, /) -> list[Frame]: ...
    def snapshot(self) -> list[Frame]: ...


class Simulated:
    """The simulation's world."""

    def __init__(self, seed: int) -> None:
        self._terminal = SimulatedTerminal(seed)
        self._account = self._terminal.account

    def open(self, side: int, units: int, magic: int) -> int:
        return self._account.open_by_hand(SYMBOL, side, units, 0.0, 0.0, magic, "by hand")

    def close(self, ticket: int, units: int) -> None:
        self._account.reduce_by_hand(ticket, units)

    def close_by(self, ticket: int, other: int) -> None:
        self._account.close_by_hand(ticket, other)

    def stops(self, ticket: int, sl: float, tp: float) -> None:
        self._account.move_by_hand(ticket, sl, tp)

    def place(self, units: int) -> int:
        return self._account.place_by_hand(BrokerOrder(0, SYMBOL, BUY_LIMIT, units, units, FAR, 0.0, 0.0, 0, 0, "by hand"))

    def delete(self, ticket: int) -> None:
        assert self._account.pending_orders.delete(ticket)

    def fill(self, ticket: int) -> None:
        self._account.pending_orders.fill(ticket, LOT, order_first=True)

    def command(self, command: Command) -> None:
        self._terminal.command(command)

    def heard(self, _: int, /) -> list[Frame]:
        return self._terminal.heard()

    def snapshot(self) -> list[Frame]:
        return self._terminal.snapshot()


class Real:
    """The program under Wine, and the test broker."""

    def __init__(self, client: BridgeClient, broker: BrokerProcess) -> None:
        self._client = client
        self._broker = broker
        # A story that failed leaves things open.
        for position in broker.call("GET", f"{ME}/positions"):
            broker.call("POST", f"{ME}/positions/{position['ticket']}/close")
        for order in broker.call("GET", f"{ME}/pending"):
            broker.call("POST", f"{ME}/pending/{order['ticket']}/delete")
        drain(client.relay.events)

    def open(self, side: int, units: int, magic: int) -> int:
        order = {"symbol": SYMBOL, "side": ("buy", "sell")[side], "lots": _lots(units), "magic": magic}
        return int(self._broker.call("POST", f"{ME}/trades", **order, comment="by hand")["position"])

    def close(self, ticket: int, units: int) -> None:
        self._broker.call("POST", f"{ME}/positions/{ticket}/close", lots=_lots(units))

    def close_by(self, ticket: int, other: int) -> None:
        self._broker.call("POST", f"{ME}/positions/{ticket}/close_by", other=other)

    def stops(self, ticket: int, sl: float, tp: float) -> None:
        self._broker.call("POST", f"{ME}/positions/{ticket}/stops", sl=sl, tp=tp)

    def place(self, units: int) -> int:
        order = {"symbol": SYMBOL, "kind": "buy_limit", "lots": _lots(units), "price": FAR, "comment": "by hand"}
        return int(self._broker.call("POST", f"{ME}/pending", **order)["order"])

    def delete(self, ticket: int) -> None:
        self._broker.call("POST", f"{ME}/pending/{ticket}/delete")

    def fill(self, ticket: int) -> None:
        self._broker.call("POST", f"{ME}/pending/{ticket}/fill")

    def command(self, command: Command) -> None:
        self._client.relay.send_command(command)

    def heard(self, expected: int, /) -> list[Frame]:
        found: list[Frame] = []

        def enough() -> bool:
            found.extend([*drain(self._client.relay.events), *drain(self._client.relay.commands)])
            return len(told(found)) >= expected

        await_value(enough, f"{expected} frames", 20)
        # One frame more than the simulation has is a difference, too.
        return [*found, *drain(self._client.relay.events, 0.5), *drain(self._client.relay.commands)]

    def snapshot(self) -> list[Frame]:
        return self._client.snapshot()[1]


def _lots(units: int) -> str:
    return f"{units / LOT:.2f}"


def told(frames: list[Frame]) -> list[Frame]:
    """The frames about trades."""
    return [frame for frame in frames if isinstance(frame, Trade | StopsFrame | PendingOrder | Result)]


class Names:
    """What the tickets of a world are called."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}

    def meet(self, frames: Sequence[Frame]) -> None:
        """Names the tickets that are new, the older ones first."""
        for ticket in sorted({ticket for frame in frames for ticket in _tickets(frame)} - self._names.keys()):
            self._names[ticket] = f"T{len(self._names) + 1}"

    def __getitem__(self, ticket: int) -> str:
        return self._names.get(ticket, "none" if ticket == 0 else "unknown")

    def text(self, comment: str) -> str:
        """A comment with the name of its ticket."""
        return re.sub(r"#(\d+)", lambda found: f"#{self[int(found[1])]}", comment)


def _tickets(frame: Frame) -> list[int]:
    match frame:
        case Trade():
            return [frame.position]
        case PositionFrame() | PendingOrder():
            return [frame.ticket]
    return []


def said(frames: Sequence[Frame], names: Names) -> Counter[tuple[object, ...]]:
    """The frames without what is each world's own."""
    names.meet(frames)
    return Counter(_said(frame, names) for frame in frames)


def _said(frame: Frame, names: Names) -> tuple[object, ...]:
    match frame:
        case Trade():
            # The end of a trade has the comment of its request in the one world, and of its order in the other.
            opened = (frame.sl, frame.tp, names.text(frame.comment)) if frame.entry == DealEntry.IN else ()
            whose = (names[frame.position], frame.magic, frame.link)
            return ("trade", *whose, frame.side, DealEntry(frame.entry).name, frame.volume, *opened)
        case StopsFrame():
            return ("stops", names[frame.position], frame.magic, frame.sl, frame.tp)
        case PendingOrder():
            order = (frame.order_kind, frame.volume, frame.left, frame.price, frame.sl, frame.tp, frame.working)
            return ("order", names[frame.ticket], frame.magic, frame.link, *order)
        case PositionFrame():
            state = (frame.side, frame.volume, frame.sl, frame.tp, names.text(frame.comment))
            return ("position", names[frame.ticket], frame.magic, frame.link, *state)
        case Result():
            kind, stage = "answer" if frame.command else "outcome", Stage(frame.stage)
            # The lots beside an outcome are those that the terminal shows then: the simulation's broker may answer earlier.
            volume = () if kind == "outcome" or stage is Stage.PLACED else (frame.volume,)
            return (kind, frame.link, Action(frame.action).name, stage.name, *volume)
    raise AssertionError(frame)


class Play:
    """Plays each step in both worlds, and compares what is said and what a snapshot shows afterwards."""

    def __init__(self, simulated: World, real: World) -> None:
        self._worlds = (simulated, real)
        self._names = (Names(), Names())
        self._numbers = itertools.count(1)
        self.link = next(links)

    def by_hand(self, act: Callable[[World, list[int]], int | None], *tickets: list[int]) -> list[int]:
        """A step by phone. `tickets` and the result are a ticket in each world."""
        made = [act(world, [both[place] for both in tickets]) for place, world in enumerate(self._worlds)]
        self._compare()
        return [ticket or 0 for ticket in made]

    def command(self, action: Action, **values: object) -> None:
        """A command of the router for the story's link."""
        number = next(self._numbers) + (self.link << 8 & 0xFFFFFFFF)
        for world in self._worlds:
            world.command(Command(command=number, link=self.link, action=action, **{**BLANK, **values}))
        self._compare()

    def rests(self) -> list[int]:
        """The ticket of the newest position in each world."""
        found = ([frame.ticket for frame in world.snapshot() if isinstance(frame, PositionFrame)] for world in self._worlds)
        return [max(tickets) for tickets in found]

    def _compare(self) -> None:
        simulated, real = self._worlds
        expected = told(simulated.heard(0))
        found = told(real.heard(len(expected)))
        self._alike(found, expected)
        shown = [[f for f in world.snapshot() if isinstance(f, PositionFrame | PendingOrder)] for world in self._worlds]
        self._alike(shown[1], shown[0])

    def _alike(self, real: Sequence[Frame], simulated: Sequence[Frame]) -> None:
        told_real, told_simulated = said(real, self._names[1]), said(simulated, self._names[0])
        only = (told_real - told_simulated, told_simulated - told_real)
        assert only == (Counter(), Counter()), f"only the real one says {list(only[0])}, only the simulation {list(only[1])}"


@pytest.fixture(params=[1, 2])
def play(client: BridgeClient, broker: BrokerProcess, request: pytest.FixtureRequest) -> Play:
    """Both worlds. The seed decides in which order the simulation's broker reports."""
    return Play(Simulated(request.param), Real(client, broker))


def test_a_position_with_stops_is_closed_part_by_part(play: Play) -> None:
    whole = play.by_hand(lambda world, _: world.open(BUY, 5 * TENTH, 77))
    play.by_hand(lambda world, t: world.stops(t[0], 0.9, 1.9), whole)
    play.by_hand(lambda world, t: world.close(t[0], TENTH), whole)
    play.by_hand(lambda world, t: world.close(t[0], TENTH), play.rests())
    play.by_hand(lambda world, t: world.stops(t[0], 0.8, 0.0), play.rests())
    play.by_hand(lambda world, t: world.close(t[0], 3 * TENTH), play.rests())


def test_opposite_positions_close_each_other_in_part_and_in_whole(play: Play) -> None:
    long = play.by_hand(lambda world, _: world.open(BUY, 3 * TENTH, 0))
    short = play.by_hand(lambda world, _: world.open(SELL, TENTH, 0))
    play.by_hand(lambda world, t: world.close_by(t[0], t[1]), long, short)
    rest = play.rests()
    other = play.by_hand(lambda world, _: world.open(SELL, 2 * TENTH, 0))
    play.by_hand(lambda world, t: world.close_by(t[0], t[1]), rest, other)


def test_pending_orders_are_deleted_and_filled(play: Play) -> None:
    deleted = play.by_hand(lambda world, _: world.place(2 * TENTH))
    play.by_hand(lambda world, t: world.delete(t[0]), deleted)
    filled = play.by_hand(lambda world, _: world.place(2 * TENTH))
    play.by_hand(lambda world, t: world.fill(t[0]), filled)
    play.by_hand(lambda world, t: world.close(t[0], 2 * TENTH), filled)


def test_a_link_is_opened_reduced_and_closed_and_never_opened_twice(play: Play) -> None:
    play.command(Action.QUERY)
    play.command(Action.OPEN, volume=5 * TENTH)
    play.command(Action.OPEN, volume=5 * TENTH)
    play.command(Action.SET_STOPS, sl=0.9, tp=1.9)
    play.command(Action.SET_STOPS, sl=0.9, tp=1.9)
    play.command(Action.SET_VOLUME, volume=3 * TENTH)
    play.command(Action.SET_VOLUME, volume=3 * TENTH)
    play.command(Action.QUERY)
    play.command(Action.CLOSE)
    for action in (Action.OPEN, Action.CLOSE, Action.SET_STOPS, Action.QUERY, Action.DELETE):
        play.command(action, volume=TENTH)


def test_a_links_position_that_its_owner_closes_in_part_stays_its_own(play: Play) -> None:
    play.command(Action.OPEN, volume=5 * TENTH)
    play.by_hand(lambda world, t: world.close(t[0], 2 * TENTH), play.rests())
    play.command(Action.QUERY)
    play.command(Action.SET_VOLUME, volume=TENTH)
    play.by_hand(lambda world, t: world.close(t[0], TENTH), play.rests())
    play.command(Action.CLOSE)
    play.command(Action.OPEN, volume=TENTH)


def test_a_links_pending_order_is_moved_and_deleted_and_the_link_is_opened_otherwise(play: Play) -> None:
    play.command(Action.PLACE, side=BUY_LIMIT, volume=2 * TENTH, price=0.5)
    play.command(Action.PLACE, side=BUY_LIMIT, volume=2 * TENTH, price=0.5)
    play.command(Action.SET_ORDER, volume=2 * TENTH, price=0.4, sl=0.3, side=BUY_LIMIT)
    play.command(Action.SET_ORDER, volume=2 * TENTH, price=0.4, sl=0.3, side=BUY_LIMIT)
    play.command(Action.DELETE)
    play.command(Action.DELETE)
    play.command(Action.PLACE, side=BUY_LIMIT, volume=TENTH, price=0.5)
    play.command(Action.OPEN, volume=TENTH)
    play.command(Action.CLOSE)


def test_a_link_that_never_was_has_nothing_to_change(play: Play) -> None:
    for action in (Action.CLOSE, Action.SET_VOLUME, Action.SET_STOPS, Action.SET_ORDER, Action.DELETE, Action.QUERY):
        play.command(action)
