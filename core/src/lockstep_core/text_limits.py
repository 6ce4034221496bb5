"""How long what people type may be, for every place that takes it. A test compares the places that cannot import this."""

import re
from typing import Final

SERVER_CHARACTERS: Final = 63
"""A broker's server name. A terminal reports 63 bytes of it at most; brokers' names are shorter."""

LOGIN_DIGITS: Final = 15
"""An account number. JSON numbers of more digits lose some of them in browsers."""

PASSWORD_BYTES: Final = 256
"""A broker password, in UTF-8."""

SHARD_CHARACTERS: Final = 40
"""A shard's name. With the words before it, it is also the name of a database role, which has 63 bytes."""

LOGIN_PATTERN: Final = rf"^[1-9][0-9]{{0,{LOGIN_DIGITS - 1}}}$"
MOST_LOGIN: Final = 10**LOGIN_DIGITS - 1

SEAL_OVERHEAD_BYTES: Final = 32 + 16
"""What a seal adds to a password: an encapsulated key and a tag."""

SEALED_BYTES: Final = range(SEAL_OVERHEAD_BYTES + 1, SEAL_OVERHEAD_BYTES + PASSWORD_BYTES + 1)
"""The sizes that a sealed password can have."""

_SERVER = re.compile(rf"[^\x00-\x1f\x7f]{{1,{SERVER_CHARACTERS}}}")


def is_server(text: str) -> bool:
    """Whether a terminal's start file can name this server: one line, without spaces around it."""
    return _SERVER.fullmatch(text) is not None and text == text.strip()
