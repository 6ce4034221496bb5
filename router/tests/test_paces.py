"""How much of the router one account or one connection may have in a second."""

from hypothesis import given
from hypothesis import strategies as st

from lockstep_core.wire.codec import decode_all, encode
from lockstep_core.wire.envelope import (
    ENVELOPE,
    MAX_FRAMES,
    Envelope,
    Kind,
    Refusal,
    decode_envelope,
    encode_envelope,
)
from lockstep_core.wire.frames import Command, StopsFrame, Tick
from lockstep_router.accounts.paces import ANSWERS, FRAMES_AT_ONCE, FRAMES_PER_S, TICKS_AT_ONCE, Allowance
from lockstep_router.accounts.quarantine import FIRST_PAUSE_NS
from lockstep_router.accounts.quotes import QuoteTable
from lockstep_router.accounts.session import MAX_BACKLOG

from .engine_harness import MASTER, MS, SLAVE, EngineHarness, curve_key
from .test_sessions import answers, hello
from .test_turns import opening, peer_of, say

S = 1_000 * MS
STOPS = [StopsFrame(9, 0, 0.0, 0.0, 0, 0, "EURUSD")] * MAX_FRAMES


@given(
    st.integers(1, 1000),
    st.integers(1, 2000),
    st.lists(st.tuples(st.integers(0, 3 * S), st.integers(1, 50)), max_size=60),
)
def test_no_more_is_taken_than_at_once_and_the_rate_allow(per_s: int, at_once: int, steps: list[tuple[int, int]]) -> None:
    allowance, now_ns, taken = Allowance(per_s, at_once), 0, 0
    for passed_ns, count in steps:
        now_ns += passed_ns
        taken += count * allowance.take(now_ns, count)
    # One second's more: when the first bucket was begun is not known.
    assert taken <= at_once + per_s + now_ns * per_s // S


@given(st.integers(1, 1000), st.integers(1, 2000))
def test_what_keeps_to_the_rate_is_always_taken(per_s: int, at_once: int) -> None:
    allowance, step_ns = Allowance(per_s, at_once), -(-S // per_s)
    assert all(allowance.take(number * step_ns) for number in range(3 * at_once))


def flood(harness: EngineHarness, account: object, frames: int) -> None:
    """So many frames as messages of the greatest size, with turns between as long as there is something to do."""
    for _ in range(frames // MAX_FRAMES + 1):
        say(harness, account, *STOPS)
        harness.work_off()


def test_an_account_above_its_allowance_waits_while_others_go_on_and_is_served_at_its_rate() -> None:
    harness = EngineHarness()
    slave = harness.engine.accounts[SLAVE]
    flood(harness, SLAVE, FRAMES_AT_ONCE + 2 * FRAMES_PER_S)
    assert slave.session is not None
    waiting = slave.session.waiting_frames
    assert waiting > 0
    assert not harness.engine.is_busy, "the loop would not sleep"
    sent = say(harness, MASTER, opening(7, harness.now_ns))
    frames = [f for m in sent if decode_envelope(m).kind == Kind.COMMANDS for f in decode_all(m, ENVELOPE.size)]
    assert [type(frame) for frame in frames] == [Command]
    harness.pass_ms(500)
    assert waiting - FRAMES_PER_S // 2 - MAX_FRAMES <= slave.session.waiting_frames < waiting
    harness.pass_ms(4_000)
    assert slave.session.waiting_frames == 0


def test_an_account_that_sends_above_its_allowance_for_long_is_shut_out_for_a_while() -> None:
    harness = EngineHarness()
    size = len(encode(STOPS[0])) * MAX_FRAMES
    peer = peer_of(harness, SLAVE)
    flood(harness, SLAVE, FRAMES_AT_ONCE + FRAMES_PER_S)
    for _ in range(MAX_BACKLOG // size + 2):
        if harness.engine.accounts[SLAVE].session is not None:
            say(harness, SLAVE, *STOPS)
    assert harness.engine.accounts[SLAVE].session is None
    assert harness.engine.quarantined(harness.now_ns) == 1
    assert said(harness, peer, greeting(harness)) == [(Kind.REFUSED, Refusal.QUARANTINED)]
    harness.now_ns += FIRST_PAUSE_NS
    assert [kind for kind, _ in said(harness, peer, greeting(harness))] == [Kind.WELCOME]


def greeting(harness: EngineHarness, *, wrong: bool = False) -> bytes:
    """A HELLO of the slave's relay; with a wrong signature where one is wanted."""
    ticket = bytearray(harness.ticket(SLAVE))
    ticket[-1] ^= wrong
    return hello(bytes(ticket))


def said(harness: EngineHarness, peer: bytes, message: bytes) -> list[tuple[int, int]]:
    """What the router answers at once to a message of the slave's relay."""
    return answers(harness, peer, message, curve_key(SLAVE))


def test_a_connection_has_few_tickets_checked_in_a_second() -> None:
    harness = EngineHarness(connect=False)
    harness.now_ns += S
    refused = [said(harness, b"x", greeting(harness, wrong=True)) for _ in range(100)]
    assert sum(map(len, refused)) == ANSWERS
    assert said(harness, b"x", greeting(harness)) == []
    assert [kind for kind, _ in said(harness, b"y", greeting(harness))] == [Kind.WELCOME]
    harness.now_ns += S
    assert [kind for kind, _ in said(harness, b"x", greeting(harness))] == [Kind.WELCOME]


def test_what_came_for_a_former_router_does_not_use_up_a_relays_greeting() -> None:
    harness = EngineHarness(connect=False)
    events = encode_envelope(Envelope(Kind.EVENTS, 0, 9, 0, 0), encode(STOPS[0]))
    assert sum(len(said(harness, b"x", events)) for _ in range(100)) == ANSWERS
    assert [kind for kind, _ in said(harness, b"x", greeting(harness))] == [Kind.WELCOME]


def test_many_signs_of_life_are_answered_once_in_a_turn() -> None:
    harness = EngineHarness()
    peer = peer_of(harness, SLAVE)
    beat = encode_envelope(Envelope(Kind.BEAT, 0, 0, 0, 0))
    assert [answer for _ in range(100) for answer in said(harness, peer, beat)] == []
    sent = [decode_envelope(send.message).kind for send in harness.engine.acks(harness.now_ns).sends]
    assert sent == [Kind.ACK]
    assert harness.engine.acks(harness.now_ns).sends == []


def test_quotes_above_an_accounts_allowance_are_dropped_and_anothers_are_taken() -> None:
    table = QuoteTable()
    body = b"".join(encode(Tick(1.0, 1.1, 0, 0, f"S{number}")) for number in range(MAX_FRAMES))
    message = encode_envelope(Envelope(Kind.TICKS, 0, 0, 0, 0), body)
    for _ in range(TICKS_AT_ONCE // MAX_FRAMES + 200):
        table.on_message(SLAVE, message, b"k", 0)
    assert table.dropped > 0
    taken = table.count
    table.on_message(MASTER, message, b"m", 0)
    assert table.count == taken + MAX_FRAMES
    table.on_message(SLAVE, message, b"k", S)
    assert table.count == taken + 2 * MAX_FRAMES
