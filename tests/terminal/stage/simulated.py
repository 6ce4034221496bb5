"""The simulation's MT4 terminal, on which a test acts by itself: there is no router, and time passes when asked."""

from collections.abc import Callable
from random import Random

from lockstep_core.wire.codec import decode
from lockstep_core.wire.frames import Command, Frame, SnapshotRequest
from tests.simulation.broker import AccountSpec, BrokerAccount
from tests.simulation.broker_data import AccountKind
from tests.simulation.mt4_orders import LinkFile
from tests.simulation.prices import MidPrices
from tests.simulation.scheduler import MS, SECOND, Scheduler
from tests.simulation.terminal import TerminalProcess

TURN_NS = 20 * MS


class SimulatedTerminal:
    """A terminal of the simulation, its broker's account, and the host that it runs on (`TerminalHost`)."""

    def __init__(self, seed: int) -> None:
        self.link_file = LinkFile()
        self._scheduler = Scheduler()
        self._frames: list[Frame] = []
        self._requests: list[Frame] = []
        rng, spec = Random(seed), AccountSpec(1001, AccountKind.MT4)  # noqa: S311 - a seed to play again
        self.account = BrokerAccount(self._scheduler, rng, spec, lambda *_: None, lambda *_: None, MidPrices())
        self._terminal = TerminalProcess(self._scheduler, rng, self.account, self)
        self._terminal.log_in()
        self.heard()

    def command(self, command: Command) -> None:
        """The router's command arrives."""
        self._terminal.on_command(lambda: self._terminal.executor.on_asked(command))

    def heard(self) -> list[Frame]:
        """The frames of the next seconds."""
        self._pass(3 * SECOND)
        frames, self._frames = self._frames, []
        return frames

    def snapshot(self) -> list[Frame]:
        """The frames of a snapshot."""
        self._requests.append(SnapshotRequest(1))
        return self.heard()

    def _pass(self, span_ns: int) -> None:
        end_ns = self._scheduler.now_ns + span_ns
        while self._scheduler.now_ns < end_ns:
            if not self._terminal.is_sending:
                self.on_turn(self._terminal)
            self._scheduler.run_until(self._scheduler.now_ns + TURN_NS)

    # What the terminal calls

    def now_ns(self) -> int:
        """The clock of its node."""
        return self._scheduler.now_ns

    def gate(self, call: Callable[[], None]) -> None:
        """Nothing freezes here."""
        call()

    def open_events(self, terminal: TerminalProcess) -> bool:
        """There is a relay."""
        return terminal is self._terminal

    def take_requests(self) -> list[Frame] | None:
        """The requests to the watching program."""
        taken, self._requests = self._requests, []
        return taken

    def push_events(self, terminal: TerminalProcess, frames: list[bytes]) -> bool:
        """Takes the watching program's frames."""
        self._frames += [decode(frame)[0] for frame in frames]
        return terminal is self._terminal

    def push_results(self, terminal: TerminalProcess, frame: bytes) -> None:
        """Takes a frame of the acting program."""
        if terminal is self._terminal:
            self._frames.append(decode(frame)[0])

    def on_turn(self, terminal: TerminalProcess) -> None:
        """The program runs its timer once."""
        terminal.watcher.on_timer()
