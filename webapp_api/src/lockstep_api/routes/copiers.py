"""Copiers: which master is repeated on which slave, and how."""

from uuid import UUID

from fastapi import APIRouter

from lockstep_api.context import StoreOf
from lockstep_api.models import Copier, CopierChange, Copiers, NewCopier
from lockstep_api.problems import documented

router = APIRouter(prefix="/v1/copiers", tags=["copiers"], responses=documented(401, 403, 503))


@router.post("", status_code=201, responses=documented(404, 409, 413, 422))
async def link(body: NewCopier, store: StoreOf) -> Copier:
    """Links a master to a slave."""
    return Copier.model_validate(await store.link(body))


@router.get("")
async def copiers(store: StoreOf) -> Copiers:
    """All copiers."""
    return Copiers.model_validate({"items": await store.copiers()})


@router.get("/{copier}", responses=documented(404))
async def copier(copier: UUID, store: StoreOf) -> Copier:
    """One copier."""
    return Copier.model_validate(await store.copier(copier))


@router.patch("/{copier}", responses=documented(404, 413, 422))
async def change(copier: UUID, body: CopierChange, store: StoreOf) -> Copier:
    """Changes the mode, or replaces the settings."""
    return Copier.model_validate(await store.change_copier(copier, body))


@router.delete("/{copier}", status_code=204, responses=documented(404))
async def remove(copier: UUID, store: StoreOf) -> None:
    """Removes a copier. What it opened stays open and is no longer followed."""
    await store.remove_copier(copier)
