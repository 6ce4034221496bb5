"""Checks tickets against the keyring's public keys, which a file names."""

import base64
import binascii
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from lockstep_core.wire.envelope import Refusal
from lockstep_core.wire.errors import MalformedTicket
from lockstep_core.wire.ticket import Ticket, decode_ticket, signed_part
from lockstep_router.errors import BadKeyFile

LOOK_AGAIN_S = 5.0


def check_ticket(raw: bytes, keys: Mapping[bytes, Ed25519PublicKey], unix_s: float) -> Ticket | Refusal:
    """The ticket in the bytes, or why it is refused."""
    try:
        ticket, body, signature = decode_ticket(raw)
        keys[ticket.key_id].verify(signature, signed_part(body))
    except (MalformedTicket, KeyError, InvalidSignature):
        return Refusal.BAD_TICKET
    return ticket if unix_s < ticket.expires_s else Refusal.EXPIRED_TICKET


def parse_keys(text: str | bytes) -> dict[bytes, Ed25519PublicKey]:
    """Ticket keys by id from the text of `keys.json`. Raises ValueError, KeyError or TypeError for another text."""
    return {bytes.fromhex(entry["key_id"]): _public_key(entry["public_key"]) for entry in json.loads(text)["tickets"]}


def _public_key(text: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))


class TicketGate:
    """Checks tickets with the keys of a file. A mounted ConfigMap changes while we run, so the file is read again."""

    def __init__(self, path: Path, unix_s: Callable[[], float] = time.time) -> None:
        self._path = path
        self._unix_s = unix_s
        self._read_s = 0.0
        self._keys: Mapping[bytes, Ed25519PublicKey] = {}

    def check(self, raw: bytes) -> Ticket | Refusal:
        """The ticket in the bytes, or why it is refused."""
        self._refresh()
        return check_ticket(raw, self._keys, self._unix_s())

    def load(self) -> None:
        """Reads the file. Raises `BadKeyFile` where it cannot be used."""
        try:
            self._keys = parse_keys(self._path.read_bytes())
        except OSError as error:
            raise BadKeyFile(self._path, f"cannot be read ({error.strerror})") from error
        except (ValueError, KeyError, TypeError, binascii.Error) as error:
            raise BadKeyFile(self._path, "is not the keyring's list of public keys") from error

    def _refresh(self) -> None:
        now_s = self._unix_s()
        if abs(now_s - self._read_s) < LOOK_AGAIN_S:
            return
        self._read_s = now_s
        try:
            self.load()
        except BadKeyFile:
            # The keys that were read before stay good. Without any, every ticket is refused, which is safe.
            return
