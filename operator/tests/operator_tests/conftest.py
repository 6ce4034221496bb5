"""One account, and ways to say what was observed of it."""

import shutil
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from lockstep_core.accounts import Platform
from lockstep_core.resources.copier_account import (
    CopierAccount,
    CopierAccountSpec,
    CopierAccountStatus,
    Credentials,
    OperatingMode,
    SpecEnvironment,
    SpecRole,
)
from lockstep_operator.facts import PodFacts, Shard
from lockstep_operator.podspec import PodTemplate, pod_labels
from lockstep_operator.rows import TradingAccountRow

from .taking_server import Written, taking

ACCOUNT = UUID("0b1c2d3e-0000-4000-8000-00000000000a")
USER = UUID("0b1c2d3e-0000-4000-8000-0000000000ff")

ROW = TradingAccountRow(
    id=ACCOUNT,
    user_id=USER,
    platform="MT5",
    environment="live",
    shard="live-2",
    login=12345,
    server="Broker-Live",
    role="both",
    operating_mode="suspended",
    state="queued",
    state_reason=None,
    state_message=None,
    state_epoch=None,
    trading="unknown",
    key_id="0" * 16,
    sealed=b"ciphertext",
    credentials_version=3,
)


@pytest.fixture
def row() -> TradingAccountRow:
    return ROW


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC)


@pytest.fixture
def shard() -> Shard:
    return Shard("demo-1", SpecEnvironment.DEMO)


@pytest.fixture
def template() -> PodTemplate:
    return PodTemplate(images={Platform.MT5: "registry/terminal:1"}, keyring_url="https://keyring:8443")


@pytest.fixture
def spec() -> CopierAccountSpec:
    return CopierAccountSpec(
        account_id=ACCOUNT,
        user_id=USER,
        platform=Platform.MT5,
        environment=SpecEnvironment.DEMO,
        login="12345",
        server="Broker-Demo",
        role=SpecRole.SLAVE,
        credentials=Credentials(secret_name=f"account-{ACCOUNT}", version=1),
    )


@pytest.fixture
def make_account(spec: CopierAccountSpec) -> Callable[..., CopierAccount]:
    def make(
        *, mode: OperatingMode = OperatingMode.RUNNING, generation: int = 1, deleting: bool = False, **status: Any
    ) -> CopierAccount:
        return CopierAccount(
            name=f"account-{ACCOUNT}",
            namespace="terminals",
            uid="cr-uid",
            generation=generation,
            resource_version="42",
            deleting=deleting,
            spec=spec.model_copy(update={"operating_mode": mode}),
            status=CopierAccountStatus(**status),
        )

    return make


@pytest.fixture
def make_pod(spec: CopierAccountSpec) -> Callable[..., PodFacts]:
    def make(epoch: int = 100, **facts: Any) -> PodFacts:
        usual: dict[str, Any] = {
            "name": f"account-{ACCOUNT}-{epoch}",
            "uid": f"uid-{epoch}",
            "epoch": epoch,
            "owner_uids": frozenset({"cr-uid"}),
            "labels": pod_labels(spec, epoch),
            "revision": "account.template",
            "scheduled": True,
            "running": True,
            "ready": False,
            "trouble": "",
        }
        return PodFacts(**{**usual, **facts})

    return make


@pytest.fixture
def credentials(tmp_path: Path) -> Path:
    """The folder of a service account, for a server of a test."""
    authorities = ssl.get_default_verify_paths().cafile
    assert authorities is not None
    shutil.copy(authorities, tmp_path / "ca.crt")
    (tmp_path / "token").write_text("own-token")
    return tmp_path


@pytest.fixture
def written(credentials: Path) -> Iterator[Written]:
    """What the operator writes goes here; the credentials for it are in `tmp_path`."""
    assert credentials.is_dir()
    with taking() as server:
        yield server
