"""A terminal whose process lives but hangs: the agent's relay reports that its programs are silent."""

import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest
import zmq
from stage.place import BrokerProcess, TerminalProcess, TerminalSetup
from stage.wine import Wine

from lockstep_agent.relay.lines import (
    Configure,
    FromRelay,
    Line,
    Listening,
    ProgramHeard,
    SnapshotSeen,
    Stop,
    decode_from_relay,
    encode_line,
)

L = TypeVar("L", bound=Line)
pytestmark = [pytest.mark.wine, pytest.mark.timeout(300)]
SILENCE_MS = 4_000
QUIET_S = 12.0
WAIT_S = 60.0


class AgentsRelay:
    """The relay as the agent starts it, without a router."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "lockstep_agent.relay"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self._lines: queue.Queue[FromRelay] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        public, secret = (key.decode() for key in zmq.curve_keypair())
        nowhere = "tcp://127.0.0.1:1"
        self._say(Configure(nowhere, nowhere, public, public, secret, 0, 0, SILENCE_MS))
        listening = self.awaited(Listening)
        self.ports = {"events_port": listening.events_port, "commands_port": listening.commands_port}

    def awaited(self, kind: type[L]) -> L:
        """The next line of this kind."""
        end = time.monotonic() + WAIT_S
        while (left := end - time.monotonic()) > 0:
            line = self._lines.get(timeout=left)
            if isinstance(line, kind):
                return line
        raise AssertionError(f"no {kind.__name__}")

    def said(self, seconds: float) -> list[FromRelay]:
        """Everything that it reports within this time."""
        time.sleep(seconds)
        return [self._lines.get() for _ in range(self._lines.qsize())]

    def close(self) -> None:
        """Ends it."""
        self._say(Stop())
        self._process.wait(20)
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _say(self, line: Configure | Stop) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(encode_line(line))

    def _read(self) -> None:
        assert self._process.stdout is not None
        for raw in self._process.stdout:
            self._lines.put(decode_from_relay(raw))


@pytest.fixture
def agents_relay() -> Iterator[AgentsRelay]:
    made = AgentsRelay()
    yield made
    made.close()


@pytest.fixture
def started(
    agents_relay: AgentsRelay, wine: Wine, built: Path, broker: BrokerProcess, setup: TerminalSetup, tmp_path: Path
) -> Iterator[TerminalProcess]:
    """A terminal at the agent's relay, after its first snapshot."""
    terminal = TerminalProcess(wine, f"silent-{tmp_path.name}", built, broker.port)
    terminal.start(setup.with_(**agents_relay.ports))
    agents_relay.awaited(SnapshotSeen)
    yield terminal
    terminal.stop()


def test_a_quiet_market_is_no_silence_and_a_stopped_terminal_is(
    agents_relay: AgentsRelay, started: TerminalProcess, broker: BrokerProcess
) -> None:
    for symbol in broker.call("GET", "/symbols"):
        broker.call("POST", "/quotes", symbol=symbol["name"], bid=symbol["bid"], ask=symbol["ask"], freeze=True)
    assert [line for line in agents_relay.said(QUIET_S) if isinstance(line, ProgramHeard)] == []
    started.signal(signal.SIGSTOP)
    fallen = {agents_relay.awaited(ProgramHeard), agents_relay.awaited(ProgramHeard)}
    assert fallen == {ProgramHeard("events", alive=False), ProgramHeard("commands", alive=False)}
    started.signal(signal.SIGCONT)
    heard = {agents_relay.awaited(ProgramHeard), agents_relay.awaited(ProgramHeard)}
    assert heard == {ProgramHeard("events", alive=True), ProgramHeard("commands", alive=True)}
