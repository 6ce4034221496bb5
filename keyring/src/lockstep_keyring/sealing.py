"""HPKE (RFC 9180, base mode) of passwords: opens what a browser sealed, and seals it again to the key of one pod."""

from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from lockstep_core.resources.copier_account import CopierAccountSpec
from lockstep_core.text_limits import is_password
from lockstep_keyring.errors import CredentialsUnreadable, MalformedRequest
from lockstep_keyring.grant import Grant
from lockstep_keyring.keys import PrivateKeys


@dataclass(frozen=True, slots=True)
class SealedFor:
    """The account that a browser sealed a password for, down to the login that the password opens at the broker."""

    account: UUID
    platform: str
    login: str
    server: str

    @property
    def info(self) -> bytes:
        """The HPKE info. Only the server's name may hold a `|`, and it comes last, so that no two accounts share one."""
        return f"lockstep credentials v2|{self.account}|{self.platform}|{self.login}|{self.server}".encode()


def sealed_for(spec: CopierAccountSpec) -> SealedFor:
    """What the password of this account must have been sealed for."""
    return SealedFor(spec.account_id, spec.platform.value, spec.login, spec.server)


def delivery_info(account: UUID, epoch: int) -> bytes:
    """The HPKE info that binds a password to one pod when the keyring seals it."""
    return f"lockstep delivery v1|{account}|{epoch}".encode()


def reseal(keys: PrivateKeys, granted: Grant, sealed: bytes, sealed_key_id: str, delivery_key: bytes) -> bytes:
    """The password in `sealed` (`enc‖ciphertext`), for the pod's key. Raises CredentialsUnreadable, MalformedRequest."""
    plaintext = _opened(keys, sealed_for(granted.spec), sealed, sealed_key_id)
    try:
        public = X25519PublicKey.from_public_bytes(delivery_key)
        return _suite().encrypt(plaintext, public, delivery_info(granted.account, granted.epoch))
    except ValueError:
        raise MalformedRequest("The delivery key is not an X25519 public key.") from None


def renew(keys: PrivateKeys, bound: SealedFor, sealed: bytes, sealed_key_id: str) -> bytes:
    """The same password for the same account, sealed to the newest key. Raises CredentialsUnreadable."""
    plaintext = _opened(keys, bound, sealed, sealed_key_id)
    return _suite().encrypt(plaintext, X25519PublicKey.from_public_bytes(keys.sealing[0].public), bound.info)


def _opened(keys: PrivateKeys, bound: SealedFor, sealed: bytes, sealed_key_id: str) -> bytes:
    private = keys.sealing_key(sealed_key_id)
    if private is None:
        raise CredentialsUnreadable("The password is sealed to a key that is no longer in use; enter it again.")
    try:
        plaintext = _suite().decrypt(sealed, private, bound.info)
    except (InvalidTag, ValueError):
        raise CredentialsUnreadable("The sealed password cannot be opened for this account; enter it again.") from None
    if not _is_password(plaintext):
        raise CredentialsUnreadable("The password is empty, too long or no line of text; enter it again.")
    return plaintext


def _is_password(plaintext: bytes) -> bool:
    """Whether a terminal can be given it. The browser checks the same, and nobody in between can."""
    try:
        return is_password(plaintext.decode())
    except UnicodeDecodeError:
        return False


def _suite() -> Suite:
    return Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
