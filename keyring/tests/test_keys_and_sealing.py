"""Keys, HPKE and tickets: what is sealed to an account opens for that account only."""

import base64
import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from hypothesis import given
from hypothesis import strategies as st

from lockstep_core.resources.copier_account import SpecEnvironment
from lockstep_core.wire.ticket import decode_ticket, signed_part
from lockstep_keyring.errors import CredentialsUnreadable, MalformedRequest, NoKeys
from lockstep_keyring.generate import new_key
from lockstep_keyring.grant import Grant
from lockstep_keyring.keys import KEY_FILES, PrivateKeys, load_keys, parse_keys, public_keys
from lockstep_keyring.sealing import SealedFor, renew, reseal, sealed_for
from lockstep_keyring.tickets import issue_ticket

from .sample_account import ACCOUNT, OTHER, SPEC

GRANT = Grant(ACCOUNT, 7, "pod", SPEC)
VECTORS = json.loads((Path(__file__).parents[2] / "core/vectors/seals.json").read_text())
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
PASSWORD = "pässword-✓".encode()


@pytest.fixture
def keys() -> PrivateKeys:
    return parse_keys({name: f"{new_key()}\n{new_key()}\n" for name in KEY_FILES})


def seal(keys: PrivateKeys, bound: SealedFor, password: bytes = PASSWORD, which: int = 0) -> bytes:
    public = X25519PublicKey.from_public_bytes(keys.sealing[which].public)
    return SUITE.encrypt(password, public, bound.info)


@pytest.mark.parametrize("which", [0, 1])
def test_a_password_reaches_the_pod_whichever_key_it_was_sealed_to(keys: PrivateKeys, which: int) -> None:
    pod = X25519PrivateKey.generate()
    sealed = seal(keys, sealed_for(SPEC), which=which)
    delivered = reseal(keys, GRANT, sealed, keys.sealing[which].key_id, pod.public_key().public_bytes_raw())
    assert SUITE.decrypt(delivered, pod, f"lockstep delivery v1|{ACCOUNT}|7".encode()) == PASSWORD


@pytest.mark.parametrize("info", [f"lockstep delivery v1|{ACCOUNT}|8", f"lockstep delivery v1|{OTHER}|7"])
def test_what_is_delivered_opens_for_no_other_epoch_and_no_other_account(keys: PrivateKeys, info: str) -> None:
    pod = X25519PrivateKey.generate()
    public = pod.public_key().public_bytes_raw()
    delivered = reseal(keys, GRANT, seal(keys, sealed_for(SPEC)), keys.sealing[0].key_id, public)
    with pytest.raises(InvalidTag):
        SUITE.decrypt(delivered, pod, info.encode())


@pytest.mark.parametrize(
    ("changed", "password", "key_index"),
    [
        ({"account": OTHER}, PASSWORD, 0),
        ({"platform": "MT4"}, PASSWORD, 0),
        ({"login": "12346"}, PASSWORD, 0),
        ({"server": "Broker-Live"}, PASSWORD, 0),
        ({"server": "Broker-Demo "}, PASSWORD, 0),
        ({}, b"", 0),
        ({}, b"x" * 257, 0),
        ({}, PASSWORD, 1),
    ],
)
def test_what_was_not_sealed_for_this_account_and_key_is_unreadable(
    keys: PrivateKeys, changed: dict[str, Any], password: bytes, key_index: int
) -> None:
    public = X25519PrivateKey.generate().public_key().public_bytes_raw()
    with pytest.raises(CredentialsUnreadable):
        reseal(
            keys, GRANT, seal(keys, replace(sealed_for(SPEC), **changed), password), keys.sealing[key_index].key_id, public
        )


@pytest.mark.parametrize("sealed", [b"", b"x" * 31, bytes(49), b"x" * 2048])
def test_garbage_is_unreadable(keys: PrivateKeys, sealed: bytes) -> None:
    public = X25519PrivateKey.generate().public_key().public_bytes_raw()
    with pytest.raises(CredentialsUnreadable):
        reseal(keys, GRANT, sealed, keys.sealing[0].key_id, public)


def test_a_key_that_was_retired_makes_the_password_unreadable(keys: PrivateKeys) -> None:
    public = X25519PrivateKey.generate().public_key().public_bytes_raw()
    with pytest.raises(CredentialsUnreadable, match="enter it again"):
        reseal(keys, GRANT, seal(keys, sealed_for(SPEC)), "0" * 16, public)


def test_a_delivery_key_that_is_no_point_is_refused(keys: PrivateKeys) -> None:
    with pytest.raises(MalformedRequest):
        reseal(keys, GRANT, seal(keys, sealed_for(SPEC)), keys.sealing[0].key_id, bytes(32))


def test_a_ticket_is_signed_over_account_epoch_and_curve_key(keys: PrivateKeys) -> None:
    raw, expires_s = issue_ticket(keys, GRANT, b"c" * 32, now_s=1_000)
    ticket, body, signature = decode_ticket(raw)
    Ed25519PublicKey.from_public_bytes(keys.tickets[SpecEnvironment.DEMO][0].public).verify(signature, signed_part(body))
    assert (ticket.account, ticket.epoch, ticket.curve_key) == (ACCOUNT, 7, b"c" * 32)
    assert ticket.expires_s == expires_s == 1_000 + 12 * 3600
    assert ticket.key_id.hex() == keys.tickets[SpecEnvironment.DEMO][0].key_id


def test_a_live_ticket_is_signed_with_a_key_that_no_demo_router_knows(keys: PrivateKeys) -> None:
    live = Grant(ACCOUNT, 7, "pod", SPEC.model_copy(update={"environment": SpecEnvironment.LIVE}))
    ticket, _, _ = decode_ticket(issue_ticket(keys, live, b"c" * 32, now_s=1_000)[0])
    demo = json.loads(public_keys(keys)["tickets-demo.json"])["tickets"]
    assert ticket.key_id.hex() == keys.tickets[SpecEnvironment.LIVE][0].key_id
    assert ticket.key_id.hex() not in {key["key_id"] for key in demo}


def test_published_keys_are_public_and_newest_first(keys: PrivateKeys) -> None:
    published = {name: json.loads(text) for name, text in public_keys(keys).items()}
    assert set(published) == {"keys.json", "tickets-demo.json", "tickets-live.json"}
    for listed, named in (
        (published["keys.json"]["sealing"], keys.sealing),
        (published["tickets-demo.json"]["tickets"], keys.tickets[SpecEnvironment.DEMO]),
        (published["tickets-live.json"]["tickets"], keys.tickets[SpecEnvironment.LIVE]),
    ):
        raw = [base64.b64decode(key["public_key"]) for key in listed]
        assert raw == [key.public for key in named]
        assert [key["key_id"] for key in listed] == [hashlib.sha256(each).hexdigest()[:16] for each in raw]


@pytest.mark.parametrize("vector", VECTORS["seals"], ids=lambda vector: str(vector["login"]))
def test_what_a_browser_sealed_opens_as_the_vectors_say(vector: dict[str, str]) -> None:
    bound = SealedFor(UUID(vector["account"]), vector["platform"], vector["login"], vector["server"])
    assert bound.info.decode() == vector["info"]
    private = X25519PrivateKey.from_private_bytes(base64.b64decode(VECTORS["private_key"]))
    assert base64.b64encode(private.public_key().public_bytes_raw()).decode() == VECTORS["public_key"]
    opened = SUITE.decrypt(base64.b64decode(vector["sealed"]), private, bound.info)
    assert opened.decode() == vector["password"]


names = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=8)
bindings = st.builds(
    SealedFor,
    st.sampled_from([ACCOUNT, OTHER]),
    st.sampled_from(["MT4", "MT5"]),
    st.integers(1, 10**15 - 1).map(str),
    st.sampled_from(["a", "|a", "MT5|1|a", "1|a"]) | names,
)


@given(bindings, bindings)
def test_no_two_accounts_share_a_seal(one: SealedFor, other: SealedFor) -> None:
    assert (one.info == other.info) == (one == other)


def test_a_password_is_sealed_again_to_the_newest_key(keys: PrivateKeys) -> None:
    bound = sealed_for(SPEC)
    again = renew(keys, bound, seal(keys, bound, which=1), keys.sealing[1].key_id)
    assert SUITE.decrypt(again, keys.sealing[0].private, bound.info) == PASSWORD
    with pytest.raises(CredentialsUnreadable):
        renew(keys, replace(bound, login="9"), again, keys.sealing[0].key_id)


def test_a_private_key_shows_in_no_text(keys: PrivateKeys) -> None:
    assert "private" not in repr(keys)


@pytest.mark.parametrize("text", ["", "# nothing\n", "not base64!", base64.b64encode(b"short").decode()])
def test_keys_that_are_none_are_refused_without_being_shown(text: str) -> None:
    with pytest.raises(NoKeys) as caught:
        parse_keys({**{name: new_key() for name in KEY_FILES}, "sealing.keys": text})
    assert text.strip() == "" or text not in str(caught.value)


def test_a_missing_mount_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(NoKeys, match="mounted"):
        load_keys(tmp_path)
