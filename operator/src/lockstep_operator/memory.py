"""The routers that are known, kept in the cluster: an operator can place pods while the database is down."""

import json
from collections.abc import Iterable
from dataclasses import asdict

from lockstep_core.resources.copier_account import Environment
from lockstep_core.resources.names import PART_OF, PART_OF_LABEL
from lockstep_operator.facts import Shard
from lockstep_operator.kube import Kube

CONFIG_MAP = "lockstep-routers"
_KEY = "routers.json"


def shards_to_text(shards: Iterable[Shard]) -> str:
    """Routers as text."""
    return json.dumps([asdict(shard) for shard in shards], indent=1)


def shards_from_text(text: str) -> tuple[Shard, ...]:
    """Routers from text; none if the text is not of this version."""
    try:
        return tuple(Shard(**{**item, "environment": Environment(item["environment"])}) for item in json.loads(text))
    except (ValueError, TypeError, KeyError):
        return ()


async def remember(kube: Kube, shards: Iterable[Shard]) -> None:
    """Keep the routers. Raises OperatorError."""
    metadata = {"name": CONFIG_MAP, "labels": {PART_OF_LABEL: PART_OF}}
    data = {_KEY: shards_to_text(shards)}
    await kube.apply("configmaps", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data})


async def recall(kube: Kube) -> tuple[Shard, ...]:
    """The routers that were kept, none if there are none. Raises OperatorError."""
    found = await kube.get("configmaps", CONFIG_MAP)
    return shards_from_text(found.get("data", {}).get(_KEY, "")) if found is not None else ()
