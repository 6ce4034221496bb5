"""The job before an installation names each fault of a list, and writes nothing then."""

import os
import subprocess
import sys

import pytest

BROKERS = '[{"brand": "Broker", "servers": [{"server": "Broker-Demo", "platform": "MT6", "environment": "demo"}]}]'
PROXIES = '[{"name": "a", "type": "HTTP", "address": "10.0.0.1", "port": 1080}]'


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("variable", "given", "place"),
    [
        ("LOCKSTEP_BROKERS", BROKERS, "brokers[0].servers[0].platform"),
        ("LOCKSTEP_PROXIES", PROXIES, "proxies[0].address: Value error, write a public IPv4 address"),
    ],
)
def test_a_fault_in_a_list_ends_the_installation_with_its_place(variable: str, given: str, place: str) -> None:
    settings = {"LOCKSTEP_NAMESPACE": "lockstep", "LOCKSTEP_SHARDS": "[]", variable: given}
    job = [sys.executable, "-m", "lockstep_keyring.install"]
    done = subprocess.run(job, env={**os.environ, **settings}, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert place in done.stdout + done.stderr
