"""Cursors: the place of a page's last item, as opaque text. Pure."""

import base64
import binascii
import json
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from lockstep_api.errors import InvalidRequest


def cursor_of(items: list[dict[str, Any]], limit: int, time_field: str, id_field: str) -> str | None:
    """The cursor for the next page of a list by time; None if this page was not full."""
    if len(items) < limit or not items:
        return None
    return _opaque([items[-1][time_field], str(items[-1][id_field])])


def read_cursor(cursor: str | None) -> tuple[str | None, str | None]:
    """The time and id in a cursor. Raises InvalidRequest."""
    if cursor is None:
        return None, None
    try:
        at, last = _read(cursor)
    except (ValueError, TypeError) as error:
        raise InvalidRequest("bad_cursor") from error
    return str(at), str(last)


def place_of(last: dict[str, Any] | None) -> str | None:
    """The cursor for the next page of a list in any order; None on its last page."""
    return None if last is None else _opaque([last["word"], last["number"], last["id"]])


def read_place(cursor: str | None) -> str | None:
    """The place in a cursor, as the database takes it. Raises InvalidRequest."""
    if cursor is None:
        return None
    try:
        word, number, last = _read(cursor)
        place = {"word": word and str(word), "number": number and str(Decimal(number)), "id": str(UUID(last))}
    except (ValueError, TypeError, AttributeError, InvalidOperation) as error:
        raise InvalidRequest("bad_cursor") from error
    return json.dumps(place)


def _opaque(place: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(place, ensure_ascii=False).encode()).decode().rstrip("=")


def _read(cursor: str) -> Any:
    try:
        return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except binascii.Error as error:
        raise ValueError(cursor) from error
