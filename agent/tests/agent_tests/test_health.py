"""Probes over real HTTP."""

import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from lockstep_agent.health import Health
from lockstep_service.probes import ProbeServer


@pytest.fixture
def health() -> Iterator[tuple[Health, ProbeServer]]:
    told = Health()
    server = ProbeServer(told.routes(), 0, "127.0.0.1")
    yield told, server
    server.close()


def asked(server: ProbeServer, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_alive_from_the_start_and_ready_only_when_said(health: tuple[Health, ProbeServer]) -> None:
    told, server = health
    told.status = {"state": "starting"}
    assert asked(server, "/livez")[0] == 200
    assert asked(server, "/readyz") == (503, '{"state": "starting"}')
    told.ready = True
    assert asked(server, "/readyz")[0] == 200


def test_an_agent_that_no_longer_beats_is_neither(health: tuple[Health, ProbeServer]) -> None:
    told, server = health
    told.ready = True
    told._beat_s -= 60
    assert asked(server, "/livez")[0] == 503
    assert asked(server, "/readyz")[0] == 503


def test_other_paths_are_not_found(health: tuple[Health, ProbeServer]) -> None:
    assert asked(health[1], "/etc/passwd")[0] == 404
