"""A terminal that stands still, over real sockets: the connection is open and the relay beats, but no program answers."""

from collections.abc import Iterator

import pytest

from lockstep_agent.relay.lines import ProgramHeard
from lockstep_core.wire.enums import Program
from lockstep_core.wire.envelope import Kind
from lockstep_core.wire.frames import Command

from .peers import StartedRelay, connected
from .router_peer import RouterPeer
from .samples import beat, command, trade


@pytest.fixture
def impatient(router: RouterPeer, quotes: RouterPeer) -> Iterator[StartedRelay]:
    process = StartedRelay(router, quotes, silence_ms=1_500)
    yield process
    assert process.stop() == 0


def test_beats_are_neither_numbered_nor_passed_on(impatient: StartedRelay, router: RouterPeer) -> None:
    events, _ = connected(impatient, router)
    events.send(beat(1), trade(1), beat(2), trade(2))
    assert router.frames(2) == [(1, trade(1)), (2, trade(2))]


def test_a_silent_program_is_told_and_gets_no_command_until_it_is_heard(impatient: StartedRelay, router: RouterPeer) -> None:
    _, commands = connected(impatient, router)
    peer = router.peer
    commands.send(beat(1, Program.EXECUTES))
    assert impatient.next(ProgramHeard) == ProgramHeard("commands", alive=False)
    router.say(peer, Kind.COMMANDS, command(1), seq=1)
    assert commands.silent()
    commands.send(beat(2, Program.EXECUTES))
    assert impatient.next(ProgramHeard) == ProgramHeard("commands", alive=True)
    router.say(peer, Kind.COMMANDS, command(2), seq=2)
    got = commands.next()
    assert isinstance(got, Command)
    assert got.command == 2
