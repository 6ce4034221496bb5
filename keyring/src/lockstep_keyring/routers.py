"""Where the routers are and which keys they have, as the deployment says. Terminals believe the keyring and nobody else."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError

from lockstep_core.resources.copier_account import CopierAccountSpec, ShardName, SpecEnvironment
from lockstep_keyring.errors import NoKeys, RouterUnknown
from lockstep_keyring.messages import Router

CONFIG_MAP, FILE = "lockstep-router-addresses", "routers.json"
_Endpoint = Annotated[str, Field(pattern=r"^tcp://[^\s:]+:[0-9]{1,5}$")]


class ListedRouter(BaseModel):
    """The router of a shard. `curve_public_key` is base64 of 32 bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    environment: SpecEnvironment
    trades_endpoint: _Endpoint
    ticks_endpoint: _Endpoint
    curve_public_key: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{43}=$")]


class RouterList(RootModel[dict[ShardName, ListedRouter]]):
    """All routers by shard: the content of `routers.json` in the ConfigMap `lockstep-router-addresses`."""


Routers = Mapping[str, ListedRouter]


def load_routers(path: Path) -> Routers:
    """The routers in the mounted ConfigMap. Raises NoKeys."""
    try:
        return parse_routers(path.read_bytes())
    except OSError:
        raise NoKeys(f"{path.name} cannot be read; is the ConfigMap {CONFIG_MAP} mounted?") from None


def parse_routers(text: str | bytes) -> Routers:
    """The routers in the text of the ConfigMap. Raises NoKeys."""
    try:
        return RouterList.model_validate_json(text).root
    except ValidationError:
        raise NoKeys(f"The ConfigMap {CONFIG_MAP} does not list the routers in its {FILE}.") from None


def router_of(routers: Routers, spec: CopierAccountSpec) -> Router:
    """The router of an account's shard, which is of the account's environment. Raises RouterUnknown."""
    fitting = {name: router for name, router in routers.items() if router.environment is spec.environment}
    # A CopierAccount made from a row always names its shard; only one applied by hand may leave it out.
    found = fitting.get(spec.shard if spec.shard is not None else min(fitting, default=""))
    if found is None:
        raise RouterUnknown("The deployment names no router for the account's shard.")
    return Router(
        trades_endpoint=found.trades_endpoint, ticks_endpoint=found.ticks_endpoint, curve_public_key=found.curve_public_key
    )
