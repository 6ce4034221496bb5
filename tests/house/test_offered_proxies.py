"""The proxies that a service offers: the operator knows where they are, the keyring alone what they are logged in with."""

import json

import pytest

from lockstep_core.resources.offered_proxies import parse_offered_proxies
from lockstep_service.proxies_file import PROXIES_DIR
from tests.house.chart import Object, Pod, of_kind, pods, rendered, rendering

PROXIES: list[Object] = [
    {"name": "frankfurt-1", "type": "SOCKS5", "address": "203.0.113.7", "port": 1080, "secret": "login-of-frankfurt"},
    {"name": "open-1", "type": "HTTP", "address": "203.0.113.8", "port": 3128},
]


@pytest.fixture(scope="module")
def objects() -> list[Object]:
    return rendered(proxies=PROXIES)


def component(objects: list[Object], name: str) -> Pod:
    return next(pod for pod in pods(objects) if pod.component == name)


def test_both_have_the_list_where_they_look_for_it(objects: list[Object]) -> None:
    [listed] = [each for each in of_kind(objects, "ConfigMap") if each["metadata"]["name"] == "lockstep-proxies"]
    assert parse_offered_proxies(listed["data"]["proxies.json"]).names == ("frankfurt-1", "open-1")
    for name in ("operator", "keyring"):
        pod = component(objects, name)
        mounts = pod.spec["containers"][0]["volumeMounts"]
        assert {"name": "proxies", "mountPath": str(PROXIES_DIR), "readOnly": True} in mounts
        [volume] = [each for each in pod.spec["volumes"] if each["name"] == "proxies"]
        assert "lockstep-proxies" in json.dumps(volume)


def test_the_keyring_alone_has_the_logins(objects: list[Object]) -> None:
    having = [pod.component for pod in pods(objects) if "login-of-frankfurt" in json.dumps(pod.spec["volumes"])]
    assert having == ["keyring"]
    [volume] = [each for each in component(objects, "keyring").spec["volumes"] if each["name"] == "proxies"]
    [secret] = [each["secret"] for each in volume["projected"]["sources"] if "secret" in each]
    assert {each["key"]: each["path"] for each in secret["items"]} == {
        "login": "frankfurt-1/login",
        "password": "frankfurt-1/password",
    }
    # One Secret that is missing must not keep the keyring from starting, and with it everybody's terminals.
    assert secret["optional"] is True


def test_the_job_before_an_installation_sees_the_list(objects: list[Object]) -> None:
    assert json.loads(component(objects, "keys").variables["LOCKSTEP_PROXIES"]) == PROXIES


@pytest.mark.parametrize(
    "changes",
    [{"password": "in the clear"}, {"type": "SOCKS4"}, {"port": 25}, {"name": "Frankfurt 1"}, {"address": "proxy.example"}],
)
def test_what_is_no_proxy_is_refused_before_anything_is_installed(changes: Object) -> None:
    assert rendering({"proxies": [{**PROXIES[0], **changes}]}).returncode != 0
