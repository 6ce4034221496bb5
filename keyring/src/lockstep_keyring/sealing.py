"""HPKE (RFC 9180, base mode) of passwords: opens what a browser sealed, and seals it again to the key of one pod."""

from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from lockstep_core.proxies import Proxy, is_proxy_password, proxy_seal_info
from lockstep_core.resources.copier_account import CopierAccountSpec
from lockstep_core.text_limits import is_password
from lockstep_keyring.errors import CredentialsUnreadable, MalformedRequest, ProxyUnreadable
from lockstep_keyring.grant import Grant
from lockstep_keyring.keys import PrivateKeys


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a browser sealed (`enc‖ciphertext`), and to which of the keyring's keys."""

    ciphertext: bytes
    key_id: str


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


@dataclass(frozen=True, slots=True)
class ProxySealedFor:
    """The account and the proxy that a browser sealed a proxy's password for. The broker's server is left out: the password
    is the proxy's, and stays good if the account moves to another server.
    """

    account: UUID
    platform: str
    login: str
    proxy: Proxy

    @property
    def info(self) -> bytes:
        """The HPKE info."""
        return proxy_seal_info(self.account, self.platform, self.login, self.proxy)


Bound = SealedFor | ProxySealedFor


def sealed_for(spec: CopierAccountSpec) -> SealedFor:
    """What the password of this account must have been sealed for."""
    return SealedFor(spec.account_id, spec.platform.value, spec.login, spec.server)


def proxy_sealed_for(spec: CopierAccountSpec, proxy: Proxy) -> ProxySealedFor:
    """What the password of this account's proxy must have been sealed for."""
    return ProxySealedFor(spec.account_id, spec.platform.value, spec.login, proxy)


def proxy_delivery_info(account: UUID, epoch: int) -> bytes:
    """The HPKE info that binds the password of a proxy to one pod when the keyring seals it."""
    return f"lockstep proxy delivery v1|{account}|{epoch}".encode()


def delivery_info(account: UUID, epoch: int) -> bytes:
    """The HPKE info that binds a password to one pod when the keyring seals it."""
    return f"lockstep delivery v1|{account}|{epoch}".encode()


def reseal(keys: PrivateKeys, granted: Grant, sealed: bytes, sealed_key_id: str, delivery_key: bytes) -> bytes:
    """The password in `sealed` (`enc‖ciphertext`), for the pod's key. Raises CredentialsUnreadable, MalformedRequest."""
    plaintext = _opened(keys, sealed_for(granted.spec), sealed, sealed_key_id)
    return _delivered(plaintext, delivery_key, delivery_info(granted.account, granted.epoch))


def reseal_proxy(keys: PrivateKeys, granted: Grant, proxy: Proxy, sealed: Sealed, delivery_key: bytes) -> bytes:
    """The password of the account's proxy, for the pod's key. Raises ProxyUnreadable, MalformedRequest."""
    try:
        plaintext = _opened(keys, proxy_sealed_for(granted.spec, proxy), sealed.ciphertext, sealed.key_id)
    except CredentialsUnreadable:
        raise ProxyUnreadable("The sealed password of the proxy cannot be opened; enter the proxy again.") from None
    return _delivered(plaintext, delivery_key, proxy_delivery_info(granted.account, granted.epoch))


def seal_offered(granted: Grant, password: bytes, delivery_key: bytes) -> bytes:
    """The password of a proxy of the service, for the pod's key. Raises MalformedRequest."""
    return _delivered(password, delivery_key, proxy_delivery_info(granted.account, granted.epoch))


def _delivered(plaintext: bytes, delivery_key: bytes, info: bytes) -> bytes:
    try:
        return _suite().encrypt(plaintext, X25519PublicKey.from_public_bytes(delivery_key), info)
    except ValueError:
        raise MalformedRequest("The delivery key is not an X25519 public key.") from None


def renew(keys: PrivateKeys, bound: Bound, sealed: bytes, sealed_key_id: str) -> bytes:
    """The same password for the same account, sealed to the newest key. Raises CredentialsUnreadable."""
    plaintext = _opened(keys, bound, sealed, sealed_key_id)
    return _suite().encrypt(plaintext, X25519PublicKey.from_public_bytes(keys.sealing[0].public), bound.info)


def _opened(keys: PrivateKeys, bound: Bound, sealed: bytes, sealed_key_id: str) -> bytes:
    private = keys.sealing_key(sealed_key_id)
    if private is None:
        raise CredentialsUnreadable("The password is sealed to a key that is no longer in use; enter it again.")
    try:
        plaintext = _suite().decrypt(sealed, private, bound.info)
    except (InvalidTag, ValueError):
        raise CredentialsUnreadable("The sealed password cannot be opened for this account; enter it again.") from None
    if not _is_usable(plaintext, bound):
        raise CredentialsUnreadable("The password is empty, too long or no line of text; enter it again.")
    return plaintext


def _is_usable(plaintext: bytes, bound: Bound) -> bool:
    """Whether a terminal can use this password. The browser checks the same; nobody in between can read it."""
    may_be = is_password if isinstance(bound, SealedFor) else is_proxy_password
    try:
        return may_be(plaintext.decode())
    except UnicodeDecodeError:
        return False


def _suite() -> Suite:
    return Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
