"""The codec: what goes in comes out, kinds grow at their end, and nothing that no release sends gets in."""

import contextlib
import struct
from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep_core.wire.codec import (
    FIRST_SIZES,
    FRAMES,
    HEAD,
    LAYOUTS,
    MAX_FRAME,
    VERSION,
    FrameLayout,
    decode,
    decode_all,
    encode,
    frame_fields,
    frame_starts,
)
from lockstep_core.wire.envelope import MAX_FRAMES
from lockstep_core.wire.errors import MalformedFrame
from lockstep_core.wire.frames import Frame, SnapshotRequest, State, Tick, UnknownFrame
from lockstep_core.wire.layout import F64, U32, Chars, Scalar

RANGES = {"I": (0, 2**32 - 1), "Q": (0, 2**64 - 1), "q": (-(2**63), 2**63 - 1)}


def field_values(kind: Scalar | Chars) -> st.SearchStrategy[Any]:
    if isinstance(kind, Chars):
        text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=kind.size)
        return text.filter(lambda t: len(t.encode()) < kind.size)
    if kind.code == "d":
        return st.floats(allow_nan=False)
    low, high = RANGES[kind.code]
    return st.integers(low, high)


def frames() -> st.SearchStrategy[Frame]:
    return st.one_of(*(st.builds(cls, *(field_values(kind) for _, kind in frame_fields(cls))) for cls in FRAMES))


@given(frames())
def test_every_frame_comes_back_as_it_was(frame: Frame) -> None:
    raw = encode(frame)
    assert decode(raw) == (frame, len(raw))


@given(st.lists(frames(), max_size=8))
def test_frames_in_one_buffer_come_back_in_order(many: list[Frame]) -> None:
    assert list(decode_all(b"".join(encode(f) for f in many))) == many


@given(st.binary(max_size=300))
def test_hostile_bytes_never_raise_anything_but_malformed_frame(raw: bytes) -> None:
    with contextlib.suppress(MalformedFrame):
        list(decode_all(raw))


@given(frames(), st.data())
def test_a_frame_cut_short_is_refused(frame: Frame, data: st.DataObject) -> None:
    raw = encode(frame)
    with pytest.raises(MalformedFrame):
        decode(raw[: data.draw(st.integers(0, len(raw) - 1))])


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ((1, 33, 0, 16), "version 1"),
        ((3, 33, 0, 16), "version 3"),
        ((2, 33, 0, 8), "kind 33 of 8 bytes"),
        ((2, 33, 0, 20), "kind 33 of 20 bytes"),
        ((2, 33, 0, MAX_FRAME + 8), "kind 33 of 1032 bytes"),
        ((2, 99, 0, 0), "kind 99 of 0 bytes"),
        ((2, 99, 0, 12), "kind 99 of 12 bytes"),
        ((2, 99, 0, MAX_FRAME + 8), "kind 99 of 1032 bytes"),
    ],
)
def test_a_wrong_head_is_refused_with_its_reason(head: tuple[int, int, int, int], why: str) -> None:
    with pytest.raises(MalformedFrame, match=why):
        decode(HEAD.pack(*head) + bytes(64))


FROZEN = {
    1: 240,
    2: 168,
    3: 144,
    4: 24,
    5: 24,
    6: 160,
    7: 88,
    8: 144,
    9: 72,
    10: 216,
    11: 176,
    12: 64,
    13: 136,
    14: 72,
    15: 32,
    16: 40,
    32: 176,
    33: 16,
    34: 48,
    35: 48,
    36: 56,
}


def test_the_version_and_the_sizes_that_kinds_began_with_never_change() -> None:
    assert VERSION == 2
    assert {kind: FIRST_SIZES[kind] for kind in FROZEN} == FROZEN


def test_kinds_only_grow() -> None:
    assert FIRST_SIZES.keys() == LAYOUTS.keys()
    assert all(layout.size >= FIRST_SIZES[kind] for kind, layout in LAYOUTS.items())


def unknown(size: int = 24, kind: int = 99) -> bytes:
    return HEAD.pack(VERSION, kind, 0, size) + b"\xff" * (size - HEAD.size)


def resized(raw: bytes, size: int) -> bytes:
    """A frame as a release sends it that knows more members (of all ones) or fewer."""
    version, kind, zero, _ = HEAD.unpack_from(raw)
    return HEAD.pack(version, kind, zero, size) + raw[HEAD.size : size].ljust(size - HEAD.size, b"\xff")


@given(frames(), st.data())
def test_of_a_longer_frame_the_rest_is_ignored(frame: Frame, data: st.DataObject) -> None:
    size = data.draw(st.integers(len(encode(frame)) // 8, MAX_FRAME // 8)) * 8
    raw = resized(encode(frame), size)
    assert decode(raw) == (frame, size)
    assert list(decode_all(raw + encode(SnapshotRequest(7)))) == [frame, SnapshotRequest(7)]


class GrownTick(Tick, frozen=True, gc=False):
    """A Tick of a later release."""

    age: F64 = 0.0
    lots: U32 = 0
    reserved: U32 = 0
    note: Annotated[str, Chars(16)] = ""


def test_of_a_shorter_frame_missing_members_read_as_zero_or_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = Tick(1.0, 2.0, 3, 4, "EURUSD"), Tick(5.0, 6.0, 7, 8, "GBPUSD")
    raw = b"".join(map(encode, ticks))
    monkeypatch.setitem(LAYOUTS, Tick.KIND, FrameLayout(GrownTick))
    grown = [GrownTick(t.bid, t.ask, t.time_msc, t.seen_ns, t.symbol) for t in ticks]
    assert list(decode_all(raw)) == grown
    whole = GrownTick(1.0, 2.0, 3, 4, "EURUSD", 5, 6, 0.5, 9, 0, "a note")
    between = resized(encode(whole), len(encode(whole)) - 16)
    assert decode(between) == (msgspec.structs.replace(whole, note=""), len(between))
    assert [frame_starts(raw), frame_starts(between)] == [[0, 88], [0]]


@given(frames(), st.data())
def test_a_longer_frame_that_is_cut_short_is_refused(frame: Frame, data: st.DataObject) -> None:
    raw = resized(encode(frame), MAX_FRAME)
    cut = raw[: data.draw(st.integers(0, len(raw) - 1))]
    with pytest.raises(MalformedFrame):
        decode(cut)
    with pytest.raises(MalformedFrame):
        frame_starts(cut or b"\0")


@given(st.lists(st.one_of(frames(), st.integers(1, MAX_FRAME // 8)), max_size=8))
def test_frames_of_unknown_kinds_are_passed_over_and_have_a_number_like_others(many: list[Frame | int]) -> None:
    raw = b"".join(unknown(8 * f) if isinstance(f, int) else encode(f) for f in many)
    starts = frame_starts(raw)
    assert len(starts) == len(many)
    read = [decode(raw, start)[0] for start in starts]
    assert read == [UnknownFrame(99, 8 * f) if isinstance(f, int) else f for f in many]
    assert list(decode_all(raw)) == [f for f in many if not isinstance(f, int)]


def test_a_frame_of_an_unknown_kind_that_is_cut_short_is_refused() -> None:
    for read in (decode, frame_starts, lambda raw: list(decode_all(raw))):
        with pytest.raises(MalformedFrame, match="shorter"):
            read(unknown()[:-1])


def test_frames_of_unknown_kinds_count_among_the_most_of_a_message() -> None:
    assert len(frame_starts(unknown(8) * MAX_FRAMES)) == MAX_FRAMES
    with pytest.raises(MalformedFrame, match="more than"):
        frame_starts(unknown(8) * (MAX_FRAMES + 1))


def test_text_that_is_too_long_is_cut_at_a_character_and_keeps_its_closing_zero() -> None:
    raw = encode(State(0, 1, 0, "é" * 32, "m"))
    back, _ = decode(raw)
    assert isinstance(back, State)
    assert back.reason == "é" * 15


def test_text_that_is_not_utf8_is_refused() -> None:
    raw = bytearray(encode(Tick(1.0, 1.0, 0, 0, "EURUSD")))
    raw[LAYOUTS[Tick.KIND].place_of("symbol").start] = 0xFF
    with pytest.raises(MalformedFrame, match="UTF-8"):
        decode(bytes(raw))


def test_a_number_that_does_not_fit_is_an_error_and_not_another_number() -> None:
    with pytest.raises(struct.error):
        encode(SnapshotRequest(-1))


def test_layouts_are_multiples_of_eight_with_the_widest_members_first() -> None:
    for kind, layout in LAYOUTS.items():
        assert layout.size % 8 == 0
        assert layout.size <= MAX_FRAME
        first = [k for name, k in layout.fields if layout.place_of(name).stop <= FIRST_SIZES[kind]]
        widths = [1 if isinstance(k, Chars) else struct.calcsize(k.code) for k in first]
        assert widths == sorted(widths, reverse=True), layout.cls


def test_every_number_stands_at_a_multiple_of_its_size_so_that_each_language_reads_the_same_bytes() -> None:
    for layout in LAYOUTS.values():
        for name, kind in layout.fields:
            if isinstance(kind, Scalar):
                assert (layout.place_of(name).start - HEAD.size) % struct.calcsize(kind.code) == 0, (layout.cls, name)


def test_kinds_are_unique() -> None:
    assert len(LAYOUTS) == len(FRAMES)
