"""How many terminal pods this node carries, and what each of them costs.

usage: python -m tests.farm [--most N] [--grow SECONDS] [--trades N] [--idle SECONDS] [--out build/bench/farm.json]

The product and the test broker must be installed on the cluster of this checkout (`make install`). Ends with 1 where the
farm could not be measured.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from lockstep_core.json_object import Json
from tests.farm.crowd import Crowd, gathered
from tests.farm.errors import NodeElsewhere, NotCopied, NothingReady
from tests.farm.fanout import to_orders, trade, warm_up
from tests.farm.figures import MB, between, figure, kinds_table, last_of, own, per_kind, table
from tests.farm.growth import Grown, available_bytes, grow
from tests.farm.patience import patient
from tests.farm.processes import Totals, cpu_of, memory_of, processes_of_pods
from tests.stack.errors import StackError, TooLate
from tests.stack.people import doors_and_broker
from tests.stack.shell import say
from tests.stack.signals import end_as_ctrl_c

MOST = 200
GROW_S = 3600
MILLI = 1000


def bench(options: argparse.Namespace) -> None:
    """Grows the farm, measures it, writes the file and shows the tables. Raises `StackError`."""
    if not processes_of_pods():
        raise NodeElsewhere
    free_bytes = available_bytes()
    with patient(), doors_and_broker() as (doors, broker), gathered(doors, broker) as crowd:
        grown = grow(crowd, options.most, options.grow)
        if not grown.pods:
            raise NothingReady(grown.ended)
        say(f"{len(grown.pods)} pods are Ready; no more were added because of: {grown.ended}")
        taken_bytes = free_bytes - available_bytes()
        report = {**measured(crowd, grown, options), "node_mb_per_pod": round(taken_bytes / len(grown.pods) / MB, 1)}
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(report, indent=1) + "\n")
        show(report)
        say(f"written to {options.out}; removing the accounts")


def measured(crowd: Crowd, grown: Grown, options: argparse.Namespace) -> Json:
    """All figures of a farm that has grown."""
    memory = of_farm(grown, memory_of(processes_of_pods()))
    say(f"measuring the processor for {options.idle} s while nobody trades")
    idle = spent(grown, lambda: time.sleep(options.idle))
    fan_out, busy = traded(crowd, grown, options.trades)
    figures = {
        "pod_own_memory": figure("MB", [own(of_pod) / MB for of_pod in memory.values()]),
        "pod_memory": figure("MB", [sum(of_pod.values()) / MB for of_pod in memory.values()]),
        "pod_own_cpu": figure("mcpu", [own(of_pod) * MILLI for of_pod in idle.values()]),
        "pod_cpu": figure("mcpu", [sum(of_pod.values()) * MILLI for of_pod in idle.values()]),
        "pod_cpu_1_trade_s": figure("mcpu", [sum(of_pod.values()) * MILLI for of_pod in busy.values()]),
        "start_cpu": figure("s", grown.start_cpu_s),
        "start_peak_memory": figure("MB", [peak / MB for peak in grown.start_peak_bytes]),
        "row_to_ready": figure("s", grown.row_to_ready_s),
        "fanout_each": figure("ms", [each for times in fan_out for each in times]),
        "fanout_last": figure("ms", last_of(fan_out)),
    }
    return {
        "machine": {"cpus": os.cpu_count(), "load_1m": round(os.getloadavg()[0], 1)},
        "pods_ready": len(grown.pods),
        "ended": grown.ended,
        "results": {name: asdict(found) for name, found in figures.items() if found is not None},
        "memory_mb": per_kind(memory, 1 / MB),
        "idle_mcpu": per_kind(idle, MILLI),
        "one_trade_a_second_mcpu": per_kind(busy, MILLI),
    }


def traded(crowd: Crowd, grown: Grown, trades: int) -> tuple[list[list[float]], Totals]:
    """The times to the orders of the slaves, and what the pods use meanwhile. Neither where not all copied in time."""
    if not crowd.slaves or not trades:
        return [], {}
    tickets: list[int] = []
    try:
        say("waiting until every slave copies")
        warm_up(crowd)
        say(f"{2 * trades} trades of the master, one a second")
        busy = spent(grown, lambda: tickets.extend(trade(crowd, trades)))
        return to_orders(crowd, tickets), busy
    except (TooLate, NotCopied) as error:
        say(f"no figures of copies: {error}")
        return [], {}


def of_farm(grown: Grown, totals: Totals) -> Totals:
    """Only the farm's own pods."""
    uids = set(grown.pods.values())
    return {pod: of_pod for pod, of_pod in totals.items() if pod in uids}


def spent(grown: Grown, work: Callable[[], object]) -> Totals:
    """Seconds of processor time a second that the farm's pods use while something happens."""
    before, began = cpu_of(processes_of_pods()), time.monotonic()
    work()
    return of_farm(grown, between(before, cpu_of(processes_of_pods()), time.monotonic() - began))


def show(report: Json) -> None:
    """Prints the tables."""
    print(f"\npods_ready: {report['pods_ready']} (load {report['machine']['load_1m']}, {report['machine']['cpus']} cores)")
    print(f"ended by: {report['ended']}\n")
    print(table(report["results"]))
    print(f"\nmemory that the machine lost meanwhile, for each pod, whoever took it: {report['node_mb_per_pod']} MB")
    print(f"\n{kinds_table(report['memory_mb'], report['idle_mcpu'], report['one_trade_a_second_mcpu'])}\n")


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How many terminal pods this node carries, and what each of them costs.")
    parser.add_argument("--most", type=int, default=MOST, help="no more accounts than so many")
    parser.add_argument("--grow", type=float, default=GROW_S, help="seconds in which the farm grows")
    parser.add_argument("--trades", type=int, default=30, help="positions that the master opens and closes")
    parser.add_argument("--idle", type=int, default=60, help="seconds over which the idle processor time is measured")
    parser.add_argument("--out", type=Path, default=Path("build/bench/farm.json"))
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """A `StackError` becomes one plain message."""
    end_as_ctrl_c()
    try:
        bench(parsed(arguments))
    except StackError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
