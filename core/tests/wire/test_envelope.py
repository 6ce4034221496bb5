"""Envelopes, HELLOs and tickets: never shorter than what is known of them; tickets exactly as long."""

import contextlib
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep_core.wire.envelope import (
    ENVELOPE,
    Envelope,
    Hello,
    Kind,
    decode_envelope,
    decode_hello,
    decode_renewal,
    encode_envelope,
    encode_hello,
)
from lockstep_core.wire.errors import MalformedEnvelope, MalformedTicket
from lockstep_core.wire.ticket import TICKET_SIZE, Ticket, decode_ticket, signed_part, ticket_body

U64 = st.integers(0, 2**64 - 1)
TICKET = Ticket(UUID(int=7), 1_795_000_000, bytes(range(32)), 1_800_000_000, b"\1\2\3\4\5\6\7\x08")


@given(st.sampled_from(Kind), st.integers(0, 65535), U64, U64, st.integers(-(2**63), 2**63 - 1), st.binary(max_size=64))
def test_every_envelope_comes_back_as_it_was(kind: int, flags: int, seq: int, ack: int, sent: int, body: bytes) -> None:
    envelope = Envelope(kind, flags, seq, ack, sent)
    message = encode_envelope(envelope, body)
    assert decode_envelope(message) == envelope
    assert message[ENVELOPE.size :] == body


@given(st.binary(max_size=100))
def test_hostile_bytes_never_raise_anything_but_malformed_envelope(raw: bytes) -> None:
    with contextlib.suppress(MalformedEnvelope):
        decode_envelope(raw)
        decode_hello(raw)


@given(U64, U64, st.binary(min_size=TICKET_SIZE, max_size=TICKET_SIZE))
def test_a_hello_comes_back_as_it_was(incarnation: int, oldest: int, ticket: bytes) -> None:
    hello = Hello(incarnation, oldest, ticket)
    assert decode_hello(encode_envelope(Envelope(Kind.HELLO, 0, 0, 0, 0), encode_hello(hello))) == hello


def test_the_body_of_a_hello_and_of_a_renewal_may_be_longer_but_not_shorter() -> None:
    ticket = bytes(range(TICKET_SIZE))
    hello, body = Hello(5, 6, ticket), encode_hello(Hello(5, 6, ticket))
    assert decode_hello(encode_envelope(Envelope(Kind.HELLO, 0, 0, 0, 0), body + b"more")) == hello
    assert decode_renewal(encode_envelope(Envelope(Kind.RENEW, 0, 0, 0, 0), ticket + b"more")) == ticket
    with pytest.raises(MalformedEnvelope):
        decode_hello(encode_envelope(Envelope(Kind.HELLO, 0, 0, 0, 0), body[:-1]))
    with pytest.raises(MalformedEnvelope):
        decode_renewal(encode_envelope(Envelope(Kind.RENEW, 0, 0, 0, 0), ticket[:-1]))


@pytest.mark.parametrize("version", [1, 3])
def test_an_envelope_of_another_version_is_refused(version: int) -> None:
    message = bytearray(encode_envelope(Envelope(Kind.BEAT, 0, 0, 0, 0)))
    message[0] = version
    with pytest.raises(MalformedEnvelope, match=f"version {version}"):
        decode_envelope(bytes(message))


def test_a_ticket_comes_back_with_the_bytes_its_signature_covers() -> None:
    body = ticket_body(TICKET)
    ticket, signed, signature = decode_ticket(body + bytes(64))
    assert (ticket, signed, signature) == (TICKET, body, bytes(64))
    assert signed_part(signed).startswith(b"lockstep bridge ticket")


@pytest.mark.parametrize("size", [0, TICKET_SIZE - 1, TICKET_SIZE + 1])
def test_a_ticket_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(MalformedTicket):
        decode_ticket(bytes(size))


def test_a_ticket_with_a_short_key_is_never_made() -> None:
    with pytest.raises(MalformedTicket):
        ticket_body(Ticket(UUID(int=1), 1, b"short", 1, bytes(8)))
