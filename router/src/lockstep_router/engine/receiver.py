"""Handles the messages of relays: who speaks, whether the frames follow on, and what is answered at once."""

from collections.abc import Mapping
from uuid import UUID

from lockstep_core.wire.codec import frame_starts
from lockstep_core.wire.envelope import ENVELOPE, KINDS, SNAPSHOT_WANTED, Envelope, Kind, decode_envelope, decode_hello
from lockstep_core.wire.errors import WireError
from lockstep_router.accounts.admission import resumes
from lockstep_router.accounts.paces import PeerPace
from lockstep_router.accounts.sending import send_envelope
from lockstep_router.accounts.session import Session
from lockstep_router.accounts.tracked_account import TrackedAccount
from lockstep_router.engine.frame_handler import FrameHandler
from lockstep_router.engine.sessions import Sessions
from lockstep_router.engine.turns import Turns
from lockstep_router.errors import TooManyFrames
from lockstep_router.execution.copy_manager import CopyManager
from lockstep_router.execution.settler import OnFault
from lockstep_router.journal.outputs import Outputs

BAD_MESSAGES = 16
"""How many malformed messages a session may send before it is reset."""


class Receiver:
    """`malformed`: messages that could not be used. `unknown`: those of kinds that only a later release knows."""

    def __init__(
        self,
        accounts: Mapping[UUID, TrackedAccount],
        sessions: Sessions,
        frames: FrameHandler,
        copy_manager: CopyManager,
        turns: Turns,
        on_fault: OnFault,
    ) -> None:
        self.malformed = 0
        self.unknown = 0
        self._accounts = accounts
        self._sessions = sessions
        self._frames = frames
        self._copy_manager = copy_manager
        self._turns = turns
        self._on_fault = on_fault
        self._checks = PeerPace()
        self._resets = PeerPace()

    def on_message(self, peer: bytes, message: bytes, user_key: bytes | None, now_ns: int, out: Outputs) -> None:
        """A message of a peer; `user_key` is the CURVE public key its connection was made with."""
        session = self._sessions.of(peer, user_key)
        try:
            envelope = decode_envelope(message)
            if envelope.kind == Kind.HELLO:
                if self._checks.allows(peer, now_ns):
                    self._on_hello(peer, message, user_key, now_ns, out)
            elif session is None:
                # Counted apart: what a relay sent to the router before this one comes first, then it says HELLO.
                if self._resets.allows(peer, now_ns):
                    send_envelope(peer, Kind.RESET, 0, 0, now_ns, out)
            else:
                self._on_session(session, envelope, message, now_ns, out)
        except WireError:
            self._on_malformed(session, now_ns, out)
        except Exception as error:  # noqa: BLE001 - whatever one account sends, the loop goes on for all others
            session = self._sessions.of(peer, user_key)
            self._on_fault(None if session is None else session.account, error, now_ns, out)

    def lose(self, session: Session, now_ns: int, out: Outputs) -> None:
        """Forgets a session whose relay is silent, gone or must begin again."""
        tracked = self._sessions.drop(session)
        if tracked is not None:
            self._frames.report_disconnected(tracked, now_ns, out)

    def _on_hello(self, peer: bytes, message: bytes, user_key: bytes | None, now_ns: int, out: Outputs) -> None:
        admitted = self._sessions.admitted(peer, message, user_key, now_ns, out)
        if admitted is None:
            return
        (ticket, tracked), hello = admitted, decode_hello(message)
        if ticket.epoch > tracked.epoch:
            tracked.other_pod_ns = now_ns
            self._copy_manager.on_other_pod(tracked.account.id, now_ns)
        self._sessions.begin(peer, ticket, tracked, now_ns, out)
        resumed = resumes(hello, tracked)
        if not resumed:
            tracked.forget()
            tracked.received = tracked.received if hello.incarnation == tracked.incarnation else 0
            tracked.incarnation = hello.incarnation
            tracked.snapshot_requested_ns = now_ns
        send_envelope(peer, Kind.WELCOME, 0 if resumed else SNAPSHOT_WANTED, tracked.received, now_ns, out)
        if resumed:
            self._frames.report_ready(tracked, now_ns, out)
            self._copy_manager.on_relay_back(tracked.account.id, now_ns)
            self._frames.on_resumed(tracked)
            self._turns.begin(tracked, now_ns, out)

    def _on_session(self, session: Session, envelope: Envelope, message: bytes, now_ns: int, out: Outputs) -> None:
        session.heard_ns = now_ns
        tracked = self._accounts[session.account]
        match envelope.kind:
            case Kind.EVENTS:
                self._on_events(tracked, session, envelope, message, now_ns, out)
            case Kind.BEAT:
                self._turns.on_beat(tracked)
            case Kind.RENEW:
                if self._checks.allows(session.peer, now_ns):
                    self._sessions.renew(session, message)
            case Kind.BYE:
                self.lose(session, now_ns, out)
            case kind if kind not in KINDS:
                self.unknown += 1
            case _:
                self._on_malformed(session, now_ns, out)

    def _on_events(
        self, tracked: TrackedAccount, session: Session, envelope: Envelope, message: bytes, now_ns: int, out: Outputs
    ) -> None:
        starts = frame_starts(message, ENVELOPE.size)
        next_seq = tracked.received + session.waiting_frames + 1
        # Frames in between are missing, so the session must begin again (docs/protocol.md).
        if envelope.seq > next_seq or envelope.seq == 0:
            self._reset(session, now_ns, out)
            return
        # The relay repeats frames because the acknowledgement was lost, so they are acknowledged again.
        tracked.unacked += min(len(starts), next_seq - envelope.seq)
        was_busy = tracked.is_busy
        if not session.queue(message, starts, next_seq - envelope.seq, envelope.sent_ns):
            # A new session at once would let it go on in the same way.
            self._on_fault(session.account, TooManyFrames(), now_ns, out)
        elif not was_busy:
            self._turns.begin(tracked, now_ns, out)

    def _on_malformed(self, session: Session | None, now_ns: int, out: Outputs) -> None:
        self.malformed += 1
        if session is None:
            return
        session.bad += 1
        if session.bad >= BAD_MESSAGES:
            self._reset(session, now_ns, out)

    def _reset(self, session: Session, now_ns: int, out: Outputs) -> None:
        send_envelope(session.peer, Kind.RESET, 0, 0, now_ns, out)
        self.lose(session, now_ns, out)
