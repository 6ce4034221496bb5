"""Symbols and quotes from the files in `data`. Quotes are replayed in a loop."""

import csv
import heapq
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from broker.model import BrokerQuote, BrokerSymbol

DATA = Path(__file__).parent / "data"
Ticks = Mapping[str, tuple[tuple[int, float, float], ...]]


def read_symbols(path: Path = DATA / "symbols.csv") -> dict[str, BrokerSymbol]:
    """The trading conditions of each symbol."""
    with path.open(newline="") as file:
        return {row["name"]: _symbol(row) for row in csv.DictReader(file)}


def _symbol(row: Mapping[str, str]) -> BrokerSymbol:
    numbers: dict[str, Any] = {key: int(row[key]) for key in row if key not in ("name", "base", "profit")}
    return BrokerSymbol(name=row["name"], base=row["base"], profit=row["profit"], **numbers)


def read_ticks(path: Path = DATA / "ticks.csv") -> Ticks:
    """The recorded ticks by symbol: (ms since the first one, bid, ask)."""
    found: dict[str, list[tuple[int, float, float]]] = {}
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["symbol"], []).append((int(row["at_ms"]), float(row["bid"]), float(row["ask"])))
    return {name: tuple(ticks) for name, ticks in found.items()}


def first_quotes(ticks: Ticks, now_msc: int) -> dict[str, BrokerQuote]:
    """The first quote of every symbol, so that trading can begin at once."""
    return {name: BrokerQuote(rows[0][1], rows[0][2], now_msc) for name, rows in ticks.items()}


def replay(ticks: Ticks, speed: float = 1.0) -> Iterator[tuple[int, str, float, float]]:
    """Replays the ticks without end: (ms since the start, symbol, bid, ask), in order of time."""
    return heapq.merge(*(_loop(name, rows, speed) for name, rows in sorted(ticks.items())))


def _loop(name: str, rows: tuple[tuple[int, float, float], ...], speed: float) -> Iterator[tuple[int, str, float, float]]:
    length = rows[-1][0] + 1000
    turn = 0
    while True:
        for at, bid, ask in rows:
            yield int((turn * length + at) / speed), name, bid, ask
        turn += 1
