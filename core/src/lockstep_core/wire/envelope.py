"""What surrounds frames between a relay and the router, and the little protocol of a session.

A message is one envelope followed by zero or more frames. The relay says HELLO with its ticket; the router answers
WELCOME, REFUSED, or, to anything else from a peer it does not know, RESET. EVENTS carry numbered frames: `seq` is the
number of the first one, each further frame counts one more. `ack` is the last number the writer has got from the other
side. Numbers start at 1 in every incarnation (one life of a relay process). RENEW carries a younger ticket for the session
that is up.

A message has at most `MAX_MESSAGE` bytes and `MAX_FRAMES` frames. The router's memory and its time for one message have a
bound because of that, so it refuses longer ones, and relays cut what they send.

Peers of different releases understand each other (docs/adr/018): messages of unknown kinds are passed over, unknown bits of
`flags` mean nothing, and the bodies of HELLO and RENEW may be longer than what is known of them.
"""

import struct
from enum import IntEnum

import msgspec

from lockstep_core.wire.errors import MalformedEnvelope
from lockstep_core.wire.ticket import TICKET_SIZE

VERSION = 2
ENVELOPE = struct.Struct("<BBHIQQq")
HELLO_HEAD = struct.Struct("<QQ")


class Kind(IntEnum):
    """What a message is. Odd ones come from the relay, even ones from the router."""

    HELLO = 1
    WELCOME = 2
    EVENTS = 3
    COMMANDS = 4
    BEAT = 5
    ACK = 6
    TICKS = 7
    RESET = 8
    BYE = 9
    REFUSED = 10
    RENEW = 11


KINDS = frozenset(map(int, Kind))


class Refusal(IntEnum):
    """Why the router will not have a relay (`flags` of REFUSED). EXPIRED_TICKET is worth another HELLO with a new ticket,
    QUARANTINED one after a while. MOVED: another router has the account or will have it; the keyring says which.
    """

    BAD_TICKET = 1
    EXPIRED_TICKET = 2
    STALE_EPOCH = 3
    UNKNOWN_ACCOUNT = 4
    WRONG_KEY = 5
    QUARANTINED = 6
    MOVED = 7


MAX_MESSAGE = 65_536
MAX_FRAMES = 256
SNAPSHOT_WANTED = 1
"""`flags` bit of WELCOME: the router knows nothing of this account; send a snapshot before anything else."""


class Envelope(msgspec.Struct, frozen=True, gc=False):
    """`flags` mean something per kind; `sent_ns` is CLOCK_MONOTONIC_RAW of the sender's node."""

    kind: int
    flags: int
    seq: int
    ack: int
    sent_ns: int


class Hello(msgspec.Struct, frozen=True, gc=False):
    """Body of HELLO: which life of the relay speaks, the first number it can still send again, and its ticket."""

    incarnation: int
    oldest: int
    ticket: bytes


def encode_envelope(envelope: Envelope, body: bytes = b"") -> bytes:
    """Envelope and body as one message."""
    e = envelope
    return ENVELOPE.pack(VERSION, e.kind, e.flags, len(body), e.seq, e.ack, e.sent_ns) + body


def decode_envelope(message: bytes | memoryview) -> Envelope:
    """The envelope of a message; its body starts at `ENVELOPE.size`."""
    if len(message) < ENVELOPE.size:
        raise MalformedEnvelope("shorter than an envelope")
    version, kind, flags, size, seq, ack, sent_ns = ENVELOPE.unpack_from(message)
    if version != VERSION:
        raise MalformedEnvelope(f"version {version}, this side speaks {VERSION}")
    if size != len(message) - ENVELOPE.size:
        raise MalformedEnvelope(f"{len(message) - ENVELOPE.size} bytes of body, {size} announced")
    return Envelope(kind, flags, seq, ack, sent_ns)


def encode_hello(hello: Hello) -> bytes:
    """Body of a HELLO message."""
    return HELLO_HEAD.pack(hello.incarnation, hello.oldest) + hello.ticket


def decode_hello(message: bytes | memoryview) -> Hello:
    """The HELLO in a whole message (after its envelope)."""
    body = bytes(message[ENVELOPE.size :])
    if len(body) < HELLO_HEAD.size + TICKET_SIZE:
        raise MalformedEnvelope("a HELLO that is too short")
    incarnation, oldest = HELLO_HEAD.unpack_from(body)
    return Hello(incarnation, oldest, body[HELLO_HEAD.size : HELLO_HEAD.size + TICKET_SIZE])


def decode_renewal(message: bytes | memoryview) -> bytes:
    """The ticket in a whole RENEW message."""
    body = bytes(message[ENVELOPE.size :])
    if len(body) < TICKET_SIZE:
        raise MalformedEnvelope("a RENEW that is too short")
    return body[:TICKET_SIZE]
