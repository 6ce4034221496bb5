"""Writes the C++ and MQL headers of the wire from the frames.

usage: python -m lockstep_core.wire.headers cpp|mql
"""

import sys
from enum import IntEnum

from lockstep_core.wire.codec import FIRST_SIZES, HEAD, LAYOUTS, MAX_FRAME, VERSION, FrameLayout
from lockstep_core.wire.enums import ENUMS
from lockstep_core.wire.layout import Chars, Scalar

NOTE = "// Generated from core/src/lockstep_core/wire/frames.py by `make wire`; do not edit.\n"


def cpp() -> str:
    """A C++17 header: constants, one struct per frame, and asserts that sizes agree with Python's."""
    parts = [NOTE, "#pragma once\n#include <cstdint>\nnamespace wire {\n", *_constants("constexpr uint32_t {} = {};\n")]
    for layout in LAYOUTS.values():
        name = layout.cls.__name__.removesuffix("Frame")
        parts.append(f"struct {name} {{\n{_members(layout, 'cpp')}}};\n")
        parts.append(f"constexpr uint32_t KIND_{_upper(name)} = {layout.cls.KIND};\n")
        parts.append(f"constexpr uint32_t FIRST_SIZE_{_upper(name)} = {FIRST_SIZES[layout.cls.KIND] - HEAD.size};\n")
        parts.append(f'static_assert(sizeof({name}) == {layout.size - HEAD.size}, "layout of {name}");\n')
    known = " || ".join(f"kind == {kind}" for kind in LAYOUTS)
    parts.append(f"constexpr bool is_known(uint32_t kind) {{\n   return {known};\n}}\n")
    return "".join([*parts, "}  // namespace wire\n"])


def mql() -> str:
    """A header that MQL5 and MQL4 read alike."""
    parts = [NOTE, "#ifndef WIRE_MQH\n#define WIRE_MQH\n", *_constants("#define WIRE_{} {}\n")]
    for layout in LAYOUTS.values():
        name = layout.cls.__name__.removesuffix("Frame")
        parts.append(f"#define WIRE_KIND_{_upper(name)} {layout.cls.KIND}\n")
        parts.append(f"#define WIRE_SIZE_{_upper(name)} {layout.size - HEAD.size}\n")
        parts.append(f"struct Wire{name}\n  {{\n{_members(layout, 'mql')}  }};\n")
    return "".join([*parts, "#endif\n"])


def _constants(line: str) -> list[str]:
    enums = [(f"{_upper(e.__name__)}_{m.name}", m.value) for e in ENUMS for m in _members_of(e)]
    return [line.format(name, value) for name, value in [("VERSION", VERSION), ("MAX_FRAME", MAX_FRAME), *enums]]


def _members_of(enum: type[IntEnum]) -> list[IntEnum]:
    return list(enum)


def _members(layout: FrameLayout, language: str) -> str:
    return "".join(f"   {_member(name, kind, language)};\n" for name, kind in layout.fields)


def _member(name: str, kind: Scalar | Chars, language: str) -> str:
    if isinstance(kind, Chars):
        return f"{'uchar' if language == 'mql' else 'char'} {name}[{kind.size}]"
    return f"{kind.mql if language == 'mql' else kind.cpp} {name}"


def _upper(name: str) -> str:
    return "".join(f"_{c}" if c.isupper() and i else c for i, c in enumerate(name)).upper()


if __name__ == "__main__":
    sys.stdout.write({"cpp": cpp, "mql": mql}[sys.argv[1]]())
