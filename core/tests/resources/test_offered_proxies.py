"""The proxies that a service offers: what may stand in the list, and that an account has one of them or one of its own."""

import json
from typing import Any

import pytest

from lockstep_core.proxies import Proxy, ProxyType
from lockstep_core.resources.copier_account import CopierAccountSpec, parse_account
from lockstep_core.resources.offered_proxies import BadProxies, parse_offered_proxies

from .test_copier_account import raw

ENTRY: dict[str, Any] = {"name": "frankfurt-1", "type": "SOCKS5", "address": "203.0.113.7", "port": 1080, "secret": "of-it"}


def test_a_proxy_is_found_by_its_name() -> None:
    offered = parse_offered_proxies(json.dumps([ENTRY, {**ENTRY, "name": "aachen"}]))
    assert offered.names == ("aachen", "frankfurt-1")
    found = offered.named("frankfurt-1")
    assert found is not None
    assert found.proxy("me") == Proxy(ProxyType.SOCKS5, "203.0.113.7", 1080, "me")
    assert offered.named("london-1") is None


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"name": "Frankfurt 1"}, "proxies[0].name: "),
        ({"name": "a" * 64}, "proxies[0].name: "),
        ({"type": "SOCKS4"}, "proxies[0].type: "),
        ({"address": "10.0.0.7"}, "proxies[0].address: Value error, write a public IPv4 address"),
        ({"address": "proxy.example"}, "proxies[0].address: Value error, write a public IPv4 address"),
        ({"port": 25}, "proxies[0].port: Value error, this is a port of mail servers"),
        ({"port": 65536}, "proxies[0].port: "),
        ({"password": "in the clear"}, "proxies[0].password: "),
    ],
)
def test_a_fault_is_told_with_its_place_and_never_with_what_was_written(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(BadProxies) as told:
        parse_offered_proxies(json.dumps([{**ENTRY, **changes}]))
    assert str(told.value).startswith(fault)
    assert "in the clear" not in str(told.value)


def test_no_two_proxies_share_a_name_and_the_list_is_a_list() -> None:
    with pytest.raises(BadProxies, match="frankfurt-1: the proxy is listed twice"):
        parse_offered_proxies(json.dumps([ENTRY, ENTRY]))
    with pytest.raises(BadProxies):
        parse_offered_proxies("{}")


def spec(**changes: object) -> CopierAccountSpec:
    return parse_account(raw(**changes)).spec


def test_an_account_has_a_proxy_of_its_own_or_one_of_the_service() -> None:
    own = {"type": "HTTP", "address": "203.0.113.8", "port": 3128}
    assert [spec(**given).is_proxied for given in ({}, {"proxy": own}, {"proxyName": "frankfurt-1"})] == [False, True, True]
    with pytest.raises(ValueError, match="not both"):
        spec(proxy=own, proxyName="frankfurt-1")
    with pytest.raises(ValueError, match="proxyName"):
        spec(proxyName="Frankfurt 1")
