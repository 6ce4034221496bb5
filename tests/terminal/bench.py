"""Measures the bridge in the test terminals of MT5 and MT4 under Wine and writes build/bench/terminal.json.

usage: tests/terminal/run_in_wine.sh --bench [ROUNDS]
or     WINE_ROOTFS=… PYTHONPATH=.:tests/terminal python tests/terminal/bench.py [ROUNDS]
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import zmq
from conformance.client import LOT, BridgeClient
from conformance.relay import RelayPorts, await_frame, drain
from stage.build import built_programs
from stage.place import HERE, BrokerProcess, Mt4TerminalProcess, TerminalProcess, TerminalSetup
from stage.wine import Wine, find_wine

from agent.bench.relay import Bench as RelayBench
from lockstep_core.wire.enums import Action
from lockstep_core.wire.frames import Command, Result, SnapshotEnd, Trade

PASSWORD = "bench"
PAUSE_S = 0.02
IDLE_S = 10.0
START_S = 60.0
OUT = HERE.parent.parent / "build/bench/terminal.json"


def summary(name: str, times_ns: Sequence[int]) -> dict[str, Any]:
    """Percentiles in ms."""
    ordered = sorted(times_ns)

    def at(allocation: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(len(ordered) * allocation))] / 1e6, 3)

    figures = {"p50": at(0.5), "p95": at(0.95), "p99": at(0.99), "max": at(1.0)}
    return {"name": name, "unit": "ms", "n": len(ordered)} | figures


def measure(client: BridgeClient, rounds: int) -> list[dict[str, Any]]:
    """Opens and closes a position in each round."""
    to_call, to_answer, to_wire = [], [], []
    for number in range(1, rounds + 1):
        link = client.new_link()
        for action in (Action.OPEN, Action.CLOSE):
            time.sleep(PAUSE_S)
            sent_ns = client.relay.send_command(_command(number * 2 + (action == Action.CLOSE), link, action))
            placed, placed_ns = await_frame(client.relay.commands, Result)
            trade, trade_ns = await_frame(client.relay.events, Trade)
            await_frame(client.relay.events, Result)
            to_call.append(placed.called_ns - sent_ns)
            to_answer.append(placed_ns - sent_ns)
            to_wire.append(trade_ns - trade.seen_ns)
    names = (
        "command on the wire to the order's call",
        "command on the wire to its answer",
        "trade event to frame on the wire",
    )
    return [summary(name, times) for name, times in zip(names, (to_call, to_answer, to_wire), strict=True)]


def measure_watching(broker: BrokerProcess, relay: RelayPorts, rounds: int) -> list[dict[str, Any]]:
    """Opens and closes a position by phone in each round."""
    to_wire = []
    drain(relay.events)
    for _ in range(rounds):
        time.sleep(PAUSE_S)
        done = broker.call("POST", "/accounts/1/trades", symbol="EURUSD", side="buy", lots="0.01")
        trade, trade_ns = await_frame(relay.events, Trade)
        to_wire.append(trade_ns - done["told_ns"])
        broker.call("POST", f"/accounts/1/positions/{trade.position}/close")
        await_frame(relay.events, Trade)
    return [summary("broker's word of a trade to frame on the wire", to_wire)]


def measure_quotes(terminal: TerminalProcess, rounds: int) -> dict[str, Any]:
    """Asks for a quote in each round, from a router's socket over a real relay."""
    relay = RelayBench(plays_terminal=False)
    events, commands = relay.ports
    try:
        terminal.start(TerminalSetup(1, PASSWORD, events_port=events, commands_port=commands))
        await_quotes(relay)
        times = []
        for _ in range(rounds):
            time.sleep(PAUSE_S)
            times.append(relay.asked())
        return summary("router's request of a quote to its answer, over the relay", times)
    finally:
        relay.close()


def await_quotes(relay: RelayBench) -> None:
    """Until the terminal is there, has logged in, and has prices."""
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        try:
            relay.asked()
        except zmq.Again:
            time.sleep(PAUSE_S)
        else:
            return
    raise TimeoutError("the terminal answers no request of a quote")


def measure_idle(terminal: TerminalProcess) -> dict[str, Any]:
    """The processor time of all processes of an idle terminal, in percent of a core."""
    before, since = terminal.cpu_s(), time.monotonic()
    time.sleep(IDLE_S)
    spent = (terminal.cpu_s() - before) / (time.monotonic() - since)
    return {"name": "idle terminal with Wine", "unit": "% of a core", "n": 1, "p50": round(100 * spent, 2)}


def _command(number: int, link: int, action: Action) -> Command:
    flat = (0, LOT // 100, 0.0, 0.0, 0.0, 0.0, 0, 0, 0, action, 0, 20, 0, "EURUSD", "ls:bench")
    return Command(number, link, *flat)


def run(rounds: int) -> dict[str, Any]:
    """Runs all measurements of both platforms, and describes the machine."""
    root, why_not = find_wine()
    if why_not:
        sys.exit(why_not)
    machine = {"cores": os.cpu_count(), "load_1min": os.getloadavg()[0]}
    results = [
        result | {"name": f"{platform}: {result['name']}"}
        for platform in ("MT5", "MT4")
        for result in run_platform(platform, root, rounds)
    ]
    return {"machine": machine, "results": results, "ratios": []}


def run_platform(platform: str, root: str, rounds: int) -> list[dict[str, Any]]:
    """Runs all measurements with one terminal and one broker."""
    kind = Mt4TerminalProcess if platform == "MT4" else TerminalProcess
    with tempfile.TemporaryDirectory(dir=f"{root}/tmp", prefix="lockstep-", ignore_cleanup_errors=True) as folder:
        wine = Wine(root, Path(folder), Path(root or "/") / "opt/lockstep/prefix")
        wine.work.chmod(0o755)
        broker = BrokerProcess()
        broker.call("POST", "/accounts", login=1, password=PASSWORD, platform=int(platform[2:]))
        terminal = kind(wine, "bench", built_programs(platform), broker.port)
        try:
            with RelayPorts() as relay:
                terminal.start(TerminalSetup(1, PASSWORD, events_port=relay.events.port, commands_port=relay.commands.port))
                await_frame(relay.events, SnapshotEnd, wait_s=60)
                idle = measure_idle(terminal)
                watched = measure_watching(broker, relay, rounds)
                traded = measure(BridgeClient(relay, time.time_ns()), rounds)
            terminal.stop()
            return [*traded, *watched, measure_quotes(terminal, rounds), idle]
        finally:
            terminal.stop()
            broker.close()


if __name__ == "__main__":
    report = run(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report, indent=1))
