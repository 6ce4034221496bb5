"""Moves bytes between terminal, router and agent, with one thread and one poller.

The decisions are in `session`. On the path of a trade or a command, nothing is logged and nothing blocks.
"""

import gc
import secrets
import time
from collections.abc import Callable

import zmq

from lockstep_agent.relay.account_watch import AccountWatch
from lockstep_agent.relay.beats import Beats
from lockstep_agent.relay.control import Control
from lockstep_agent.relay.ledger import Ledger
from lockstep_agent.relay.lines import (
    Alive,
    Bridge,
    Listening,
    ProgramHeard,
    ReportState,
    Stop,
    ToRelay,
    UseRouter,
    UseTicket,
)
from lockstep_agent.relay.port import Port
from lockstep_agent.relay.router import RouterLink
from lockstep_agent.relay.session import RelaySession, SessionPhase
from lockstep_agent.relay.stream import EVENT_KINDS, RESULT_KINDS, RawFrame
from lockstep_agent.relay.ticks import Ticks
from lockstep_core.wire.codec import encode
from lockstep_core.wire.envelope import Envelope, Kind, encode_envelope
from lockstep_core.wire.frames import ProgramBeat, State, Tick

COLLECT_NS = 60_000_000_000
ALIVE_NS = 2_000_000_000


def now_ns() -> int:
    """CLOCK_MONOTONIC_RAW: the clock of every stamp on the wire."""
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW)


class Relay:
    """All sockets of the relay, and the loop over them."""

    def __init__(self, control: Control) -> None:
        configure, early = control.configuration()
        self._control = control
        self._poller = zmq.Poller()
        self._handlers: dict[object, Callable[[], None]] = {}
        self._router = RouterLink(configure)
        self._events = Port("events", configure.events_port, EVENT_KINDS)
        self._commands = Port("commands", configure.commands_port, RESULT_KINDS)
        self._session = RelaySession(secrets.randbits(64), Ledger())
        self._ticks = Ticks()
        self._watched = AccountWatch()
        self._beats = Beats(configure.silence_ms * 1_000_000)
        self._stopping = False
        self._collected_ns = now_ns()
        self._alive_ns = now_ns()
        self._start(early)

    def run(self) -> None:
        """Runs until the agent sends Stop or ends."""
        # The garbage collector must not run while a trade passes, so `_on_time` runs it between messages.
        gc.collect()
        gc.freeze()
        gc.disable()
        while not self._stopping:
            for source, _ in self._poller.poll(self._wait_ms()):
                handler = self._handlers.get(source)
                if handler is not None:
                    handler()
                    self._flush()
            self._on_time()
        self._end()

    def _start(self, early: list[ToRelay]) -> None:
        self._watch(self._control.lines_in, self._on_lines)
        self._watch(self._events.listener.fileno(), lambda: self._on_accept(self._events, self._on_events))
        self._watch(self._commands.listener.fileno(), lambda: self._on_accept(self._commands, self._on_results))
        self._control.send(Listening(self._events.number, self._commands.number))
        for line in early:
            self._obey(line)
        self._flush()

    def _watch(self, source: "int | zmq.Socket[bytes]", handler: Callable[[], None]) -> None:
        self._poller.register(source, zmq.POLLIN)
        self._handlers[source] = handler

    def _forget(self, source: "int | zmq.Socket[bytes]") -> None:
        if self._handlers.pop(source, None) is not None:
            self._poller.unregister(source)

    def _wait_ms(self) -> int:
        sources = (self._session.due_ns(), self._ticks.due_ns(), self._beats.due_ns(), self._alive_ns + ALIVE_NS)
        first = min(due for due in sources if due is not None)
        return max(0, (first - now_ns()) // 1_000_000 + 1)

    def _on_time(self) -> None:
        now = now_ns()
        self._session.on_clock(now)
        if self._session.phase is SessionPhase.UP:
            self._send_ticks(now)
        else:
            self._ticks.take(now)
        self._report_beats(self._beats.look(now))
        self._flush()
        if now >= self._alive_ns + ALIVE_NS:
            self._alive_ns = now
            self._control.send(Alive())
        if now > self._collected_ns + COLLECT_NS:
            self._collected_ns = now
            gc.collect()

    def _send_ticks(self, now: int) -> None:
        for body in self._ticks.take(now):
            self._router.send_ticks(encode_envelope(Envelope(Kind.TICKS, 0, 0, 0, now), body))

    def _on_accept(self, port: Port, handler: Callable[[], None]) -> None:
        before = port.fileno()
        if not port.accept():
            return
        if before >= 0:
            self._gone(port, before)
        self._watch(port.fileno(), handler)
        self._noted(port)

    def _on_events(self) -> None:
        before = self._events.fileno()
        frames = self._without_beats(self._events)
        reliable = [frame for frame in frames if frame.kind != Tick.KIND]
        for frame in frames:
            if frame.kind == Tick.KIND:
                self._ticks.put(frame.data)
        if reliable:
            self._session.on_frames(reliable, now_ns())
            for line in self._watched.lines(reliable):
                self._control.send(line)
        self._after_read(self._events, before)

    def _on_results(self) -> None:
        before = self._commands.fileno()
        frames = self._without_beats(self._commands)
        if frames:
            self._session.on_frames(frames, now_ns())
        self._after_read(self._commands, before)

    def _without_beats(self, port: Port) -> list[RawFrame]:
        """What a port has read. Beats are for the relay alone: they are neither numbered nor passed on."""
        frames = port.read()
        beats = [frame for frame in frames if frame.kind == ProgramBeat.KIND]
        if not beats:
            return frames
        for beat in beats:
            self._report_beats(self._beats.hear(port.name, beat, now_ns()))
        return [frame for frame in frames if frame.kind != ProgramBeat.KIND]

    def _report_beats(self, lines: list[ProgramHeard]) -> None:
        for line in lines:
            self._control.send(line)
        if lines:
            self._note_ports()

    def _note_ports(self) -> None:
        """Lets nothing through to a silent program: frames would wait in its socket, and be carried out late when it wakes
        up.
        """
        self._session.events_up = self._events.up and not self._beats.is_silent("events")
        self._session.commands_up = self._commands.up and not self._beats.is_silent("commands")

    def _after_read(self, port: Port, before: int) -> None:
        for kind, count in port.passed_over().items():
            self._session.pass_over(kind, count)
        if port.unusable():
            self._session.on_unusable(f"an unusable frame on {port.name}", now_ns())
        if not port.up:
            self._gone(port, before)

    def _gone(self, port: Port, descriptor: int) -> None:
        self._forget(descriptor)
        if port.fault:
            self._session.drop(f"{port.name}: {port.fault}")
        if not port.up:
            self._noted(port)

    def _noted(self, port: Port) -> None:
        self._beats.restart(port.name)
        self._note_ports()
        if port is self._events:
            self._watched.restart()
        self._control.send(Bridge(port.name, port.up))

    def _on_router(self) -> None:
        for message in self._router.receive():
            self._session.on_message(message, now_ns())
            self._flush()

    def _on_lines(self) -> None:
        for line in self._control.read():
            self._obey(line)
        self._stopping = self._stopping or self._control.ended

    def _obey(self, line: ToRelay) -> None:
        if isinstance(line, UseTicket):
            self._session.on_ticket(line.ticket, now_ns())
        elif isinstance(line, UseRouter):
            self._use(line)
        elif isinstance(line, ReportState):
            now = now_ns()
            self._session.on_state(encode(State(now, line.state, 0, line.reason, line.message)), now)
        elif isinstance(line, Stop):
            self._stopping = True

    def _use(self, place: UseRouter) -> None:
        self._session.on_router(now_ns())
        self._flush()
        if self._router.trades is not None:
            self._forget(self._router.trades)
        self._router.use(place)

    def _flush(self) -> None:
        out = self._session.out
        if out.reconnect:
            out.reconnect = False
            self._reconnect()
        if out.router:
            self._to_router()
        if out.commands:
            self._to_port(self._commands, out.commands)
        if out.events:
            self._to_port(self._events, out.events)
        if out.notices:
            notices = out.notices.copy()
            out.notices.clear()
            for notice in notices:
                self._control.send(notice)

    def _reconnect(self) -> None:
        if self._router.trades is not None:
            self._forget(self._router.trades)
        self._watch(self._router.reconnect(), self._on_router)

    def _to_router(self) -> None:
        messages = self._session.out.router.copy()
        self._session.out.router.clear()
        for message in messages:
            if not self._router.send(message):
                self._session.on_send_blocked(now_ns())
                break

    def _to_port(self, port: Port, frames: list[bytes]) -> None:
        before, data = port.fileno(), b"".join(frames)
        frames.clear()
        if port.up and not port.write(data):
            self._gone(port, before)

    def _end(self) -> None:
        self._session.bye(now_ns())
        self._flush()
        self._events.shut()
        self._commands.shut()
        self._router.close()
