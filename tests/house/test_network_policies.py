"""Who may connect where: pods to what docs/contracts/kubernetes.md names, terminals to brokers and to no mail server."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from lockstep_core import addresses
from lockstep_core.accounts import Platform
from lockstep_core.resources.copier_account import CopierAccount, SpecEnvironment, parse_account
from lockstep_operator.egress import Egress, build_egress_policy
from lockstep_operator.podspec import PodTemplate, build_pod, owner_reference
from tests.house.chart import ROOT, SYSTEM, TERMINALS, Object, Pod, pods, rendered, rendering
from tests.house.network_policies import lets_in, policies_of, selects, ways_out

MAIL_PORTS = (25, 465, 587, 2525)
BROKER_PORTS = (1, 24, 26, 443, 464, 466, 586, 588, 1950, 2524, 2526, 65535)
PLACES = {
    "dns": "198.51.100.1",
    "apiServer": "198.51.100.2",
    "database": "198.51.100.3",
    "supabase": "198.51.100.4",
    "mail": "198.51.100.5",
}
PORTS = {"dns": 53, "apiServer": 6443, "database": 5432, "supabase": 443, "mail": 587}
WITHOUT_WEBHOOKS: Object = {"webhooks": False}
"""The notifier then reaches no receivers of people, which are anywhere on the Internet."""
BROKER = "203.0.113.7"
KNOWN: Object = {
    "server": "Bröker-Demo  (EU) 01",
    "platform": "MT5",
    "environment": "demo",
    "cidrs": ["203.0.113.0/24"],
    "ports": [443],
}
SERVERS = ["ICMarketsSC-Demo02", "Broker Ltd. (Live)", "ßröker—Ünï", "B" * 63, "x" * 61 + "-y", "a b", "-._7._-"]
ACCOUNT = "0b1c2d3e-0000-4000-8000-00000000000a"


def catalogue(*servers: Object) -> list[Object]:
    """The catalogue of one broker with these servers."""
    return [{"brand": "Broker", "servers": list(servers)}]


def egress_to(place: str) -> list[Object]:
    return [{"to": [{"ipBlock": {"cidr": f"{PLACES[place]}/32"}}], "ports": [{"protocol": "TCP", "port": PORTS[place]}]}]


@pytest.fixture(scope="module")
def objects() -> list[Object]:
    """An installation in which each place outside the release has an address of its own."""
    return rendered(networkPolicies={"egress": {place: egress_to(place) for place in PLACES}}, notifier=WITHOUT_WEBHOOKS)


def account_of(server: str, environment: SpecEnvironment, **more: Any) -> CopierAccount:
    """A terminal's account."""
    spec = {"accountId": ACCOUNT, "userId": ACCOUNT, "platform": "MT5", "environment": environment, "login": "1"}
    more |= {"server": server, "role": "Slave", "credentials": {"secretName": "secret", "version": 1}}
    return parse_account({"metadata": {"name": "a", "uid": "u"}, "spec": {**spec, **more}})


def terminal(server: str = "Broker-Demo", environment: SpecEnvironment = SpecEnvironment.DEMO, **more: Any) -> Pod:
    """A terminal as the operator makes it."""
    account = account_of(server, environment, **more)
    made = build_pod(account, 1, "pod", PodTemplate({Platform.MT5: "image"}, ""))
    return Pod("pod", TERMINALS, made["metadata"]["labels"], made["spec"])


def named_in_contracts() -> dict[str, set[str]]:
    """What each component connects to, as the page has it."""
    page = (ROOT / "docs/contracts/kubernetes.md").read_text()
    table = page.split("\n## Who connects to whom\n", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| `([a-z-]+)`[^|]* \| ([^|]*) \|", table, re.MULTILINE)
    return {component: set(re.findall(r"`([A-Za-z-]+)`", places)) for component, places in rows}


def reached(objects: list[Object], pod: Pod) -> set[str]:
    """The places and components of the release that a pod may connect to."""
    ways = list(ways_out(objects, pod))
    places = {place for place, address in PLACES.items() if any(way.leads_to_address(address) for way in ways)}
    others = {other.component for other in pods(objects) if any(way.leads_to_pod(other, pod.namespace) for way in ways)}
    return places | others


@pytest.mark.parametrize("direction", ["Ingress", "Egress"])
def test_every_pod_is_selected_by_a_policy_of_each_direction(objects: list[Object], direction: str) -> None:
    for pod in [*pods(objects), terminal()]:
        assert policies_of(objects, pod, direction), pod.name


def test_each_component_reaches_what_the_contracts_name_and_no_more(objects: list[Object]) -> None:
    found = {pod.component: reached(objects, pod) - {"dns"} for pod in [*pods(objects), terminal()]}
    # A terminal reaches the public Internet, in which this test has put the places.
    found["terminal"] -= set(PLACES)
    assert found == named_in_contracts()


def test_everybody_reaches_dns(objects: list[Object]) -> None:
    for pod in [*pods(objects), terminal()]:
        assert "dns" in reached(objects, pod), pod.name


@pytest.mark.parametrize(
    ("variable", "place"),
    [("LOCKSTEP_DATABASE_URL", "database"), ("LOCKSTEP_SUPABASE_URL", "supabase"), ("LOCKSTEP_SMTP_HOST", "mail")],
)
def test_who_is_given_an_address_reaches_it_and_nobody_else_does(objects: list[Object], variable: str, place: str) -> None:
    for pod in pods(objects):
        assert (place in reached(objects, pod)) == (variable in pod.variables), pod.name


def test_who_has_a_token_for_the_api_server_reaches_it_and_nobody_else_does(objects: list[Object]) -> None:
    for pod in pods(objects):
        assert ("apiServer" in reached(objects, pod)) == pod.spec.get("automountServiceAccountToken", True), pod.name


def test_the_website_and_the_api_meet_at_the_port_of_the_websites_setting(objects: list[Object]) -> None:
    website, api = (next(pod for pod in pods(objects) if pod.component == name) for name in ("website", "webapp-api"))
    port = int(website.variables["LOCKSTEP_API_URL"].rpartition(":")[2])
    assert any(way.leads_to_pod(api, SYSTEM) and way.takes(port) for way in ways_out(objects, website))
    assert lets_in(objects, api, website, port)


def test_nobody_but_terminals_and_the_notifier_reaches_all_of_the_internet() -> None:
    objects = rendered()
    for pod in (each for each in pods(objects) if each.component != "notifier"):
        assert [way.to for way in ways_out(objects, pod) if way.to.get("ipBlock", {}).get("cidr", "").endswith("/0")] == []
        assert not any(way.leads_to_address("1.1.1.1") for way in ways_out(objects, pod)), pod.name


def notifier(objects: list[Object]) -> Pod:
    return next(pod for pod in pods(objects) if pod.component == "notifier")


def test_the_notifier_reaches_webhooks_at_two_ports_of_public_addresses_unless_told_otherwise() -> None:
    for public in (True, False):
        objects = rendered(notifier={"webhooks": public})
        out = [way for way in ways_out(objects, notifier(objects)) if way.leads_to_address("1.1.1.1")]
        assert {port for port in (80, 443, 8443, 6443, 5432, *MAIL_PORTS) for way in out if way.takes(port)} == (
            {443, 8443} if public else set()
        )


@pytest.mark.parametrize(
    "address",
    [*(str(network[0]) for network in addresses.NOT_PUBLIC), "169.254.169.254", "198.51.100.9", "::1", "fd00::1"],
)
def test_no_webhook_leads_the_notifier_to_an_address_of_the_cluster(address: str) -> None:
    objects = rendered(terminals={"egress": {"clusterCidrs": ["198.51.100.0/24"]}})
    assert not any(way.leads_to_address(address) for way in ways_out(objects, notifier(objects)))


@pytest.mark.parametrize("environment", SpecEnvironment)
def test_a_terminal_reaches_the_routers_of_its_environment_alone(
    objects: list[Object], environment: SpecEnvironment
) -> None:
    pod = terminal(environment=environment)
    for router in (each for each in pods(objects) if each.component == "router"):
        mine = router.labels["lockstep.dev/environment"] == environment.lower()
        assert any(way.leads_to_pod(router, TERMINALS) for way in ways_out(objects, pod)) == mine
        assert lets_in(objects, router, pod, 7400) == mine


@pytest.mark.parametrize("environment", SpecEnvironment)
@pytest.mark.parametrize("server", ["Broker-Demo", "Broker-Known"])
def test_no_terminal_reaches_a_mail_server_by_any_way(server: str, environment: SpecEnvironment) -> None:
    broker = {"server": "Broker-Known", "cidrs": ["203.0.113.0/24"]}
    ways = {"publicInternet": True, "extraCidrs": ["10.1.2.0/24"], "extraPeers": [{"namespaceSelector": {}}]}
    objects = rendered(terminals={"egress": ways}, brokers=catalogue(broker))
    out = list(ways_out(objects, terminal(server, environment)))
    assert [(way.to, port) for way in out for port in MAIL_PORTS if way.takes(port) or way.takes(port, "UDP")] == []
    for port in BROKER_PORTS:
        assert any(way.leads_to_address(BROKER) and way.takes(port) for way in out), port


@pytest.mark.parametrize(
    "address",
    [
        *("10.0.0.1", "10.96.0.1", "172.16.0.1", "172.31.255.254", "192.168.1.1", "100.64.0.1", "127.0.0.1", "0.0.0.1"),
        *("169.254.169.254", "168.63.129.16", "192.0.0.192", "198.18.0.1", "224.0.0.1", "255.255.255.255"),
        *(
            "::1",
            "fd00::1",
            "fd00:ec2::254",
            "fe80::1",
            "64:ff9b::a00:1",
            "::ffff:10.0.0.1",
            "2002:a00:1::1",
            "2001:0:a00:1::1",
        ),
        *("198.51.100.9", "2a01:4f8::1"),
    ],
)
def test_a_terminal_reaches_no_address_of_the_cluster(address: str) -> None:
    own = ["198.51.100.0/24", "2a01:4f8::/32"]
    out = ways_out(rendered(terminals={"egress": {"clusterCidrs": own}}), terminal())
    assert not any(way.leads_to_address(address) for way in out)


@pytest.mark.parametrize("address", [BROKER, "8.8.8.8", "2a01:4f9::1"])
def test_a_terminal_reaches_brokers_on_the_internet_unless_told_otherwise(address: str) -> None:
    for public in (True, False):
        out = ways_out(rendered(terminals={"egress": {"publicInternet": public}}), terminal())
        assert any(way.leads_to_address(address) and way.takes(443) for way in out) == public


def test_a_terminal_of_a_known_broker_reaches_that_broker_alone() -> None:
    objects = rendered(terminals={"egress": {"extraCidrs": ["10.1.2.0/24"]}}, brokers=catalogue(KNOWN))
    known, other = (list(ways_out(objects, terminal(server))) for server in (KNOWN["server"], "Broker-Demo"))
    for address, of_known in ((BROKER, True), ("8.8.8.8", False), ("10.1.2.3", False)):
        assert any(way.leads_to_address(address) and way.takes(443) for way in known) == of_known, address
        assert any(way.leads_to_address(address) and way.takes(443) for way in other), address
    assert not any(way.leads_to_address(BROKER) and way.takes(1950) for way in known)


def test_a_server_that_is_listed_for_both_platforms_is_selected_once_and_reached_by_both_ways() -> None:
    other = {**KNOWN, "platform": "MT4", "cidrs": ["198.51.100.0/24"]}
    out = list(ways_out(rendered(brokers=catalogue(KNOWN, other)), terminal(KNOWN["server"])))
    for address in (BROKER, "198.51.100.7"):
        assert any(way.leads_to_address(address) and way.takes(443) for way in out), address


def test_the_api_reaches_those_servers_alone_that_it_is_told_to_look_for() -> None:
    servers = catalogue({**KNOWN, "probe": "broker.example:1950"}, {**KNOWN, "server": "Quiet-Demo"})
    objects = rendered(brokers=servers, notifier=WITHOUT_WEBHOOKS)
    for pod in pods(objects):
        ways = [way for way in ways_out(objects, pod) if way.leads_to_address(BROKER)]
        assert bool(ways) == (pod.component == "webapp-api"), pod.name
        assert all(way.takes(1950) and not way.takes(443) for way in ways)


@pytest.mark.parametrize("server", SERVERS)
def test_chart_and_operator_make_the_same_label_of_a_server(server: str) -> None:
    objects = rendered(brokers=catalogue(*({"server": each, "cidrs": ["203.0.113.0/24"]} for each in SERVERS)))
    pod = terminal(server)
    label = pod.labels["lockstep.dev/server"]
    assert re.fullmatch(r"[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?", label)
    names = {policy["metadata"]["name"] for policy in policies_of(objects, pod, "Egress")}
    assert f"terminals-broker-{SERVERS.index(server)}" in names
    assert "terminals-brokers" not in names


@pytest.mark.parametrize(
    "values",
    [
        {"brokers": [{"brand": "Broker", "servers": [{**KNOWN, "ports": [25]}]}]},
        {"brokers": [{"brand": "Broker", "servers": [{**KNOWN, "cidrs": []}]}]},
        {"terminals": {"egress": {"allow": [{"server": "Broker-Demo", "cidrs": ["203.0.113.0/24"]}]}}},
        {"networkPolicies": {"egress": {"database": []}}},
        {"networkPolicies": {"egress": {"database": [{"to": [{"namespaceSelector": {}}]}]}}},
        {"networkPolicies": {"egress": {"supabase": [{"to": [], "ports": [{"protocol": "TCP", "port": 443}]}]}}},
        {
            "networkPolicies": {
                "egress": {"supabase": [{**egress_to("supabase")[0], "to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}]}
            }
        },
    ],
)
def test_values_that_would_open_more_than_they_say_are_refused(values: dict[str, Any]) -> None:
    assert rendering(values).returncode != 0


def test_selectors_mean_what_kubernetes_means() -> None:
    not_in = {"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["1"]}]}
    assert selects({}, {"a": "1"})
    assert not selects({"matchLabels": {"a": "1", "b": "2"}}, {"a": "1"})
    assert [selects(not_in, labels) for labels in ({"a": "1"}, {"a": "2"}, {})] == [False, True, True]


PROXY: Object = {"type": "SOCKS5", "address": "203.0.113.200", "port": 1080}


@pytest.mark.parametrize("server", ["Broker-Demo", "Broker-Known"])
def test_a_terminal_with_a_proxy_reaches_that_proxy_and_no_broker(server: str) -> None:
    broker = {"server": "Broker-Known", "cidrs": ["203.0.113.0/24"]}
    account = account_of(server, SpecEnvironment.DEMO, proxy=PROXY)
    assert account.spec.proxy is not None
    policy = build_egress_policy(account, account.spec.proxy.proxy(), Egress(), owner_reference(account))
    made = {**policy, "metadata": {**policy["metadata"], "namespace": TERMINALS}}
    objects = [*rendered(brokers=catalogue(broker)), made]
    pod = terminal(server, proxy=PROXY)
    out = [way for way in ways_out(objects, pod) if "ipBlock" in way.to]
    assert [way.to["ipBlock"]["cidr"] for way in out] == ["203.0.113.200/32"]
    assert [way.takes(port) for way in out for port in (1080, 443)] == [True, False]
    assert reached(objects, pod) - set(PLACES) == {"keyring", "router"}
    # The same terminal without a proxy is not meant by that policy.
    direct = [way.to for way in ways_out(objects, terminal(server))]
    assert {"ipBlock": {"cidr": "203.0.113.200/32"}} not in direct
    assert any(way.leads_to_address(BROKER) for way in ways_out(objects, terminal(server)))


def test_before_the_operator_has_made_its_policy_a_terminal_with_a_proxy_reaches_nothing_outside(
    objects: list[Object],
) -> None:
    ways = [way for way in ways_out(objects, terminal(proxy=PROXY)) if "ipBlock" in way.to]
    assert not any(way.leads_to_address(BROKER) for way in ways)


def test_the_chart_leaves_out_what_no_proxy_may_be_at() -> None:
    policy = next(each for each in rendered() if each["metadata"]["name"] == "terminals-brokers")
    block = policy["spec"]["egress"][0]["to"][0]["ipBlock"]
    assert block["except"] == [str(network) for network in addresses.NOT_PUBLIC]


def test_the_operator_knows_what_the_chart_says_of_egress() -> None:
    told = {"egress": {"publicInternet": False, "clusterCidrs": ["203.0.113.0/24"]}}
    objects = rendered(terminals=told, networkPolicies={"enabled": False})
    variables = next(pod for pod in pods(objects) if pod.component == "operator").variables
    assert variables["LOCKSTEP_TERMINAL_NETWORK_POLICIES"] == "false"
    assert variables["LOCKSTEP_TERMINAL_PROXIES"] == "false"
    assert variables["LOCKSTEP_TERMINAL_CLUSTER_CIDRS"] == '["203.0.113.0/24"]'


def test_nobody_tells_the_status_page_of_alerts_but_who_is_let_in() -> None:
    watcher = Pod("alertmanager", "monitoring", {"app": "alertmanager"}, {})
    peer = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}
    for allowed in ([], [peer]):
        objects = rendered(status={"enabled": True, "alertsFrom": allowed})
        page, website = (next(pod for pod in pods(objects) if pod.component == name) for name in ("status", "website"))
        assert lets_in(objects, page, watcher, 3002) == bool(allowed)
        assert not lets_in(objects, page, website, 3002)
        assert lets_in(objects, page, watcher, 3001)


def test_the_status_page_asks_website_and_api_at_the_ports_of_its_settings(objects: list[Object]) -> None:
    page = next(pod for pod in pods(objects) if pod.component == "status")
    for variable, name in (("LOCKSTEP_SITE_URL", "website"), ("LOCKSTEP_API_URL", "webapp-api")):
        asked = next(pod for pod in pods(objects) if pod.component == name)
        port = urlsplit(page.variables[variable]).port
        assert port is not None
        assert any(way.leads_to_pod(asked, SYSTEM) and way.takes(port) for way in ways_out(objects, page))
        assert lets_in(objects, asked, page, port)
