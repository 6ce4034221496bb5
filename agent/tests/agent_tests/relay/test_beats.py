"""When a program of the terminal counts as silent."""

import msgspec
import pytest

from lockstep_agent.relay.beats import BUSY_NS, LATE_NS, SILENCE_NS, Beats
from lockstep_agent.relay.lines import Connection, ProgramHeard
from lockstep_agent.relay.stream import RawFrame
from lockstep_core.wire.codec import encode
from lockstep_core.wire.enums import TradeContext

from .samples import beat

S = 1_000_000_000


def hear(beats: Beats, counter: int, now_ns: int, connection: Connection = "events") -> list[ProgramHeard]:
    frame = beat(counter)
    return beats.hear(connection, RawFrame(frame.KIND, encode(frame)), now_ns)


def test_a_program_that_beats_is_never_silent() -> None:
    beats = Beats()
    for second in range(60):
        assert hear(beats, second, second * S) == []
        assert beats.look(second * S) == []


def test_a_program_that_stops_is_told_once_and_told_again_when_it_goes_on() -> None:
    beats = Beats()
    hear(beats, 1, 0)
    assert beats.due_ns() == SILENCE_NS
    assert beats.look(SILENCE_NS - 1) == []
    assert beats.look(SILENCE_NS) == [ProgramHeard("events", alive=False)]
    assert beats.is_silent("events")
    assert beats.look(2 * SILENCE_NS) == []
    assert beats.due_ns() is None
    assert hear(beats, 2, 3 * SILENCE_NS) == [ProgramHeard("events", alive=True)]
    assert not beats.is_silent("events")


def test_each_program_is_listened_to_for_itself() -> None:
    beats = Beats()
    hear(beats, 1, 0, "events")
    hear(beats, 1, 0, "commands")
    hear(beats, 2, 4 * S, "events")
    assert beats.look(SILENCE_NS) == [ProgramHeard("commands", alive=False)]
    assert not beats.is_silent("events")


def test_a_program_that_waits_for_its_broker_may_be_silent_for_longer() -> None:
    beats = Beats()
    hear(beats, 1, 0, "events")
    busy = msgspec.structs.replace(beat(2), trade_context=TradeContext.SAID | TradeContext.BUSY)
    beats.hear("commands", RawFrame(busy.KIND, encode(busy)), S)
    assert beats.look(BUSY_NS) == []
    assert len(beats.look(S + BUSY_NS)) == 2


def test_a_program_that_waits_no_longer_is_judged_as_before() -> None:
    beats = Beats()
    busy = msgspec.structs.replace(beat(1), trade_context=TradeContext.SAID | TradeContext.BUSY)
    beats.hear("commands", RawFrame(busy.KIND, encode(busy)), 0)
    hear(beats, 2, S, "commands")
    assert beats.look(S + SILENCE_NS) == [ProgramHeard("commands", alive=False)]


def test_a_counter_that_stands_still_is_no_sign_of_life() -> None:
    beats = Beats()
    for second in range(9):
        hear(beats, 7, second * S)
    assert beats.look(SILENCE_NS) == [ProgramHeard("events", alive=False)]


@pytest.mark.parametrize("heard", [False, True])
def test_a_connection_that_never_beat_or_has_ended_is_not_judged(heard: bool) -> None:
    beats = Beats()
    if heard:
        hear(beats, 1, 0)
        beats.restart("events")
    assert beats.due_ns() is None
    assert beats.look(100 * S) == []


def test_a_relay_that_stood_still_itself_listens_anew_before_it_judges() -> None:
    beats = Beats()
    hear(beats, 1, 0)
    woke = SILENCE_NS + LATE_NS + 1
    assert beats.look(woke) == []
    assert beats.look(woke + SILENCE_NS) == [ProgramHeard("events", alive=False)]
