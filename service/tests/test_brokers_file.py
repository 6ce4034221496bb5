"""The catalogue of brokers is read again when it changes, and a fault in it stops nobody."""

import json
from pathlib import Path

from lockstep_service.brokers_file import BrokersFile

SERVER = {"platform": "MT5", "environment": "demo"}


def write(file: Path, *names: str) -> None:
    # As Kubernetes does it: another file takes the place of the old one.
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps([{"brand": "Broker", "servers": [{**SERVER, "server": name} for name in names]}]))
    fresh.rename(file)


def known(brokers: BrokersFile) -> list[str]:
    return [server.server for broker in brokers.catalogue().brokers for server in broker.servers]


def test_a_catalogue_that_changes_is_read_again_and_one_with_a_fault_is_not_taken(tmp_path: Path) -> None:
    file = tmp_path / "brokers.json"
    brokers = BrokersFile(file)
    assert known(brokers) == []
    write(file, "A-Demo")
    assert known(brokers) == ["A-Demo"]
    write(file, "B-Demo")
    assert known(brokers) == ["B-Demo"]
    file.write_text("[{]")
    assert known(brokers) == ["B-Demo"]
    file.unlink()
    assert known(brokers) == []
