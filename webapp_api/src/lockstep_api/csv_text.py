"""Writes copies as CSV. Pure, apart from reading the pages that it is given."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Any

from lockstep_api.models import CopyResponse
from lockstep_texts import say
from lockstep_texts.catalogue import Catalogue

COLUMNS = tuple({"params": "message"}.get(name, name) for name in CopyResponse.model_fields if name != "spans")
"""The column of params is replaced by the sentence that they fill."""
SPANS = (
    "event_to_order_us",
    "terminal_to_router_us",
    "pause_us",
    "router_us",
    "router_to_terminal_us",
    "slave_terminal_us",
    "broker_us",
)


async def csv_lines(pages: AsyncIterator[list[dict[str, Any]]], words: Catalogue) -> AsyncIterator[str]:
    """A header and a line for each copy, page by page; sentences are in the catalogue's language."""
    yield _lines([[*COLUMNS, *SPANS]])
    async for page in pages:
        yield _lines([_row(CopyResponse.model_validate(item), words) for item in page])


def _row(copy: CopyResponse, words: Catalogue) -> list[Any]:
    cells = {**copy.model_dump(mode="json"), "message": say.why(words, copy.reason, copy.params, copy.status)}
    return [_cell(cells[name]) for name in COLUMNS] + [copy.spans.get(span) for span in SPANS]


def _cell(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula is quoted."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _lines(rows: list[list[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
