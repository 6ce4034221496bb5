"""The keys of this pod. They exist only in its memory."""

from dataclasses import dataclass, field
from uuid import UUID

import zmq
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from zmq.utils import z85

from lockstep_agent.errors import CredentialsGarbled

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


@dataclass(frozen=True, slots=True)
class PodKeys:
    """An X25519 key to which the keyring seals the password, and a CURVE key pair (Z85) for the router."""

    delivery: X25519PrivateKey = field(repr=False)
    curve_public: str
    curve_secret: str = field(repr=False)

    @property
    def delivery_public(self) -> bytes:
        return self.delivery.public_key().public_bytes_raw()

    @property
    def curve_public_raw(self) -> bytes:
        return z85.decode(self.curve_public)


def make_pod_keys() -> PodKeys:
    """New random keys."""
    public, secret = zmq.curve_keypair()
    return PodKeys(X25519PrivateKey.generate(), public.decode(), secret.decode())


def delivery_info(account: UUID, epoch: int) -> bytes:
    """The HPKE info that binds a password to this pod."""
    return f"lockstep delivery v1|{account}|{epoch}".encode()


def proxy_delivery_info(account: UUID, epoch: int) -> bytes:
    """The HPKE info that binds the password of a proxy to this pod."""
    return f"lockstep proxy delivery v1|{account}|{epoch}".encode()


def open_delivery(keys: PodKeys, account: UUID, epoch: int, sealed: bytes) -> bytearray:
    """The password in the clear. Raises `CredentialsGarbled` where it was sealed to another key, account or epoch."""
    return _opened(keys, sealed, delivery_info(account, epoch))


def open_proxy_delivery(keys: PodKeys, account: UUID, epoch: int, sealed: bytes) -> bytearray:
    """The password of the account's proxy in the clear. Raises `CredentialsGarbled` as `open_delivery` does."""
    return _opened(keys, sealed, proxy_delivery_info(account, epoch))


def _opened(keys: PodKeys, sealed: bytes, info: bytes) -> bytearray:
    try:
        return bytearray(SUITE.decrypt(sealed, keys.delivery, info))
    except (InvalidTag, ValueError):
        raise CredentialsGarbled from None
