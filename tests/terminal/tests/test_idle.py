"""The processes and resources of an idle terminal in Wine."""

from collections.abc import Mapping

import pytest
from conformance.client import BridgeClient
from conformance.relay import await_frame, drain
from stage.place import TerminalProcess

from lockstep_core.wire.frames import SnapshotEnd

pytestmark = [pytest.mark.wine, pytest.mark.timeout(300)]
USELESS = ("plugplay.exe", "svchost.exe")


@pytest.fixture(scope="module")
def platform() -> str:
    return "MT4"


@pytest.fixture(scope="module")
def terms() -> Mapping[str, object]:
    return {"balance": 100_000.0, "platform": 4}


def test_wine_starts_no_service_that_a_pod_has_no_use_for(terminal: TerminalProcess) -> None:
    running = terminal.programs()
    assert any("services.exe" in program for program in running)
    assert not [program for program in running if any(name in program for name in USELESS)]
    assert len([program for program in running if "winedevice.exe" in program]) == 1


def test_the_script_finds_that_the_connection_of_commands_is_gone_and_comes_back(client: BridgeClient) -> None:
    for _ in range(3):
        client.relay.commands.drop()
        assert client.relay.commands.connected.acquire(timeout=30)


def test_the_program_that_watches_comes_back_with_a_snapshot_when_its_connection_is_gone(client: BridgeClient) -> None:
    drain(client.relay.events)
    client.relay.events.drop()
    await_frame(client.relay.events, SnapshotEnd, wait_s=30)
