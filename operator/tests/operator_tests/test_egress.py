"""Accounts with a proxy: the pod's environment names the proxy, the Secret holds its password, and the network policy lets
the terminal reach nothing but the proxy.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Network
from typing import Any

import pytest

from lockstep_core.brokers.catalogue import parse_catalogue
from lockstep_core.proxies import ProxyType
from lockstep_core.resources.copier_account import AccountProxy, CopierAccount, CopierAccountSpec
from lockstep_operator.egress import Egress, build_egress_policy
from lockstep_operator.podspec import PodTemplate, build_pod, owner_reference, pod_labels, revision
from lockstep_operator.rows import custom_resource, desired_objects, secret, spec_of
from lockstep_operator.settings import OperatorSettings

from .conftest import ROW

MakeAccount = Callable[..., CopierAccount]
PROXY = AccountProxy(type=ProxyType.SOCKS5, address="203.0.113.7", port=1080, login="me")
PROXIED = replace(
    ROW,
    proxy_type="SOCKS5",
    proxy_address="203.0.113.7",
    proxy_port=1080,
    proxy_login="me",
    proxy_key_id="1" * 16,
    proxy_sealed=b"of the proxy",
)


def with_proxy(account: CopierAccount, proxy: AccountProxy = PROXY) -> CopierAccount:
    return account.model_copy(update={"spec": account.spec.model_copy(update={"proxy": proxy})})


def policy(account: CopierAccount, egress: Egress) -> dict[str, Any]:
    assert account.spec.proxy is not None
    return build_egress_policy(account, account.spec.proxy.proxy(), egress, owner_reference(account))


def test_a_rows_proxy_is_in_its_copier_account_and_its_password_in_the_secret_alone() -> None:
    resource = custom_resource(spec_of(PROXIED))
    assert resource["spec"]["proxy"] == {"type": "SOCKS5", "address": "203.0.113.7", "port": 1080, "login": "me"}
    data = {name: base64.b64decode(value) for name, value in secret(PROXIED, "u")["data"].items()}
    assert (data["proxy_sealed"], data["proxy_key_id"]) == (b"of the proxy", b"1" * 16)
    assert "of the proxy" not in json.dumps(resource)


def test_a_proxy_that_asks_for_no_login_has_no_password() -> None:
    open_to_all = replace(PROXIED, proxy_login=None, proxy_key_id=None, proxy_sealed=None)
    assert spec_of(open_to_all).proxy == PROXY.model_copy(update={"login": None})
    assert "proxy_sealed" not in secret(open_to_all, "u")["data"]


def test_an_account_without_a_proxy_says_nothing_of_one() -> None:
    assert "proxy" not in custom_resource(spec_of(ROW))["spec"]
    assert desired_objects(ROW) != desired_objects(PROXIED)


@pytest.mark.parametrize(
    "changes",
    [
        {"proxy_address": "10.96.0.1"},
        {"proxy_address": "169.254.169.254"},
        {"proxy_address": "127.0.0.1"},
        {"proxy_address": "203.0.113.300"},
        {"proxy_address": "proxy.example"},
        {"proxy_address": None},
        {"proxy_port": 25},
        {"proxy_port": 0},
        {"proxy_type": "SOCKS4"},
        {"proxy_login": "a:b"},
    ],
)
def test_a_row_whose_proxy_would_lead_a_terminal_elsewhere_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        spec_of(replace(PROXIED, **changes))


def test_a_pod_is_told_that_its_account_has_a_proxy(make_account: MakeAccount, template: PodTemplate) -> None:
    made = build_pod(with_proxy(make_account()), 7, "p", template)
    variables = {item["name"]: item["value"] for item in made["spec"]["containers"][0]["env"]}
    assert variables["LOCKSTEP_PROXIED"] == "yes"
    assert made["metadata"]["labels"]["lockstep.dev/egress"] == "proxy"
    assert "203.0.113.7" not in json.dumps(made)


def test_a_pod_is_told_where_its_broker_answers(make_account: MakeAccount, template: PodTemplate) -> None:
    listed = {"server": "Broker-Demo", "platform": "MT5", "environment": "demo", "cidrs": ["203.0.113.0/24"]}
    catalogue = parse_catalogue(json.dumps([{"brand": "B", "servers": [{**listed, "probe": "broker.example:443"}]}]))
    made = build_pod(make_account(), 7, "p", replace(template, catalogue=lambda: catalogue))
    assert {"name": "LOCKSTEP_SERVER_PROBE", "value": "broker.example:443"} in made["spec"]["containers"][0]["env"]


def test_another_proxy_is_another_pod(spec: CopierAccountSpec, template: PodTemplate) -> None:
    proxies = (None, PROXY, PROXY.model_copy(update={"port": 1081}), PROXY.model_copy(update={"type": ProxyType.HTTP}))
    made = {revision(spec.model_copy(update={"proxy": each}), template).split(".")[0] for each in proxies}
    assert len(made) == len(proxies)


def test_a_terminal_reaches_its_proxy_at_its_port_and_no_more(make_account: MakeAccount) -> None:
    account = with_proxy(make_account())
    made = policy(account, Egress())
    ways = [{"to": [{"ipBlock": {"cidr": "203.0.113.7/32"}}], "ports": [{"protocol": "TCP", "port": 1080}]}]
    assert (made["spec"]["policyTypes"], made["spec"]["egress"]) == (["Egress"], ways)
    assert made["spec"]["podSelector"]["matchLabels"].items() <= pod_labels(account.spec, 1).items()
    assert not made["spec"]["podSelector"]["matchLabels"].items() <= pod_labels(make_account().spec, 1).items()
    assert made["metadata"]["ownerReferences"][0]["uid"] == account.uid


@pytest.mark.parametrize(
    ("proxy", "egress"),
    [
        ({"address": "10.96.0.1"}, Egress()),
        ({"address": "169.254.169.254"}, Egress()),
        ({"port": 587}, Egress()),
        ({}, Egress(allowed=False)),
        ({}, Egress(cluster=(IPv4Network("203.0.113.0/24"),))),
    ],
)
def test_a_proxy_that_must_not_be_reached_opens_no_way(
    make_account: MakeAccount, proxy: dict[str, Any], egress: Egress
) -> None:
    assert policy(with_proxy(make_account(), PROXY.model_copy(update=proxy)), egress)["spec"]["egress"] == []


def test_the_deployment_says_what_holds_for_proxies() -> None:
    told = {
        "database_url": "postgres://x",
        "terminal_network_policies": "false",
        "terminal_proxies": "false",
        "terminal_cluster_cidrs": '["203.0.113.0/24", "2001:db8::/32"]',
    }
    egress = OperatorSettings.model_validate(told).pod_template().egress
    assert egress == Egress(enforced=False, allowed=False, cluster=(IPv4Network("203.0.113.0/24"),))
