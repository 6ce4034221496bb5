"""How long new terminals wait for a node while the cluster grows, with room that is kept for them (`headroom`) and without.

usage: python -m tests.scale.operators.growth [--accounts 16] [--headroom 6] [--out build/bench/growth.json]

Nodes are kwok's. An autoscaler is played: while a pod finds no room, a node more comes after as long as a cloud takes. The
placeholders are the chart's own. The product must be installed on the cluster of this checkout.
"""

import argparse
import asyncio
import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import asyncpg

from lockstep_core.json_object import Json
from tests.scale.figures import Bound, Figure, figure
from tests.scale.operators.ground import FAKE, NAMESPACE, TOLERATION, Ground, add_nodes, chart, ground, node
from tests.scale.operators.instance import Instance
from tests.scale.operators.pods import Pods
from tests.scale.operators.reported import reported
from tests.scale.operators.rows import Rows
from tests.scale.operators.scenes import play_router
from tests.stack.errors import TooLate
from tests.stack.kube import kubectl
from tests.stack.scratch import scratch_database
from tests.stack.shell import say, wait_for

ROOM = 8
"""Pods of one node."""
NODE_S = 15.0
"""How long a cloud takes to bring a node."""
PAUSE_S = 4.0
"""The pause between two new accounts."""
LONGEST_S = 300.0
CLASS = "lockstep-bench-terminals"
BOUNDS = (Bound("wait_for_node_with_headroom", "p99", most=5),)


async def scene(name: str, accounts: int, headroom: int) -> Figure:
    """Accounts come one after the other: from each row to the node of its pod. Raises `StackError`."""
    with ground([node(0, ROOM)]) as place, scratch_database() as url, TemporaryDirectory() as folder:
        keep_room(headroom)
        connection, routers = await asyncpg.connect(url), await asyncpg.connect(url)
        try:
            waits = await waits_of(place, url, Rows(connection), Rows(routers), Path(folder), accounts)
        finally:
            await connection.close()
            await routers.close()
            kubectl("delete", "priorityclass", CLASS, f"{NAMESPACE}-headroom", "--ignore-not-found")
    return figure(name, "s", waits)


def keep_room(count: int) -> None:
    """The chart's placeholders, and a class of terminals that may push them out."""
    place = {"nodeSelectors": {"Live": {FAKE: "bench"}}, "tolerations": [TOLERATION]}
    allowed = {name: {"preemptionPolicy": "PreemptLowerPriority"} for name in ("masters", "slaves")}
    made = (
        chart("templates/headroom.yaml", {"terminals": place, "headroom": {"Live": count}, "priorityClasses": allowed})
        if count
        else []
    )
    terminals = {"kind": "PriorityClass", "metadata": {"name": CLASS}, "value": 800_000}
    every = [*made, {"apiVersion": "scheduling.k8s.io/v1", "preemptionPolicy": "PreemptLowerPriority", **terminals}]
    kubectl("-n", NAMESPACE, "apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": every}))
    wait_for("placeholders", lambda: len([pod for pod in pods_now() if pod["spec"].get("nodeName")]) == count, 60)


async def waits_of(place: Ground, url: str, rows: Rows, routers: Rows, folder: Path, accounts: int) -> list[float]:
    """How long each account's pod waited for a node."""
    await rows.begin()
    pods, began_s = Pods(place), dict[UUID, float]()
    classes = json.dumps(dict.fromkeys(("Master", "Slave", "Both"), CLASS))
    async with asyncio.TaskGroup() as group:
        beside = [group.create_task(each) for each in (pods.watch(), play_router(routers, pods), grow())]
        operator = Instance(
            "bench-1", place, f"{url}&role=lockstep_operator", folder, {"LOCKSTEP_TERMINAL_PRIORITY_CLASSES": classes}
        )
        try:
            await asyncio.to_thread(operator.ready)
            for _ in range(accounts):
                began_s[(await rows.add(1))[0]] = time.monotonic()
                await asyncio.sleep(PAUSE_S)
            end_s = time.monotonic() + LONGEST_S
            while began_s.keys() - pods.placed_s.keys():
                if time.monotonic() > end_s:
                    raise TooLate("a node for each pod", LONGEST_S, "still not so")
                await asyncio.sleep(0.1)
        finally:
            operator.stop()
            for task in beside:
                task.cancel()
    return [pods.placed_s[account] - began for account, began in began_s.items()]


async def grow() -> None:
    """Adds nodes for ever, one at a time, while a pod finds no room."""
    number = 0
    while True:
        if any(is_without_room(pod) for pod in await asyncio.to_thread(pods_now)):
            await asyncio.sleep(NODE_S)
            number += 1
            await asyncio.to_thread(add_nodes, [node(number, ROOM)])
            say(f"node {number} came")
            # The scheduler sees it first.
            await asyncio.sleep(2)
        await asyncio.sleep(0.5)


def pods_now() -> list[Json]:
    """All pods of the namespace."""
    found: list[Json] = json.loads(kubectl("-n", NAMESPACE, "get", "pods", "-o", "json"))["items"]
    return found


def is_without_room(pod: Json) -> bool:
    """Whether the scheduler finds no node for this pod."""
    conditions = pod.get("status", {}).get("conditions", ())
    return any(each["type"] == "PodScheduled" and each.get("reason") == "Unschedulable" for each in conditions)


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How long new terminals wait for a node while the cluster grows.")
    parser.add_argument("--accounts", type=int, default=16)
    parser.add_argument("--headroom", type=int, default=6)
    parser.add_argument("--out", type=Path, default=Path("build/bench/growth.json"))
    return parser.parse_args(arguments)


async def both(options: argparse.Namespace, figures: list[Figure]) -> None:
    """Measures with headroom and without."""
    for name, headroom in (("wait_for_node_with_headroom", options.headroom), ("wait_for_node_without", 0)):
        figures.append(await scene(name, options.accounts, headroom))


def main(arguments: list[str]) -> int:
    """Writes the file and shows the table."""
    options, figures = parsed(arguments), list[Figure]()
    return reported(both(options, figures), figures, BOUNDS, options.out)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
