"""Routes for copies, also those that were skipped, with the reason."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import StreamingResponse

from lockstep_api.context import StoreOf, Words
from lockstep_api.csv_text import csv_lines
from lockstep_api.cursors import cursor_of, read_cursor
from lockstep_api.errors import ResourceNotFound
from lockstep_api.models import CopyList, CopyStatus
from lockstep_api.moments import Moment
from lockstep_api.pages import CopyDetails, OutOfSyncList
from lockstep_api.problems import documented
from lockstep_api.rows import Row
from lockstep_api.signed_in import SignedInRoute
from lockstep_api.store import Store

router = APIRouter(prefix="/v1", route_class=SignedInRoute, tags=["copies"], responses=documented(401, 403, 503))
_PAGE = 1000


async def copy_filter(
    status: Annotated[list[CopyStatus] | None, Query()] = None,
    copier_id: UUID | None = None,
    account_id: UUID | None = None,
    symbol: Annotated[str | None, Query(max_length=64)] = None,
    reason: Annotated[str | None, Query(max_length=64)] = None,
    ticket: Annotated[str | None, Query(pattern="^[0-9]{1,18}$")] = None,
    since: Moment | None = None,
    until: Moment | None = None,
) -> dict[str, Any]:
    """A filter of copies. `symbol`, `account_id` and the `ticket` of a position match either side; times are those of the
    last change.
    """
    given = {"status": status, "copier_id": copier_id, "account_id": account_id, "symbol": symbol, "reason": reason}
    given |= {"ticket": ticket}
    times = {"since": since and since.isoformat(), "until": until and until.isoformat()}
    return {k: str(v) if isinstance(v, UUID) else v for k, v in {**given, **times}.items() if v}


Filter = Annotated[dict[str, Any], Depends(copy_filter)]


@router.get("/copies")
async def copies(
    store: StoreOf,
    wanted: Filter,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> CopyList:
    """Copies, also those that were not made (`status=skipped`), the last changed first."""
    page = await _page(store, wanted, limit, cursor, count=cursor is None)
    following = cursor_of(page["items"], limit, "updated_at", "link_id")
    return CopyList.model_validate({**page, "next_cursor": following})


@router.get("/copies.csv", response_class=StreamingResponse)
async def copies_csv(store: StoreOf, wanted: Filter, words: Words) -> StreamingResponse:
    """The same as a table, all pages of it, with sentences in the language that the request prefers."""
    first = await _page(store, wanted, _PAGE, None, count=False)
    headers = {"Content-Disposition": 'attachment; filename="lockstep-copies.csv"', "Cache-Control": "no-store"}
    return StreamingResponse(csv_lines(every_page(store, wanted, first), words), media_type="text/csv", headers=headers)


@router.get("/copies/{link_id}", responses=documented(404))
async def copy_life(link_id: Annotated[int, Path(gt=0, lt=2**63)], store: StoreOf) -> CopyDetails:
    """One copy with its history and the deals of both sides."""
    found = await store.call("copy_life", p_link=str(link_id))
    if found is None:
        raise ResourceNotFound("copy")
    return CopyDetails.model_validate(found)


@router.get("/out-of-sync")
async def out_of_sync(store: StoreOf) -> OutOfSyncList:
    """Copies whose positions on the slave do not match the master's."""
    return OutOfSyncList.model_validate({"items": await store.call("out_of_sync")})


async def every_page(store: Store, wanted: dict[str, Any], first: Row | None = None) -> AsyncIterator[list[Row]]:
    """All copies, page by page."""
    page = first or await _page(store, wanted, _PAGE, None, count=False)
    yield page["items"]
    while cursor := cursor_of(page["items"], _PAGE, "updated_at", "link_id"):
        page = await _page(store, wanted, _PAGE, cursor, count=False)
        yield page["items"]


async def _page(store: Store, wanted: dict[str, Any], limit: int, cursor: str | None, *, count: bool) -> Row:
    at, last = read_cursor(cursor)
    found: Row = await store.call(
        "copies_page", p_filter=json.dumps(wanted), p_limit=limit, p_cursor_at=at, p_cursor_id=last, p_count=count
    )
    return found
