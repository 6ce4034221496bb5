"""The relay process over real sockets: CURVE to the router, TCP to the terminal, pipes to the agent."""

import pytest
import zmq

from lockstep_agent.relay.lines import (
    AccountSeen,
    Bridge,
    Dropped,
    PassedOver,
    ReportState,
    RouterLost,
    RouterUp,
    SeenAccount,
    SessionRefused,
    SnapshotSeen,
)
from lockstep_core.wire.codec import HEAD, VERSION, encode
from lockstep_core.wire.enums import TerminalState
from lockstep_core.wire.envelope import SNAPSHOT_WANTED, Kind, Refusal, decode_hello
from lockstep_core.wire.frames import Frame, SnapshotBegin, SnapshotRequest, State, Subscribe, SymbolPage, Tick, Trade

from .peers import TICKET, StartedRelay, TerminalPeer
from .router_peer import RouterPeer
from .samples import account, command, result, snapshot, tick, trade


def settled(relay: StartedRelay, router: RouterPeer, *, ack: int = 0) -> tuple[bytes, TerminalPeer, TerminalPeer]:
    """A relay whose session is up and whose terminal is connected: (peer, events, commands)."""
    events, commands = relay.events(), relay.commands()
    relay.next(Bridge)
    relay.next(Bridge)
    relay.ticket()
    router.welcome(ack=ack)
    relay.next(RouterUp)
    return router.peer, events, commands


def test_says_hello_with_its_ticket_as_the_first_message(relay: StartedRelay, router: RouterPeer) -> None:
    relay.ticket()
    got = router.next()
    assert got.envelope.kind == Kind.HELLO
    assert decode_hello(got.message).ticket == TICKET
    assert decode_hello(got.message).oldest == 1


def test_forwards_the_terminals_frames_numbered_and_in_order(relay: StartedRelay, router: RouterPeer) -> None:
    _, events, _ = settled(relay, router)
    events.send(*(trade(n) for n in range(1, 41)))
    got = router.frames(40)
    assert [seq for seq, _ in got] == list(range(1, 41))
    assert [frame for _, frame in got] == [trade(n) for n in range(1, 41)]


def test_sends_again_after_a_new_session_only_what_was_not_acknowledged(relay: StartedRelay, router: RouterPeer) -> None:
    peer, events, _ = settled(relay, router)
    events.send(trade(1), trade(2), trade(3))
    router.frames(3)
    router.say(peer, Kind.ACK, ack=2)
    router.say(peer, Kind.RESET)
    hello = router.next(Kind.HELLO)
    assert decode_hello(hello.message).oldest == 3
    router.say(hello.peer, Kind.WELCOME, ack=2)
    assert router.frames(1) == [(3, trade(3))]


def test_a_greeting_never_changes_the_incarnation(relay: StartedRelay, router: RouterPeer) -> None:
    relay.ticket()
    first = router.next(Kind.HELLO)
    router.say(first.peer, Kind.WELCOME)
    router.say(first.peer, Kind.RESET)
    second = router.next(Kind.HELLO)
    assert decode_hello(first.message).incarnation == decode_hello(second.message).incarnation


def test_frames_from_before_the_session_wait_for_it(relay: StartedRelay, router: RouterPeer) -> None:
    events = relay.events()
    begin, position, end = snapshot(5)
    events.send(begin, account(), position, end, trade(6))
    assert relay.next(SnapshotSeen).account == SeenAccount(1001, "Broker-Demo", 0)
    relay.ticket()
    router.welcome()
    assert [seq for seq, _ in router.frames(5)] == [1, 2, 3, 4, 5]


def test_the_agent_learns_of_another_account_without_a_snapshot(relay: StartedRelay) -> None:
    events = relay.events()
    events.send(account(), account(), account(1002, trade_mode=2, connected=0))
    assert relay.next(AccountSeen).account == SeenAccount(1001, "Broker-Demo", 0)
    assert relay.next(AccountSeen).account == SeenAccount(1002, "Broker-Demo", 2)


def test_frames_of_a_later_release_pass_and_its_new_kinds_are_passed_over(relay: StartedRelay, router: RouterPeer) -> None:
    _, events, _ = settled(relay, router)
    unknown = HEAD.pack(VERSION, 31, 0, 24) + bytes(16)
    longer = bytearray(encode(trade(2)) + b"\xff" * 16)
    longer[4:8] = len(longer).to_bytes(4, "little")
    events.socket.sendall(encode(trade(1)) + unknown + bytes(longer) + unknown)
    assert router.frames(2) == [(1, trade(1)), (2, trade(2))]
    assert relay.next(PassedOver).kind == 31


def test_a_wanted_snapshot_drops_all_that_is_older_and_is_asked_for(relay: StartedRelay, router: RouterPeer) -> None:
    events = relay.events()
    relay.next(Bridge)
    begin, position, end = snapshot(1)
    events.send(begin, account(), position, end, trade(2))
    relay.next(SnapshotSeen)
    relay.ticket()
    router.welcome(flags=SNAPSHOT_WANTED, ack=0)
    assert isinstance(events.next(), SnapshotRequest)
    events.send(trade(3), *snapshot(1, 2, 3), trade(4))
    got = router.frames(6)
    assert got[0] == (1, SnapshotBegin(1, 3, 0))
    assert got[-1] == (6, trade(4))


def test_the_newest_state_survives_a_wanted_snapshot(relay: StartedRelay, router: RouterPeer) -> None:
    relay.say(ReportState(TerminalState.STARTING, "Starting", "The terminal is starting."))
    relay.say(ReportState(TerminalState.AUTHORIZING, "Authorizing", "Logging in."))
    relay.ticket()
    router.welcome(flags=SNAPSHOT_WANTED)
    [(seq, frame)] = router.frames(1)
    assert isinstance(frame, State)
    assert (seq, frame.state, frame.reason) == (1, TerminalState.AUTHORIZING, "Authorizing")


def test_a_router_that_comes_back_empty_gets_hello_and_a_fresh_snapshot(
    relay: StartedRelay, router: RouterPeer, keys: tuple[bytes, bytes]
) -> None:
    _, events, _ = settled(relay, router)
    events.send(*snapshot(), trade(1))
    router.frames(3)
    router.close()
    events.send(trade(2))
    successor = RouterPeer(*keys, port=router.port)
    try:
        lost = successor.next(Kind.EVENTS, Kind.BEAT)
        successor.say(lost.peer, Kind.RESET)
        successor.welcome(flags=SNAPSHOT_WANTED)
        assert isinstance(events.next(), SnapshotRequest)
        events.send(*snapshot(1, 2))
        assert [seq for seq, _ in successor.frames(4)] == [1, 2, 3, 4]
    finally:
        successor.close()


def test_a_silent_router_is_greeted_anew(relay: StartedRelay, router: RouterPeer) -> None:
    settled(relay, router)
    router.silent = True
    assert relay.next(RouterLost).why == "the router is silent"
    router.next(Kind.HELLO)


def test_commands_arrive_once_each_in_order(relay: StartedRelay, router: RouterPeer) -> None:
    peer, _, commands = settled(relay, router)
    router.say(peer, Kind.COMMANDS, command(1), command(2), seq=1)
    router.say(peer, Kind.COMMANDS, command(3), seq=3)
    assert [commands.next() for _ in range(3)] == [command(1), command(2), command(3)]
    assert commands.silent()
    while router.next(Kind.BEAT).envelope.ack < 3:
        pass


def test_results_and_events_share_one_numbering(relay: StartedRelay, router: RouterPeer) -> None:
    _, events, commands = settled(relay, router)
    commands.send(result(1))
    assert router.frames(1) == [(1, result(1))]
    events.send(trade(2))
    assert router.frames(1) == [(2, trade(2))]


def test_commands_for_a_dead_terminal_are_never_kept(relay: StartedRelay, router: RouterPeer) -> None:
    peer, _, commands = settled(relay, router)
    commands.close()
    relay.next(Bridge, lambda line: line.connection == "commands" and not line.up)
    router.say(peer, Kind.COMMANDS, command(1), seq=1)
    while router.next(Kind.BEAT).envelope.ack < 1:
        pass
    later = relay.commands()
    relay.next(Bridge, lambda line: line.connection == "commands" and line.up)
    router.say(peer, Kind.COMMANDS, command(2), seq=2)
    assert later.next() == command(2)


@pytest.mark.parametrize("asked", [SnapshotRequest(99), Subscribe(1, 0, "GBPUSD"), SymbolPage(1, 0, 100, "")])
def test_what_the_router_asks_of_the_expert_goes_to_the_events_connection(
    relay: StartedRelay, router: RouterPeer, asked: Frame
) -> None:
    peer, events, _ = settled(relay, router)
    router.say(peer, Kind.COMMANDS, asked, seq=1)
    assert events.next() == asked


def test_of_ticks_only_the_newest_of_each_symbol_is_sent_unnumbered(
    relay: StartedRelay, router: RouterPeer, quotes: RouterPeer
) -> None:
    _, events, _ = settled(relay, router)
    events.send(tick("EURUSD", 1.0))
    quotes.next(Kind.TICKS)
    events.send(*(tick("EURUSD", 1.0 + i / 100) for i in range(50)), tick("GBPUSD", 1.3), trade(1))
    assert router.frames(1) == [(1, trade(1))]
    newest = {frame.symbol: frame.bid for frame in quotes.next(Kind.TICKS).frames if isinstance(frame, Tick)}
    assert newest == {"EURUSD": 1.49, "GBPUSD": 1.3}


def test_an_expired_ticket_waits_for_the_agents_next_one(relay: StartedRelay, router: RouterPeer) -> None:
    router.answer_hello(Kind.REFUSED, flags=Refusal.EXPIRED_TICKET)
    relay.ticket()
    assert relay.next(SessionRefused).refusal == Refusal.EXPIRED_TICKET
    router.welcome()
    relay.ticket()
    relay.next(RouterUp)


def test_a_stale_epoch_is_told_to_the_agent(relay: StartedRelay, router: RouterPeer) -> None:
    peer, _, _ = settled(relay, router)
    router.say(peer, Kind.REFUSED, flags=Refusal.STALE_EPOCH)
    assert relay.next(SessionRefused).refusal == Refusal.STALE_EPOCH


def test_hostile_bytes_cost_their_sender_the_connection_and_nobody_else(relay: StartedRelay, router: RouterPeer) -> None:
    _, events, commands = settled(relay, router)
    hostile = relay.events()
    hostile.socket.sendall(b"GET / HTTP/1.1\r\n\r\n")
    assert hostile.closed()
    assert "Malformed frame" in relay.next(Dropped).why
    events.close()
    again = relay.events()
    again.send(trade(1))
    commands.send(result(2))
    assert {type(frame).__name__ for _, frame in router.frames(2)} == {"Trade", "Result"}


def test_a_terminal_may_not_speak_for_the_agent(relay: StartedRelay, router: RouterPeer) -> None:
    _, events, _ = settled(relay, router)
    events.send(State(1, TerminalState.READY, 0, "Ready", ""))
    assert events.closed()
    assert "kind 10 on this connection" in relay.next(Dropped).why


def test_a_frame_with_unusable_text_is_dropped_and_made_good_by_a_snapshot(relay: StartedRelay, router: RouterPeer) -> None:
    _, events, _ = settled(relay, router)
    raw = bytearray(encode(trade(1, "XAUUSD")))
    raw[raw.index(b"XAUUSD")] = 0xFF
    events.socket.sendall(bytes(raw))
    assert isinstance(events.next(), SnapshotRequest)
    events.send(trade(2))
    assert router.frames(1) == [(1, trade(2))]


def test_messages_that_are_none_leave_the_session_standing(relay: StartedRelay, router: RouterPeer) -> None:
    peer, events, _ = settled(relay, router)
    router.say_raw(peer, b"\x00" * 7)
    relay.next(Dropped)
    events.send(trade(1))
    assert router.frames(1) == [(1, trade(1))]


def test_a_frame_cut_at_any_byte_arrives_whole(relay: StartedRelay, router: RouterPeer) -> None:
    _, events, _ = settled(relay, router)
    raw = b"".join(encode(trade(n)) for n in (1, 2))
    for i in range(0, len(raw), 7):
        events.socket.sendall(raw[i : i + 7])
    assert [frame for _, frame in router.frames(2)] == [trade(1), trade(2)]


def test_a_reconnecting_terminal_replaces_its_older_connection(relay: StartedRelay, router: RouterPeer) -> None:
    _, events, _ = settled(relay, router)
    newer = relay.events()
    assert events.closed()
    newer.send(trade(1))
    assert [type(frame) for _, frame in router.frames(1)] == [Trade]


def test_says_bye_when_it_is_stopped(relay: StartedRelay, router: RouterPeer) -> None:
    settled(relay, router)
    assert relay.stop() == 0
    router.next(Kind.BYE)


def test_ends_when_its_agent_is_gone(router: RouterPeer, quotes: RouterPeer) -> None:
    assert StartedRelay(router, quotes).abandon() == 0


def test_a_wrong_router_key_never_gets_a_hello(router: RouterPeer, quotes: RouterPeer) -> None:
    relay = StartedRelay(router, quotes, router_key=zmq.curve_keypair()[0].decode())
    try:
        relay.ticket()
        try:
            router.next(patience_s=1.0)
        except AssertionError:
            return
        raise AssertionError("spoke to a router it cannot know")
    finally:
        relay.stop()
