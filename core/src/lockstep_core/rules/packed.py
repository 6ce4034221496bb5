"""Rules as bytes, for the process that decides: it gets what another process compiled and never reads settings itself.

Each part is packed for itself, so that copiers with equal parts share them again after unpacking.
"""

from collections.abc import Mapping
from datetime import tzinfo
from fractions import Fraction
from functools import lru_cache
from typing import Any, get_type_hints
from zoneinfo import ZoneInfo

import msgspec

from lockstep_core.rules.rules import Rules

_SHARED = 4096


def pack(rules: Rules) -> bytes:
    """The bytes of rules."""
    return _encoder.encode([_encoder.encode(part) for part in msgspec.structs.astuple(rules)])


def unpack(packed: bytes) -> Rules:
    """The rules of bytes. Raises `msgspec.DecodeError` or `ValueError` where these are none."""
    parts = zip(Rules.__struct_fields__, _parts.decode(packed), strict=True)
    return Rules(*(_part(name, part) for name, part in parts))


@lru_cache(maxsize=_SHARED)
def _part(name: str, packed: bytes) -> Any:
    return _decoders[name].decode(packed)


def _to_plain(value: object) -> str:
    match value:
        case Fraction():
            return f"{value.numerator}/{value.denominator}"
        case ZoneInfo(key=str(key)):
            return key
    raise NotImplementedError(type(value).__name__)


def _from_plain(kind: type, plain: str) -> Fraction | tzinfo:
    return Fraction(plain) if kind is Fraction else ZoneInfo(plain)


_encoder = msgspec.msgpack.Encoder(enc_hook=_to_plain)
_parts = msgspec.msgpack.Decoder(list[bytes])
_decoders: Mapping[str, msgspec.msgpack.Decoder[Any]] = {
    name: msgspec.msgpack.Decoder(kind, dec_hook=_from_plain) for name, kind in get_type_hints(Rules).items()
}
