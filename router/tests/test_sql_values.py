"""Whatever a terminal reports, each column is handed a value that its type holds."""

import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep_core.books.positions import Position
from lockstep_core.units import Lots
from lockstep_router.journal.ipc import Batch, LiveRow, LiveTick
from lockstep_router.journal.records import (
    AccountStateRow,
    CopyRow,
    DealMoneyRow,
    GuardRow,
    HistoryEvent,
    ManualRequestResult,
    MoneyOperationRow,
    OrderFilled,
    Record,
)
from lockstep_router.journal.rows import rows_of
from lockstep_router.live.rows import equity_sample, shown


def types(names: str) -> list[str]:
    return names.split()


LIVE = types("uuid text float8 float8 float8 float8 int4 bool timestamptz jsonb jsonb float8 int4 text")
SAMPLE = types("uuid timestamptz float8! float8!")
COLUMNS: Mapping[str, list[str]] = {
    "event": types("int8! int8! uuid uuid uuid int8 text! timestamptz! jsonb!"),
    "copy": types(
        "int8 uuid! uuid! uuid! uuid! int8 int8 text! text text! int8! int8! int8! text! text text jsonb! jsonb! "
        "timestamptz timestamptz timestamptz! bool! bool! text! int4! float8 float8 text"
    ),
    "account": types("uuid! int8 text! text! text! timestamptz!"),
    "guard": types(
        "uuid! text! text! numeric! numeric! bool! bool! int4! timestamptz! int8! text! numeric! timestamptz timestamptz "
        "numeric!"
    ),
    "request": types("uuid! text! text text jsonb! timestamptz!"),
    "filled": ["int8"],
    "money": types(
        "uuid! uuid! int8 int8 int8 int8 int8 int4! int4! text! text! numeric! numeric! numeric! numeric! timestamptz! "
        "timestamptz!"
    ),
    "operation": types("uuid! uuid! int8 int4! text! numeric! text! timestamptz! timestamptz!"),
}
"""The types of the statements' parameters, with ! where the column takes no null and the value is always there. The tests on
Postgres hold the types to be those of the tables.
"""


def no_constant(name: str) -> Any:
    raise ValueError(name)


def is_json(value: Any) -> bool:
    """Whether jsonb takes a text."""
    return is_text(json.dumps(json.loads(value, parse_constant=no_constant), ensure_ascii=False)) and "\\u0000" not in value


def is_text(value: Any) -> bool:
    """Whether text takes a value: encoding raises where a half of a surrogate pair is left."""
    return isinstance(value, str) and b"\0" not in value.encode("utf-8")


HOLDS: Mapping[str, Callable[[Any], bool]] = {
    "int4": lambda value: type(value) is int and -(2**31) <= value < 2**31,
    "int8": lambda value: type(value) is int and -(2**63) <= value < 2**63,
    "float8": lambda value: isinstance(value, float) and math.isfinite(value),
    "numeric": lambda value: isinstance(value, Decimal) and value.is_finite() and value.copy_abs() < Decimal(10) ** 22,
    "text": is_text,
    "jsonb": is_json,
    "timestamptz": lambda value: isinstance(value, datetime) and value >= datetime(1970, 1, 1, tzinfo=UTC),
    "uuid": lambda value: isinstance(value, UUID),
    "bool": lambda value: isinstance(value, bool),
}


def assert_held(columns: tuple[Any, ...], types: list[str]) -> None:
    for value, kind in zip(columns, types, strict=True):
        assert (value is None and not kind.endswith("!")) or HOLDS[kind.rstrip("!")](value), (kind, value)


EDGES = [0, 1, -1, 2**31 - 1, 2**31, 2**32 - 1, 2**53, 2**63 - 1, 2**63, 2**64 - 1, -(2**31) - 1, -(2**63)]
ints = st.sampled_from(EDGES) | st.integers(-(2**63), 2**64 - 1)
floats = st.sampled_from([0.0, 1.1, math.inf, -math.inf, math.nan, 1e308, 5e-324]) | st.floats()
texts = st.sampled_from(["", "EURUSD", "\0", "a\0b", "\ud800", "€", "\x7f"]) | st.text(max_size=8)
uuids = st.uuids()
plain = st.dictionaries(
    texts, texts | ints | floats | st.none() | st.booleans() | st.lists(ints | texts, max_size=2), max_size=4
)
maybe_text, maybe_int = st.none() | texts, st.none() | ints
prices = st.dictionaries(texts, st.tuples(floats, floats), max_size=2)
sides = st.sampled_from([0, 1])
positions = st.builds(
    Position, ints, texts, sides, ints.map(Lots), ints.map(Lots), floats, floats, ints, texts, ints, floats
)
ticks = st.none() | st.builds(LiveTick, texts, floats, floats, ints)
live_rows = st.builds(
    LiveRow,
    uuids,
    texts,
    floats,
    floats,
    floats,
    ints,
    st.booleans(),
    ints,
    ticks,
    st.lists(positions, max_size=2),
    prices,
    prices,
    floats,
    ints,
)
moneys = st.fractions().map(str) | st.integers(-(10**40), 10**40).map(str)
records: st.SearchStrategy[Record] = st.one_of(
    st.builds(HistoryEvent, texts, ints, uuids, uuids, uuids, maybe_int, plain),
    st.builds(
        CopyRow,
        **{
            **dict.fromkeys(("user", "copier", "master_account", "slave_account"), uuids),
            **dict.fromkeys(("link", "master_position", "master_lots", "target_lots", "open_lots", "at_ns"), ints),
            **dict.fromkeys(("slave_position", "opened_ns", "closed_ns"), maybe_int),
            "symbol": texts,
            "side": st.sampled_from(["buy", "sell"]),
            "status": st.sampled_from(["sent", "open"]),
            **dict.fromkeys(("slave_symbol", "reason", "setting"), maybe_text),
            **dict.fromkeys(("from_order", "waits"), st.booleans()),
            "part": st.integers(0, 99),
            **dict.fromkeys(("stop_loss", "take_profit"), st.none() | floats),
            "stops_kept": st.sampled_from([None, "broker", "service"]),
            "exact_lots": st.from_regex(r"([0-9]{1,90}/[0-9]{1,60})?", fullmatch=True),
            "params": st.dictionaries(texts, texts | ints, max_size=3),
            "spans": st.dictionaries(texts, ints, max_size=3),
        },
    ),
    st.builds(AccountStateRow, uuids, ints, st.just("ready"), texts, texts, ints),
    st.builds(GuardRow, uuids, texts, texts, moneys, moneys, st.booleans(), st.booleans(), ints, ints, ints),
    st.builds(ManualRequestResult, uuids, st.just("done"), maybe_text, maybe_text, plain, ints),
    st.builds(OrderFilled, ints, uuids),
    st.builds(DealMoneyRow, uuids, uuids, *[ints] * 7, texts, texts, *[ints] * 6),
    st.builds(MoneyOperationRow, uuids, uuids, ints, ints, texts, ints, texts, ints, ints),
)


@given(live_rows, ints)
def test_every_live_row_fits_its_columns(row: LiveRow, offset_ns: int) -> None:
    assert_held(shown(row, offset_ns), LIVE)
    sample = equity_sample(row, (row.beat_ns + offset_ns) // 60_000_000_000)
    if sample is not None:
        assert_held(sample, SAMPLE)


@given(records, ints)
def test_every_record_fits_its_columns(record: Record, offset_ns: int) -> None:
    (row,), refused = rows_of(Batch(1, 1, offset_ns, [record]))
    assert_held(row.columns, COLUMNS[row.kind])
    assert refused == []


def test_a_record_that_cannot_be_made_a_row_is_refused_alone() -> None:
    broken = GuardRow(UUID(int=1), "loss", "", "1/0", "0", False, False, 0, 0)
    rows, refused = rows_of(Batch(1, 5, 0, [OrderFilled(7, UUID(int=2)), broken, OrderFilled(8, UUID(int=2))]))
    assert [row.n for row in rows] == [5, 7]
    assert [tuple(record) for record in refused] == [(6, "guard", "ZeroDivisionError")]


@pytest.mark.parametrize(("value", "kept"), [("a\0b", "ab"), ("a\ud800b", "ab"), ("größe", "größe")])
def test_only_what_postgres_refuses_is_taken_out_of_a_text(value: str, kept: str) -> None:
    (row,), _ = rows_of(Batch(1, 1, 0, [AccountStateRow(UUID(int=1), 1, "ready", value, "", 0)]))
    assert row.columns[3] == kept
