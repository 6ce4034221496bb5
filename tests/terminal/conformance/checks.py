"""The checks. Each takes a bench (a terminal that is connected, seen from the relay) and links that nobody has used.

They hold for any terminal on a hedging demo account with EURUSD: nothing here knows of the test terminal or its broker.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from conformance.relay import Relay, await_frame, drain
from lockstep_core.wire.codec import encode
from lockstep_core.wire.frames import (
    Account,
    Action,
    Command,
    Entry,
    Position,
    Result,
    SnapshotBegin,
    SnapshotEnd,
    SnapshotRequest,
    Stage,
    Symbol,
    Trade,
)

LOT = 100_000_000
SYMBOL = "EURUSD"
BLANK: dict[str, Any] = {
    "position": 0,
    "volume": 0,
    "price": 0.0,
    "sl": 0.0,
    "tp": 0.0,
    "limit": 0.0,
    "expected": 0,
    "expires_msc": 0,
    "sent_ns": 0,
    "side": 0,
    "deviation": 50,
    "reserved": 0,
    "symbol": SYMBOL,
    "comment": "ls:check",
}
UNFINISHED = (Stage.PLACED, Stage.IN_FLIGHT)


@dataclass
class Bench:
    """`first_link` must be free in the account's history."""

    relay: Relay
    first_link: int
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def new_link(self) -> int:
        """A link that nobody has used."""
        return self.first_link + next(self._numbers)

    def tell(self, action: Action, link: int, **values: Any) -> Result:
        """Sends a command and waits for the service's answer to it."""
        number = next(self._numbers)
        self.relay.command(Command(command=number, link=link, action=action, **(BLANK | values)))
        return await_frame(self.relay.commands, Result, lambda r: r.command == number)[0]

    def outcome(self, link: int) -> Result:
        """The broker's last word on an order of this link."""
        return await_frame(self.relay.events, Result, lambda r: r.link == link and r.command == 0)[0]

    def opened(self, volume: int = LOT // 10) -> int:
        """A new link with an open position."""
        link = self.new_link()
        assert self.tell(Action.OPEN, link, volume=volume).stage == Stage.PLACED
        assert self.outcome(link).stage == Stage.DONE
        return link

    def deals(self, link: int, entry: Entry) -> list[Trade]:
        """The link's deals among what still comes."""
        found = [f for f in drain(self.relay.events) if isinstance(f, Trade)]
        return [t for t in found if t.magic == link and t.entry == entry]


def a_snapshot_is_whole_and_names_account_and_symbols(bench: Bench) -> None:
    """Begin, account, symbols, positions, end, with the counts that both ends say."""
    link = bench.opened()
    bench.relay.events.send(encode(SnapshotRequest(1)))
    begin, _ = await_frame(bench.relay.events, SnapshotBegin)
    account, _ = await_frame(bench.relay.events, Account)
    frames = []
    while not isinstance(frame := bench.relay.events.frames.get(timeout=20).frame, SnapshotEnd):
        frames.append(frame)
    positions = [f for f in frames if isinstance(f, Position)]
    assert account.login > 0
    assert account.currency
    assert account.connected == 1
    assert (begin.positions, begin.symbols) == (frame.positions, frame.symbols)
    assert len(positions) == frame.positions
    assert SYMBOL in [f.symbol for f in frames if isinstance(f, Symbol)]
    assert [p.volume for p in positions if p.magic == link] == [LOT // 10]


def opening_a_link_again_and_again_makes_one_position(bench: Bench) -> None:
    """At once, while the order is under way, and after it was filled."""
    link = bench.new_link()
    stages = [Stage(bench.tell(Action.OPEN, link, volume=LOT // 10).stage) for _ in range(5)]
    assert stages[0] == Stage.PLACED
    assert set(stages[1:]) <= {Stage.IN_FLIGHT, Stage.ALREADY_OPEN}
    done = bench.outcome(link)
    assert (done.stage, done.volume) == (Stage.DONE, LOT // 10)
    again = bench.tell(Action.OPEN, link, volume=LOT // 10)
    assert (again.stage, again.position, again.volume) == (Stage.ALREADY_OPEN, done.position, LOT // 10)
    assert bench.deals(link, Entry.IN) == []


def setting_a_volume_again_and_again_closes_the_difference_once(bench: Bench) -> None:
    """0.10 lots down to 0.04: one deal of 0.06."""
    link = bench.opened()
    drain(bench.relay.events)
    for _ in range(5):
        answer = bench.tell(Action.SET_VOLUME, link, volume=4 * LOT // 100)
        assert answer.stage in (*UNFINISHED, Stage.DONE)
    assert [t.volume for t in bench.deals(link, Entry.OUT)] == [6 * LOT // 100]
    settled = bench.tell(Action.SET_VOLUME, link, volume=4 * LOT // 100)
    assert (settled.stage, settled.volume) == (Stage.DONE, 4 * LOT // 100)
    assert bench.tell(Action.SET_VOLUME, link, volume=9 * LOT // 100).stage == Stage.DONE


def setting_stops_that_hold_already_sends_nothing(bench: Bench) -> None:
    """The first is sent, the second is done."""
    link = bench.opened()
    price = bench.tell(Action.QUERY, link).price
    stops = {"sl": round(price - 0.01, 5), "tp": round(price + 0.01, 5)}
    assert bench.tell(Action.SET_STOPS, link, **stops).stage == Stage.PLACED
    assert bench.outcome(link).stage == Stage.DONE
    assert bench.tell(Action.SET_STOPS, link, **stops).stage == Stage.DONE


def closing_again_and_again_closes_once_and_the_link_stays_used(bench: Bench) -> None:
    """A closed link is never opened again."""
    link = bench.opened()
    drain(bench.relay.events)
    answers = [Stage(bench.tell(Action.CLOSE, link).stage) for _ in range(4)]
    assert answers[0] == Stage.PLACED
    assert set(answers[1:]) <= {Stage.IN_FLIGHT, Stage.ALREADY_CLOSED}
    assert [t.volume for t in bench.deals(link, Entry.OUT)] == [LOT // 10]
    assert bench.tell(Action.CLOSE, link).stage == Stage.ALREADY_CLOSED
    assert bench.tell(Action.OPEN, link, volume=LOT // 10).stage == Stage.ALREADY_CLOSED


def a_link_that_never_was_has_nothing_to_close_or_to_query(bench: Bench) -> None:
    """Nothing is sent."""
    link = bench.new_link()
    assert bench.tell(Action.CLOSE, link).stage == Stage.NOTHING
    assert bench.tell(Action.SET_STOPS, link, sl=1.0).stage == Stage.NOTHING
    assert bench.tell(Action.QUERY, link).stage == Stage.NOTHING


def a_refused_open_leaves_the_link_free(bench: Bench) -> None:
    """A volume below every minimum is refused by the broker; the right one then opens."""
    link = bench.new_link()
    first = bench.tell(Action.OPEN, link, volume=LOT // 100_000)
    if first.stage == Stage.PLACED:
        first = bench.outcome(link)
    assert (first.stage, first.retcode) == (Stage.REJECTED, 10014)
    assert bench.tell(Action.OPEN, link, volume=LOT // 10).stage == Stage.PLACED
    assert bench.outcome(link).stage == Stage.DONE


CHECKS = (
    a_snapshot_is_whole_and_names_account_and_symbols,
    opening_a_link_again_and_again_makes_one_position,
    setting_a_volume_again_and_again_closes_the_difference_once,
    setting_stops_that_hold_already_sends_nothing,
    closing_again_and_again_closes_once_and_the_link_stays_used,
    a_link_that_never_was_has_nothing_to_close_or_to_query,
    a_refused_open_leaves_the_link_free,
)
