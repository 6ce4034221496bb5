"""The keyring's private keys: several of each kind, newest first. A rotation adds a line in front."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from lockstep_keyring.errors import NoKeys

SEALING_FILE = "sealing.keys"
TICKETS_FILE = "tickets.keys"
KEY_SIZE = 32


class _Public(Protocol):
    def public_bytes_raw(self) -> bytes: ...


class _Private(Protocol):
    def public_key(self) -> _Public: ...


K = TypeVar("K", bound=_Private)


def key_id(public_key: bytes) -> str:
    """The id of a public key of 32 raw bytes: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(public_key).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class NamedKey(Generic[K]):
    """A private key, which no `repr` shows, with its public half and its id."""

    key_id: str
    public: bytes
    private: K = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class PrivateKeys:
    """All keys of the keyring. The first of each kind is used to seal and to sign, the others only to open."""

    sealing: tuple[NamedKey[X25519PrivateKey], ...]
    tickets: tuple[NamedKey[Ed25519PrivateKey], ...]

    def sealing_key(self, wanted: str) -> X25519PrivateKey | None:
        """The private key of that id, None if it is not (or no longer) in use."""
        return next((key.private for key in self.sealing if key.key_id == wanted), None)


def _raw_key(line: str, name: str) -> bytes:
    try:
        raw = base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError):
        raise NoKeys(f"{name} holds a line that is not base64; restore the Secret of the keyring's keys.") from None
    if len(raw) != KEY_SIZE:
        raise NoKeys(
            f"{name} holds a key of {len(raw)} bytes instead of {KEY_SIZE}; restore the Secret of the keyring's keys."
        )
    return raw


def _named(text: str, name: str, build: Callable[[bytes], K]) -> tuple[NamedKey[K], ...]:
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        raise NoKeys(f"{name} holds no key; restore the Secret of the keyring's keys.")
    return tuple(_name(build(_raw_key(line, name))) for line in lines)


def _name(private: K) -> NamedKey[K]:
    public = private.public_key().public_bytes_raw()
    return NamedKey(key_id(public), public, private)


def parse_keys(sealing: str, tickets: str) -> PrivateKeys:
    """The keys in the texts of the two files: a line of base64 (32 bytes) per key, newest first. Raises NoKeys."""
    return PrivateKeys(
        sealing=_named(sealing, SEALING_FILE, X25519PrivateKey.from_private_bytes),
        tickets=_named(tickets, TICKETS_FILE, Ed25519PrivateKey.from_private_bytes),
    )


def load_keys(folder: Path) -> PrivateKeys:
    """The keys in the mounted Secret. Raises NoKeys."""
    try:
        return parse_keys((folder / SEALING_FILE).read_text("ascii"), (folder / TICKETS_FILE).read_text("ascii"))
    except (OSError, UnicodeDecodeError):
        raise NoKeys(
            f"{SEALING_FILE} and {TICKETS_FILE} cannot be read; is the Secret of the keyring's keys mounted?"
        ) from None


def public_keys_json(keys: PrivateKeys) -> str:
    """The content of `keys.json` in the published ConfigMap."""
    return json.dumps({"sealing": _published(keys.sealing), "tickets": _published(keys.tickets)}, indent=1)


def _published(keys: tuple[NamedKey[K], ...]) -> list[dict[str, str]]:
    return [{"key_id": key.key_id, "public_key": base64.b64encode(key.public).decode()} for key in keys]
