"""HPKE (RFC 9180, base mode) of passwords: opens what a browser sealed, and seals it again to the key of one pod."""

from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from lockstep_keyring.errors import CredentialsUnreadable, MalformedRequest
from lockstep_keyring.grant import Grant
from lockstep_keyring.keys import PrivateKeys

MAX_PASSWORD_BYTES = 256


def credentials_info(account: UUID) -> bytes:
    """The HPKE info that binds a password to its account when a browser seals it."""
    return f"lockstep credentials v1|{account}".encode()


def delivery_info(account: UUID, epoch: int) -> bytes:
    """The HPKE info that binds a password to one pod when the keyring seals it."""
    return f"lockstep delivery v1|{account}|{epoch}".encode()


def reseal(keys: PrivateKeys, granted: Grant, sealed: bytes, sealed_key_id: str, delivery_key: bytes) -> bytes:
    """The password in `sealed` (`enc‖ciphertext`), for the pod's key. Raises CredentialsUnreadable, MalformedRequest."""
    plaintext = _opened(keys, granted.account, sealed, sealed_key_id)
    try:
        public = X25519PublicKey.from_public_bytes(delivery_key)
        return _suite().encrypt(plaintext, public, delivery_info(granted.account, granted.epoch))
    except ValueError:
        raise MalformedRequest("The delivery key is not an X25519 public key.") from None


def _opened(keys: PrivateKeys, account: UUID, sealed: bytes, sealed_key_id: str) -> bytes:
    private = keys.sealing_key(sealed_key_id)
    if private is None:
        raise CredentialsUnreadable("The password is sealed to a key that is no longer in use; enter it again.")
    try:
        plaintext = _suite().decrypt(sealed, private, credentials_info(account))
    except (InvalidTag, ValueError):
        raise CredentialsUnreadable("The sealed password cannot be opened for this account; enter it again.") from None
    if not 0 < len(plaintext) <= MAX_PASSWORD_BYTES:
        raise CredentialsUnreadable("The password is empty or too long; enter it again.")
    return plaintext


def _suite() -> Suite:
    return Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
