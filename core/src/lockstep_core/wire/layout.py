"""Field types of the wire and how each language spells them.

Layouts are little-endian, packed, with the widest members first and sizes that are multiples of eight, so that MQL's
packed structs and C++'s naturally aligned ones are the same bytes.
"""

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number: its `struct` code and its name in MQL and C++."""

    code: str
    mql: str
    cpp: str


@dataclass(frozen=True, slots=True)
class Chars:
    """UTF-8 text in `size` bytes, filled with zeros; text that is too long is cut at a character."""

    size: int


U32 = Annotated[int, Scalar("I", "uint", "uint32_t")]
U64 = Annotated[int, Scalar("Q", "ulong", "uint64_t")]
I64 = Annotated[int, Scalar("q", "long", "int64_t")]
F64 = Annotated[float, Scalar("d", "double", "double")]
Text16 = Annotated[str, Chars(16)]
Text32 = Annotated[str, Chars(32)]
Text64 = Annotated[str, Chars(64)]
Text160 = Annotated[str, Chars(160)]
