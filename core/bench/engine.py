"""How long decisions take and what a link weighs: the engine's own code, called as the process that copies calls it.

usage: python -m core.bench.engine [--rounds N] [--fans N] [--links N] [--beside JSON] [--out build/bench/engine.json]

A decision is all of it: the master's tranche is looked up, the link named, the slave's exposure counted, the context made,
and the link decided. Prices, stops, moments and tickets differ from round to round, so that nothing is answered from memory.
`make bench-engine` runs it twice, as Python and compiled as routers have it (core/native), and gives the ratio of both.
"""

import argparse
import gc
import json
import os
import platform
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from time import perf_counter_ns, thread_time_ns
from uuid import UUID

import msgspec

from core.bench.world import EVERYTHING, PLANS, RICH, SIZINGS, Case, Event, Follower, World, a_deal
from lockstep_core.books.book import Book, apply_trade, followed
from lockstep_core.books.links import Link, link_id, link_tag
from lockstep_core.decision import decide as decided
from lockstep_core.decision.links_of import new_link
from lockstep_core.decision.target import Target
from lockstep_core.units import Lots
from lockstep_core.wire.codec import decode, encode
from lockstep_core.wire.enums import Action
from lockstep_core.wire.frames import Trade

WARM_UP = 100
SLAVES = 1_000
PER_SLAVE = 50
TYPICAL = "balance"

Make = Callable[[World, Follower, Event], Case]


def measure_one(make: Make, sizing: str, settings: dict[str, object], expected: Action, rounds: int) -> list[float]:
    """µs of each decision for one slave."""
    world = World(seed=7)
    follower, times = world.follower(1, sizing, settings), []
    for _ in range(rounds + WARM_UP):
        case = make(world, follower, world.event())
        started = perf_counter_ns()
        decision = world.decided(case)
        times.append((perf_counter_ns() - started) / 1_000)
        if not isinstance(decision, Target) or decision.action != expected:
            raise AssertionError(f"expected {expected.name}, not {decision}")
    return times[WARM_UP:]


def measure_fan(slaves: int, rounds: int) -> tuple[list[float], list[float]]:
    """ms of deciding one opening for so many slaves with all sizings and plans; then ms of the processor alone."""
    world, names = World(seed=7), list(SIZINGS)
    followers = [world.follower(n, names[n % len(names)], PLANS[n % len(PLANS)]) for n in range(slaves)]
    times, busy = [], []
    for _ in range(rounds + 3):
        event = world.event()
        cases = [world.opening(follower, event) for follower in followers]
        started, busy_from = perf_counter_ns(), thread_time_ns()
        decisions = [world.decided(case) for case in cases]
        times.append((perf_counter_ns() - started) / 1_000_000)
        busy.append((thread_time_ns() - busy_from) / 1_000_000)
        if not all(isinstance(decision, Target) for decision in decisions):
            raise AssertionError("expected every slave to open")
    return times[3:], busy[3:]


def bytes_per_link(links: int) -> float:
    """What a link adds to the process: itself under its id, and the slave's position in its book, both from frames."""
    slaves = [UUID(int=1000 + number) for number in range(links // PER_SLAVE)]
    world = World(seed=7)
    follower = world.follower(1, TYPICAL, {})
    masters = [followed(event.book, event.key) for event in (world.event() for _ in range(PER_SLAVE))]
    gc.collect()
    tracemalloc.start()
    known: dict[int, Link] = {}
    books = []
    for slave in slaves:
        copier, book = msgspec.structs.replace(follower.copier, id=slave), Book()
        for ticket, master in enumerate(masters):
            if master is None:
                raise AssertionError("expected every master's position to be open")
            number = link_id(slave, master.ticket)
            frame, _ = decode(encode(a_deal(10**9 + ticket, number, master.price, "EURUSD.m", link_tag(slave))), 0)
            if not isinstance(frame, Trade):
                raise AssertionError("expected a deal")
            book = apply_trade(book, frame, 10**15 + ticket)
            changes = {"slave_symbol": frame.symbol, "opened": Lots(frame.volume)}
            known[number] = msgspec.structs.replace(new_link(copier, master, number), **changes)
        books.append(book)
    gc.collect()
    total, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return total / len(known)


def summary(name: str, unit: str, values: list[float]) -> dict[str, object]:
    """Percentiles."""
    ordered = sorted(values)
    at = {f"p{p}": round(ordered[min(len(ordered) - 1, len(ordered) * p // 100)], 2) for p in (50, 95, 99)}
    return {"name": name, "unit": unit, "n": len(ordered), **at, "max": round(ordered[-1], 2)}


def ratios(results: list[dict[str, object]], beside: list[dict[str, object]]) -> list[dict[str, object]]:
    """Medians over each other; `beside` are those of an earlier run, of other code."""
    now, then = ({str(r["name"]): float(str(r["p50"])) for r in each} for each in (results, beside))
    found = {"rich plan to plain multiplier, p50": now["decide_one"] / now["decide_one_plain"]}
    names = ("decide_one", f"decide_{SLAVES}_slaves") if then else ()
    found |= {f"{name}, the run beside to this one, p50": then[name] / now[name] for name in names}
    return [{"name": name, "value": round(value, 2)} for name, value in found.items()]


def run(rounds: int, fans: int, links: int, beside: list[dict[str, object]]) -> dict[str, object]:
    """All measurements."""
    opened, plain = World.opening, measure_one(World.opening, "multiplier", {}, Action.OPEN, rounds)
    results = [summary("decide_one", "us", measure_one(opened, TYPICAL, RICH, Action.OPEN, rounds))]
    for sizing in SIZINGS:
        results.append(summary(f"decide_one_{sizing}", "us", measure_one(opened, sizing, RICH, Action.OPEN, rounds)))
    everything = measure_one(opened, TYPICAL, EVERYTHING, Action.OPEN, rounds)
    results.append(summary("decide_one_everything", "us", everything))
    results.append(summary("decide_one_plain", "us", plain))
    results.append(summary("decide_close", "us", measure_one(World.closing, TYPICAL, RICH, Action.CLOSE, rounds)))
    results.append(summary("decide_stops", "us", measure_one(World.moving, TYPICAL, RICH, Action.SET_STOPS, rounds)))
    fan, busy = measure_fan(SLAVES, fans)
    results.append(summary(f"decide_{SLAVES}_slaves", "ms", fan))
    results.append(summary(f"decide_{SLAVES}_slaves, processor time", "ms", busy))
    results.append(summary("bytes_per_link", "bytes", [bytes_per_link(links)]))
    machine = {
        "cpus": os.cpu_count(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "compiled": str(decided.__file__).endswith(".so"),
        "load_1m": round(os.getloadavg()[0], 1),
    }
    return {"machine": machine, "results": results, "ratios": ratios(results, beside)}


def main() -> None:
    """Measures, writes the file, and shows it."""
    parser = argparse.ArgumentParser(description="How long decisions take and what a link weighs.")
    parser.add_argument("--rounds", type=int, default=2_000)
    parser.add_argument("--fans", type=int, default=30)
    parser.add_argument("--links", type=int, default=50_000)
    parser.add_argument("--beside", type=Path, help="an earlier run's file, for the ratio to it")
    parser.add_argument("--out", type=Path, default=Path("build/bench/engine.json"))
    options = parser.parse_args()
    beside = json.loads(options.beside.read_text())["results"] if options.beside else []
    text = json.dumps(run(options.rounds, options.fans, options.links, beside), indent=2) + "\n"
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
