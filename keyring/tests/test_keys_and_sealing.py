"""Keys, HPKE and tickets: what is sealed to an account opens for that account only."""

import base64
import hashlib
import json
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from lockstep_core.wire.ticket import decode_ticket, signed_part
from lockstep_keyring.errors import CredentialsUnreadable, MalformedRequest, NoKeys
from lockstep_keyring.generate import new_key
from lockstep_keyring.grant import Grant
from lockstep_keyring.keys import PrivateKeys, load_keys, parse_keys, public_keys_json
from lockstep_keyring.sealing import reseal
from lockstep_keyring.tickets import issue_ticket

ACCOUNT = UUID("0b1c2d3e-0000-4000-8000-00000000000a")
OTHER = UUID("0b1c2d3e-0000-4000-8000-00000000000b")
GRANT = Grant(ACCOUNT, 7, "pod")
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
PASSWORD = "pässword-✓".encode()


@pytest.fixture
def keys() -> PrivateKeys:
    return parse_keys(f"{new_key()}\n{new_key()}\n", new_key())


def seal(keys: PrivateKeys, account: UUID, password: bytes = PASSWORD, which: int = 0) -> bytes:
    public = X25519PublicKey.from_public_bytes(keys.sealing[which].public)
    return SUITE.encrypt(password, public, f"lockstep credentials v1|{account}".encode())


@pytest.mark.parametrize("which", [0, 1])
def test_a_password_reaches_the_pod_whichever_key_it_was_sealed_to(keys: PrivateKeys, which: int) -> None:
    pod = X25519PrivateKey.generate()
    sealed = seal(keys, ACCOUNT, which=which)
    delivered = reseal(keys, GRANT, sealed, keys.sealing[which].key_id, pod.public_key().public_bytes_raw())
    assert SUITE.decrypt(delivered, pod, f"lockstep delivery v1|{ACCOUNT}|7".encode()) == PASSWORD


@pytest.mark.parametrize("info", [f"lockstep delivery v1|{ACCOUNT}|8", f"lockstep delivery v1|{OTHER}|7"])
def test_what_is_delivered_opens_for_no_other_epoch_and_no_other_account(keys: PrivateKeys, info: str) -> None:
    pod = X25519PrivateKey.generate()
    public = pod.public_key().public_bytes_raw()
    delivered = reseal(keys, GRANT, seal(keys, ACCOUNT), keys.sealing[0].key_id, public)
    with pytest.raises(InvalidTag):
        SUITE.decrypt(delivered, pod, info.encode())


@pytest.mark.parametrize(
    ("account", "password", "key_index"),
    [(OTHER, PASSWORD, 0), (ACCOUNT, b"", 0), (ACCOUNT, b"x" * 257, 0), (ACCOUNT, PASSWORD, 1)],
)
def test_what_was_not_sealed_for_this_account_and_key_is_unreadable(
    keys: PrivateKeys, account: UUID, password: bytes, key_index: int
) -> None:
    public = X25519PrivateKey.generate().public_key().public_bytes_raw()
    with pytest.raises(CredentialsUnreadable):
        reseal(keys, GRANT, seal(keys, account, password), keys.sealing[key_index].key_id, public)


@pytest.mark.parametrize("sealed", [b"", b"x" * 31, bytes(49), b"x" * 2048])
def test_garbage_is_unreadable(keys: PrivateKeys, sealed: bytes) -> None:
    public = X25519PrivateKey.generate().public_key().public_bytes_raw()
    with pytest.raises(CredentialsUnreadable):
        reseal(keys, GRANT, sealed, keys.sealing[0].key_id, public)


def test_a_key_that_was_retired_makes_the_password_unreadable(keys: PrivateKeys) -> None:
    public = X25519PrivateKey.generate().public_key().public_bytes_raw()
    with pytest.raises(CredentialsUnreadable, match="enter it again"):
        reseal(keys, GRANT, seal(keys, ACCOUNT), "0" * 16, public)


def test_a_delivery_key_that_is_no_point_is_refused(keys: PrivateKeys) -> None:
    with pytest.raises(MalformedRequest):
        reseal(keys, GRANT, seal(keys, ACCOUNT), keys.sealing[0].key_id, bytes(32))


def test_a_ticket_is_signed_over_account_epoch_and_curve_key(keys: PrivateKeys) -> None:
    raw, expires_s = issue_ticket(keys, GRANT, b"c" * 32, now_s=1_000)
    ticket, body, signature = decode_ticket(raw)
    Ed25519PublicKey.from_public_bytes(keys.tickets[0].public).verify(signature, signed_part(body))
    assert (ticket.account, ticket.epoch, ticket.curve_key) == (ACCOUNT, 7, b"c" * 32)
    assert ticket.expires_s == expires_s == 1_000 + 12 * 3600
    assert ticket.key_id.hex() == keys.tickets[0].key_id


def test_published_keys_are_public_and_newest_first(keys: PrivateKeys) -> None:
    published = json.loads(public_keys_json(keys))
    for kind, named in (("sealing", keys.sealing), ("tickets", keys.tickets)):
        raw = [base64.b64decode(key["public_key"]) for key in published[kind]]
        assert raw == [key.public for key in named]
        assert [key["key_id"] for key in published[kind]] == [hashlib.sha256(each).hexdigest()[:16] for each in raw]


def test_a_private_key_shows_in_no_text(keys: PrivateKeys) -> None:
    assert "private" not in repr(keys)


@pytest.mark.parametrize("text", ["", "# nothing\n", "not base64!", base64.b64encode(b"short").decode()])
def test_keys_that_are_none_are_refused_without_being_shown(text: str) -> None:
    with pytest.raises(NoKeys) as caught:
        parse_keys(text, new_key())
    assert text.strip() == "" or text not in str(caught.value)


def test_a_missing_mount_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(NoKeys, match="mounted"):
        load_keys(tmp_path)
