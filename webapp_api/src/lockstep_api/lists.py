"""Lists of accounts and copiers, which the database searches, filters, orders and pages: what is asked, and the page."""

import json
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query

from lockstep_api.cursors import place_of, read_place
from lockstep_api.models import AccountResponse, CopierResponse, ResponseModel, Role
from lockstep_api.rows import Row
from lockstep_api.store import Store
from lockstep_core.copiers import CopierMode
from lockstep_core.text_limits import TAG_CHARACTERS

AccountOrder = Literal[
    "created", "-created", "label", "-label", "login", "-login", "server", "-server", "role", "-role", "state", "-state",
    "equity", "-equity",
]  # fmt: skip
CopierOrder = Literal["created", "-created", "changed", "-changed", "way", "-way", "mode", "-mode"]
Words = Annotated[str | None, Query(max_length=200)]
Tag = Annotated[str | None, Query(max_length=TAG_CHARACTERS)]
PlaceText = Annotated[str | None, Query(max_length=1000)]
"""A cursor holds the names that the list is ordered by."""


class AccountList(ResponseModel):
    """A page of the caller's trading accounts. `next_cursor` is null on the last page, `total` counts all pages."""

    items: tuple[AccountResponse, ...]
    next_cursor: str | None = None
    total: int


class CopierList(ResponseModel):
    """A page of the caller's copiers. `next_cursor` is null on the last page, `total` counts all pages."""

    items: tuple[CopierResponse, ...]
    next_cursor: str | None = None
    total: int


def account_filter(
    q: Words = None,
    role: Role | None = None,
    tag: Tag = None,
    connection: Literal["connected", "away", "paused"] | None = None,
) -> dict[str, Any]:
    """A filter of accounts. Every word of `q` is in the name, login, server or a tag. Paused ones are neither connected nor
    away.
    """
    return _given(q=q, role=role, tag=tag, connection=connection)


def copier_filter(
    q: Words = None, master_id: UUID | None = None, mode: CopierMode | None = None, tag: Tag = None
) -> dict[str, Any]:
    """A filter of copiers. Every word of `q` is in the names or logins of the two accounts; either of them has the tag."""
    return _given(q=q, master_id=master_id and str(master_id), mode=mode, tag=tag)


async def page_of(
    store: Store, function: str, wanted: dict[str, Any], sort: str, limit: int, cursor: str | None
) -> tuple[list[Row], dict[str, Any]]:
    """The rows of a page, and the rest of it. A cursor is for the order that it came with."""
    found = await store.call(
        function,
        p_filter=json.dumps(wanted),
        p_sort=sort.removeprefix("-"),
        p_descending=sort.startswith("-"),
        p_limit=limit,
        p_after=read_place(cursor),
    )
    return found["items"], {"total": found["total"], "next_cursor": place_of(found["last"])}


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}
