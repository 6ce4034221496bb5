"""A relay's process: the real session and ledger between the bridge's two connections and a DEALER socket."""

from collections.abc import Callable
from random import Random
from typing import Protocol

from lockstep_agent.relay.account_watch import AccountWatch
from lockstep_agent.relay.ledger import Ledger
from lockstep_agent.relay.lines import Line
from lockstep_agent.relay.session import RelaySession
from lockstep_agent.relay.stream import RawFrame
from lockstep_core.wire.codec import decode
from lockstep_core.wire.frames import Command, Frame, QuoteRequest
from tests.simulation.connections import Dealer
from tests.simulation.pipes import Pipe
from tests.simulation.scheduler import Scheduler
from tests.simulation.terminal import TerminalProcess

LOOPBACK_NS = (100_000, 3_000_000)


class Loopback:
    """One connection between a program of the terminal and the relay."""

    def __init__(
        self,
        terminal: TerminalProcess,
        scheduler: Scheduler,
        rng: Random,
        up: Callable[[list[bytes]], None],
        down: Callable[[bytes], None],
    ) -> None:
        self.terminal = terminal
        self.up: Pipe[list[bytes]] = Pipe(scheduler, rng, LOOPBACK_NS, up)
        self.down: Pipe[bytes] = Pipe(scheduler, rng, LOOPBACK_NS, down)

    @property
    def open(self) -> bool:
        """Whether both ends are there."""
        return self.up.open

    def cut(self) -> None:
        """One end is gone. The other may still read what it had sent."""
        self.up.cut()
        self.down.shut()


class RelayHost(Protocol):
    """The pod in which a relay runs."""

    def now_ns(self) -> int:
        """The clock of its node."""

    def gate(self, call: Callable[[], None]) -> None:
        """Makes a call as soon as the pod is not frozen."""

    def on_notice(self, notice: Line) -> None:
        """The relay reports to its agent."""


class PodRelay:
    """`connect` makes a new socket to the router. `asked` are frames of the router that the bridge has not read yet."""

    def __init__(self, incarnation: int, ledger_size: int, host: RelayHost, connect: Callable[["PodRelay"], Dealer]) -> None:
        self.session = RelaySession(incarnation, Ledger(ledger_size))
        self.alive = True
        self._watched = AccountWatch()
        self.dealer: Dealer | None = None
        self.events: Loopback | None = None
        self.commands: Loopback | None = None
        self.asked: list[Frame] = []
        self._connect = connect
        self._host = host

    def on_frames(self, frames: list[bytes]) -> None:
        """Frames of one of the bridge's programs."""
        self._host.gate(lambda: self._frames(frames))

    def on_message(self, message: bytes) -> None:
        """A message of the router."""
        self._host.gate(lambda: self._message(message))

    def on_clock(self) -> None:
        """One turn of its loop."""
        if self.alive:
            self._look()
            self.session.on_clock(self._host.now_ns())
            self.flush()

    def flush(self) -> None:
        """Sends everything that the session has queued."""
        out = self.session.out
        if not (out.reconnect or out.router or out.commands or out.events or out.notices):
            self._look()
            return
        if out.reconnect:
            out.reconnect = False
            if self.dealer is not None:
                self.dealer.close()
            self.dealer = self._connect(self)
        for message in out.router:
            if self.dealer is not None:
                self.dealer.send(message)
        out.router.clear()
        self._look()
        self._pass_on(out.commands, self.commands)
        self._pass_on(out.events, self.events)
        notices = out.notices.copy()
        out.notices.clear()
        for notice in notices:
            self._host.on_notice(notice)

    def end(self) -> None:
        """The process is killed."""
        self.alive = False
        if self.dealer is not None:
            self.dealer.close()
        for loopback in (self.events, self.commands):
            if loopback is not None:
                loopback.up.shut()
                loopback.down.cut()

    def _frames(self, frames: list[bytes]) -> None:
        if not self.alive:
            return
        raw = [RawFrame(frame[1], frame) for frame in frames]
        self.session.on_frames(raw, self._host.now_ns())
        self.flush()
        for line in self._watched.lines(raw):
            self._host.on_notice(line)

    def _message(self, message: bytes) -> None:
        if self.alive:
            self.session.on_message(message, self._host.now_ns())
            self.flush()

    def _look(self) -> None:
        self.session.events_up = self.events is not None and self.events.open
        self.session.commands_up = self.commands is not None and self.commands.open

    def _pass_on(self, frames: list[bytes], loopback: Loopback | None) -> None:
        if loopback is not None and loopback.open:
            for frame in frames:
                loopback.down.send(frame)
        frames.clear()


def asked_of(frame: bytes) -> Command | QuoteRequest | None:
    """The frame's request to the acting program."""
    asked, _ = decode(frame)
    return asked if isinstance(asked, Command | QuoteRequest) else None
