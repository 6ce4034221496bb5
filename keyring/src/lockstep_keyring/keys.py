"""The keyring's private keys: several of each kind, newest first."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from lockstep_core.resources.copier_account import SpecEnvironment
from lockstep_keyring.errors import NoKeys

SEALING_FILE = "sealing.keys"
TICKETS_FILES = {SpecEnvironment.DEMO: "tickets-demo.keys", SpecEnvironment.LIVE: "tickets-live.keys"}
"""Demo and live tickets have keys of their own, so that neither kind of router believes the other's."""
KEY_FILES = (SEALING_FILE, *TICKETS_FILES.values())
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
    """All keys of the keyring. The first of each kind seals and signs, the others only open."""

    sealing: tuple[NamedKey[X25519PrivateKey], ...]
    tickets: Mapping[SpecEnvironment, tuple[NamedKey[Ed25519PrivateKey], ...]]

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


def parse_keys(texts: Mapping[str, str]) -> PrivateKeys:
    """The keys in the texts of the files, by name: a line of base64 (32 bytes) per key, newest first. Raises NoKeys."""
    signing = Ed25519PrivateKey.from_private_bytes
    return PrivateKeys(
        sealing=_named(texts[SEALING_FILE], SEALING_FILE, X25519PrivateKey.from_private_bytes),
        tickets={of: _named(texts[name], name, signing) for of, name in TICKETS_FILES.items()},
    )


def load_keys(folder: Path) -> PrivateKeys:
    """The keys in the mounted Secret. Raises NoKeys."""
    names = KEY_FILES
    try:
        return parse_keys({name: (folder / name).read_text("ascii") for name in names})
    except (OSError, UnicodeDecodeError):
        raise NoKeys(f"{', '.join(names)} cannot be read; is the Secret of the keyring's keys mounted?") from None


def public_keys(keys: PrivateKeys) -> dict[str, str]:
    """The content of the published ConfigMap: `keys.json` to seal to, and each environment's keys of tickets."""
    tickets = {f"tickets-{of.lower()}.json": {"tickets": _published(named)} for of, named in keys.tickets.items()}
    content = {"keys.json": {"sealing": _published(keys.sealing)}, **tickets}
    return {name: json.dumps(lists, indent=1) for name, lists in content.items()}


def _published(keys: tuple[NamedKey[K], ...]) -> list[dict[str, str]]:
    return [{"key_id": key.key_id, "public_key": base64.b64encode(key.public).decode()} for key in keys]
