"""Routes for copiers: which master is copied to which slave, with which settings."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from lockstep_api.context import StoreOf
from lockstep_api.lists import CopierList, CopierOrder, PlaceText, copier_filter, page_of
from lockstep_api.models import CopierChange, CopierResponse, NewCopier
from lockstep_api.notices import keeps_from_news, with_notices
from lockstep_api.problems import documented
from lockstep_api.rows import Row
from lockstep_api.signed_in import SignedInRoute
from lockstep_api.store import Store

router = APIRouter(prefix="/v1/copiers", route_class=SignedInRoute, tags=["copiers"], responses=documented(401, 403, 503))
Copies = Literal["leave", "close", "follow"]


@router.post("", status_code=201, responses=documented(404, 409, 413))
async def link(body: NewCopier, store: StoreOf) -> CopierResponse:
    """Adds a copier from a master to a slave."""
    return await _response(store, await store.link(body))


@router.get("")
async def copiers(
    store: StoreOf,
    wanted: Annotated[dict[str, Any], Depends(copier_filter)],
    sort: CopierOrder = "created",
    limit: Annotated[int, Query(ge=1, le=1000)] = 1000,
    cursor: PlaceText = None,
) -> CopierList:
    """Copiers, oldest first, or in the order of `sort`; `-` turns it around. `way` are the names of both accounts."""
    items, rest = await page_of(store, "find_copiers", wanted, sort, limit, cursor)
    return CopierList.model_validate({"items": await _with_notices(store, items), **rest})


@router.get("/{copier}", responses=documented(404))
async def copier(copier: UUID, store: StoreOf) -> CopierResponse:
    """One copier."""
    return await _response(store, await store.copier(copier))


@router.patch("/{copier}", responses=documented(404, 409, 413))
async def change(copier: UUID, body: CopierChange, store: StoreOf) -> CopierResponse:
    """Changes the mode, or replaces the settings. With `version`, only the copier that was read: another one is 409."""
    return await _response(store, await store.change_copier(copier, body))


@router.delete("/{copier}", status_code=204, responses=documented(404))
async def remove(copier: UUID, store: StoreOf, copies: Copies = "leave") -> None:
    """Removes a copier. Its open copies are left at the broker and followed no more; or it opens nothing more and goes once
    they are closed, at once or when their masters close. Choosing a mode meanwhile keeps it.
    """
    await store.remove_copier(copier, copies)


async def _response(store: Store, row: Row) -> CopierResponse:
    (noticed,) = await _with_notices(store, [row])
    return CopierResponse.model_validate(noticed)


async def _with_notices(store: Store, rows: list[Row]) -> list[Row]:
    """Rows of copiers with their notices."""
    if not rows:
        return rows
    # The calendar is read only if a copier has a news filter.
    covered = await store.news_covered_until() if any(map(keeps_from_news, rows)) else None
    in_order = await store.closing_in_order(sorted({str(row["slave_id"]) for row in rows}))
    return with_notices(rows, covered, datetime.now(UTC), in_order)
