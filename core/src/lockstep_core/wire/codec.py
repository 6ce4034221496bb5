"""Frames to bytes and back.

A frame is an 8-byte head (version, kind, size of all in bytes) and a body. Kinds grow by members at their end: of a longer
frame the rest is ignored, in a shorter one what is missing reads as zero, and frames of unknown kinds are passed over
(docs/adr/018). Every buffer is hostile: whatever breaks these rules raises `MalformedFrame` and nothing is guessed.
"""

import struct
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import msgspec

from lockstep_core.wire.envelope import MAX_FRAMES
from lockstep_core.wire.errors import MalformedFrame
from lockstep_core.wire.frames import (
    AccountFrame,
    Command,
    DealMoney,
    Frame,
    MoneyOperation,
    PendingOrder,
    PositionFrame,
    ProgramBeat,
    QuoteRequest,
    Result,
    SnapshotBegin,
    SnapshotEnd,
    SnapshotRequest,
    State,
    StopsFrame,
    Subscribe,
    Symbol,
    SymbolPage,
    SymbolPageEnd,
    SymbolSession,
    Tick,
    Trade,
    UnknownFrame,
)
from lockstep_core.wire.layout import Chars, Scalar

VERSION = 2
HEAD = struct.Struct("<BBHI")
MAX_FRAME = 1024
CUT = "shorter than its own size says"
GROUP = 8
"""Sizes of frames are multiples of this."""
FIRST_SIZES: dict[int, int] = {
    AccountFrame.KIND: 240,
    Symbol.KIND: 168,
    PositionFrame.KIND: 144,
    SnapshotBegin.KIND: 24,
    SnapshotEnd.KIND: 24,
    Trade.KIND: 160,
    StopsFrame.KIND: 88,
    Result.KIND: 144,
    Tick.KIND: 72,
    State.KIND: 216,
    PendingOrder.KIND: 176,
    SymbolSession.KIND: 64,
    DealMoney.KIND: 136,
    MoneyOperation.KIND: 72,
    SymbolPageEnd.KIND: 32,
    ProgramBeat.KIND: 40,
    Command.KIND: 176,
    SnapshotRequest.KIND: 16,
    Subscribe.KIND: 48,
    QuoteRequest.KIND: 48,
    SymbolPage.KIND: 56,
}
"""The size of each kind at version 2, or when it was made if that was later. No release sends a shorter one, ever."""


class FrameLayout:
    """The compiled layout of one frame class."""

    __slots__ = ("cls", "fields", "packer", "size", "texts")

    def __init__(self, cls: type[Frame]) -> None:
        self.cls = cls
        self.fields = frame_fields(cls)
        codes = "".join(f"{m.size}s" if isinstance(m, Chars) else m.code for _, m in self.fields)
        self.packer = struct.Struct("<BBHI" + codes)
        self.size = self.packer.size
        self.texts = tuple((i, m.size) for i, (_, m) in enumerate(self.fields) if isinstance(m, Chars))

    def place_of(self, name: str) -> slice:
        """Which bytes of a frame hold a member."""
        at = HEAD.size
        for member, kind in self.fields:
            size = kind.size if isinstance(kind, Chars) else struct.calcsize(kind.code)
            if member == name:
                return slice(at, at + size)
            at += size
        raise KeyError(name)


def frame_fields(cls: type[Frame]) -> tuple[tuple[str, Scalar | Chars], ...]:
    """(name, type) of each field of a frame in wire order."""
    hints = get_type_hints(cls, include_extras=True)
    return tuple((name, get_args(hints[name])[1]) for name in cls.__struct_fields__)


FRAMES: tuple[type[Frame], ...] = (
    AccountFrame,
    Symbol,
    PositionFrame,
    SnapshotBegin,
    SnapshotEnd,
    Trade,
    StopsFrame,
    Result,
    Tick,
    State,
    PendingOrder,
    SymbolSession,
    DealMoney,
    MoneyOperation,
    SymbolPageEnd,
    ProgramBeat,
    Command,
    SnapshotRequest,
    Subscribe,
    QuoteRequest,
    SymbolPage,
)

LAYOUTS: dict[int, FrameLayout] = {cls.KIND: FrameLayout(cls) for cls in FRAMES}


def encode(frame: Frame) -> bytes:
    """The bytes of a frame. Raises `struct.error` where a number does not fit its field."""
    layout = LAYOUTS[frame.KIND]
    values: list[Any] = list(msgspec.structs.astuple(frame))
    for i, size in layout.texts:
        values[i] = cut_utf8(values[i], size)
    return layout.packer.pack(VERSION, frame.KIND, 0, layout.size, *values)


def decode(buffer: bytes | memoryview, offset: int = 0) -> tuple[Frame, int]:
    """The frame that starts at `offset`, and where the next one starts. An `UnknownFrame` where its kind is not known."""
    layout, size = head_at(buffer, offset)
    end = offset + size
    if layout is None or size != layout.size:
        if end > len(buffer):
            raise MalformedFrame(CUT)
        if layout is None:
            return UnknownFrame(buffer[offset + 1], size), end
        buffer, offset = bytes(buffer[offset:end]).ljust(layout.size, b"\0"), 0
    try:
        values = list(layout.packer.unpack_from(buffer, offset))
    except struct.error as error:
        raise MalformedFrame(CUT) from error
    del values[:4]
    for i, _ in layout.texts:
        values[i] = read_utf8(values[i])
    return layout.cls(*values), end


def decode_all(buffer: bytes | memoryview, offset: int = 0) -> Iterator[Frame]:
    """Every frame from `offset` to the end that is of a known kind."""
    for start in frame_starts(buffer, offset):
        frame, _ = decode(buffer, start)
        if not isinstance(frame, UnknownFrame):
            yield frame


def frame_starts(buffer: bytes | memoryview, offset: int = 0) -> list[int]:
    """Where each frame from `offset` to the end starts, also of those whose kind is not known: all of them are numbered.

    Raises `MalformedFrame` where a head is wrong, a frame is cut, or they are more than a message may hold.
    """
    starts, end = [], len(buffer)
    while offset < end:
        starts.append(offset)
        offset += head_at(buffer, offset)[1]
    if offset > end:
        raise MalformedFrame(CUT)
    if len(starts) > MAX_FRAMES:
        raise MalformedFrame(f"more than {MAX_FRAMES} frames")
    return starts


def head_at(buffer: bytes | memoryview, offset: int) -> tuple[FrameLayout | None, int]:
    """The layout that the head at `offset` names (None: a kind that is not known) and the size of the whole frame.

    Raises `MalformedFrame` for another version and for a size that no release sends.
    """
    if len(buffer) - offset < HEAD.size:
        raise MalformedFrame("shorter than a head")
    version, kind, _, size = HEAD.unpack_from(buffer, offset)
    if version != VERSION:
        raise MalformedFrame(f"version {version}, this side speaks {VERSION}")
    layout = LAYOUTS.get(kind)
    if layout is None or size != layout.size:
        least = HEAD.size if layout is None else FIRST_SIZES[kind]
        if not least <= size <= MAX_FRAME or size % GROUP:
            raise MalformedFrame(f"kind {kind} of {size} bytes")
    return layout, size


def cut_utf8(text: str, size: int) -> bytes:
    """UTF-8 of `text` in at most `size - 1` bytes, cut at a character, so that C and MQL always find a closing zero."""
    raw = text.encode("utf-8")
    if len(raw) >= size:
        raw = raw[: size - 1].decode("utf-8", "ignore").encode("utf-8")
    return raw


def read_utf8(raw: bytes) -> str:
    """Text up to the first zero. Raises `MalformedFrame` where it is no UTF-8."""
    end = raw.find(0)
    try:
        return (raw if end < 0 else raw[:end]).decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedFrame("text that is not UTF-8") from error
