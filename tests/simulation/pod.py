"""A terminal pod: one relay and one terminal of one account in one epoch, on a node with a clock of its own."""

from collections.abc import Callable
from random import Random
from uuid import UUID

import msgspec

from lockstep_agent.relay.lines import Line, SessionRefused, SnapshotSeen
from lockstep_core.wire.codec import decode, encode
from lockstep_core.wire.enums import TerminalState
from lockstep_core.wire.envelope import Refusal
from lockstep_core.wire.frames import Frame, State
from lockstep_core.wire.ticket import SIGNATURE_SIZE, Ticket, ticket_body
from tests.simulation.broker import BrokerAccount
from tests.simulation.connections import Dealer
from tests.simulation.mt4_orders import LinkFile
from tests.simulation.relay import Loopback, PodRelay, asked_of
from tests.simulation.scheduler import MS, SECOND, Scheduler
from tests.simulation.terminal import TerminalProcess
from tests.simulation.watcher import ASLEEP_NS

LOGIN_NS = (200 * MS, 2 * SECOND)
AGAIN_NS = (100 * MS, 700 * MS)
OPEN_NS = 200 * MS
FILE_LOST = 0.1
"""The probability that a restarted terminal finds no file of its program."""


class Node(msgspec.Struct):
    """Where a pod runs: `connect` makes a relay's socket to the router with a CURVE key."""

    scheduler: Scheduler
    rng: Random
    connect: Callable[[PodRelay, bytes], Dealer]


class Pod:
    """One epoch of an account. It is `ended` once it was deleted."""

    def __init__(self, node: Node, account: BrokerAccount, account_id: UUID, epoch: int, ledger_size: int) -> None:
        self.scheduler, self.rng = node.scheduler, node.rng
        self.account = account
        self.account_id = account_id
        self.epoch = epoch
        self.ended = False
        self.frozen_ns = 0
        self.link_file = LinkFile()
        self.relay: PodRelay | None = None
        self.terminal: TerminalProcess | None = None
        self._node = node
        self._ledger_size = ledger_size
        self._key = account_id.bytes + epoch.to_bytes(16, "little")
        self._clock_ns = node.rng.randint(0, 10**15)
        self._tried_ns = 0
        self._state = TerminalState.STARTING
        self.start_relay()
        self.start_terminal()

    def now_ns(self) -> int:
        """The clock of its node."""
        return self.scheduler.now_ns + self._clock_ns

    def gate(self, call: Callable[[], None]) -> None:
        """Makes a call, or delays it until the pod's freeze is over."""
        if self.scheduler.now_ns < self.frozen_ns:
            self.scheduler.at(self.frozen_ns, call)
        else:
            call()

    def on_clock(self) -> None:
        """One turn of its processes."""
        if self.ended or self.scheduler.now_ns < self.frozen_ns:
            return
        if self.relay is not None:
            self.relay.on_clock()
        if self.terminal is not None and not self.terminal.is_sending:
            self.on_turn(self.terminal)

    def on_turn(self, terminal: TerminalProcess) -> None:
        """One turn of a terminal's programs."""
        terminal.watcher.on_timer()
        self._open_commands(terminal)

    def on_notice(self, notice: Line) -> None:
        """The relay reports to its agent."""
        if isinstance(notice, SnapshotSeen) and self._state != TerminalState.READY:
            self._say(TerminalState.READY)
        elif isinstance(notice, SessionRefused) and notice.refusal == Refusal.STALE_EPOCH:
            self.scheduler.after(100 * MS, self.end)
        elif isinstance(notice, SessionRefused):
            self.scheduler.after(SECOND, self._new_ticket)

    # Its processes

    def start_relay(self) -> None:
        """Starts the relay's process, which knows nothing of earlier ones."""
        if self.ended or self.relay is not None:
            return
        incarnation = self.rng.randrange(1, 2**63)
        self.relay = relay = PodRelay(incarnation, self._ledger_size, self, lambda r: self._node.connect(r, self._key))
        relay.session.on_ticket(self._ticket(), self.now_ns())
        relay.session.on_state(self._state_frame(), self.now_ns())
        relay.flush()

    def kill_relay(self) -> None:
        """Kills the relay's process."""
        if self.relay is not None:
            self.relay.end()
            self.relay = None

    def start_terminal(self) -> None:
        """Starts the terminal's process."""
        if self.ended or self.terminal is not None:
            return
        if self.rng.random() < FILE_LOST:
            self.link_file = LinkFile()
        self.terminal = TerminalProcess(self.scheduler, self.rng, self.account, self)
        self.scheduler.after(self.rng.randint(*LOGIN_NS), self.terminal.log_in)

    def kill_terminal(self) -> None:
        """Kills the terminal's process, with its claims."""
        if self.terminal is not None:
            self.terminal.end()
            self.terminal = None
            for loopback in self._loopbacks():
                loopback.cut()
            self._say(TerminalState.DISCONNECTED)

    def freeze(self, until_ns: int) -> None:
        """Freezes the pod until then. Afterwards the broker's messages take a moment to be read, longer after a long
        freeze.
        """
        self.frozen_ns = max(self.frozen_ns, until_ns)
        slept = self.frozen_ns - self.scheduler.now_ns > ASLEEP_NS
        if self.terminal is not None:
            self.terminal.stall(self.frozen_ns + self.rng.randint(0, 300 * MS if slept else 20 * MS))

    def lose_broker(self, until_ns: int) -> None:
        """Cuts the terminal from its broker until then."""
        terminal = self.terminal
        if terminal is not None:
            terminal.log_out()
            again_ns = self.rng.randint(*AGAIN_NS)
            self.scheduler.at(until_ns, lambda: self.gate(lambda: self.scheduler.after(again_ns, terminal.log_in)))

    def end(self) -> None:
        """Deletes the pod."""
        self.kill_terminal()
        self.kill_relay()
        self.ended = True

    # What the programs call

    def open_events(self, terminal: TerminalProcess) -> bool:
        """Connects the watching program to the relay; False if no relay listens."""
        relay = self.relay
        if relay is None:
            return False
        if relay.events is not None:
            relay.events.cut()
        relay.asked = []

        def ask(frame: bytes) -> None:
            relay.asked.append(decode(frame)[0])

        relay.events = Loopback(terminal, self.scheduler, self.rng, relay.on_frames, ask)
        return True

    def take_requests(self) -> list[Frame] | None:
        """Requests of the router to the watching program; None if the relay is gone."""
        relay = self.relay
        if relay is None or relay.events is None or not relay.events.open or relay.events.terminal is not self.terminal:
            return None
        asked, relay.asked = relay.asked, []
        return asked

    def push_events(self, terminal: TerminalProcess, frames: list[bytes]) -> bool:
        """Sends frames of the watching program; False if the relay is gone."""
        relay = self.relay
        if relay is None or relay.events is None or relay.events.terminal is not terminal or not relay.events.open:
            return False
        relay.events.up.send(frames)
        return True

    def push_results(self, terminal: TerminalProcess, frame: bytes) -> None:
        """Sends a frame of the acting program."""
        relay = self.relay
        if relay is not None and relay.commands is not None and relay.commands.terminal is terminal:
            relay.commands.up.send([frame])

    # Inside

    def _open_commands(self, terminal: TerminalProcess) -> None:
        relay = self.relay
        if relay is None or (relay.commands is not None and relay.commands.open):
            return
        if self.scheduler.now_ns - self._tried_ns >= OPEN_NS:
            self._tried_ns = self.scheduler.now_ns
            relay.commands = Loopback(
                terminal, self.scheduler, self.rng, relay.on_frames, lambda f: self._command(terminal, f)
            )

    def _command(self, terminal: TerminalProcess, frame: bytes) -> None:
        asked = asked_of(frame)
        if terminal.alive and asked is not None:
            self.gate(lambda: terminal.on_command(lambda: terminal.executor.on_asked(asked)) if terminal.alive else None)

    def _loopbacks(self) -> list[Loopback]:
        relay = self.relay
        return [] if relay is None else [each for each in (relay.events, relay.commands) if each is not None]

    def _ticket(self) -> bytes:
        ticket = Ticket(self.account_id, self.epoch, self._key, 2**40, b"sim-key!")
        return ticket_body(ticket) + bytes(SIGNATURE_SIZE)

    def _new_ticket(self) -> None:
        if self.relay is not None:
            self.relay.session.on_ticket(self._ticket(), self.now_ns())
            self.relay.flush()

    def _say(self, state: TerminalState) -> None:
        self._state = state
        if self.relay is not None:
            self.relay.session.on_state(self._state_frame(), self.now_ns())
            self.relay.flush()

    def _state_frame(self) -> bytes:
        return encode(State(self.now_ns(), self._state, 0, self._state.name.title(), ""))
