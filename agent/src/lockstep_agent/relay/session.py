"""The relay's side of a session with the router, without any I/O.

Each session has a socket of its own, and HELLO is the first message on it. So the answer to an earlier HELLO cannot be taken
for the answer to this one.

When the WELCOME asks for a snapshot, or frames had to be dropped, numbering continues after the `ack` of the WELCOME. So
the router never sees a gap in the numbers that no snapshot covers.
"""

from enum import Enum

from lockstep_agent.relay.errors import LedgerFull
from lockstep_agent.relay.ledger import Ledger, batches
from lockstep_agent.relay.lines import Dropped, Line, PassedOver, RouterLost, RouterUp, SessionRefused
from lockstep_agent.relay.stream import RawFrame
from lockstep_core.wire.codec import encode, head_at
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
from lockstep_core.wire.frames import Command, QuoteRequest, SnapshotBegin, SnapshotRequest, State, Subscribe, SymbolPage

BEAT_NS = 1_000_000_000
SILENCE_NS = 5_000_000_000
STALE_NS = 2_500_000_000
"""The longest silence of the router after which its messages still count. The router answers every beat, each second.

A message after a longer silence was delayed on the way, or this process stood still. Its commands may be old, and meanwhile
another pod may have got the same ones. So they are dropped, and the next session brings those that are still wanted.
"""
GREETING_GAP_NS = 250_000_000
FIRST_PATIENCE_NS = 2_000_000_000
LONGEST_PATIENCE_NS = 8_000_000_000
SNAPSHOT_AGAIN_NS = 2_000_000_000
EXECUTOR_KINDS = frozenset((Command.KIND, QuoteRequest.KIND))
"""Frames for the program that executes."""
EXPERT_KINDS = frozenset((SnapshotRequest.KIND, Subscribe.KIND, SymbolPage.KIND))
"""Frames for the program that watches; they go out over the connection of its events."""


class SessionPhase(Enum):
    """`IDLE`: there is no usable ticket. `PAUSED`: HELLO will be sent soon. `GREETING`: HELLO was sent. `UP`: welcomed."""

    IDLE = 0
    PAUSED = 1
    GREETING = 2
    UP = 3


class Outbox:
    """What the caller must do after each call: connect again if `reconnect` is set, then send the messages. The caller
    empties it.
    """

    __slots__ = ("commands", "events", "notices", "reconnect", "router")

    def __init__(self) -> None:
        self.reconnect = False
        self.router: list[bytes] = []
        self.commands: list[bytes] = []
        self.events: list[bytes] = []
        self.notices: list[Line] = []


class RelaySession:
    """The state machine of the sessions of one relay process. All times are ns of one monotonic clock."""

    def __init__(self, incarnation: int, ledger: Ledger) -> None:
        self.incarnation = incarnation
        self.ledger = ledger
        self.out = Outbox()
        self.phase = SessionPhase.IDLE
        self.events_up = False
        self.commands_up = False
        self.dropped = 0
        self.passed_over = 0
        self._unknown_kinds: set[int] = set()
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
        """Handles a new ticket. A session that is up is renewed with it; otherwise it is for the next HELLO."""
        self._ticket = ticket
        if self.phase is SessionPhase.IDLE:
            self._greet_soon(now_ns)
        elif self.phase is SessionPhase.UP:
            self._send(Kind.RENEW, 0, ticket, now_ns)

    def on_router(self, now_ns: int) -> None:
        """Handles the address of another router: the present session ends, and the next ticket begins one there.

        The new router knows nothing of the account, so its WELCOME asks for a snapshot, like that of a restarted router.
        """
        if self.phase is SessionPhase.UP:
            self.out.notices.append(RouterLost("the router is elsewhere"))
        self.bye(now_ns)

    def on_frames(self, frames: list[RawFrame], now_ns: int) -> None:
        """Handles frames of the terminal, in the order they came. Ticks are not among them."""
        try:
            first, kept = self._keep(frames)
        except LedgerFull as full:
            self._overflow(str(full), now_ns)
            return
        if self.phase is SessionPhase.UP:
            for number, body in batches(first, kept):
                self._send(Kind.EVENTS, number, body, now_ns)

    def on_state(self, frame: bytes, now_ns: int) -> None:
        """Handles a State frame of the agent. If frames were dropped, the newest State is sent again later."""
        self._state = frame
        if not self._gap:
            self.on_frames([RawFrame(State.KIND, frame)], now_ns)

    def on_message(self, message: bytes, now_ns: int) -> None:
        """Handles a message of the router."""
        try:
            envelope = decode_envelope(message)
            if self.phase is SessionPhase.GREETING:
                self._on_answer(envelope, now_ns)
            elif self.phase is SessionPhase.UP:
                self._on_session(envelope, message, now_ns)
        except WireError as error:
            self.drop(str(error))

    def on_clock(self, now_ns: int) -> None:
        """Handles time. Must be called when `due_ns` has come, and may be called at any time."""
        due_ns = self.due_ns()
        if due_ns is None or now_ns < due_ns:
            return
        if self.phase is SessionPhase.UP:
            self._on_beat(now_ns)
            return
        if self.phase is SessionPhase.GREETING:
            self._patience_ns = min(2 * self._patience_ns, LONGEST_PATIENCE_NS)
        self._greet(now_ns)

    def due_ns(self) -> int | None:
        """When `on_clock` must be called next, None if it need not be."""
        match self.phase:
            case SessionPhase.IDLE:
                return None
            case SessionPhase.PAUSED:
                return self._greeted_ns + GREETING_GAP_NS
            case SessionPhase.GREETING:
                return self._greeted_ns + self._patience_ns
            case SessionPhase.UP:
                return self._beaten_ns + BEAT_NS

    def on_send_blocked(self, now_ns: int) -> None:
        """Handles a full socket: the router is gone or far behind. The unsent frames follow in the next session."""
        self._lose("the router takes no more messages", now_ns)

    def on_unusable(self, why: str, now_ns: int) -> None:
        """Handles a frame of the terminal that had to be dropped. Only a snapshot can replace what it contained."""
        self.drop(why)
        if now_ns >= self._asked_ns + SNAPSHOT_AGAIN_NS:
            self._ask_snapshot(now_ns)

    def bye(self, now_ns: int) -> None:
        """Says BYE to the router before the relay ends."""
        if self.phase is SessionPhase.UP:
            self._send(Kind.BYE, 0, b"", now_ns)
        self.phase = SessionPhase.IDLE

    def drop(self, why: str) -> None:
        """Counts and reports incoming data that cannot be used."""
        self.dropped += 1
        self.out.notices.append(Dropped(why, self.dropped))

    def pass_over(self, kind: int, count: int = 1) -> None:
        """Counts frames of a kind that only a later release knows. The first ones of each kind are reported."""
        self.passed_over += count
        if kind not in self._unknown_kinds:
            self._unknown_kinds.add(kind)
            self.out.notices.append(PassedOver(kind, self.passed_over))

    def _keep(self, frames: list[RawFrame]) -> tuple[int, list[bytes]]:
        first, kept = self.ledger.next, []
        for kind, data in frames:
            if self._holding and kind != State.KIND:
                if kind != SnapshotBegin.KIND or self._gap:
                    continue
                self._holding = False
            self.ledger.add(data)
            kept.append(data)
        return first, kept

    def _overflow(self, why: str, now_ns: int) -> None:
        self.drop(why)
        self._gap = self._holding = True
        self.ledger.restart(self.ledger.next - 1)
        if self.phase is SessionPhase.UP:
            self._lose(why, now_ns)

    def _on_answer(self, envelope: Envelope, now_ns: int) -> None:
        self._heard_ns = now_ns
        if envelope.kind == Kind.WELCOME:
            self._on_welcome(envelope, now_ns)
        elif envelope.kind == Kind.REFUSED:
            self._on_refused(envelope, now_ns)

    def _on_session(self, envelope: Envelope, message: bytes, now_ns: int) -> None:
        if now_ns >= self._heard_ns + STALE_NS and envelope.kind != Kind.REFUSED:
            # Its commands may be old, and another pod may have got them too (see STALE_NS).
            self._lose("messages of the router were held up", now_ns)
            return
        self._heard_ns = now_ns
        self.ledger.acknowledge(envelope.ack)
        if envelope.kind == Kind.COMMANDS:
            self._on_commands(envelope.seq, message)
        elif envelope.kind == Kind.RESET:
            self._lose("the router does not know this session", now_ns)
        elif envelope.kind == Kind.REFUSED:
            self._on_refused(envelope, now_ns)

    def _on_welcome(self, envelope: Envelope, now_ns: int) -> None:
        self.phase = SessionPhase.UP
        self._patience_ns = FIRST_PATIENCE_NS
        self._beaten_ns = now_ns
        wanted = bool(envelope.flags & SNAPSHOT_WANTED) or self._gap or not self.ledger.resumes(envelope.ack)
        if wanted:
            self._start_over(envelope.ack, now_ns)
        self.ledger.acknowledge(envelope.ack)
        for first, body in self.ledger.batches():
            self._send(Kind.EVENTS, first, body, now_ns)
        self.out.notices.append(RouterUp(wanted))

    def _on_refused(self, envelope: Envelope, now_ns: int) -> None:
        if envelope.flags == Refusal.QUARANTINED:
            # The router lets the account in again later, with the same ticket, so the pod need not end.
            self.out.notices.append(RouterLost("the router has shut the account out for a while"))
            self.phase, self._greeted_ns, self._patience_ns = SessionPhase.GREETING, now_ns, LONGEST_PATIENCE_NS
            return
        self.phase = SessionPhase.IDLE
        known = {refusal.value for refusal in Refusal}
        refusal = envelope.flags if envelope.flags in known else Refusal.BAD_TICKET
        self.out.notices.append(SessionRefused(refusal))

    def _start_over(self, acknowledged: int, now_ns: int) -> None:
        # The kept frames are dropped, because the snapshot contains their effect (docs/protocol.md). Numbers go on after the
        # last one that the router has: it must see no gap that no snapshot covers.
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
            layout, size = head_at(message, at)
            frame, at = message[at : at + size], at + size
            if layout is None:
                self.pass_over(frame[1])
            elif len(frame) == size:
                self._pass_on(layout.cls.KIND, frame)
            self._commands_seen = max(self._commands_seen, seq)
            seq += 1

    def _pass_on(self, kind: int, frame: bytes) -> None:
        # What a program that is not there should get is dropped, never queued: the router repeats it (docs/protocol.md).
        if kind in EXECUTOR_KINDS:
            if self.commands_up:
                self.out.commands.append(frame)
        elif kind in EXPERT_KINDS:
            if self.events_up:
                self.out.events.append(frame)
        else:
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
        self.phase = SessionPhase.PAUSED
        self.on_clock(now_ns)

    def _greet(self, now_ns: int) -> None:
        self.phase = SessionPhase.GREETING
        self._greeted_ns = now_ns
        # A new socket for each HELLO, so that the answer to an earlier one cannot be taken for the answer to this one.
        self.out.reconnect = True
        self.out.router.clear()
        hello = Hello(self.incarnation, self.ledger.oldest, self._ticket)
        self._send(Kind.HELLO, 0, encode_hello(hello), now_ns)

    def _send(self, kind: Kind, seq: int, body: bytes, now_ns: int) -> None:
        self.out.router.append(encode_envelope(Envelope(kind, 0, seq, self._commands_seen, now_ns), body))
