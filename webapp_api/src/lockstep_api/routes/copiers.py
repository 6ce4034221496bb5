"""Copiers: which master is repeated on which slave, and how."""

from datetime import UTC, datetime
from uuid import UUID

from fastapi import APIRouter

from lockstep_api.context import StoreOf
from lockstep_api.models import Copier, CopierChange, Copiers, NewCopier
from lockstep_api.notices import keeps_from_news, with_notices
from lockstep_api.problems import documented
from lockstep_api.store import Row, Store

router = APIRouter(prefix="/v1/copiers", tags=["copiers"], responses=documented(401, 403, 503))


@router.post("", status_code=201, responses=documented(404, 409, 413, 422))
async def link(body: NewCopier, store: StoreOf) -> Copier:
    """Links a master to a slave."""
    return await _shown(store, await store.link(body))


@router.get("")
async def copiers(store: StoreOf) -> Copiers:
    """All copiers."""
    return Copiers.model_validate({"items": await _told(store, await store.copiers())})


@router.get("/{copier}", responses=documented(404))
async def copier(copier: UUID, store: StoreOf) -> Copier:
    """One copier."""
    return await _shown(store, await store.copier(copier))


@router.patch("/{copier}", responses=documented(404, 413, 422))
async def change(copier: UUID, body: CopierChange, store: StoreOf) -> Copier:
    """Changes the mode, or replaces the settings."""
    return await _shown(store, await store.change_copier(copier, body))


@router.delete("/{copier}", status_code=204, responses=documented(404))
async def remove(copier: UUID, store: StoreOf) -> None:
    """Removes a copier. What it opened stays open and is no longer followed."""
    await store.remove_copier(copier)


async def _shown(store: Store, row: Row) -> Copier:
    (told,) = await _told(store, [row])
    return Copier.model_validate(told)


async def _told(store: Store, rows: list[Row]) -> list[Row]:
    """Rows with what is to be told of each; the calendar is looked at where it matters to one of them."""
    if not any(map(keeps_from_news, rows)):
        return rows
    return with_notices(rows, await store.news_covered_until(), datetime.now(UTC))
