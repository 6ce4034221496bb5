"""The ticket a relay shows the router: this CURVE key speaks for this account in this epoch until then.

The keyring signs it with Ed25519 over `signed_part`; the router checks it. This module only lays out the bytes.
"""

import struct
from uuid import UUID

import msgspec

from lockstep_core.wire.errors import MalformedTicket

CONTEXT = b"lockstep bridge ticket v1\0"
BODY = struct.Struct("<16sQ32sq8s")
SIGNATURE_SIZE = 64
TICKET_SIZE = BODY.size + SIGNATURE_SIZE


class Ticket(msgspec.Struct, frozen=True, gc=False):
    """`epoch` grows with each pod of the account, `expires_s` is Unix time, `key_id` names the signing key (8 bytes)."""

    account: UUID
    epoch: int
    curve_key: bytes
    expires_s: int
    key_id: bytes


def ticket_body(ticket: Ticket) -> bytes:
    """The bytes of a ticket without its signature."""
    if len(ticket.curve_key) != 32 or len(ticket.key_id) != 8:
        raise MalformedTicket("a key of the wrong length")
    return BODY.pack(ticket.account.bytes, ticket.epoch, ticket.curve_key, ticket.expires_s, ticket.key_id)


def signed_part(body: bytes) -> bytes:
    """What the signature is made over."""
    return CONTEXT + body


def decode_ticket(raw: bytes) -> tuple[Ticket, bytes, bytes]:
    """(ticket, its body, its signature); nothing of it is true before the signature has been checked."""
    if len(raw) != TICKET_SIZE:
        raise MalformedTicket(f"{len(raw)} bytes, expected {TICKET_SIZE}")
    body, signature = raw[: BODY.size], raw[BODY.size :]
    account, epoch, curve_key, expires_s, key_id = BODY.unpack(body)
    return Ticket(UUID(bytes=account), epoch, curve_key, expires_s, key_id), body, signature
