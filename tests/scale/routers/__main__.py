"""The router as it ships, seen from outside and measured at scale, beside plain libzmq and zmq.asyncio.

usage: python -m tests.scale.routers [--only SCENE] [--quick] [--out build/bench/router.json]

Run it through `make bench-router`, which compiles the decision first. It takes nine minutes; `--quick` takes two, with fewer
rounds and without what needs a thousand accounts.
"""

import argparse
import resource
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import lockstep_core.decision.decide
from tests.bench.errors import BenchError
from tests.scale.figures import Bound, Figure, table, write
from tests.scale.routers import scenes
from tests.scale.routers.errors import ScaleError
from tests.scale.routers.native import Driver
from tests.stack.shell import say

BOUNDS = (
    *(Bound(f"outside_{slaves}_vs_libzmq", "p50", most=2) for slaves in (1, 10, 100)),
    Bound("fanout_1000_last", "p99", most=30),
    Bound("commands", "p50", least=10_000),
    Bound("recovery_200_peers", "max", most=5),
)
LEFT_OUT = ["sankey-copier: its source is not part of this tree"]
Scene = Callable[[Driver], Iterator[Figure]]


def chosen(*, quick: bool) -> dict[str, Scene]:
    """The scenes by name."""
    some = {
        "outside_1": lambda driver: scenes.side_by_side(driver, 1, 200 if quick else 1000),
        "outside_10": lambda driver: scenes.side_by_side(driver, 10, 100 if quick else 500),
        "outside_100": lambda driver: scenes.side_by_side(driver, 100, 40 if quick else 200),
        "commands": lambda driver: scenes.commands_a_second(driver, 3 if quick else 10),
        "burst": lambda driver: scenes.bursts_of_500(driver, 5 if quick else 20),
        "recovery": lambda driver: scenes.recovery(driver, 1 if quick else 3),
        "ticks": lambda driver: scenes.beside_ticks(driver, 200 if quick else 1000),
    }
    large: dict[str, Scene] = {
        "fanout_1000": lambda driver: scenes.fanout_1000(driver, 100),
        "accounts": lambda driver: scenes.among_accounts(driver, [10, 100, 500, 2000], 500),
        "links": lambda driver: scenes.beside_links(driver, [10, 1000, 10_000, 100_000], 300),
        "silence": lambda driver: scenes.after_silence(driver, 3),
    }
    return some if quick else {**some, **large}


def measured(scenes_by_name: dict[str, Scene], driver: Driver) -> Iterator[Figure]:
    """All figures."""
    for name, scene in scenes_by_name.items():
        say(name)
        yield from scene(driver)


def main(arguments: list[str]) -> int:
    """Measures, writes the file and shows the table. What goes wrong becomes one plain message."""
    parser = argparse.ArgumentParser(description="The router as it ships, seen from outside.")
    parser.add_argument("--only", action="append", choices=list(chosen(quick=False)), help="may be given several times")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--out", type=Path, default=Path("build/bench/router.json"))
    options = parser.parse_args(arguments)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    scenes_by_name = {
        name: scene for name, scene in chosen(quick=options.quick).items() if not options.only or name in options.only
    }
    left_out = LEFT_OUT + ([] if str(lockstep_core.decision.decide.__file__).endswith(".so") else ["the compiled decision"])
    try:
        figures = list(measured(scenes_by_name, Driver()))
    except (BenchError, ScaleError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 2
    write(options.out, figures, BOUNDS, left_out)
    print(table(figures, BOUNDS))
    for what in left_out:
        print(f"left out: {what}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
