"""Parses a calendar in CSV. Its header has `at`, `currencies`, `importance`, `title` and optional `id`, `status`. Pure."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial

from lockstep_api.calendar.entries import (
    CalendarEntry,
    EntryDraft,
    ParsedCalendar,
    UnreadableCalendar,
    UnusableEntry,
    collect,
    entry_of,
)

NEEDED = ("at", "currencies", "importance", "title")
_BETWEEN = re.compile(r"[\s;,/|]+")


def read_csv(text: str, now: datetime) -> ParsedCalendar:
    """Parses all lines. Raises UnreadableCalendar if the header lacks a column.

    `at` is ISO 8601 with a time zone, `currencies` are one or several separated by spaces, `status` may be `cancelled`.
    """
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        names = [name.strip().lower() for name in next(rows, [])]
    except csv.Error:
        names = []
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise UnreadableCalendar("csv", ", ".join(NEEDED), ", ".join(missing))
    return collect(_lines(rows, names, now))


def _lines(rows: Iterator[list[str]], names: list[str], now: datetime) -> Iterator[tuple[int, Callable[[], CalendarEntry]]]:
    line = 2
    while True:
        try:
            cells = next(rows, None)
        except csv.Error:
            yield line, _broken
            cells = []
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield line, partial(_entry, names, cells, now)
        line = rows.line_num + 1  # type: ignore[attr-defined]


def _broken() -> CalendarEntry:
    raise UnusableEntry("no_csv")


def _entry(names: list[str], cells: list[str], now: datetime) -> CalendarEntry:
    if len(cells) != len(names):
        raise UnusableEntry("cells", {"cells": len(cells), "columns": len(names)})
    row: Mapping[str, str] = dict(zip(names, cells, strict=True))
    currencies = _BETWEEN.split(row["currencies"])
    cancelled = _is_cancelled(row.get("status", ""))
    return entry_of(
        EntryDraft(_time(row["at"]), currencies, row["importance"], row["title"], row.get("id", ""), cancelled), now
    )


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        raise UnusableEntry("time") from None


def _is_cancelled(status: str) -> bool:
    wanted = status.strip().lower()
    if wanted not in ("", "confirmed", "cancelled"):
        raise UnusableEntry("status")
    return wanted == "cancelled"
