"""An account that moves to a shard which is newer than the mounted list of routers has its router at once."""

import base64
import json
import secrets
from collections.abc import Iterator
from uuid import UUID

import httpx
import pytest

from lockstep_core.json_object import Json
from lockstep_keyring.routers import CONFIG_MAP, FILE

from .api_server import EPOCH, NAMESPACE, ApiServer, playing
from .process import Running, running_keyring

pytestmark = pytest.mark.timeout(300)

ACCOUNT = UUID("0b1c2d3e-0000-4000-8000-00000000000a")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ApiServer, Running]]:
    """A keyring that reads nothing again by itself for the time of this test."""
    folder = tmp_path_factory.mktemp("keyring")
    with playing(folder) as (server, credentials):
        settings = {
            "kube_api_url": server.url,
            "kube_credentials_dir": str(credentials),
            "terminals_namespace": NAMESPACE,
            "keys_reload_s": "600",
        }
        with running_keyring(folder, settings) as running:
            yield server, running


def listed(environment: str, host: str) -> Json:
    ends = {"trades_endpoint": f"tcp://{host}:7400", "ticks_endpoint": f"tcp://{host}:7401"}
    return {"environment": environment, "curve_public_key": base64.b64encode(b"k" * 32).decode(), **ends}


def on(server: ApiServer, shard: str) -> None:
    server.accounts[ACCOUNT] = {
        "accountId": str(ACCOUNT),
        "userId": str(ACCOUNT),
        "platform": "MT5",
        "environment": "Demo",
        "login": "12345",
        "server": "Broker-Demo",
        "role": "Both",
        "credentials": {"secretName": f"account-{ACCOUNT}", "version": 1},
        "shard": shard,
    }


def ticket(running: Running) -> httpx.Response:
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    return running.post("/v1/tickets", {"account": str(ACCOUNT), "epoch": EPOCH, "curve_key": key}, str(ACCOUNT))


def test_a_shard_that_is_not_mounted_yet_is_read_from_the_cluster(played: tuple[ApiServer, Running]) -> None:
    server, running = played
    on(server, "demo-1")
    assert ticket(running).json()["router"]["trades_endpoint"] == "tcp://demo:7400"
    on(server, "demo-2")
    refused = ticket(running)
    assert (refused.status_code, refused.json()["title"]) == (503, "RouterUnknown")
    routers = {"demo-1": listed("Demo", "demo"), "demo-2": listed("Demo", "new")}
    server.config_maps[CONFIG_MAP] = {"metadata": {"name": CONFIG_MAP}, "data": {FILE: json.dumps(routers)}}
    assert ticket(running).json()["router"]["trades_endpoint"] == "tcp://new:7400"


def test_a_list_that_cannot_be_read_takes_no_router_away(played: tuple[ApiServer, Running]) -> None:
    server, running = played
    server.config_maps[CONFIG_MAP] = {"metadata": {"name": CONFIG_MAP}, "data": {FILE: "[]"}}
    on(server, "demo-3")
    assert ticket(running).status_code == 503
    on(server, "demo-1")
    assert ticket(running).status_code == 200
