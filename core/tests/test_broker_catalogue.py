"""What whoever runs the service may write of brokers, what they are told of faults, and when a server is maintained."""

import json
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lockstep_core.brokers.catalogue import BadCatalogue, parse_catalogue
from lockstep_core.brokers.maintenance import MaintenanceWindow, closed_until

SERVER: dict[str, Any] = {"server": "Broker-Demo", "platform": "MT5", "environment": "demo"}


def written(**changes: Any) -> str:
    return json.dumps([{"brand": "Broker", "servers": [{**SERVER, **changes}]}])


def window(days: set[int], begin: str, end: str, zone: str = "UTC") -> MaintenanceWindow:
    return MaintenanceWindow(frozenset(days), time.fromisoformat(begin), time.fromisoformat(end), ZoneInfo(zone))


def test_an_empty_catalogue_knows_nobody() -> None:
    assert parse_catalogue("[]").server("MT5", "Broker-Demo") is None


def test_a_server_is_found_by_platform_and_name_without_regard_to_case() -> None:
    catalogue = parse_catalogue(written())
    found = catalogue.server("MT5", "BROKER-demo")
    assert found is not None
    assert found.server == "Broker-Demo"
    assert catalogue.server("MT4", "Broker-Demo") is None


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ("[", "brokers: the document is no JSON"),
        ('[{"brand": "B"}]', "brokers[0].servers: is missing"),
        ('[{"brand": "B", "servers": []}]', "brokers[0].servers: at least one is needed"),
        (written(server=" x"), "brokers[0].servers[0].server: a server's name is one line"),
        (written(platform="MT6"), "brokers[0].servers[0].platform: input should be 'MT4' or 'MT5'"),
        (written(files=[{"path": "../servers.dat", "sha256": "0" * 64}]), "servers[0].files[0].path: write a path in the"),
        (written(files=[{"path": "config/servers.dat", "sha256": "abc"}]), "servers[0].files[0].sha256: does not match"),
        (written(cidrs=["203.0.113.7/24"]), "servers[0].cidrs[0]: write a range of addresses as"),
        (written(cidrs=["203.0.113.0/24"], ports=[25]), "servers[0].ports[0]: this is a port of mail servers"),
        (written(cidrs=["203.0.113.0/24"], probe="broker.example"), "servers[0].probe: write it as broker.example:443"),
        (written(probe="broker.example:443"), "servers[0]: a probe needs cidrs"),
        (written(ports=[443]), "servers[0]: ports need cidrs"),
        (
            written(cidrs=["203.0.113.0/24"], ports=[443], probe="a:444"),
            "servers[0]: the probe's port is not among the ports",
        ),
        (written(colour="red"), "brokers[0].servers[0].colour: there is no such field"),
        (written(logins={"perMinute": 0, "burst": 1, "refusals": 1}), "logins.perMinute: input should be greater than 0"),
        (
            written(maintenance=[{"days": ["sat"], "begin": "22:00", "end": "23:00", "zone": "Mars"}]),
            "brokers[0].servers[0].maintenance[0].zone: no such time zone",
        ),
        (
            written(maintenance=[{"days": ["Sunday"], "begin": "22:00", "end": "23:00"}]),
            "maintenance[0].days[0]: a day is one of",
        ),
        (written(maintenance=[{"days": ["sat"], "begin": "25:00", "end": "23:00"}]), "maintenance[0].begin: does not match"),
        (
            json.dumps([{"brand": "B", "servers": [SERVER, {**SERVER, "server": "broker-DEMO"}]}]),
            "MT5 broker-DEMO: the server is listed twice",
        ),
    ],
)
def test_a_fault_is_told_with_its_place(document: str, told: str) -> None:
    with pytest.raises(BadCatalogue) as error:
        parse_catalogue(document)
    assert told in str(error.value)


def test_servers_are_found_by_a_part_of_their_name_or_brand() -> None:
    names = [("Alpha", "Alpha-Demo"), ("Beta Markets", "BM-Live"), ("Gamma", "Alphabet-Live")]
    brokers = [{"brand": brand, "servers": [{**SERVER, "server": server}]} for brand, server in names]
    catalogue = parse_catalogue(json.dumps(brokers))
    found = {typed: [server.server for _, server in catalogue.found("MT5", typed)] for typed in ("ALPHA", "markets", "")}
    assert found == {"ALPHA": ["Alpha-Demo", "Alphabet-Live"], "markets": ["BM-Live"], "": [name for _, name in names]}
    assert catalogue.found("MT4", "alpha") == []
    assert len(catalogue.found(None, "alpha")) == 2


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(BadCatalogue) as error:
        parse_catalogue(written(platform="MT6", environment="paper", colour="red"))
    assert len(str(error.value).splitlines()) == 3


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-12-05T21:59", None),
        ("2026-12-05T22:00", "2026-12-05T23:30"),
        ("2026-12-05T23:29", "2026-12-05T23:30"),
        ("2026-12-05T23:30", None),
        ("2026-12-06T22:10", None),
    ],
)
def test_a_window_begins_and_ends_on_its_day(now: str, end: str | None) -> None:
    found = closed_until([window({5}, "22:00", "23:30")], moment(now))
    assert found == (None if end is None else moment(end))


@pytest.mark.parametrize(
    ("now", "closed"), [("2026-12-05T23:30", True), ("2026-12-06T01:59", True), ("2026-12-06T02:00", False)]
)
def test_a_window_may_end_on_the_day_after(now: str, closed: bool) -> None:
    assert (closed_until([window({5}, "23:00", "02:00")], moment(now)) is not None) is closed


def test_a_window_goes_by_its_own_clock_in_summer_and_winter() -> None:
    athens = [window({0, 1, 2, 3, 4}, "00:00", "00:10", "Europe/Athens")]
    assert closed_until(athens, moment("2026-07-01T21:05")) == moment("2026-07-01T21:10")
    assert closed_until(athens, moment("2026-12-01T22:05")) == moment("2026-12-01T22:10")
    assert closed_until(athens, moment("2026-12-01T21:05")) is None


def test_windows_that_follow_each_other_are_one() -> None:
    windows = [window({5}, "22:00", "23:00"), window({5}, "22:30", "01:00"), window({6}, "01:00", "03:00")]
    assert closed_until(windows, moment("2026-12-05T22:15")) == moment("2026-12-06T03:00")


def test_windows_without_a_gap_have_some_end_all_the_same() -> None:
    always = [window(set(range(7)), "00:00", "00:00")]
    found = closed_until(always, moment("2026-12-05T12:00"))
    assert found is not None
    assert found >= moment("2026-12-12T00:00")
