"""Frames to bytes and back.

A frame is an 8-byte head (version, kind, size of all in bytes) and a body of fixed layout. Every buffer is hostile:
whatever does not fit exactly raises `MalformedFrame` and nothing is guessed.
"""

import struct
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import msgspec

from lockstep_core.wire.envelope import MAX_FRAMES
from lockstep_core.wire.errors import MalformedFrame
from lockstep_core.wire.frames import FRAMES, Frame
from lockstep_core.wire.layout import Chars, Scalar

VERSION = 1
HEAD = struct.Struct("<BBHI")
MAX_FRAME = 1024


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


def frame_fields(cls: type[Frame]) -> tuple[tuple[str, Scalar | Chars], ...]:
    """(name, type) of each field of a frame in wire order."""
    hints = get_type_hints(cls, include_extras=True)
    return tuple((name, get_args(hints[name])[1]) for name in cls.__struct_fields__)


LAYOUTS: dict[int, FrameLayout] = {cls.KIND: FrameLayout(cls) for cls in FRAMES}


def encode(frame: Frame) -> bytes:
    """The bytes of a frame. Raises `struct.error` where a number does not fit its field."""
    layout = LAYOUTS[frame.KIND]
    values: list[Any] = list(msgspec.structs.astuple(frame))
    for i, size in layout.texts:
        values[i] = cut_utf8(values[i], size)
    return layout.packer.pack(VERSION, frame.KIND, 0, layout.size, *values)


def decode(buffer: bytes | memoryview, offset: int = 0) -> tuple[Frame, int]:
    """The frame that starts at `offset`, and where the next one starts."""
    layout = layout_at(buffer, offset)
    try:
        values = list(layout.packer.unpack_from(buffer, offset))
    except struct.error as error:
        raise MalformedFrame("shorter than its own size says") from error
    del values[:4]
    for i, _ in layout.texts:
        values[i] = read_utf8(values[i])
    return layout.cls(*values), offset + layout.size


def decode_all(buffer: bytes | memoryview, offset: int = 0) -> Iterator[Frame]:
    """Every frame from `offset` to the end."""
    for start in frame_starts(buffer, offset):
        yield decode(buffer, start)[0]


def frame_starts(buffer: bytes | memoryview, offset: int = 0) -> list[int]:
    """Where each frame from `offset` to the end starts.

    Raises `MalformedFrame` where a head is wrong, a frame is cut, or they are more than a message may hold.
    """
    starts, end = [], len(buffer)
    while offset < end:
        starts.append(offset)
        offset += layout_at(buffer, offset).size
    if offset > end:
        raise MalformedFrame("shorter than its own size says")
    if len(starts) > MAX_FRAMES:
        raise MalformedFrame(f"more than {MAX_FRAMES} frames")
    return starts


def layout_at(buffer: bytes | memoryview, offset: int) -> FrameLayout:
    """The layout that the head at `offset` names, checked against our version and sizes."""
    if len(buffer) - offset < HEAD.size:
        raise MalformedFrame("shorter than a head")
    version, kind, _, size = HEAD.unpack_from(buffer, offset)
    if version != VERSION:
        raise MalformedFrame(f"version {version}, this side speaks {VERSION}")
    layout = LAYOUTS.get(kind)
    if layout is None:
        raise MalformedFrame(f"unknown kind {kind}")
    if size != layout.size:
        raise MalformedFrame(f"kind {kind} of {size} bytes, expected {layout.size}")
    return layout


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
