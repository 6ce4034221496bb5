"""What the job before an installation says of a catalogue of brokers with a fault, before it writes anything."""

import os
import subprocess
import sys

import pytest


@pytest.mark.timeout(120)
def test_a_fault_in_the_catalogue_ends_the_installation_with_its_place() -> None:
    brokers = '[{"brand": "Broker", "servers": [{"server": "Broker-Demo", "platform": "MT6", "environment": "demo"}]}]'
    settings = {"LOCKSTEP_NAMESPACE": "lockstep", "LOCKSTEP_SHARDS": "[]", "LOCKSTEP_BROKERS": brokers}
    job = [sys.executable, "-m", "lockstep_keyring.install"]
    done = subprocess.run(job, env={**os.environ, **settings}, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "brokers[0].servers[0].platform" in done.stdout + done.stderr
