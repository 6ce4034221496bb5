"""Commands that were delayed on their way, or while this pod stood still, are not carried out."""

import pytest

from lockstep_agent.relay.lines import RouterLost, SessionRefused
from lockstep_agent.relay.session import STALE_NS, SessionPhase
from lockstep_core.wire.envelope import Kind, Refusal

from .samples import command
from .test_session import notices, said, sent, welcomed

STALE = STALE_NS + 1


def test_a_command_is_obeyed_while_the_router_answers_beats() -> None:
    session = welcomed()
    session.on_message(said(Kind.ACK), STALE - 2)
    session.on_message(said(Kind.COMMANDS, command(1), seq=1), 2 * STALE - 4)
    assert len(session.out.commands) == 1


@pytest.mark.parametrize("first", [Kind.COMMANDS, Kind.ACK])
def test_what_comes_after_a_silence_is_not_obeyed_but_asked_for_anew(first: Kind) -> None:
    session = welcomed()
    session.on_message(said(first), STALE)
    session.on_message(said(Kind.COMMANDS, command(1), seq=1), STALE)
    assert session.out.commands == []
    assert session.out.reconnect
    assert [kind for kind, _, _ in sent(session)] == [Kind.HELLO]
    assert isinstance(notices(session)[0], RouterLost)


def test_that_another_pod_has_taken_over_is_heard_however_late() -> None:
    session = welcomed()
    session.on_message(said(Kind.REFUSED, flags=Refusal.STALE_EPOCH), 4 * STALE)
    assert session.phase is SessionPhase.IDLE
    assert notices(session) == [SessionRefused(Refusal.STALE_EPOCH)]
