"""Cursors: the time and id of the last item of a page, as opaque text. Pure."""

import base64
import binascii
import json
from typing import Any

from lockstep_api.errors import InvalidRequest


def cursor_of(items: list[dict[str, Any]], limit: int, time_field: str, id_field: str) -> str | None:
    """The cursor for the next page; None if this page was not full."""
    if len(items) < limit or not items:
        return None
    last = [items[-1][time_field], str(items[-1][id_field])]
    return base64.urlsafe_b64encode(json.dumps(last).encode()).decode().rstrip("=")


def read_cursor(cursor: str | None) -> tuple[str | None, str | None]:
    """The time and id in a cursor. Raises InvalidRequest."""
    if cursor is None:
        return None, None
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        at, last = found
    except (binascii.Error, ValueError, TypeError) as error:
        raise InvalidRequest("bad_cursor") from error
    return str(at), str(last)
