"""Which router a terminal is sent to: the deployment's, of the account's own shard and environment."""

import base64
import json
from pathlib import Path
from uuid import UUID

import pytest

from lockstep_core.accounts import Platform
from lockstep_core.resources.copier_account import CopierAccountSpec, Credentials, SpecEnvironment, SpecRole
from lockstep_keyring.errors import NoKeys, RouterUnknown
from lockstep_keyring.routers import load_routers, router_of

KEY = base64.b64encode(b"k" * 32).decode()


def listed(environment: str, host: str) -> dict[str, str]:
    ends = {"trades_endpoint": f"tcp://{host}:7400", "ticks_endpoint": f"tcp://{host}:7401"}
    return {"environment": environment, "curve_public_key": KEY, **ends}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "routers.json"
    file.write_text(
        json.dumps({"demo-2": listed("Demo", "b"), "demo-1": listed("Demo", "a"), "live-1": listed("Live", "c")})
    )
    return file


def spec(environment: SpecEnvironment, shard: str | None) -> CopierAccountSpec:
    return CopierAccountSpec(
        account_id=UUID(int=1),
        user_id=UUID(int=2),
        platform=Platform.MT5,
        environment=environment,
        login="1",
        server="s",
        role=SpecRole.BOTH,
        credentials=Credentials(secret_name="sealed", version=1),
        shard=shard,
    )


@pytest.mark.parametrize(
    ("environment", "shard", "host"),
    [(SpecEnvironment.DEMO, "demo-2", "b"), (SpecEnvironment.DEMO, None, "a"), (SpecEnvironment.LIVE, "live-1", "c")],
)
def test_an_account_is_sent_to_the_router_of_its_shard(
    path: Path, environment: SpecEnvironment, shard: str | None, host: str
) -> None:
    router = router_of(load_routers(path), spec(environment, shard))
    assert (router.trades_endpoint, router.ticks_endpoint) == (f"tcp://{host}:7400", f"tcp://{host}:7401")
    assert router.curve_public_key == KEY


@pytest.mark.parametrize(
    ("environment", "shard"),
    [(SpecEnvironment.DEMO, "live-1"), (SpecEnvironment.LIVE, "demo-1"), (SpecEnvironment.DEMO, "demo-9")],
)
def test_no_account_is_sent_to_a_router_of_the_other_environment(
    path: Path, environment: SpecEnvironment, shard: str
) -> None:
    with pytest.raises(RouterUnknown):
        router_of(load_routers(path), spec(environment, shard))


@pytest.mark.parametrize(
    "text", ["", "[]", '{"demo-1": {}}', json.dumps({"demo-1": {**listed("Demo", "a"), "trades_endpoint": "x"}})]
)
def test_a_list_of_another_form_is_refused(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(NoKeys, match="lockstep-router-addresses"):
        load_routers(path)
