"""A connected terminal as the relay sees it: sends it commands and waits for its frames."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from conformance.relay import RelayPorts, await_frame, drain
from lockstep_core.wire.codec import encode
from lockstep_core.wire.enums import Action, DealEntry, Stage
from lockstep_core.wire.frames import (
    Command,
    Frame,
    PendingOrder,
    PositionFrame,
    Result,
    SnapshotBegin,
    SnapshotEnd,
    SnapshotRequest,
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
    "target_id": 0,
    "symbol": SYMBOL,
    "comment": "ls:check",
}
UNFINISHED = (Stage.PLACED, Stage.IN_FLIGHT)


def link_of(frame: PositionFrame | Trade | PendingOrder) -> int:
    """The link of a frame. On MT5 it is the magic number; MT4's programs send it beside the magic number."""
    return frame.link or frame.magic


@dataclass
class BridgeClient:
    """The relay's side of a connected terminal. Links from `first_link` on must be unused in the account's history."""

    relay: RelayPorts
    first_link: int
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def new_link(self) -> int:
        """An unused link."""
        return self.first_link + next(self._numbers)

    def command(self, action: Action, link: int, **values: Any) -> Result:
        """Sends a command and waits for the executor's answer."""
        number = self.say(action, link, **values)
        return await_frame(self.relay.commands, Result, lambda r: r.command == number)[0]

    def say(self, action: Action, link: int, **values: Any) -> int:
        """Sends a command without waiting. Returns its number."""
        number = next(self._numbers)
        self.relay.send_command(Command(command=number, link=link, action=action, **(BLANK | values)))
        return number

    def outcome(self, link: int) -> Result:
        """The broker's final result for an order of this link."""
        return await_frame(self.relay.events, Result, lambda r: r.link == link and r.command == 0)[0]

    def opened(self, volume: int = LOT // 10) -> int:
        """Opens a position for a new link."""
        link = self.new_link()
        assert self.command(Action.OPEN, link, volume=volume).stage == Stage.PLACED
        assert self.outcome(link).stage == Stage.DONE
        return link

    def deals(self, link: int, entry: DealEntry) -> list[Trade]:
        """The link's deals in the frames that follow."""
        found = [f for f in drain(self.relay.events) if isinstance(f, Trade)]
        return [t for t in found if link_of(t) == link and t.entry == entry]

    def order(self, right: Callable[[PendingOrder], bool]) -> PendingOrder:
        """The next PendingOrder frame that is `right`."""
        return await_frame(self.relay.events, PendingOrder, right)[0]

    def snapshot(self) -> tuple[SnapshotBegin, list[Frame], SnapshotEnd]:
        """Asks for a snapshot. Returns its begin, the frames between, and its end."""
        self.relay.events.send(encode(SnapshotRequest(1)))
        begin, _ = await_frame(self.relay.events, SnapshotBegin)
        frames: list[Frame] = []
        while not isinstance(frame := self.relay.events.frames.get(timeout=20).frame, SnapshotEnd):
            frames.append(frame)
        return begin, frames, frame
