"""Who is heard: tickets, keys, epochs, numbers, and what hostile peers get."""

from uuid import UUID

import msgspec
import pytest

from lockstep_core.wire.codec import encode
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
from lockstep_core.wire.frames import Entry, Stops, Trade
from lockstep_router.accounts.admission import admit
from lockstep_router.accounts.tickets import check_ticket

from .terminals import LOT
from .tickets import Issuer
from .worlds import MASTER, SLAVE, World, curve_key

TRADE = Trade(1, 1, 77, 0, LOT, 1.1, 0.0, 0.0, 0, 10**12, 0, Entry.IN, "EURUSD", "")


def say(kind: int, seq: int = 0, body: bytes = b"") -> bytes:
    return encode_envelope(Envelope(kind, 0, seq, 0, 10**12), body)


def hello(ticket: bytes, incarnation: int = 1, oldest: int = 1) -> bytes:
    return say(Kind.HELLO, 0, encode_hello(Hello(incarnation, oldest, ticket)))


def answers(world: World, peer: bytes, message: bytes, key: bytes | None = None) -> list[tuple[int, int]]:
    out = world.engine.on_message(peer, message, key, world.now_ns)
    return [(e.kind, e.flags) for e in (decode_envelope(m) for _, m, _ in out.sends)]


@pytest.mark.parametrize("kind", [Kind.EVENTS, Kind.BEAT, Kind.BYE, Kind.TICKS, Kind.WELCOME, 200])
def test_an_unknown_peer_is_told_to_say_hello(kind: int) -> None:
    assert answers(World(), b"stranger", say(kind, 1)) == [(Kind.RESET, 0)]


def test_a_good_ticket_is_welcomed_and_a_snapshot_wanted() -> None:
    world = World(connect=False)
    assert answers(world, b"x", hello(world.ticket(MASTER)), curve_key(MASTER)) == [(Kind.WELCOME, SNAPSHOT_WANTED)]


@pytest.mark.parametrize("key", [None, b"", curve_key(SLAVE)])
def test_a_ticket_works_only_with_its_own_key(key: bytes | None) -> None:
    world = World(connect=False)
    assert answers(world, b"x", hello(world.ticket(MASTER)), key) == [(Kind.REFUSED, Refusal.WRONG_KEY)]


def test_a_ticket_of_another_issuer_is_refused() -> None:
    world = World(connect=False)
    forged = Issuer().ticket(MASTER, 1, curve_key(MASTER), 10_000)
    assert answers(world, b"x", hello(forged), curve_key(MASTER)) == [(Kind.REFUSED, Refusal.BAD_TICKET)]


@pytest.mark.parametrize("at", [0, 16, 24, 60, 80, 150])
def test_a_changed_ticket_is_refused(at: int) -> None:
    issuer = Issuer()
    raw = bytearray(issuer.ticket(MASTER, 1, curve_key(MASTER), 10_000))
    raw[min(at, len(raw) - 1)] ^= 1
    assert check_ticket(bytes(raw), issuer.keys, 0.0) is Refusal.BAD_TICKET


def test_a_ticket_that_is_over_is_told_from_a_bad_one() -> None:
    issuer = Issuer()
    raw = issuer.ticket(MASTER, 1, curve_key(MASTER), 100)
    assert check_ticket(raw, issuer.keys, 100.0) is Refusal.EXPIRED_TICKET


def test_a_newer_epoch_closes_the_older_session() -> None:
    world = World()
    old = next(p for p, t in world.peers.items() if t is world.master)
    out = world.engine.on_message(b"new", hello(world.ticket(MASTER, 2), 5), curve_key(MASTER), world.now_ns)
    told = {peer: decode_envelope(message) for peer, message, _ in out.sends}
    assert (told[old].kind, told[old].flags) == (Kind.REFUSED, Refusal.STALE_EPOCH)
    assert told[b"new"].kind == Kind.WELCOME
    assert answers(world, old, say(Kind.BEAT)) == [(Kind.RESET, 0)]
    again = answers(world, old, hello(world.ticket(MASTER, 1)), curve_key(MASTER))
    assert again == [(Kind.REFUSED, Refusal.STALE_EPOCH)]


def test_an_epoch_the_database_knows_outlives_a_router() -> None:
    world = World(connect=False)
    account = world.plan.accounts[MASTER]
    accounts = {**world.plan.accounts, MASTER: msgspec.structs.replace(account, epoch=7)}
    world.plan = msgspec.structs.replace(world.plan, accounts=accounts)
    world.start_router()
    assert answers(world, b"x", hello(world.ticket(MASTER, 6)), curve_key(MASTER)) == [(Kind.REFUSED, Refusal.STALE_EPOCH)]


def test_an_account_that_is_new_gets_time_to_appear_in_the_plan() -> None:
    world = World(connect=False)
    unknown = UUID(int=12345)
    greeting = hello(world.issuer.ticket(unknown, 1, curve_key(unknown), 10_000))
    assert answers(world, b"x", greeting, curve_key(unknown)) == []
    assert world.engine.wants_plan
    world.now_ns += 20 * 10**9
    assert answers(world, b"x", greeting, curve_key(unknown)) == [(Kind.REFUSED, Refusal.UNKNOWN_ACCOUNT)]


def test_the_same_life_of_a_relay_goes_on_where_it_stopped() -> None:
    world = World()
    received = world.engine.minds[MASTER].received
    out = world.engine.on_message(b"again", hello(world.ticket(MASTER), 1, received), curve_key(MASTER), world.now_ns)
    envelope = decode_envelope(out.sends[-1].message)
    assert (envelope.kind, envelope.flags, envelope.ack) == (Kind.WELCOME, 0, received)


def test_another_life_of_a_relay_starts_over_from_one() -> None:
    world = World()
    out = world.engine.on_message(b"again", hello(world.ticket(MASTER), 2), curve_key(MASTER), world.now_ns)
    envelope = decode_envelope(out.sends[-1].message)
    assert (envelope.kind, envelope.flags, envelope.ack) == (Kind.WELCOME, SNAPSHOT_WANTED, 0)


def test_a_life_that_lost_frames_starts_over() -> None:
    world = World()
    received = world.engine.minds[MASTER].received
    out = world.engine.on_message(b"again", hello(world.ticket(MASTER), 1, received + 2), curve_key(MASTER), world.now_ns)
    assert decode_envelope(out.sends[-1].message).flags == SNAPSHOT_WANTED


def test_nothing_is_acted_upon_before_the_snapshot_is_whole() -> None:
    world = World(connect=False)
    world.connect(world.slave)
    world.engine.on_message(b"m", hello(world.ticket(MASTER)), curve_key(MASTER), world.now_ns)
    out = world.engine.on_message(b"m", say(Kind.EVENTS, 1, encode(TRADE)), curve_key(MASTER), world.now_ns)
    assert out.sends == []
    assert world.engine.minds[MASTER].book.positions == {}


def test_a_gap_is_never_skipped() -> None:
    world = World()
    peer = next(p for p, t in world.peers.items() if t is world.master)
    received = world.engine.minds[MASTER].received
    assert answers(world, peer, say(Kind.EVENTS, received + 2, encode(TRADE))) == [(Kind.RESET, 0)]
    assert world.engine.minds[MASTER].received == received


def test_repeated_frames_are_dropped_and_acknowledged_again() -> None:
    world = World()
    peer = next(p for p, t in world.peers.items() if t is world.master)
    received = world.engine.minds[MASTER].received
    message = say(Kind.EVENTS, received + 1, encode(TRADE))
    assert len(world.message(peer, message).sends) == 1
    assert world.message(peer, message).sends == []
    (ack,) = world.engine.acks(world.now_ns).sends
    assert decode_envelope(ack.message).ack == received + 1


def test_silence_ends_a_session() -> None:
    world = World()
    world.now_ns += 6 * 10**9
    world.act(world.engine.on_clock(world.now_ns))
    assert world.engine.sessions == {}
    assert world.engine.account_of(curve_key(MASTER)) is None


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
    world = World()
    before = world.engine.minds[MASTER].book
    for peer in (b"stranger", next(p for p, t in world.peers.items() if t is world.master)):
        world.engine.on_message(peer, message, curve_key(MASTER), world.now_ns)
    assert world.engine.minds[MASTER].book is before


def test_a_peer_that_goes_on_sending_rubbish_is_reset() -> None:
    world = World()
    peer = next(p for p, t in world.peers.items() if t is world.master)
    told = [answers(world, peer, b"rubbish") for _ in range(16)]
    assert told == [[]] * 15 + [[(Kind.RESET, 0)]]


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
    world = World()
    peer = next(p for p, t in world.peers.items() if t is world.master)
    dropped = world.engine.dropped
    bad = msgspec.structs.replace(TRADE, **change)
    out = world.message(peer, say(Kind.EVENTS, world.engine.minds[MASTER].received + 1, encode(bad)))
    assert [decode_envelope(m).kind for _, m, _ in out.sends] == [Kind.COMMANDS]
    world.run()
    assert world.slave.orders == []
    assert world.engine.dropped > dropped


def test_a_session_can_never_speak_of_anothers_links() -> None:
    world = World()
    world.master.open(LOT)
    world.run()
    (held,) = world.slave.held.values()
    world.master.tell(Stops(held.ticket, held.magic, 1.0, 1.0, 0, 0, "EURUSD"))
    world.run()
    assert world.engine.minds[SLAVE].book.positions[held.ticket].sl == 0.0


def test_a_terminal_that_is_logged_in_elsewhere_is_not_believed() -> None:
    world = World(connect=False)
    world.master.login = 4711
    world.connect(world.master)
    assert not world.engine.minds[MASTER].synced


def test_a_hello_is_as_long_as_it_must_be() -> None:
    assert len(hello(World(connect=False).ticket(MASTER))) == ENVELOPE.size + 16 + 72 + 64


def test_admission_is_a_plain_function() -> None:
    world = World()
    ticket = check_ticket(world.ticket(MASTER), world.issuer.keys, 0.0)
    assert not isinstance(ticket, Refusal)
    assert admit(ticket, curve_key(MASTER), world.engine.minds[MASTER]) is None
