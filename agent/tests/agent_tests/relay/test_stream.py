"""Valid frames of a bridge pass, invalid ones end the connection, and incomplete ones wait."""

import pytest

from lockstep_agent.relay.stream import EVENT_KINDS, RESULT_KINDS, FrameStream
from lockstep_core.wire import frames
from lockstep_core.wire.codec import FRAMES, HEAD, VERSION, FrameLayout
from lockstep_core.wire.errors import MalformedFrame

NOT_OF_A_BRIDGE = [
    frames.State,
    frames.Command,
    frames.SnapshotRequest,
    frames.Subscribe,
    frames.SymbolPage,
    frames.QuoteRequest,
]
OF_A_BRIDGE = [cls for cls in FRAMES if cls not in NOT_OF_A_BRIDGE]


def blank(cls: type[frames.Frame]) -> bytes:
    size = FrameLayout(cls).size
    return HEAD.pack(VERSION, cls.KIND, 0, size) + bytes(size - HEAD.size)


@pytest.mark.parametrize("cls", OF_A_BRIDGE, ids=lambda cls: cls.__name__)
def test_every_frame_that_a_bridge_sends_is_let_through(cls: type[frames.Frame]) -> None:
    assert [raw.kind for raw in FrameStream(EVENT_KINDS).feed(blank(cls))] == [cls.KIND]


@pytest.mark.parametrize("cls", NOT_OF_A_BRIDGE, ids=lambda cls: cls.__name__)
def test_what_only_others_send_ends_the_connection(cls: type[frames.Frame]) -> None:
    with pytest.raises(MalformedFrame):
        FrameStream(EVENT_KINDS).feed(blank(cls))


def test_on_the_commands_connection_come_results_alone() -> None:
    assert len(FrameStream(RESULT_KINDS).feed(blank(frames.Result))) == 1
    with pytest.raises(MalformedFrame):
        FrameStream(RESULT_KINDS).feed(blank(frames.Trade))


def grown(cls: type[frames.Frame], more: int) -> bytes:
    """A frame of a later release, which has more members."""
    size = FrameLayout(cls).size + more
    return HEAD.pack(VERSION, cls.KIND, 0, size) + bytes(size - HEAD.size)


@pytest.mark.parametrize("cls", OF_A_BRIDGE, ids=lambda cls: cls.__name__)
def test_a_longer_frame_is_let_through_as_long_as_it_is(cls: type[frames.Frame]) -> None:
    raw = grown(cls, 16)
    assert [found.data for found in FrameStream(EVENT_KINDS).feed(raw + blank(cls))] == [raw, blank(cls)]


@pytest.mark.parametrize("at", [1, 7, 8, 9, 23, 24])
def test_frames_of_unknown_kinds_are_passed_over_and_counted(at: int) -> None:
    stream, unknown = FrameStream(EVENT_KINDS), HEAD.pack(VERSION, 31, 0, 24) + bytes(16)
    raw = unknown + blank(frames.Trade) + unknown
    found = stream.feed(raw[:at]) + stream.feed(raw[at:])
    assert [f.kind for f in found] == [frames.Trade.KIND]
    assert (dict(stream.unknown), stream.refused) == ({31: 2}, 0)


@pytest.mark.parametrize("size", [0, 12, 1032])
def test_a_frame_of_an_impossible_size_ends_the_connection(size: int) -> None:
    for kind in (31, frames.Trade.KIND):
        with pytest.raises(MalformedFrame):
            FrameStream(EVENT_KINDS).feed(HEAD.pack(VERSION, kind, 0, size) + bytes(24))


@pytest.mark.parametrize("at", [1, 7, 8, 9, 100])
def test_a_frame_in_two_parts_is_one_frame(at: int) -> None:
    stream, raw = FrameStream(EVENT_KINDS), blank(frames.PendingOrder)
    assert stream.feed(raw[:at]) == []
    assert [found.data for found in stream.feed(raw[at:])] == [raw]
