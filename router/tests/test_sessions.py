"""Whose messages count: tickets, keys, epochs, frame numbers, and what hostile peers get."""

from uuid import UUID

import msgspec
import pytest

from lockstep_core.wire.codec import encode
from lockstep_core.wire.enums import DealEntry
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
from lockstep_core.wire.frames import StopsFrame, Trade
from lockstep_router.accounts.admission import admit
from lockstep_router.accounts.tickets import check_ticket

from .engine_harness import MASTER, SLAVE, EngineHarness, curve_key
from .terminals import LOT
from .ticket_issuer import Issuer

TRADE = Trade(1, 1, 77, 0, LOT, 1.1, 0.0, 0.0, 0, 10**12, 0, DealEntry.IN, "EURUSD", "")


def say(kind: int, seq: int = 0, body: bytes = b"") -> bytes:
    return encode_envelope(Envelope(kind, 0, seq, 0, 10**12), body)


def hello(ticket: bytes, incarnation: int = 1, oldest: int = 1) -> bytes:
    return say(Kind.HELLO, 0, encode_hello(Hello(incarnation, oldest, ticket)))


def answers(harness: EngineHarness, peer: bytes, message: bytes, key: bytes | None = None) -> list[tuple[int, int]]:
    out = harness.engine.on_message(peer, message, key, harness.now_ns)
    return [(e.kind, e.flags) for e in (decode_envelope(m) for _, m, _ in out.sends)]


@pytest.mark.parametrize("kind", [Kind.EVENTS, Kind.BEAT, Kind.BYE, Kind.TICKS, Kind.WELCOME, 200])
def test_an_unknown_peer_is_asked_for_a_hello(kind: int) -> None:
    assert answers(EngineHarness(), b"stranger", say(kind, 1)) == [(Kind.RESET, 0)]


def test_a_good_ticket_is_welcomed_and_a_snapshot_wanted() -> None:
    harness = EngineHarness(connect=False)
    assert answers(harness, b"x", hello(harness.ticket(MASTER)), curve_key(MASTER)) == [(Kind.WELCOME, SNAPSHOT_WANTED)]


@pytest.mark.parametrize("key", [None, b"", curve_key(SLAVE)])
def test_a_ticket_works_only_with_its_own_key(key: bytes | None) -> None:
    harness = EngineHarness(connect=False)
    assert answers(harness, b"x", hello(harness.ticket(MASTER)), key) == [(Kind.REFUSED, Refusal.WRONG_KEY)]


@pytest.mark.parametrize("key", [None, curve_key(SLAVE)])
def test_a_message_under_the_name_of_anothers_connection_is_of_no_session(key: bytes | None) -> None:
    """A peer may choose its name, also one that another connection had."""
    harness = EngineHarness()
    peer = next(peer for peer, terminal in harness.peers.items() if terminal is harness.master)
    tracked = harness.engine.accounts[MASTER]
    before = (tracked.received, tracked.book)
    for kind in (Kind.EVENTS, Kind.BYE):
        assert answers(harness, peer, say(kind, tracked.received + 1, encode(TRADE)), key) == [(Kind.RESET, 0)]
    assert (tracked.received, tracked.book) == before
    assert tracked.session is not None


def test_a_ticket_of_another_issuer_is_refused() -> None:
    harness = EngineHarness(connect=False)
    forged = Issuer().ticket(MASTER, 1, curve_key(MASTER), 10_000)
    assert answers(harness, b"x", hello(forged), curve_key(MASTER)) == [(Kind.REFUSED, Refusal.BAD_TICKET)]


@pytest.mark.parametrize("at", [0, 16, 24, 60, 80, 150])
def test_a_changed_ticket_is_refused(at: int) -> None:
    issuer = Issuer()
    raw = bytearray(issuer.ticket(MASTER, 1, curve_key(MASTER), 10_000))
    raw[min(at, len(raw) - 1)] ^= 1
    assert check_ticket(bytes(raw), issuer.keys, 0.0) is Refusal.BAD_TICKET


def test_an_expired_ticket_is_refused_otherwise_than_a_bad_one() -> None:
    issuer = Issuer()
    raw = issuer.ticket(MASTER, 1, curve_key(MASTER), 100)
    assert check_ticket(raw, issuer.keys, 100.0) is Refusal.EXPIRED_TICKET


def test_a_newer_epoch_closes_the_older_session() -> None:
    harness = EngineHarness()
    old = next(p for p, t in harness.peers.items() if t is harness.master)
    out = harness.engine.on_message(b"new", hello(harness.ticket(MASTER, 2), 5), curve_key(MASTER), harness.now_ns)
    reported = {peer: decode_envelope(message) for peer, message, _ in out.sends}
    assert (reported[old].kind, reported[old].flags) == (Kind.REFUSED, Refusal.STALE_EPOCH)
    assert reported[b"new"].kind == Kind.WELCOME
    assert answers(harness, old, say(Kind.BEAT)) == [(Kind.RESET, 0)]
    again = answers(harness, old, hello(harness.ticket(MASTER, 1)), curve_key(MASTER))
    assert again == [(Kind.REFUSED, Refusal.STALE_EPOCH)]


def test_an_epoch_the_database_knows_outlives_a_router() -> None:
    harness = EngineHarness(connect=False)
    account = harness.plan.accounts[MASTER]
    accounts = {**harness.plan.accounts, MASTER: msgspec.structs.replace(account, epoch=7)}
    harness.plan = msgspec.structs.replace(harness.plan, accounts=accounts)
    harness.start_router()
    assert answers(harness, b"x", hello(harness.ticket(MASTER, 6)), curve_key(MASTER)) == [
        (Kind.REFUSED, Refusal.STALE_EPOCH)
    ]


def test_an_account_that_is_new_gets_time_to_appear_in_the_plan() -> None:
    harness = EngineHarness(connect=False)
    unknown = UUID(int=12345)
    greeting = hello(harness.issuer.ticket(unknown, 1, curve_key(unknown), 10_000))
    assert answers(harness, b"x", greeting, curve_key(unknown)) == []
    assert harness.engine.take_wants_plan()
    harness.now_ns += 20 * 10**9
    assert answers(harness, b"x", greeting, curve_key(unknown)) == [(Kind.REFUSED, Refusal.UNKNOWN_ACCOUNT)]


def test_the_same_life_of_a_relay_goes_on_where_it_stopped() -> None:
    harness = EngineHarness()
    received = harness.engine.accounts[MASTER].received
    out = harness.engine.on_message(b"again", hello(harness.ticket(MASTER), 1, received), curve_key(MASTER), harness.now_ns)
    envelope = decode_envelope(out.sends[-1].message)
    assert (envelope.kind, envelope.flags, envelope.ack) == (Kind.WELCOME, 0, received)


def test_another_life_of_a_relay_starts_over_from_one() -> None:
    harness = EngineHarness()
    out = harness.engine.on_message(b"again", hello(harness.ticket(MASTER), 2), curve_key(MASTER), harness.now_ns)
    envelope = decode_envelope(out.sends[-1].message)
    assert (envelope.kind, envelope.flags, envelope.ack) == (Kind.WELCOME, SNAPSHOT_WANTED, 0)


def test_a_life_that_lost_frames_starts_over() -> None:
    harness = EngineHarness()
    received = harness.engine.accounts[MASTER].received
    out = harness.engine.on_message(
        b"again", hello(harness.ticket(MASTER), 1, received + 2), curve_key(MASTER), harness.now_ns
    )
    assert decode_envelope(out.sends[-1].message).flags == SNAPSHOT_WANTED


def test_nothing_is_acted_upon_before_the_snapshot_is_whole() -> None:
    harness = EngineHarness(connect=False)
    harness.connect(harness.slave)
    harness.engine.on_message(b"m", hello(harness.ticket(MASTER)), curve_key(MASTER), harness.now_ns)
    out = harness.engine.on_message(b"m", say(Kind.EVENTS, 1, encode(TRADE)), curve_key(MASTER), harness.now_ns)
    assert out.sends == []
    assert harness.engine.accounts[MASTER].book.positions == {}


def test_a_gap_is_never_skipped() -> None:
    harness = EngineHarness()
    peer = next(p for p, t in harness.peers.items() if t is harness.master)
    received = harness.engine.accounts[MASTER].received
    assert answers(harness, peer, say(Kind.EVENTS, received + 2, encode(TRADE))) == [(Kind.RESET, 0)]
    assert harness.engine.accounts[MASTER].received == received


def test_repeated_frames_are_dropped_and_acknowledged_again() -> None:
    harness = EngineHarness()
    peer = next(p for p, t in harness.peers.items() if t is harness.master)
    received = harness.engine.accounts[MASTER].received
    message = say(Kind.EVENTS, received + 1, encode(TRADE))
    assert len(harness.message(peer, message).sends) == 1
    assert harness.message(peer, message).sends == []
    (ack,) = harness.engine.acks(harness.now_ns).sends
    assert decode_envelope(ack.message).ack == received + 1


def test_silence_ends_a_session() -> None:
    harness = EngineHarness()
    harness.now_ns += 6 * 10**9
    harness.act(harness.engine.on_clock(harness.now_ns))
    assert harness.engine.sessions == {}
    assert harness.engine.account_of(curve_key(MASTER)) is None


HOSTILE = [
    b"",
    b"\x00" * 40,
    b"\xff" * 200,
    say(Kind.EVENTS, 1)[:-1],
    say(Kind.EVENTS, 2**64 - 1),
    say(Kind.EVENTS, 0, encode(TRADE)),
    say(Kind.HELLO),
    say(Kind.HELLO, 0, b"\x00" * 500),
]


@pytest.mark.parametrize("message", HOSTILE)
def test_hostile_messages_change_nothing(message: bytes) -> None:
    harness = EngineHarness()
    before = harness.engine.accounts[MASTER].book
    for peer in (b"stranger", next(p for p, t in harness.peers.items() if t is harness.master)):
        harness.engine.on_message(peer, message, curve_key(MASTER), harness.now_ns)
    assert harness.engine.accounts[MASTER].book is before


def test_a_peer_that_goes_on_sending_rubbish_is_reset() -> None:
    harness = EngineHarness()
    peer = next(p for p, t in harness.peers.items() if t is harness.master)
    reported = [answers(harness, peer, b"rubbish", curve_key(MASTER)) for _ in range(16)]
    assert reported == [[]] * 15 + [[(Kind.RESET, 0)]]


@pytest.mark.parametrize(
    "change",
    [
        {"volume": 0},
        {"volume": -LOT},
        {"volume": 2**62},
        {"price": float("nan")},
        {"sl": float("inf")},
        {"tp": -1.0},
        {"side": 2},
        {"entry": 9},
        {"position": 0},
    ],
)
def test_impossible_deals_are_dropped_and_a_snapshot_is_wanted(change: dict[str, float]) -> None:
    harness = EngineHarness()
    peer = next(p for p, t in harness.peers.items() if t is harness.master)
    dropped = harness.engine.dropped
    bad = msgspec.structs.replace(TRADE, **change)
    out = harness.message(peer, say(Kind.EVENTS, harness.engine.accounts[MASTER].received + 1, encode(bad)))
    assert [decode_envelope(m).kind for _, m, _ in out.sends] == [Kind.COMMANDS]
    harness.run()
    assert harness.slave.orders == []
    assert harness.engine.dropped > dropped


def test_a_session_can_never_speak_of_anothers_links() -> None:
    harness = EngineHarness()
    harness.master.open(LOT)
    harness.run()
    (position,) = harness.slave.positions.values()
    harness.master.report(StopsFrame(position.ticket, position.magic, 1.0, 1.0, 0, 0, "EURUSD"))
    harness.run()
    assert harness.engine.accounts[SLAVE].book.positions[position.ticket].sl == 0.0


def test_a_terminal_that_is_logged_in_elsewhere_is_not_believed() -> None:
    harness = EngineHarness(connect=False)
    harness.master.broker.login = 4711
    harness.connect(harness.master)
    assert not harness.engine.accounts[MASTER].synced


def test_a_hello_is_as_long_as_it_must_be() -> None:
    assert len(hello(EngineHarness(connect=False).ticket(MASTER))) == ENVELOPE.size + 16 + 72 + 64


def test_admission_is_a_plain_function() -> None:
    harness = EngineHarness()
    ticket = check_ticket(harness.ticket(MASTER), harness.issuer.keys, 0.0)
    assert not isinstance(ticket, Refusal)
    assert admit(ticket, curve_key(MASTER), harness.engine.accounts[MASTER]) is None
