"""Stores the known routers in a ConfigMap, so that a restarted operator can start pods while the database is down."""

import json
from collections.abc import Iterable
from dataclasses import asdict

from lockstep_core.resources.copier_account import SpecEnvironment
from lockstep_core.resources.names import PART_OF, PART_OF_LABEL
from lockstep_operator.facts import Shard
from lockstep_operator.kube import Kube

CONFIG_MAP = "lockstep-routers"
_KEY = "routers.json"


def shards_to_text(shards: Iterable[Shard]) -> str:
    """Routers as JSON text."""
    return json.dumps([asdict(shard) for shard in shards], indent=1)


def shards_from_text(text: str) -> tuple[Shard, ...]:
    """Routers from JSON text; none if another version wrote it in another form."""
    try:
        return tuple(Shard(**{**item, "environment": SpecEnvironment(item["environment"])}) for item in json.loads(text))
    except (ValueError, TypeError, KeyError):
        return ()


async def save_shards(kube: Kube, shards: Iterable[Shard]) -> None:
    """Stores the routers. Raises OperatorError."""
    metadata = {"name": CONFIG_MAP, "labels": {PART_OF_LABEL: PART_OF}}
    data = {_KEY: shards_to_text(shards)}
    await kube.apply("configmaps", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data})


async def load_shards(kube: Kube) -> tuple[Shard, ...]:
    """The stored routers, possibly none. Raises OperatorError."""
    found = await kube.get("configmaps", CONFIG_MAP)
    return shards_from_text(found.get("data", {}).get(_KEY, "")) if found is not None else ()
