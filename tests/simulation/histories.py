"""Histories of real accounts as stories: one master that trades as they did, and four slaves.

The last of them nets, calls its symbols otherwise and has contracts of a tenth.
"""

import csv
import gzip
import re
from pathlib import Path
from random import Random

import msgspec

from lockstep_core.units import parse_lots
from tests.simulation.market import Kind, Listed
from tests.simulation.story import REST, Leg, Step, Story, a_fault

DATA = Path(__file__).parent / "data"
LEGS = (
    Leg(0, 1, 0, 100, copy_stops=True, age_ms=5_000),
    Leg(0, 2, 10_000_000, 0, copy_stops=True, age_ms=5_000),
    Leg(0, 3, 0, 250, copy_stops=False, age_ms=30_000),
)
SMALL_CONTRACT = 10_000
NETTING = frozenset({"D", "F"})
MT4 = frozenset({"A", "B", "C", "H"})
LONGEST_GAP_MS = 500
FAULT_EVERY_MS = 20_000
RESTS = 60
MICRO, TENTH = 1_000_000, 10_000_000
_STEPS = {"open": "open", "pending_fill": "open", "close": "close", "partial_close": "part", "modify": "stops"}


class Row(msgspec.Struct, frozen=True):
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


def history(letter: str) -> list[Row]:
    """The events of an account that a hedging account's copies depend on, in order."""
    with gzip.open(DATA / f"history_{letter}.csv.gz", "rt", encoding="utf-8") as file:
        return [_row(line) for line in csv.DictReader(file) if line["event"] in _STEPS]


def replay(letter: str, fault_seed: int | None = None) -> Story:
    """A history as a story; long pauses are shortened, and with a seed something breaks again and again."""
    rows = history(letter)
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
        steps = _with_faults(steps, Random(f"faults {letter} {fault_seed}"))  # noqa: S311 - a seeded story, no secret
    fine = _market(rows, MICRO)
    # So many positions at once would make the last one wait for itself all the time.
    legs = LEGS if letter == "A" else (*LEGS, _other_leg(fine))
    other = tuple(_renamed(listed) for listed in fine)
    markets = (fine, fine, fine, _market(rows, TENTH), other)
    kinds = (kind_of(letter), Kind.HEDGING, Kind.HEDGING, Kind.HEDGING, Kind.NETTING)
    return Story(fault_seed or 0, 5, 50_000, legs, tuple(steps), markets, kinds)


def kind_of(letter: str) -> Kind:
    """What kind of account a history is of."""
    return Kind.NETTING if letter in NETTING else Kind.MT4 if letter in MT4 else Kind.HEDGING


def _other_leg(listed: tuple[Listed, ...]) -> Leg:
    """Names that no rule can tell are mapped by hand."""
    mapped = [{"from": one.name, "to": _renamed(one).name} for one in listed if len(_core(one.name)) < 3 or "_" in one.name]
    settings = {"contract_alignment": True, "symbols": {"symbol_mapping": mapped}}
    return Leg(0, 4, 0, 100, copy_stops=True, age_ms=60_000, settings=settings)


def _renamed(listed: Listed) -> Listed:
    name = f"{_core(listed.name)}.m"
    return msgspec.structs.replace(listed, name=name, contract=SMALL_CONTRACT, alias=listed.name)


def _core(name: str) -> str:
    return re.sub(r"[^A-Z0-9_]", "", re.split(r"[.\-]", name)[0])


def _with_faults(steps: list[Step], dice: Random) -> list[Step]:
    last_ms = steps[-1].at_ms
    faults = [a_fault(dice, at_ms, 5) for at_ms in range(5_000, last_ms, FAULT_EVERY_MS)]
    return sorted([*steps, *faults], key=lambda step: step.at_ms)


def _market(rows: list[Row], step: int) -> tuple[Listed, ...]:
    digits: dict[str, int] = {}
    for row in rows:
        digits[row.symbol] = max(digits.get(row.symbol, 0), row.digits)
    return tuple(Listed(name, most, 1.0, step, step, 100_000_000_000) for name, most in digits.items())


def _row(line: dict[str, str]) -> Row:
    prices = (line["price"], line["sl"], line["tp"])
    digits = max(len(price.partition(".")[2]) for price in prices)
    sl, tp = float(line["sl"] or 0), float(line["tp"] or 0)
    side = int(line["side"].startswith("sell"))
    lots = parse_lots(line["volume_lots"] or "0")
    return Row(
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
