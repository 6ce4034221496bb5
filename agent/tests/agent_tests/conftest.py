"""Settings of a pod whose places lie in a folder of the test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lockstep_agent.settings import AgentSettings, read_settings

from .keyring_peer import KeyringPeer, mount

ENVIRONMENT = {
    "LOCKSTEP_ACCOUNT_ID": "6b1f6a53-3f0e-4a55-9d1b-0d6a0f3c9f11",
    "LOCKSTEP_EPOCH": "1700000000",
    "LOCKSTEP_PLATFORM": "MT5",
    "LOCKSTEP_ENVIRONMENT": "demo",
    "LOCKSTEP_LOGIN": "1001",
    "LOCKSTEP_SERVER": "Broker-Demo",
    "LOCKSTEP_KEYRING_URL": "https://localhost:1",
}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    for name in ("image", "home", "run", "mounts"):
        (tmp_path / name).mkdir()
    paths = {f"LOCKSTEP_{name.upper()}_DIR": str(tmp_path / name) for name in ("image", "home", "run", "mounts")}
    return {**ENVIRONMENT, **paths, "LOCKSTEP_TERMINATION_LOG": str(tmp_path / "termination-log")}


@pytest.fixture
def settings(environment: dict[str, str]) -> AgentSettings:
    return read_settings(environment)


@pytest.fixture
def peer(tmp_path: Path, settings: AgentSettings) -> Iterator[KeyringPeer]:
    """A keyring whose certificate is mounted in the pod."""
    made = KeyringPeer(tmp_path)
    mount(settings.paths.mounts, made.certificate)
    yield made
    made.close()
