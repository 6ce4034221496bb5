"""A password is asked for, used and forgotten; the keyring and nobody else says where the router is."""

import asyncio
import gc
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog

from lockstep_agent import relay_keeper
from lockstep_agent.boot.events import Event, KeyringChanged, RelayExited
from lockstep_agent.relay_keeper import RelayKeeper
from lockstep_agent.secrets import LoginSecrets
from lockstep_agent.settings import AgentSettings
from lockstep_agent.wine_host import WineHost

from .keyring_peer import KeyringPeer, mount

PASSWORD = b"do-not-keep-this-password"


@pytest.fixture
def peer(tmp_path: Path, settings: AgentSettings) -> Iterator[KeyringPeer]:
    made = KeyringPeer(tmp_path, PASSWORD)
    mount(settings.paths.mounts, made.certificate)
    yield made
    made.close()


class Keeper:
    """A keeper of relays, and what it posted."""

    def __init__(self, settings: AgentSettings, peer: KeyringPeer) -> None:
        self.posted: list[Event] = []
        self.keeper = RelayKeeper(replace(settings, keyring_url=peer.url), self.posted.append, structlog.get_logger())


@pytest.fixture
def kept(settings: AgentSettings, peer: KeyringPeer) -> Keeper:
    return Keeper(replace(settings, events_port=0, commands_port=0), peer)


def reachable_bytes(root: object) -> list[bytes]:
    """Every text and bytes that can be reached from an object."""
    seen: set[int] = set()
    found, todo = [], [root]
    while todo:
        each = todo.pop()
        if id(each) in seen or isinstance(each, type) or (callable(each) and not hasattr(each, "__self__")):
            continue
        seen.add(id(each))
        if isinstance(each, bytes | bytearray):
            found.append(bytes(each))
        elif isinstance(each, str):
            found.append(each.encode("utf-8", "replace"))
        elif type(each).__module__ != "builtins" or isinstance(each, dict | list | tuple | set):
            todo += gc.get_referents(each)
    return found


async def test_the_password_is_asked_for_anew_and_kept_nowhere(kept: Keeper, peer: KeyringPeer) -> None:
    for n in (1, 2):
        secrets = await kept.keeper.credentials()
        assert secrets.password == PASSWORD
        assert len(peer.asked) == n
        secrets.wipe()
        del secrets
        assert not [each for each in reachable_bytes(kept.keeper) if PASSWORD in each]


def test_a_password_that_is_kept_would_be_found(kept: Keeper) -> None:
    kept.keeper._trace = {"deep": [bytearray(PASSWORD)]}  # type: ignore[attr-defined]
    assert [each for each in reachable_bytes(kept.keeper) if PASSWORD in each]


async def test_a_busy_keyring_is_waited_for_and_told_of(kept: Keeper, peer: KeyringPeer) -> None:
    peer.failures = [(503, {}), (503, {})]
    assert (await kept.keeper.credentials()).password == PASSWORD
    assert kept.posted == [KeyringChanged(False), KeyringChanged(False), KeyringChanged(True)]


async def test_a_relay_goes_where_the_keyring_says_that_the_router_is(kept: Keeper, peer: KeyringPeer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        await kept.keeper.refresh_ticket()
        running = asyncio.create_task(kept.keeper.run_relay())
        while kept.keeper._relay is None:
            await asyncio.sleep(0.01)
        assert isinstance(peer.router, dict)
        peer.router = {**peer.router, "trades_endpoint": f"tcp://127.0.0.1:{elsewhere.getsockname()[1]}"}
        await kept.keeper.refresh_ticket()
        elsewhere.settimeout(20)
        connection, _ = await asyncio.to_thread(elsewhere.accept)
        connection.close()
        assert not running.done()
        assert RelayExited() not in kept.posted
        await kept.keeper.close()
        await asyncio.wait_for(running, 20)


async def test_a_relay_whose_router_is_lost_asks_the_keyring_until_it_knows_where_the_router_is(
    kept: Keeper, peer: KeyringPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_keeper, "FIRST_SEEK_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        await kept.keeper.refresh_ticket()
        running = [asyncio.create_task(each) for each in (kept.keeper.run_relay(), kept.keeper.seek_router())]
        while kept.keeper._relay is None:
            await asyncio.sleep(0.01)
        assert isinstance(peer.router, dict)
        # The keyring hears of it only after the relay was told the old address.
        peer.router = {**peer.router, "trades_endpoint": f"tcp://127.0.0.1:{elsewhere.getsockname()[1]}"}
        elsewhere.settimeout(20)
        connection, _ = await asyncio.to_thread(elsewhere.accept)
        connection.close()
        running[1].cancel()
        await kept.keeper.close()
        await asyncio.wait_for(running[0], 20)


def test_the_host_wipes_the_password_once_it_is_in_the_start_file(settings: AgentSettings) -> None:
    host = WineHost(settings, lambda _: None)
    password = bytearray(PASSWORD)
    host._write_start_file("Lockstep", LoginSecrets(password))
    assert PASSWORD in settings.paths.start_file.read_bytes()
    assert password == bytes(len(PASSWORD))
    assert not [each for each in reachable_bytes(host) if PASSWORD in each]
    host.delete_start_file()
    assert not settings.paths.start_file.exists()
