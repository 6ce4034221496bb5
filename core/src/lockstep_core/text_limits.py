"""How long what people type may be, for every place that takes it. A test compares the places that cannot import this."""

import re
from collections.abc import Callable
from typing import Final

SERVER_CHARACTERS: Final = 63
"""A broker's server name. Brokers' names are shorter."""

SERVER_BYTES: Final = 63
"""The same in UTF-8: a terminal reports no more of it, and another name is another account's."""

LOGIN_DIGITS: Final = 15
"""An account number. JSON numbers of more digits lose some of them in browsers."""

PASSWORD_BYTES: Final = 256
"""A broker password, in UTF-8."""

SHARD_CHARACTERS: Final = 40
"""A shard's name. With the words before it, it is also the name of a database role, which has 63 bytes."""

TAG_CHARACTERS: Final = 32
"""A word by which a person groups accounts."""

TAGS: Final = 20
"""The words of one account."""

LOGIN_PATTERN: Final = rf"^[1-9][0-9]{{0,{LOGIN_DIGITS - 1}}}$"
MOST_LOGIN: Final = 10**LOGIN_DIGITS - 1

SEAL_OVERHEAD_BYTES: Final = 32 + 16
"""What a seal adds to a password: an encapsulated key and a tag."""

SEALED_BYTES: Final = range(SEAL_OVERHEAD_BYTES + 1, SEAL_OVERHEAD_BYTES + PASSWORD_BYTES + 1)
"""The sizes that a sealed password can have."""

_UNSEEN: Final = (
    *((0x00, 0x1F), (0x7F, 0xA0), (0x1680, 0x1680), (0x2000, 0x200F), (0x2028, 0x202F), (0x205F, 0x206F)),
    *((0x3000, 0x3000), (0xFEFF, 0xFEFF)),
)
"""Controls, and what nobody sees: blanks other than a space, marks of direction, joiners."""


def server_pattern(escape: Callable[[int], str], first: int = 0) -> str:
    """What a server's name looks like, for regular expressions that write a character as `escape` does: one line of visible
    characters, without spaces around it. `first`: the lowest character that there can be.
    """
    pairs = ((escape(max(low, first)), escape(high)) for low, high in _UNSEEN)
    ranges = "".join(low if low == high else f"{low}-{high}" for low, high in pairs)
    return f"^[^ {ranges}](?:[^{ranges}]*[^ {ranges}])?$"


def four_digits(character: int) -> str:
    """A character as Python, JavaScript and Postgres write it."""
    return f"\\u{character:04x}"


def in_braces(character: int) -> str:
    """A character as Kubernetes' API server writes it, and what checks a custom resource in Python."""
    return f"\\x{{{character:x}}}"


_SERVER = re.compile(server_pattern(four_digits))


def is_server(text: str) -> bool:
    """Whether a terminal's start file can name this server, and the terminal can report its name whole."""
    return _SERVER.fullmatch(text) is not None and len(text.encode()) <= SERVER_BYTES


def is_password(text: str) -> bool:
    """Whether a terminal's start file can have this password: one line."""
    return 0 < len(text.encode()) <= PASSWORD_BYTES and all(character >= " " for character in text)
