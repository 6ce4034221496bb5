"""A relay goes to another router without its terminal noticing, and nothing of what the terminal said is lost on the way."""

from collections.abc import Iterator

import pytest
import zmq

from lockstep_agent.relay.lines import RouterLost, RouterUp
from lockstep_core.wire.envelope import SNAPSHOT_WANTED, Kind
from lockstep_core.wire.frames import SnapshotRequest, Trade

from .peers import StartedRelay, connected
from .router_peer import RouterPeer
from .samples import account, command, snapshot, trade


@pytest.fixture
def elsewhere() -> Iterator[RouterPeer]:
    """Another router, with a key of its own."""
    public, secret = zmq.curve_keypair()
    peer = RouterPeer(secret, public)
    yield peer
    peer.close()


def test_the_relay_says_bye_and_greets_the_other_router_with_the_next_ticket(
    relay: StartedRelay, router: RouterPeer, elsewhere: RouterPeer
) -> None:
    connected(relay, router)
    relay.use(elsewhere, elsewhere)
    assert router.next(Kind.BYE).peer == router.peer
    relay.next(RouterLost)
    elsewhere.welcome(flags=SNAPSHOT_WANTED)
    relay.ticket()
    assert relay.next(RouterUp).snapshot_wanted


def test_the_other_router_gets_a_snapshot_and_what_follows_it_and_nothing_before(
    relay: StartedRelay, router: RouterPeer, elsewhere: RouterPeer
) -> None:
    events, commands = connected(relay, router)
    events.send(trade(1))
    router.frames(1)
    relay.use(elsewhere, elsewhere)
    elsewhere.welcome(flags=SNAPSHOT_WANTED)
    relay.ticket()
    relay.next(RouterUp)
    events.send(trade(2))
    assert isinstance(events.next(), SnapshotRequest)
    begin, position, end = snapshot(5)
    events.send(begin, account(), position, end, trade(6))
    told = [frame for _, frame in elsewhere.frames(5)]
    assert [frame for frame in told if isinstance(frame, Trade)] == [trade(6)]
    elsewhere.say(elsewhere.peer, Kind.COMMANDS, command(7), seq=1)
    assert commands.next() == command(7)


def test_a_router_that_is_left_commands_nothing_more(relay: StartedRelay, router: RouterPeer, elsewhere: RouterPeer) -> None:
    _, commands = connected(relay, router)
    left = router.peer
    relay.use(elsewhere, elsewhere)
    router.next(Kind.BYE)
    router.say(left, Kind.COMMANDS, command(8), seq=1)
    elsewhere.welcome(flags=SNAPSHOT_WANTED)
    relay.ticket()
    relay.next(RouterUp)
    elsewhere.say(elsewhere.peer, Kind.COMMANDS, command(9), seq=1)
    assert commands.next() == command(9)
