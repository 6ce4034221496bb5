"""A proxy's password reaches the pod of its account alone, and is sealed for that one proxy."""

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from hypothesis import given
from hypothesis import strategies as st

from lockstep_core.proxies import Proxy, ProxyType
from lockstep_core.resources.copier_account import AccountProxy
from lockstep_core.resources.reasons import Reason
from lockstep_keyring.errors import OfferedProxyUnusable, ProxiesUnknown, ProxyUnreadable
from lockstep_keyring.exchange import ResealedProxy, SealedPassword, delivered_proxy, resealed_proxy
from lockstep_keyring.generate import new_key
from lockstep_keyring.grant import Grant
from lockstep_keyring.keys import KEY_FILES, PrivateKeys, parse_keys
from lockstep_keyring.offered import ProxyLogin
from lockstep_keyring.sealing import ProxySealedFor, Sealed, SealedFor, proxy_sealed_for, renew, sealed_for

from .sample_account import ACCOUNT, OTHER, SPEC

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
VECTORS = json.loads((Path(__file__).parents[2] / "core/vectors/seals.json").read_text())
PROXIED = AccountProxy(type=ProxyType.SOCKS5, address="203.0.113.7", port=1080, login="me")
PROXY = PROXIED.proxy()
WITH = Grant(ACCOUNT, 7, "pod", SPEC.model_copy(update={"proxy": PROXIED}))
BOUND = proxy_sealed_for(SPEC, PROXY)
POD = X25519PrivateKey.generate()


@pytest.fixture
def keys() -> PrivateKeys:
    return parse_keys({name: new_key() for name in KEY_FILES})


def asked(keys: PrivateKeys, bound: ProxySealedFor | SealedFor | None, password: bytes = b"pw") -> SealedPassword:
    newest = keys.sealing[0]
    public = X25519PublicKey.from_public_bytes(newest.public)
    proxy = None if bound is None else Sealed(SUITE.encrypt(password, public, bound.info), newest.key_id)
    return SealedPassword(b"", newest.key_id, POD.public_key().public_bytes_raw(), "", knows_proxies=True, proxy=proxy)


def nothing_offered(name: str) -> ProxyLogin:
    """A service without proxies."""
    raise OfferedProxyUnusable(name)


def test_the_proxy_is_delivered_with_its_password_sealed_to_the_pod(keys: PrivateKeys) -> None:
    delivered = resealed_proxy(keys, WITH, asked(keys, BOUND))
    assert delivered is not None
    assert delivered.proxy == PROXY
    info = f"lockstep proxy delivery v1|{ACCOUNT}|7".encode()
    assert SUITE.decrypt(delivered.password_sealed, POD, info) == b"pw"


def test_an_account_without_a_proxy_has_none_delivered(keys: PrivateKeys) -> None:
    assert resealed_proxy(keys, replace(WITH, spec=SPEC), asked(keys, BOUND)) is None


def test_a_proxy_without_a_login_needs_no_password(keys: PrivateKeys) -> None:
    open_to_all = PROXIED.model_copy(update={"login": None})
    granted = replace(WITH, spec=SPEC.model_copy(update={"proxy": open_to_all}))
    assert resealed_proxy(keys, granted, asked(keys, None)) == ResealedProxy(replace(PROXY, login=""), b"")


def test_an_agent_that_would_start_without_the_proxy_gets_nothing(keys: PrivateKeys) -> None:
    with pytest.raises(ProxiesUnknown):
        delivered_proxy(keys, WITH, replace(asked(keys, BOUND), knows_proxies=False), nothing_offered)
    assert delivered_proxy(keys, WITH, asked(keys, BOUND), nothing_offered) is not None


def test_a_password_that_is_not_there_asks_the_owner_for_the_proxy(keys: PrivateKeys) -> None:
    with pytest.raises(ProxyUnreadable) as caught:
        resealed_proxy(keys, WITH, asked(keys, None))
    assert (caught.value.status, caught.value.reason) == (422, Reason.PROXY_REFUSED)


@pytest.mark.parametrize(
    "changed",
    [
        {"account": OTHER},
        {"platform": "MT4"},
        {"login": "12346"},
        {"proxy": replace(PROXY, type=ProxyType.HTTP)},
        {"proxy": replace(PROXY, address="203.0.113.8")},
        {"proxy": replace(PROXY, port=1081)},
        {"proxy": replace(PROXY, login="you")},
    ],
)
def test_a_password_that_was_sealed_for_another_account_or_proxy_opens_for_nobody(
    keys: PrivateKeys, changed: dict[str, Any]
) -> None:
    with pytest.raises(ProxyUnreadable):
        resealed_proxy(keys, WITH, asked(keys, replace(BOUND, **changed)))


def test_the_accounts_own_password_is_no_password_of_its_proxy(keys: PrivateKeys) -> None:
    with pytest.raises(ProxyUnreadable):
        resealed_proxy(keys, WITH, asked(keys, sealed_for(SPEC)))


@pytest.mark.parametrize("password", [b"", b"a\nb", b"x" * 256, b"\xff"])
def test_what_no_proxy_can_be_told_is_refused(keys: PrivateKeys, password: bytes) -> None:
    with pytest.raises(ProxyUnreadable):
        resealed_proxy(keys, WITH, asked(keys, BOUND, password))


def test_an_account_that_is_moved_to_another_server_keeps_its_proxy(keys: PrivateKeys) -> None:
    moved = replace(WITH, spec=WITH.spec.model_copy(update={"server": "Renamed-Demo"}))
    assert resealed_proxy(keys, moved, asked(keys, BOUND)) is not None


def test_a_proxys_password_is_sealed_again_to_the_newest_key(keys: PrivateKeys) -> None:
    newest = keys.sealing[0]
    public = X25519PublicKey.from_public_bytes(newest.public)
    again = renew(keys, BOUND, SUITE.encrypt(b"pw", public, BOUND.info), newest.key_id)
    assert SUITE.decrypt(again, newest.private, BOUND.info) == b"pw"


@pytest.mark.parametrize("vector", VECTORS["proxy_seals"], ids=lambda vector: str(vector["proxy_login"]))
def test_what_a_browser_sealed_opens_as_the_vectors_say(vector: dict[str, str]) -> None:
    proxy = Proxy(ProxyType(vector["type"]), vector["address"], int(vector["port"]), vector["proxy_login"])
    bound = ProxySealedFor(UUID(vector["account"]), vector["platform"], vector["login"], proxy)
    assert bound.info.decode() == vector["info"]
    private = X25519PrivateKey.from_private_bytes(base64.b64decode(VECTORS["private_key"]))
    assert SUITE.decrypt(base64.b64decode(vector["sealed"]), private, bound.info).decode() == vector["password"]


bindings = st.builds(
    ProxySealedFor,
    st.sampled_from([ACCOUNT, OTHER]),
    st.sampled_from(["MT4", "MT5"]),
    st.integers(1, 10**15 - 1).map(str),
    st.builds(
        Proxy,
        st.sampled_from(ProxyType),
        st.sampled_from(["203.0.113.7", "203.0.113.8"]),
        st.integers(1, 65535),
        st.sampled_from(["", "|a", "1080|a", "a"]) | st.from_regex(r"^[!-9;-~]{1,8}$", fullmatch=True),
    ),
)


@given(bindings, bindings)
def test_no_two_proxies_share_a_seal(one: ProxySealedFor, other: ProxySealedFor) -> None:
    assert (one.info == other.info) == (one == other)
