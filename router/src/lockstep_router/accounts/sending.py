"""Messages to an account's relay."""

from lockstep_core.wire.codec import encode
from lockstep_core.wire.envelope import Envelope, Kind, encode_envelope
from lockstep_core.wire.frames import Frame
from lockstep_router.accounts.tracked_account import TrackedAccount
from lockstep_router.journal.outputs import Outputs

_COMMANDS = Kind.COMMANDS
"""Read once: looking up an enum's member costs several times what a call does, and this is on the path of every trade."""


def send_frame(tracked: TrackedAccount, frame: Frame, now_ns: int, out: Outputs, link: int = 0) -> bool:
    """Sends one frame to an account's relay, with the acknowledgement of what it sent. False if no relay is there."""
    session = tracked.session
    if session is None:
        return False
    session.sent += 1
    tracked.unacked = 0
    envelope = Envelope(_COMMANDS, 0, session.sent, tracked.received, now_ns)
    out.send(session.peer, encode_envelope(envelope, encode(frame)), link)
    return True


def send_envelope(peer: bytes, kind: Kind, flags: int, ack: int, now_ns: int, out: Outputs) -> None:
    """Sends an envelope without a body."""
    out.send(peer, encode_envelope(Envelope(kind, flags, 0, ack, now_ns)))
