"""What is suggested while somebody types a server's name, and what is told of it before anybody logs in there."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lockstep_api.known_servers import MOST_SUGGESTED, KnownServers

ALWAYS = [{"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "begin": "00:00", "end": "00:00"}]


def entry(server: str, **more: Any) -> dict[str, Any]:
    return {"server": server, "platform": "MT5", "environment": "demo", **more}


def used(server: str, platform: str = "MT5") -> dict[str, Any]:
    return {"server": server, "platform": platform, "environment": "live"}


def write(file: Path, *servers: dict[str, Any], brand: str = "Alpha Markets") -> None:
    file.write_text(json.dumps([{"brand": brand, "servers": list(servers)}]))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "brokers.json"


@pytest.fixture
def port() -> Iterator[int]:
    """A port at which somebody listens."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def names(servers: KnownServers, typed: str, *others: dict[str, Any]) -> list[str]:
    return [each.server for each in servers.suggested("MT5", typed, list(others))]


def test_the_catalogues_servers_are_suggested_with_those_that_people_use(file: Path) -> None:
    write(file, entry("AM-Demo"), entry("AM-Live", environment="live"))
    assert names(KnownServers(file), "am", used("Amber-Live")) == ["AM-Demo", "AM-Live", "Amber-Live"]


def test_a_servers_name_is_found_by_its_brand(file: Path) -> None:
    write(file, entry("XYZ-Demo"))
    [found] = KnownServers(file).suggested("MT5", "alpha", [])
    assert (found.server, found.brand) == ("XYZ-Demo", "Alpha Markets")


def test_the_catalogue_knows_better_than_people_of_which_kind_a_server_is(file: Path) -> None:
    write(file, entry("AM-Demo"))
    [found] = KnownServers(file).suggested("MT5", "", [used("am-demo")])
    assert (found.server, found.environment) == ("AM-Demo", "demo")


def test_no_more_are_suggested_than_anybody_reads(file: Path) -> None:
    write(file, *(entry(f"AM-{number:02}") for number in range(30)))
    assert len(names(KnownServers(file), "")) == MOST_SUGGESTED


async def test_a_server_that_nobody_wrote_down_is_told_as_unknown(file: Path) -> None:
    found = await KnownServers(file).check("MT5", "Broker-Demo")
    assert (found.known, found.answers, found.maintained_until) == (None, None, None)


async def test_a_known_server_is_told_with_its_kind_and_whether_it_answers(file: Path, port: int) -> None:
    local = {"cidrs": ["127.0.0.0/8"]}
    write(
        file,
        entry("Here-Demo", **local, probe=f"127.0.0.1:{port}", maintenance=ALWAYS),
        entry("Gone-Demo", **local, probe="127.0.0.1:1"),
        entry("Somewhere-Demo"),
    )
    servers = KnownServers(file)
    here, gone, somewhere = [await servers.check("MT5", f" {name}-demo ") for name in ("here", "gone", "somewhere")]
    assert here.known is not None
    assert (here.known.server, here.known.environment, here.known.brand) == ("Here-Demo", "demo", "Alpha Markets")
    assert [here.answers, gone.answers, somewhere.answers] == [True, False, None]
    assert here.maintained_until is not None
    assert gone.maintained_until is None


async def test_a_server_is_not_asked_for_each_person_who_types_its_name(file: Path) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        write(file, entry("AM-Demo", cidrs=["127.0.0.0/8"], probe=f"127.0.0.1:{listening.getsockname()[1]}"))
        servers = KnownServers(file)
        assert [(await servers.check("MT5", "AM-Demo")).answers for _ in range(20)] == [True] * 20
        listening.settimeout(5)
        listening.accept()[0].close()
        listening.setblocking(False)
        with pytest.raises(BlockingIOError):
            listening.accept()


async def test_a_server_that_swallows_connections_costs_less_than_a_second(file: Path) -> None:
    with socket.socket() as full:
        # Its queue is full, so it answers no further connection at all.
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        write(file, entry("AM-Demo", cidrs=["127.0.0.0/8"], probe=f"127.0.0.1:{full.getsockname()[1]}"))
        assert (await KnownServers(file).check("MT5", "AM-Demo")).answers is False
        for each in waiting:
            each.close()
