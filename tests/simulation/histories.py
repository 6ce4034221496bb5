"""Histories of real accounts as scenarios: one master that trades as they did, and four slaves.

The last slave nets, names its symbols otherwise and has contracts of a tenth.
"""

import csv
import gzip
import re
from pathlib import Path
from random import Random

import msgspec

from lockstep_core.units import parse_lots
from tests.simulation.broker_data import AccountKind, ListedSymbol
from tests.simulation.random_scenarios import random_fault
from tests.simulation.scenario import REST, CopierSpec, Scenario, Step

DATA = Path(__file__).parent / "data"
COPIERS = (
    CopierSpec(0, 1, 0, 100, copy_stops=True, age_ms=5_000),
    CopierSpec(0, 2, 10_000_000, 0, copy_stops=True, age_ms=5_000),
    CopierSpec(0, 3, 0, 250, copy_stops=False, age_ms=30_000),
)
TENFOLD = 10
NETTING = frozenset({"D", "F"})
MT4 = frozenset({"A", "B", "C", "H"})
LONGEST_GAP_MS = 500
FAULT_EVERY_MS = 20_000
RESTS = 60
MICRO, TENTH = 1_000_000, 10_000_000
_STEPS = {"open": "open", "pending_fill": "open", "close": "close", "partial_close": "part", "modify": "stops"}


class HistoryRow(msgspec.Struct, frozen=True):
    """One event of an account; lots in 1e-8."""

    at_ms: int
    key: int
    kind: str
    symbol: str
    side: int
    lots: int
    sl: float
    tp: float
    digits: int


def history(name: str) -> list[HistoryRow]:
    """The account's events that a hedging account's copies depend on, in order."""
    with gzip.open(DATA / f"history_{name}.csv.gz", "rt", encoding="utf-8") as file:
        return [_row(line) for line in csv.DictReader(file) if line["event"] in _STEPS]


def replay(name: str, fault_seed: int | None = None) -> Scenario:
    """A history as a scenario with shortened pauses. With a seed, faults happen now and then."""
    rows = history(name)
    rest_every = max(8, len(rows) // RESTS)
    steps: list[Step] = []
    at_ms = 5_000
    for before, row in zip([rows[0], *rows], rows, strict=False):
        at_ms += min(row.at_ms - before.at_ms, LONGEST_GAP_MS)
        amount = 0 if row.kind == "stops" else row.lots
        if len(steps) % rest_every == rest_every - 1:
            steps.append(Step(at_ms, REST))
        steps.append(Step(at_ms, row.kind, 0, row.key, amount, row.symbol, row.side, row.sl, row.tp))
    if fault_seed is not None:
        steps = _with_faults(steps, Random(f"faults {name} {fault_seed}"))  # noqa: S311 - a seeded scenario, no secret
    fine = _market(rows, MICRO)
    # A has so many open positions at once that the orders of a netting slave would wait for each other all the time.
    copiers = COPIERS if name == "A" else (*COPIERS, _netting_copier(fine))
    other = tuple(_renamed(listed) for listed in fine)
    markets = (fine, fine, fine, _market(rows, TENTH), other)
    kinds = (kind_of(name), AccountKind.HEDGING, AccountKind.HEDGING, AccountKind.HEDGING, AccountKind.NETTING)
    return Scenario(fault_seed or 0, 5, 50_000, copiers, tuple(steps), markets, kinds)


def kind_of(name: str) -> AccountKind:
    """The kind of account that a history is of."""
    return AccountKind.NETTING if name in NETTING else AccountKind.MT4 if name in MT4 else AccountKind.HEDGING


def _netting_copier(listed: tuple[ListedSymbol, ...]) -> CopierSpec:
    """The netting slave's copier. The user has mapped the symbols that no rule of names can match."""
    mapped = [{"from": one.name, "to": _renamed(one).name} for one in listed if len(_core(one.name)) < 3 or "_" in one.name]
    settings = {"symbols": {"symbol_mapping": mapped}}
    return CopierSpec(0, 4, 0, 100, copy_stops=True, age_ms=60_000, settings=settings)


def _renamed(listed: ListedSymbol) -> ListedSymbol:
    name = f"{_core(listed.name)}.m"
    return msgspec.structs.replace(listed, name=name, contract=listed.contract // TENFOLD, tick_value=1, alias=listed.name)


def _core(name: str) -> str:
    return re.sub(r"[^A-Z0-9_]", "", re.split(r"[.\-]", name)[0])


def _with_faults(steps: list[Step], rng: Random) -> list[Step]:
    last_ms = steps[-1].at_ms
    faults = [random_fault(rng, at_ms, 5) for at_ms in range(5_000, last_ms, FAULT_EVERY_MS)]
    return sorted([*steps, *faults], key=lambda step: step.at_ms)


def _market(rows: list[HistoryRow], step: int) -> tuple[ListedSymbol, ...]:
    digits: dict[str, int] = {}
    for row in rows:
        digits[row.symbol] = max(digits.get(row.symbol, 0), row.digits)
    sizes = (step, step, 100_000_000_000)
    return tuple(
        ListedSymbol(name, most, *sizes, contract=TENFOLD * 10**most, tick_value=TENFOLD) for name, most in digits.items()
    )


def _row(line: dict[str, str]) -> HistoryRow:
    prices = (line["price"], line["sl"], line["tp"])
    digits = max(len(price.partition(".")[2]) for price in prices)
    sl, tp = float(line["sl"] or 0), float(line["tp"] or 0)
    side = int(line["side"].startswith("sell"))
    lots = parse_lots(line["volume_lots"] or "0")
    return HistoryRow(
        int(line["event_time_ms"]),
        int(line["position_id"]),
        _STEPS[line["event"]],
        line["symbol"],
        side,
        lots,
        sl,
        tp,
        digits,
    )
