"""From a master's event to its slave's order, pod to pod, for each pair of platforms.

usage: python -m tests.farm.pairs [--trades N] [--gap SECONDS] [--platforms MT5 MT4] [--out build/bench/pods.json]

The product and the test broker must be installed (`make install`). One person is made with a master and a slave of each
platform, and removed at the end with all that it had. Ends with 1 where something was not copied.
"""

import argparse
import json
import os
import secrets
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

from lockstep_core.json_object import Json
from tests.farm.crowd import REMOVAL_S, left_of
from tests.farm.errors import RowsMissing
from tests.farm.fanout import COPIED_S, copies_of
from tests.stack.broker import Broker
from tests.stack.copied import SYMBOL, flat, warm_up
from tests.stack.doors import Doors
from tests.stack.errors import StackError, TooLate
from tests.stack.people import Account, broker_account, doors_and_broker, register, wait_until_ready
from tests.stack.report import SPANS
from tests.stack.shell import say, wait_for
from tests.stack.signals import end_as_ctrl_c
from tests.stack.spans import Spread, spread

READY_S = 300
FACTOR: Json = {"mode": "multiplier", "factor": "0.5"}
Spans = Mapping[str, float]
"""What one copy took, in µs, by span."""


@dataclass(frozen=True)
class Pods:
    """One person's accounts: a master and a slave of each platform."""

    doors: Doors
    broker: Broker
    masters: dict[str, Account]
    slaves: dict[str, Account]

    @property
    def all(self) -> list[Account]:
        """Both kinds."""
        return [*self.masters.values(), *self.slaves.values()]


@contextmanager
def raised(doors: Doors, broker: Broker, platforms: Sequence[str]) -> Iterator[Pods]:
    """A new person whose accounts are all Ready. At the end nothing of it is left, in the cluster or the database."""
    email = f"pods-{secrets.token_hex(6)}@example.com"
    doors.sign_up(email, secrets.token_urlsafe(18))
    pods = Pods(doors, broker, {}, {})
    try:
        for platform in platforms:
            for role, of_role in (("master", pods.masters), ("slave", pods.slaves)):
                login = broker_account(broker, platform=platform)
                of_role[platform] = register(doors, login, role, f"{role} {platform}", platform)
        for account in pods.all:
            wait_until_ready(account, READY_S)
        yield pods
    finally:
        names = {account.resource for account in pods.all}
        for account in pods.all:
            doors.remove_account(account.id)
        doors.ask("DELETE", "/v1/me", {"confirm": email})
        wait_for("the end of the pods", lambda: not left_of(names) or None, REMOVAL_S, 2)


def copied(pods: Pods, pair: tuple[str, str], trades: int, gap_s: float) -> list[Spans]:
    """The spans of so many copies, one trade after the other. Raises `StackError`."""
    master, slave = pods.masters[pair[0]], pods.slaves[pair[1]]
    copier = pods.doors.link(master.id, slave.id, FACTOR)["id"]
    warm_up(pods.broker, master, slave)
    tickets = [_traded(pods.broker, master, ("buy", "sell")[number % 2], gap_s) for number in range(trades)]
    flat(pods.broker, slave)
    found = _spans(pods.doors, tickets)
    # The next pair of this master is measured alone.
    pods.doors.ask("PATCH", f"/v1/copiers/{copier}", {"mode": "off"})
    return found


def _traded(broker: Broker, master: Account, side: str, gap_s: float) -> int:
    """Opens a position and closes it, with a quiet time after both. Its ticket."""
    ticket = broker.open(master.login.login, SYMBOL, side, "0.10")
    time.sleep(gap_s)
    broker.close(master.login.login, ticket)
    time.sleep(gap_s)
    return ticket


def _spans(doors: Doors, tickets: Sequence[int]) -> list[Spans]:
    """The spans of the copies of these positions. Raises `RowsMissing`."""
    wanted = set(tickets)

    def found() -> dict[int, Spans]:
        rows = ((int(row["master_position"]), row["spans"] or {}) for row in copies_of(doors))
        return {ticket: spans for ticket, spans in rows if ticket in wanted and "event_to_order_us" in spans}

    def whole() -> dict[int, Spans] | None:
        got = found()
        return got if got.keys() >= wanted else None

    try:
        by_ticket = wait_for("every copy's row", whole, COPIED_S, 2.0)
    except TooLate:
        raise RowsMissing(len(found()), len(wanted), COPIED_S) from None
    return list(by_ticket.values())


def figures(copies: Sequence[Spans]) -> dict[str, Spread]:
    """Each span's percentiles in ms, by its name in the tables."""
    named = ((name, [spans[span] / 1000 for spans in copies if span in spans]) for span, name in SPANS)
    return {name: spread(values) for name, values in named if values}


def bench(options: argparse.Namespace) -> None:
    """Measures every pair, writes the file and shows the table. Raises `StackError`."""
    with doors_and_broker() as (doors, broker):
        results: dict[str, dict[str, Spread]] = {}
        platforms = options.platforms or doors.ask("GET", "/v1/platforms")["items"]
        with raised(doors, broker, platforms) as pods:
            for pair in product(platforms, repeat=2):
                say(f"{options.trades} trades of {pair[0]} to {pair[1]}")
                results["→".join(pair)] = figures(copied(pods, pair, options.trades, options.gap))
        load = round(os.getloadavg()[0], 1)
        report = {
            "machine": {"cpus": os.cpu_count(), "load_1m": load},
            "results_ms": {pair: {name: asdict(found) for name, found in of.items()} for pair, of in results.items()},
        }
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
        print(f"\n{table(results)}\n\nload {load}; written to {options.out}")


def table(results: Mapping[str, Mapping[str, Spread]]) -> str:
    """All figures as text, in ms."""
    lines = [f"{'pair':<10}{'span':<16}{'n':>5}{'p50':>10}{'p95':>10}{'p99':>10}{'max':>10}   ms"]
    for pair, of_pair in results.items():
        lines += [
            f"{pair:<10}{name:<16}{s.n:>5}{s.p50:>10.3f}{s.p95:>10.3f}{s.p99:>10.3f}{s.max:>10.3f}"
            for name, s in of_pair.items()
        ]
    return "\n".join(lines)


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="From a master's event to its slave's order, pod to pod.")
    parser.add_argument("--trades", type=int, default=60, help="positions that each master opens and closes")
    parser.add_argument("--gap", type=float, default=0.25, help="seconds after each opening and closing")
    parser.add_argument("--platforms", nargs="+", choices=("MT5", "MT4"), help="those that the cluster has terminals for")
    parser.add_argument("--out", type=Path, default=Path("build/bench/pods.json"))
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
