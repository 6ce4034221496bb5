"""The router's side of a terminal restarts again and again while the account trades."""

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.client import LOT, BridgeClient
from conformance.relay import await_frame

from lockstep_core.wire.enums import Action, Stage
from lockstep_core.wire.frames import PositionFrame, SnapshotBegin, SnapshotEnd
from stage.place import BrokerProcess, TerminalProcess, await_value, family

OPENED = (Stage.ALREADY_OPEN, Stage.PLACED, Stage.IN_FLIGHT)
"""Possible answers to a repeated opening whose first command may or may not have arrived."""


@dataclass(frozen=True, slots=True)
class Resources:
    """What the terminal's process holds. A Windows handle is often an open file in Wine's server."""

    threads: int
    files: int
    sockets: int
    server_files: int
    memory_kb: int

    def grown_from(self, before: "Resources", memory_kb: int) -> list[str]:
        """What grew; of memory only growth beyond this bound. The other figures depend on what is open at the moment."""
        bounds = {"threads": 0, "files": 4, "sockets": 0, "server_files": 8, "memory_kb": memory_kb}
        pairs = {name: (getattr(before, name), getattr(self, name)) for name in bounds}
        return [f"{name}: {old} to {new}" for name, (old, new) in pairs.items() if new > old + bounds[name]]


def resources_of(terminal: TerminalProcess) -> Resources:
    """The resources of a process, from /proc."""
    process, server = (_process(terminal, name) for name in (terminal.EXECUTABLE, "wineserver"))
    files = _open_files(process)
    status = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    sockets = sum(name.startswith("socket:") for name in files)
    memory_kb = int(status["VmRSS"].split()[0]) - int(status["RssFile"].split()[0])
    return Resources(int(status["Threads"]), len(files), sockets, len(_open_files(server)), memory_kb)


@dataclass
class RouterRestarts:
    """One account whose router's side restarts. Each restart has trades before it, while it lasts and after it."""

    client: BridgeClient
    broker: BrokerProcess
    account: str
    magic_of: Any

    def once(self, number: int) -> None:
        """One restart. At every second one the answer to an opening is lost."""
        link = self.client.new_link()
        order = {"volume": LOT // 10, "target_id": number + 1}
        if number % 2:
            self.client.command(Action.OPEN, link, **order)
        else:
            self.client.say(Action.OPEN, link, **order)
        phone = self._restart()
        self._snapshot_is_believed(phone)
        assert self.client.command(Action.OPEN, link, **order).stage in OPENED
        await_value(lambda: self._held(link), "the position of the link")
        await_value(
            lambda: self.client.command(Action.OPEN, link, **order).stage == Stage.ALREADY_OPEN, "the terminal knows it"
        )
        assert self._openings(link) == 1
        await_value(lambda: self._is_closed(link), "the position is closed")
        self.broker.call("POST", f"{self.account}/positions/{phone}/close")

    def _restart(self) -> int:
        self.client.relay.end()
        phone = self.broker.call("POST", f"{self.account}/trades", symbol="EURUSD", side="buy", lots="0.1")
        self.client.relay.begin()
        assert self.client.relay.commands.connected.acquire(timeout=20)
        return int(phone["position"])

    def _snapshot_is_believed(self, phone: int) -> None:
        begin, _ = await_frame(self.client.relay.events, SnapshotBegin)
        positions = []
        while not isinstance(frame := self.client.relay.events.frames.get(timeout=20).frame, SnapshotEnd):
            positions += [frame.ticket] if isinstance(frame, PositionFrame) and not frame.allocation else []
        assert begin.positions == frame.positions == len(positions) == len(set(positions))
        assert phone in positions

    def _held(self, link: int) -> bool:
        positions = self.broker.call("GET", f"{self.account}/positions")
        return any(position["magic"] == self.magic_of(link) for position in positions)

    def _is_closed(self, link: int) -> bool:
        self.client.command(Action.CLOSE, link)
        return not self._held(link)

    def _openings(self, link: int) -> int:
        orders = self.broker.call("GET", f"{self.account}/orders")
        return sum(order["magic"] == self.magic_of(link) and not order["position"] for order in orders)


def _process(terminal: TerminalProcess, name: str) -> int:
    """The newest process of the terminal whose program has this name."""
    found = []
    for pid in family(terminal.process.pid if terminal.process else 0):
        with contextlib.suppress(OSError):
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].decode("utf-8", "replace")
            found += [pid] if name in command.replace("\\", "/").rsplit("/", 1)[-1] else []
    assert found, name
    return found[-1]


def _open_files(pid: int) -> list[str]:
    names = []
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            names.append(str(entry.readlink()))
    return names
