"""How browsers and programs reach the service: the chart's Ingress or Gateway leads to services that exist, behind TLS."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.house.chart import Object, of_kind, rendered, rendering

SITE = {"enabled": True, "url": "https://copy.example.com", "trustedProxies": 1}
WEBSITE, API = ("copy.example.com", "lockstep-website"), ("api.example.com", "lockstep-webapp-api")
INGRESS = {"enabled": True, "className": "traefik", "tlsSecret": "copy-tls", "annotations": {"a.example/b": "c"}}
GATEWAY = {"enabled": True, "className": "envoy", "tlsSecret": "copy-tls"}


def release(**values: Any) -> list[Object]:
    return rendered(website=SITE, webappApi={"trustedProxies": 1}, **values)


def ports(objects: list[Object]) -> dict[str, list[Object]]:
    return {each["metadata"]["name"]: each["spec"]["ports"] for each in of_kind(objects, "Service")}


def test_by_default_nothing_leads_in_from_outside() -> None:
    assert list(of_kind(rendered(), "Ingress", "Gateway", "HTTPRoute")) == []


@pytest.mark.parametrize(("api", "wanted"), [("", [WEBSITE]), ("api.example.com", [WEBSITE, API])])
def test_an_ingress_leads_each_host_to_its_service_behind_tls(api: str, wanted: list[tuple[str, str]]) -> None:
    objects = release(ingress={**INGRESS, "apiHost": api})
    (ingress,) = of_kind(objects, "Ingress")
    assert ingress["metadata"]["annotations"] == INGRESS["annotations"]
    assert ingress["spec"]["ingressClassName"] == "traefik"
    assert ingress["spec"]["tls"] == [{"hosts": [host for host, _ in wanted], "secretName": "copy-tls"}]
    assert list(led_by(ingress, objects)) == wanted


def test_the_status_page_has_a_host_of_its_own_by_either_way() -> None:
    host = {"statusHost": "status.example.com"}
    by_ingress, by_gateway = release(ingress={**INGRESS, **host}), release(gateway={**GATEWAY, **host})
    (ingress,) = of_kind(by_ingress, "Ingress")
    status = ("status.example.com", "lockstep-status")
    assert list(led_by(ingress, by_ingress)) == [WEBSITE, status]
    assert ingress["spec"]["tls"][0]["hosts"] == [WEBSITE[0], status[0]]
    assert sorted(routed(by_gateway)) == sorted([WEBSITE, status])


def led_by(ingress: Object, objects: list[Object]) -> Iterator[tuple[str, str]]:
    for rule in ingress["spec"]["rules"]:
        (path,) = rule["http"]["paths"]
        service = path["backend"]["service"]
        assert service["port"]["name"] in {port["name"] for port in ports(objects)[service["name"]]}
        yield rule["host"], service["name"]


def test_a_class_that_is_not_named_is_the_clusters_default() -> None:
    (ingress,) = of_kind(release(ingress={**INGRESS, "className": ""}), "Ingress")
    assert "ingressClassName" not in ingress["spec"]


def test_a_port_in_the_websites_address_is_no_part_of_its_host() -> None:
    objects = rendered(website={**SITE, "url": "https://copy.example.com:8443"}, ingress=INGRESS)
    (ingress,) = of_kind(objects, "Ingress")
    assert [rule["host"] for rule in ingress["spec"]["rules"]] == ["copy.example.com"]


def test_a_gateway_of_the_releases_own_ends_tls_for_each_host_and_its_routes_lead_to_the_services() -> None:
    objects = release(gateway={**GATEWAY, "apiHost": "api.example.com"})
    (gateway,) = of_kind(objects, "Gateway")
    listeners = {each["name"]: each for each in gateway["spec"]["listeners"]}
    assert {each["hostname"] for each in listeners.values()} == {WEBSITE[0], API[0]}
    for each in listeners.values():
        assert (each["protocol"], each["tls"]["certificateRefs"]) == ("HTTPS", [{"name": "copy-tls"}])
    for route in of_kind(objects, "HTTPRoute"):
        (parent,) = route["spec"]["parentRefs"]
        assert parent["name"] == gateway["metadata"]["name"]
        assert [listeners[parent["sectionName"]]["hostname"]] == route["spec"]["hostnames"]
    assert sorted(routed(objects)) == sorted([WEBSITE, API])


def routed(objects: list[Object]) -> Iterator[tuple[str, str]]:
    for route in of_kind(objects, "HTTPRoute"):
        (rule,) = route["spec"]["rules"]
        (backend,) = rule["backendRefs"]
        assert backend["port"] in {port["port"] for port in ports(objects)[backend["name"]]}
        (host,) = route["spec"]["hostnames"]
        yield host, backend["name"]


def test_a_gateway_that_there_is_gets_routes_alone() -> None:
    objects = release(gateway={"enabled": True, "existing": "shared", "existingNamespace": "edge"})
    assert list(of_kind(objects, "Gateway")) == []
    (route,) = of_kind(objects, "HTTPRoute")
    assert route["spec"]["parentRefs"] == [{"name": "shared", "namespace": "edge"}]
    assert list(routed(objects)) == [WEBSITE]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"ingress": INGRESS, "gateway": GATEWAY}, "The website has one way in."),
        ({"ingress": {**INGRESS, "tlsSecret": ""}}, "ingress.tlsSecret is empty. It names the Secret with the certificate"),
        ({"gateway": {**GATEWAY, "tlsSecret": ""}}, "gateway.tlsSecret is empty."),
        ({"gateway": {**GATEWAY, "className": ""}}, "Name a class for a Gateway of its own (gateway.className)"),
        ({"ingress": INGRESS, "website": {**SITE, "enabled": False}}, "so website.enabled must be true"),
        ({"ingress": INGRESS, "website": {**SITE, "url": "http://copy.example.com"}}, "website.url begin with https://"),
        ({"ingress": INGRESS, "website": {**SITE, "trustedProxies": 0}}, "website.trustedProxies is 0."),
        ({"ingress": {**INGRESS, "apiHost": "api.example.com"}}, "webappApi.trustedProxies is 0."),
        (
            {"ingress": {**INGRESS, "statusHost": "status.example.com"}, "status": {"enabled": False}},
            "ingress.statusHost is given and status.enabled is false.",
        ),
        ({"ingress": {**INGRESS, "tlsSecret": "Copy"}}, 'ingress.tlsSecret is "Copy". A name has small letters'),
    ],
)
def test_a_way_in_that_leads_nowhere_or_lies_is_refused_in_a_sentence(values: Object, sentence: str) -> None:
    done = rendering({"website": SITE, **values})
    assert done.returncode != 0
    assert sentence in done.stderr
