"""The codec: what goes in comes out, and nothing that is not exactly right gets in."""

import contextlib
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep_core.wire.codec import HEAD, LAYOUTS, MAX_FRAME, decode, decode_all, encode, frame_fields
from lockstep_core.wire.errors import MalformedFrame
from lockstep_core.wire.frames import FRAMES, Frame, SnapshotRequest, State, Tick
from lockstep_core.wire.layout import Chars, Scalar

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
    [((2, 33, 0, 16), "version 2"), ((1, 99, 0, 16), "unknown kind 99"), ((1, 33, 0, 24), "of 24 bytes, expected 16")],
)
def test_a_wrong_head_is_refused_with_its_reason(head: tuple[int, int, int, int], why: str) -> None:
    with pytest.raises(MalformedFrame, match=why):
        decode(HEAD.pack(*head) + bytes(64))


def test_text_that_is_too_long_is_cut_at_a_character_and_keeps_its_closing_zero() -> None:
    raw = encode(State(0, 1, 0, "é" * 32, "m"))
    back, _ = decode(raw)
    assert isinstance(back, State)
    assert back.reason == "é" * 15


def test_text_that_is_not_utf8_is_refused() -> None:
    raw = bytearray(encode(Tick(1.0, 1.0, 0, 0, "EURUSD")))
    raw[-32:-28] = b"\xff\xff\xff\xff"
    with pytest.raises(MalformedFrame, match="UTF-8"):
        decode(bytes(raw))


def test_a_number_that_does_not_fit_is_an_error_and_not_another_number() -> None:
    with pytest.raises(struct.error):
        encode(SnapshotRequest(-1))


def test_layouts_are_multiples_of_eight_with_the_widest_members_first() -> None:
    for layout in LAYOUTS.values():
        assert layout.size % 8 == 0
        assert layout.size <= MAX_FRAME
        widths = [1 if isinstance(kind, Chars) else struct.calcsize(kind.code) for _, kind in layout.fields]
        assert widths == sorted(widths, reverse=True), layout.cls


def test_kinds_are_unique() -> None:
    assert len(LAYOUTS) == len(FRAMES)
