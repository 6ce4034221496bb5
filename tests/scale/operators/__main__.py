"""The operator with many accounts, whose terminal pods run on nodes that do not exist.

usage: python -m tests.scale.operators [--accounts 100,1000,3000] [--churn MINUTES] [--out build/bench/operator.json]

The product must be installed on the cluster of this checkout (`make install`): the Postgres and the kind CopierAccount are
its. What is measured is the operator of this checkout, in a namespace and with a database of its own, both removed at the
end. Run it as root.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg

from tests.scale.figures import Bound, Figure
from tests.scale.operators.ground import Ground, ground, nodes
from tests.scale.operators.pods import Pods
from tests.scale.operators.reported import reported
from tests.scale.operators.rows import Rows
from tests.scale.operators.scenes import Measurement, play_router
from tests.stack.scratch import scratch_database
from tests.stack.shell import say

MOST_BESIDE = 100
"""Room for pods beside those of the accounts: of rows that are added while others end."""
BOUNDS = (
    Bound("pods_created_1000", "p50", most=60),
    Bound("operator_rss_1000", "p50", most=300),
    Bound("restart_1000", "p50", most=20),
    Bound("restart_writes_1000", "p50", most=0),
    Bound("calls_per_account_1000", "p50", most=8),
    Bound("fail_over", "p50", most=15),
)


async def bench(options: argparse.Namespace, figures: list[Figure]) -> None:
    """Measures; what was found stands in `figures` also where something fails. Raises `StackError`."""
    with (
        ground(nodes(max(counts_of(options)) + MOST_BESIDE)) as place,
        scratch_database() as url,
        TemporaryDirectory() as folder,
    ):
        connection, routers = await asyncpg.connect(url), await asyncpg.connect(url)
        try:
            await with_rows(place, url, Rows(connection), Rows(routers), Path(folder), options, figures)
        finally:
            await connection.close()
            await routers.close()


async def with_rows(
    place: Ground,
    url: str,
    rows: Rows,
    routers_rows: Rows,
    folder: Path,
    options: argparse.Namespace,
    figures: list[Figure],
) -> None:
    """Measures while the pods are watched and a router's part is played. Where one of these fails, so does the bench."""
    await rows.begin()
    pods = Pods(place)
    async with asyncio.TaskGroup() as group:
        beside = [group.create_task(pods.watch()), group.create_task(play_router(routers_rows, pods))]
        # The operator has the rights of its role, whoever opened the connection.
        measurement = Measurement(place, f"{url}&role=lockstep_operator", rows, pods, folder)
        try:
            async for found in measured(measurement, counts_of(options), options.churn):
                say(f"{found.name}: {found.p50:g} {found.unit}")
                figures.append(found)
        finally:
            measurement.close()
            for task in beside:
                task.cancel()


def counts_of(options: argparse.Namespace) -> list[int]:
    """How many accounts there are, one after the other."""
    return [int(count) for count in options.accounts.split(",")]


async def measured(measurement: Measurement, counts: list[int], churn_minutes: float) -> AsyncIterator[Figure]:
    """All figures: for each number of accounts from the first row to the last one's end."""
    for count in counts:
        async for found in measurement.creation(count):
            yield found
        async for found in measurement.restart(count):
            yield found
        if count == counts[-1]:
            async for found in measurement.churn(churn_minutes):
                yield found
            async for found in measurement.fail_over():
                yield found
        async for found in measurement.removal():
            yield found


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The operator with many accounts, on nodes that do not exist.")
    parser.add_argument("--accounts", default="100,1000,3000")
    parser.add_argument(
        "--churn", type=float, default=10, help="minutes in which a tenth of the accounts goes and comes each"
    )
    parser.add_argument("--out", type=Path, default=Path("build/bench/operator.json"))
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Writes the file and shows the table."""
    options, figures = parsed(arguments), list[Figure]()
    return reported(bench(options, figures), figures, BOUNDS, options.out)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
