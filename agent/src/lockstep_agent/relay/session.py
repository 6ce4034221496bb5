"""The relay's side of a session with the router, without any I/O.

One session is one connection: HELLO is always the first message of a fresh socket, so no answer to an earlier greeting can
be mistaken for the answer to this one. After a WELCOME that wants a snapshot, or after frames had to be dropped, numbering
goes on after the `ack` of that WELCOME; from the router's side there is never a gap that no snapshot covers.
"""

from enum import Enum

from lockstep_agent.relay.errors import LedgerFull
from lockstep_agent.relay.ledger import Ledger
from lockstep_agent.relay.lines import Dropped, Line, Refused, RouterLost, RouterUp
from lockstep_agent.relay.stream import Raw
from lockstep_core.wire.codec import encode, layout_at
from lockstep_core.wire.envelope import (
    ENVELOPE,
    SNAPSHOT_WANTED,
    Envelope,
    Hello,
    Kind,
    Refusal,
    decode_envelope,
    encode_envelope,
    encode_hello,
)
from lockstep_core.wire.errors import WireError
from lockstep_core.wire.frames import Command, SnapshotBegin, SnapshotRequest, State

BEAT_NS = 1_000_000_000
SILENCE_NS = 5_000_000_000
STALE_NS = 2_500_000_000
"""The router answers every beat. What comes after a longer pause was held up, or we were, and may be old: another pod may
have been given the same command meanwhile. It is not obeyed; the next session brings what is still wished."""
GREETING_GAP_NS = 250_000_000
FIRST_PATIENCE_NS = 2_000_000_000
LONGEST_PATIENCE_NS = 8_000_000_000
SNAPSHOT_AGAIN_NS = 2_000_000_000


class Phase(Enum):
    """`IDLE` has no usable ticket, `PAUSED` greets when its time has come, `GREETING` awaits the answer to HELLO."""

    IDLE = 0
    PAUSED = 1
    GREETING = 2
    UP = 3


class Outbox:
    """What is to be done after a call: connect anew (before all else), then send. The shell empties it."""

    __slots__ = ("commands", "events", "notices", "reconnect", "router")

    def __init__(self) -> None:
        self.reconnect = False
        self.router: list[bytes] = []
        self.commands: list[bytes] = []
        self.events: list[bytes] = []
        self.notices: list[Line] = []


class Session:
    """State machine of one life of the relay. All times are ns of one monotonic clock."""

    def __init__(self, incarnation: int, ledger: Ledger) -> None:
        self.incarnation = incarnation
        self.ledger = ledger
        self.out = Outbox()
        self.phase = Phase.IDLE
        self.events_up = False
        self.commands_up = False
        self.dropped = 0
        self._ticket = b""
        self._state = b""
        self._holding = False
        self._gap = False
        self._commands_seen = 0
        self._greeted_ns = -GREETING_GAP_NS
        self._patience_ns = FIRST_PATIENCE_NS
        self._heard_ns = 0
        self._beaten_ns = 0
        self._asked_ns = 0
        self._requests = 0

    def on_ticket(self, ticket: bytes, now_ns: int) -> None:
        """A ticket came; one that is merely newer waits for the next greeting."""
        self._ticket = ticket
        if self.phase is Phase.IDLE:
            self._greet_soon(now_ns)

    def on_frames(self, frames: list[Raw], now_ns: int) -> None:
        """Frames of the terminal, in the order they came; ticks are not among them."""
        try:
            first, body = self._keep(frames)
        except LedgerFull as full:
            self._overflow(str(full), now_ns)
            return
        if body and self.phase is Phase.UP:
            self._send(Kind.EVENTS, first, body, now_ns)

    def on_state(self, frame: bytes, now_ns: int) -> None:
        """A State frame of the agent; the newest one is said again after everything else had to be dropped."""
        self._state = frame
        if not self._gap:
            self.on_frames([Raw(State.KIND, frame)], now_ns)

    def on_message(self, message: bytes, now_ns: int) -> None:
        """A message of the router."""
        try:
            envelope = decode_envelope(message)
            if self.phase is Phase.GREETING:
                self._on_answer(envelope, now_ns)
            elif self.phase is Phase.UP:
                self._on_session(envelope, message, now_ns)
        except WireError as error:
            self.drop(str(error))

    def on_clock(self, now_ns: int) -> None:
        """To be called whenever `due_ns` has come, and may be at any time."""
        due_ns = self.due_ns()
        if due_ns is None or now_ns < due_ns:
            return
        if self.phase is Phase.UP:
            self._on_beat(now_ns)
            return
        if self.phase is Phase.GREETING:
            self._patience_ns = min(2 * self._patience_ns, LONGEST_PATIENCE_NS)
        self._greet(now_ns)

    def due_ns(self) -> int | None:
        """When `on_clock` has something to do."""
        match self.phase:
            case Phase.IDLE:
                return None
            case Phase.PAUSED:
                return self._greeted_ns + GREETING_GAP_NS
            case Phase.GREETING:
                return self._greeted_ns + self._patience_ns
            case Phase.UP:
                return self._beaten_ns + BEAT_NS

    def on_send_blocked(self, now_ns: int) -> None:
        """The socket took no more: the router is gone or far behind. What it lacks follows after the next greeting."""
        self._lose("the router takes no more messages", now_ns)

    def on_unusable(self, why: str, now_ns: int) -> None:
        """A frame of the terminal had to be dropped; only a snapshot tells what it would have said."""
        self.drop(why)
        if now_ns >= self._asked_ns + SNAPSHOT_AGAIN_NS:
            self._ask_snapshot(now_ns)

    def bye(self, now_ns: int) -> None:
        """The end of this relay."""
        if self.phase is Phase.UP:
            self._send(Kind.BYE, 0, b"", now_ns)
        self.phase = Phase.IDLE

    def drop(self, why: str) -> None:
        """Counts and tells something unusable."""
        self.dropped += 1
        self.out.notices.append(Dropped(why, self.dropped))

    def _keep(self, frames: list[Raw]) -> tuple[int, bytes]:
        first, kept = self.ledger.next, []
        for kind, data in frames:
            if self._holding and kind != State.KIND:
                if kind != SnapshotBegin.KIND or self._gap:
                    continue
                self._holding = False
            self.ledger.add(data)
            kept.append(data)
        return first, kept[0] if len(kept) == 1 else b"".join(kept)

    def _overflow(self, why: str, now_ns: int) -> None:
        self.drop(why)
        self._gap = self._holding = True
        self.ledger.restart(self.ledger.next - 1)
        if self.phase is Phase.UP:
            self._lose(why, now_ns)

    def _on_answer(self, envelope: Envelope, now_ns: int) -> None:
        self._heard_ns = now_ns
        if envelope.kind == Kind.WELCOME:
            self._on_welcome(envelope, now_ns)
        elif envelope.kind == Kind.REFUSED:
            self._on_refused(envelope)

    def _on_session(self, envelope: Envelope, message: bytes, now_ns: int) -> None:
        if now_ns >= self._heard_ns + STALE_NS and envelope.kind != Kind.REFUSED:
            self._lose("messages of the router were held up", now_ns)
            return
        self._heard_ns = now_ns
        self.ledger.acknowledge(envelope.ack)
        if envelope.kind == Kind.COMMANDS:
            self._on_commands(envelope.seq, message)
        elif envelope.kind == Kind.RESET:
            self._lose("the router does not know this session", now_ns)
        elif envelope.kind == Kind.REFUSED:
            self._on_refused(envelope)

    def _on_welcome(self, envelope: Envelope, now_ns: int) -> None:
        self.phase = Phase.UP
        self._patience_ns = FIRST_PATIENCE_NS
        self._beaten_ns = now_ns
        wanted = bool(envelope.flags & SNAPSHOT_WANTED) or self._gap or not self.ledger.resumes(envelope.ack)
        if wanted:
            self._start_over(envelope.ack, now_ns)
        self.ledger.acknowledge(envelope.ack)
        for first, body in self.ledger.batches():
            self._send(Kind.EVENTS, first, body, now_ns)
        self.out.notices.append(RouterUp(wanted))

    def _on_refused(self, envelope: Envelope) -> None:
        self.phase = Phase.IDLE
        known = {refusal.value for refusal in Refusal}
        refusal = envelope.flags if envelope.flags in known else Refusal.BAD_TICKET
        self.out.notices.append(Refused(refusal))

    def _start_over(self, acknowledged: int, now_ns: int) -> None:
        self._gap, self._holding = False, True
        self.ledger.restart(acknowledged)
        if self._state:
            self.ledger.add(self._state)
        self._ask_snapshot(now_ns)

    def _ask_snapshot(self, now_ns: int) -> None:
        self._asked_ns = now_ns
        if self.events_up:
            self._requests += 1
            self.out.events.append(encode(SnapshotRequest(self._requests)))

    def _on_commands(self, seq: int, message: bytes) -> None:
        at = ENVELOPE.size
        while at < len(message):
            layout = layout_at(message, at)
            frame, at = message[at : at + layout.size], at + layout.size
            if len(frame) == layout.size:
                self._pass_on(layout.cls.KIND, frame)
            self._commands_seen = max(self._commands_seen, seq)
            seq += 1

    def _pass_on(self, kind: int, frame: bytes) -> None:
        if kind == Command.KIND and self.commands_up:
            self.out.commands.append(frame)
        elif kind == SnapshotRequest.KIND and self.events_up:
            self.out.events.append(frame)
        elif kind not in (Command.KIND, SnapshotRequest.KIND):
            self.drop(f"kind {kind} from the router")

    def _on_beat(self, now_ns: int) -> None:
        if now_ns >= self._heard_ns + SILENCE_NS:
            self._lose("the router is silent", now_ns)
            return
        self._beaten_ns = now_ns
        self._send(Kind.BEAT, 0, b"", now_ns)
        if self._holding and now_ns >= self._asked_ns + SNAPSHOT_AGAIN_NS:
            self._ask_snapshot(now_ns)

    def _lose(self, why: str, now_ns: int) -> None:
        self.out.notices.append(RouterLost(why))
        self._greet_soon(now_ns)

    def _greet_soon(self, now_ns: int) -> None:
        self.phase = Phase.PAUSED
        self.on_clock(now_ns)

    def _greet(self, now_ns: int) -> None:
        self.phase = Phase.GREETING
        self._greeted_ns = now_ns
        self.out.reconnect = True
        self.out.router.clear()
        hello = Hello(self.incarnation, self.ledger.oldest, self._ticket)
        self._send(Kind.HELLO, 0, encode_hello(hello), now_ns)

    def _send(self, kind: Kind, seq: int, body: bytes, now_ns: int) -> None:
        self.out.router.append(encode_envelope(Envelope(kind, 0, seq, self._commands_seen, now_ns), body))
