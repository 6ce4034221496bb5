"""The session's state machine under virtual time."""

import pytest

from lockstep_agent.relay.ledger import Ledger
from lockstep_agent.relay.lines import Dropped, Line, PassedOver, RouterLost, RouterUp, SessionRefused
from lockstep_agent.relay.session import (
    BEAT_NS,
    GREETING_GAP_NS,
    LONGEST_PATIENCE_NS,
    SILENCE_NS,
    RelaySession,
    SessionPhase,
)
from lockstep_agent.relay.stream import RawFrame
from lockstep_core.wire.codec import HEAD, VERSION, decode_all, encode
from lockstep_core.wire.enums import TerminalState
from lockstep_core.wire.envelope import (
    ENVELOPE,
    SNAPSHOT_WANTED,
    Envelope,
    Kind,
    Refusal,
    decode_envelope,
    decode_hello,
    encode_envelope,
)
from lockstep_core.wire.frames import Frame, SnapshotRequest, State

from .peers import TICKET
from .samples import command, snapshot, trade

OTHER_TICKET = bytes(reversed(TICKET))


def raw(*frames: Frame) -> list[RawFrame]:
    return [RawFrame(frame.KIND, encode(frame)) for frame in frames]


def said(kind: Kind, *frames: Frame, flags: int = 0, seq: int = 0, ack: int = 0) -> bytes:
    return encode_envelope(Envelope(kind, flags, seq, ack, 0), b"".join(map(encode, frames)))


def sent(session: RelaySession) -> list[tuple[Kind, int, list[Frame]]]:
    """Empties the outbox towards the router: (kind, number, frames)."""
    messages, session.out.router = session.out.router, []
    heads = [(decode_envelope(m), m) for m in messages]
    return [(Kind(e.kind), e.seq, [] if e.kind == Kind.HELLO else list(decode_all(m, ENVELOPE.size))) for e, m in heads]


def notices(session: RelaySession) -> list[Line]:
    lines, session.out.notices = session.out.notices, []
    return lines


def fresh(limit: int = 1000) -> RelaySession:
    session = RelaySession(7, Ledger(limit))
    session.events_up = session.commands_up = True
    return session


def welcomed(limit: int = 1000, flags: int = 0, ack: int = 0) -> RelaySession:
    session = fresh(limit)
    session.on_ticket(TICKET, 0)
    session.on_message(said(Kind.WELCOME, flags=flags, ack=ack), 1)
    sent(session)
    notices(session)
    session.out.events.clear()
    session.out.reconnect = False
    return session


def test_nothing_is_said_before_there_is_a_ticket() -> None:
    session = fresh()
    session.on_frames(raw(trade(1)), 1)
    session.on_clock(10 * SILENCE_NS)
    assert sent(session) == []


def test_each_greeting_has_a_connection_of_its_own() -> None:
    session = welcomed()
    session.on_message(said(Kind.RESET), GREETING_GAP_NS + 2)
    assert session.out.reconnect
    assert [kind for kind, _, _ in sent(session)] == [Kind.HELLO]


def test_resets_in_a_row_do_not_become_a_storm() -> None:
    session = welcomed()
    session.on_message(said(Kind.RESET), 2)
    assert sent(session) == []
    assert session.phase is SessionPhase.PAUSED
    session.on_clock(GREETING_GAP_NS)
    assert [kind for kind, _, _ in sent(session)] == [Kind.HELLO]


def test_a_greeting_without_an_answer_is_repeated_with_growing_patience() -> None:
    session = fresh()
    session.on_ticket(TICKET, 0)
    at_ns, waits_s = 0, []
    for _ in range(4):
        due_ns = session.due_ns()
        assert due_ns is not None
        waits_s.append((due_ns - at_ns) // 1_000_000_000)
        at_ns = due_ns
        sent(session)
        session.on_clock(due_ns - 1)
        assert sent(session) == []
        session.on_clock(due_ns)
        assert [kind for kind, _, _ in sent(session)] == [Kind.HELLO]
    assert waits_s == [2, 4, 8, 8]


def test_beats_once_a_second_while_the_session_is_up() -> None:
    session = welcomed()
    for i in range(1, 4):
        session.on_clock(1 + i * BEAT_NS)
    assert [kind for kind, _, _ in sent(session)] == [Kind.BEAT] * 3


def test_any_message_of_the_router_ends_its_silence() -> None:
    session = welcomed()
    session.on_message(said(Kind.ACK), 2 * BEAT_NS)
    session.on_clock(SILENCE_NS + BEAT_NS)
    assert RouterLost("the router is silent") not in notices(session)
    session.on_clock(2 * SILENCE_NS)
    assert RouterLost("the router is silent") in notices(session)


def test_a_stale_welcome_outside_a_greeting_changes_nothing() -> None:
    session = welcomed()
    session.on_frames(raw(trade(1)), 2)
    session.on_message(said(Kind.WELCOME, flags=SNAPSHOT_WANTED), 3)
    session.on_frames(raw(trade(2)), 4)
    assert [seq for _, seq, _ in sent(session)] == [1, 2]


def test_what_came_before_the_wanted_snapshot_is_never_sent() -> None:
    session = fresh()
    session.on_frames(raw(trade(1), trade(2)), 0)
    session.on_ticket(TICKET, 0)
    sent(session)
    session.on_message(said(Kind.WELCOME, flags=SNAPSHOT_WANTED), 1)
    session.on_frames(raw(trade(3), *snapshot(9), trade(4)), 2)
    [(kind, seq, frames)] = sent(session)
    assert (kind, seq, frames) == (Kind.EVENTS, 1, [*snapshot(9), trade(4)])
    assert len(session.out.events) == 1


def test_a_snapshot_that_does_not_come_is_asked_for_again() -> None:
    session = welcomed(flags=SNAPSHOT_WANTED)
    session.on_clock(2 * BEAT_NS + 1)
    assert len(session.out.events) == 1
    session.on_frames(raw(*snapshot()), 2 * BEAT_NS + 2)
    session.on_message(said(Kind.BEAT), 5 * BEAT_NS)
    session.on_clock(5 * BEAT_NS)
    assert len(session.out.events) == 1


def test_a_terminal_that_is_away_is_not_asked() -> None:
    session = fresh()
    session.events_up = False
    session.on_ticket(TICKET, 0)
    session.on_message(said(Kind.WELCOME, flags=SNAPSHOT_WANTED), 1)
    assert session.out.events == []


def test_states_pass_while_a_snapshot_is_awaited() -> None:
    session = welcomed(flags=SNAPSHOT_WANTED)
    state = State(1, TerminalState.DISCONNECTED, 0, "BridgeLost", "")
    session.on_state(encode(state), 2)
    assert sent(session) == [(Kind.EVENTS, 1, [state])]


def test_too_many_unacknowledged_frames_become_a_new_session_with_a_snapshot() -> None:
    session = welcomed(limit=3)
    session.on_frames(raw(trade(1), trade(2)), 2)
    session.on_frames(raw(trade(3), trade(4)), GREETING_GAP_NS + 3)
    assert [type(n) for n in notices(session)] == [Dropped, RouterLost]
    assert session.out.reconnect
    session.on_message(said(Kind.WELCOME, ack=2), GREETING_GAP_NS + 4)
    assert notices(session) == [RouterUp(True)]
    sent(session)
    session.on_frames(raw(trade(5), *snapshot(1)), GREETING_GAP_NS + 5)
    assert sent(session) == [(Kind.EVENTS, 3, list(snapshot(1)))]


def test_an_overflow_while_away_keeps_the_newest_state_and_nothing_else() -> None:
    session = fresh(limit=2)
    session.on_frames(raw(trade(1), trade(2), trade(3)), 0)
    state = State(1, TerminalState.READY, 0, "Ready", "")
    session.on_state(encode(state), 0)
    session.on_frames(raw(*snapshot(1)), 0)
    session.on_ticket(TICKET, 0)
    sent(session)
    session.on_message(said(Kind.WELCOME, ack=0), 1)
    assert sent(session) == [(Kind.EVENTS, 1, [state])]
    assert [type(f) for m in session.out.events for f in decode_all(m)] == [SnapshotRequest]


def test_a_router_that_knows_more_than_was_sent_gets_a_snapshot() -> None:
    session = fresh()
    session.on_ticket(TICKET, 0)
    sent(session)
    session.on_message(said(Kind.WELCOME, ack=50), 1)
    session.on_frames(raw(*snapshot()), 2)
    assert [seq for _, seq, _ in sent(session)] == [51]


@pytest.mark.parametrize("refusal", [refusal for refusal in Refusal if refusal is not Refusal.QUARANTINED])
def test_a_refusal_waits_for_the_agent(refusal: Refusal) -> None:
    session = fresh()
    session.on_ticket(TICKET, 0)
    sent(session)
    session.on_message(said(Kind.REFUSED, flags=refusal), 1)
    session.on_clock(100 * SILENCE_NS)
    assert sent(session) == []
    assert notices(session) == [SessionRefused(refusal)]
    session.on_ticket(TICKET, 100 * SILENCE_NS)
    assert [kind for kind, _, _ in sent(session)] == [Kind.HELLO]


def test_a_relay_that_is_shut_out_for_a_while_asks_again_with_the_same_ticket() -> None:
    session = welcomed()
    session.on_message(said(Kind.REFUSED, flags=Refusal.QUARANTINED), 2)
    assert [type(notice) for notice in notices(session)] == [RouterLost]
    assert sent(session) == []
    session.on_clock(2 + LONGEST_PATIENCE_NS)
    assert [kind for kind, _, _ in sent(session)] == [Kind.HELLO]


def test_a_new_ticket_renews_the_session_that_is_up() -> None:
    session = welcomed()
    session.on_ticket(OTHER_TICKET, 2)
    assert [(decode_envelope(m).kind, m[ENVELOPE.size :]) for m in session.out.router] == [(Kind.RENEW, OTHER_TICKET)]


def test_commands_without_a_terminal_are_kept_out() -> None:
    session = welcomed()
    session.commands_up = False
    session.on_message(said(Kind.COMMANDS, command(1), seq=1), 2)
    session.commands_up = True
    assert session.out.commands == []


def test_only_commands_and_snapshot_requests_come_from_a_router() -> None:
    session = welcomed()
    session.on_message(said(Kind.COMMANDS, trade(1), command(2), seq=1), 2)
    assert session.out.commands == [encode(command(2))]
    assert [type(n) for n in notices(session)] == [Dropped]


def test_commands_of_a_later_release_pass_whole_and_new_kinds_are_passed_over_with_their_numbers() -> None:
    session = welcomed()
    longer = bytearray(encode(command(1)) + b"\xff" * 24)
    longer[4:8] = len(longer).to_bytes(4, "little")
    unknown = HEAD.pack(VERSION, 63, 0, 16) + bytes(8)
    body = unknown + bytes(longer) + unknown + encode(command(2))
    session.on_message(encode_envelope(Envelope(Kind.COMMANDS, 0, 1, 0, 0), body), 2)
    assert session.out.commands == [bytes(longer), encode(command(2))]
    assert notices(session) == [PassedOver(63, 1)]
    assert session.passed_over == 2
    session.on_clock(2 + BEAT_NS)
    assert decode_envelope(session.out.router[-1]).ack == 4


def test_messages_and_flags_of_a_later_release_change_nothing() -> None:
    session = welcomed(flags=0xFFFE)
    session.on_message(encode_envelope(Envelope(200, 0xFFFF, 1, 0, 0), b"more"), 2)
    assert (session.phase, notices(session)) == (SessionPhase.UP, [])


def test_hello_says_what_can_still_be_sent() -> None:
    session = welcomed()
    session.on_frames(raw(*(trade(n) for n in range(1, 6))), 2)
    session.on_message(said(Kind.ACK, ack=3), 3)
    sent(session)
    session.on_send_blocked(GREETING_GAP_NS + 4)
    hello = decode_hello(session.out.router[0])
    assert (hello.incarnation, hello.oldest) == (7, 4)
    sent(session)
    session.on_message(said(Kind.WELCOME, ack=3), GREETING_GAP_NS + 5)
    assert sent(session) == [(Kind.EVENTS, 4, [trade(4), trade(5)])]
