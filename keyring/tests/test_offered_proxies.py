"""A proxy of the service: its login reaches the pods of the accounts that use it, and nobody else."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from lockstep_core.brokers.catalogue import Catalogue
from lockstep_core.proxies import Proxy, ProxyType
from lockstep_core.resources.copier_account import AccountProxy
from lockstep_core.resources.offered_proxies import OfferedProxies, parse_offered_proxies
from lockstep_core.resources.reasons import Actor
from lockstep_keyring.errors import OfferedProxyUnusable, ProxiesUnknown
from lockstep_keyring.exchange import ResealedProxy, SealedPassword, delivered_proxy
from lockstep_keyring.generate import new_key
from lockstep_keyring.grant import Grant
from lockstep_keyring.keys import KEY_FILES, PrivateKeys, parse_keys
from lockstep_keyring.login_turns import DIRECT, TurnRules
from lockstep_keyring.offered import OfferedLogins, ProxyLogin

from .sample_account import ACCOUNT, SPEC

NAME = "frankfurt-1"
LISTED = {"name": NAME, "type": "SOCKS5", "address": "203.0.113.7", "port": 1080, "secret": "of-it"}
OPEN = {"name": "open-1", "type": "HTTP", "address": "203.0.113.8", "port": 3128}
PROXY = Proxy(ProxyType.SOCKS5, "203.0.113.7", 1080, "the-service")
OFFERED = parse_offered_proxies(json.dumps([LISTED, OPEN]))
NAMED = SPEC.model_copy(update={"proxy_name": NAME})
WITH = Grant(ACCOUNT, 7, "pod", NAMED)
TOLD = "of the proxy"
POD = X25519PrivateKey.generate()


@pytest.fixture
def keys() -> PrivateKeys:
    return parse_keys({name: new_key() for name in KEY_FILES})


@pytest.fixture
def asked() -> SealedPassword:
    return SealedPassword(b"", "0" * 16, POD.public_key().public_bytes_raw(), "", knows_proxies=True)


def logins(folder: Path, login: str = "the-service", password: str = TOLD) -> OfferedLogins:
    """What a mounted Secret has, as Kubernetes lays it out."""
    (folder / NAME).mkdir(exist_ok=True)
    (folder / NAME / "login").write_text(login)
    (folder / NAME / "password").write_text(password)
    return OfferedLogins(lambda: OFFERED, folder)


def test_the_login_of_a_proxy_is_in_its_secret(tmp_path: Path) -> None:
    assert logins(tmp_path).named(NAME) == ProxyLogin(PROXY, b"of the proxy")
    assert logins(tmp_path, "the-service\n", "of the proxy\n").named(NAME) == ProxyLogin(PROXY, b"of the proxy")
    assert "of the proxy" not in repr(logins(tmp_path).named(NAME))


def test_a_proxy_without_a_secret_asks_for_no_login(tmp_path: Path) -> None:
    assert logins(tmp_path).named("open-1") == ProxyLogin(Proxy(ProxyType.HTTP, "203.0.113.8", 3128))


@pytest.mark.parametrize(("login", "password"), [("", "pw"), ("me", ""), ("a:b", "pw"), ("me", "a\nb"), ("me", "x" * 256)])
def test_a_secret_that_no_proxy_could_be_told_is_the_services_to_mend(tmp_path: Path, login: str, password: str) -> None:
    with pytest.raises(OfferedProxyUnusable) as told:
        logins(tmp_path, login, password).named(NAME)
    assert (told.value.status, told.value.reason.actor) == (422, Actor.SERVICE)
    assert password == "" or password not in str(told.value)


def test_a_proxy_that_is_not_offered_or_has_no_secret_is_no_reason_to_go_without(tmp_path: Path) -> None:
    for name, folder in (("london-1", tmp_path), (NAME, tmp_path / "empty")):
        with pytest.raises(OfferedProxyUnusable):
            OfferedLogins(lambda: OFFERED, folder).named(name)


def test_a_pod_gets_the_proxy_with_its_password_sealed_to_it(
    keys: PrivateKeys, asked: SealedPassword, tmp_path: Path
) -> None:
    delivered = delivered_proxy(keys, WITH, asked, logins(tmp_path).named)
    assert delivered is not None
    assert (delivered.proxy, delivered.offered) == (PROXY, True)
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
    info = f"lockstep proxy delivery v1|{ACCOUNT}|7".encode()
    assert suite.decrypt(delivered.password_sealed, POD, info) == b"of the proxy"
    open_to_all = replace(WITH, spec=SPEC.model_copy(update={"proxy_name": "open-1"}))
    found = delivered_proxy(keys, open_to_all, asked, logins(tmp_path).named)
    assert found == ResealedProxy(Proxy(ProxyType.HTTP, "203.0.113.8", 3128), b"", offered=True)


def test_an_account_gets_no_proxy_that_it_did_not_choose(keys: PrivateKeys, asked: SealedPassword, tmp_path: Path) -> None:
    assert delivered_proxy(keys, replace(WITH, spec=SPEC), asked, logins(tmp_path).named) is None


def test_an_agent_that_knows_no_proxies_gets_nothing(keys: PrivateKeys, asked: SealedPassword, tmp_path: Path) -> None:
    with pytest.raises(ProxiesUnknown):
        delivered_proxy(keys, WITH, replace(asked, knows_proxies=False), logins(tmp_path).named)


def test_turns_at_a_server_are_counted_by_the_address_of_the_proxy_whoever_brought_it(tmp_path: Path) -> None:
    rules = TurnRules({}, Catalogue, logins(tmp_path).address)
    own = AccountProxy(type=ProxyType.HTTP, address="203.0.113.7", port=3128)
    assert rules.egress(NAMED) == rules.egress(SPEC.model_copy(update={"proxy": own})) == "203.0.113.7"
    gone = TurnRules({}, Catalogue, OfferedLogins(OfferedProxies, tmp_path).address)
    assert (gone.egress(NAMED), gone.egress(SPEC)) == (NAME, DIRECT)
