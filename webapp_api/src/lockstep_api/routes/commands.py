"""What people ask of copying beside its rules: to let a guard go on, to copy a missed trade now, to close copies."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query

from lockstep_api.commands import Guard, Guards, SyncRequest, SyncRequests, guards_of, keys_of, request_of
from lockstep_api.context import StoreOf
from lockstep_api.errors import NotFound
from lockstep_api.problems import documented
from lockstep_api.store import Row

router = APIRouter(prefix="/v1", tags=["commands"], responses=documented(401, 403, 503))


@router.get("/copiers/{copier}/guards", responses=documented(404))
async def guards(copier: UUID, store: StoreOf) -> Guards:
    """What a copier's guards have come to, in the order of its settings."""
    found, states = await asyncio.gather(store.copier(copier), store.guards(copier))
    return guards_of(keys_of(found["settings"]), states)


@router.post("/copiers/{copier}/guards/{guard}/reset", status_code=202, responses=documented(404))
async def reset_guard(copier: UUID, guard: Annotated[int, Path(ge=0, le=99)], store: StoreOf) -> Guard:
    """Lets a guard that has stopped copying go on: it counts anew from then. Asking again meanwhile changes nothing."""
    keys = keys_of((await store.copier(copier))["settings"])
    if guard >= len(keys):
        raise NotFound("guard")
    rows = await store.call("reset_guard", p_copier=str(copier), p_guard=keys[guard])
    return guards_of(keys, rows).items[guard]


LinkId = Annotated[int, Path(gt=0, lt=2**63)]


@router.post("/copies/{link_id}/copy-now", status_code=202, responses=documented(404, 409))
async def copy_now(link_id: LinkId, store: StoreOf) -> SyncRequest:
    """Has a trade that was not copied copied now, by all rules but its age. Asking again meanwhile is the same request."""
    return _shown(await store.call("ask_copy", p_link=str(link_id), p_kind="copy_now"))[0]


@router.post("/copies/{link_id}/flatten", status_code=202, responses=documented(404, 409))
async def flatten(link_id: LinkId, store: StoreOf) -> SyncRequest:
    """Has a copy closed, whatever its master does and whether its copier is on. It is not opened again."""
    return _shown(await store.call("ask_copy", p_link=str(link_id), p_kind="flatten"))[0]


@router.post("/copiers/{copier}/flatten", status_code=202, responses=documented(404))
async def flatten_copier(copier: UUID, store: StoreOf) -> SyncRequest:
    """Has all copies of a copier closed. What its master opens afterwards is copied as ever."""
    return _shown(await store.call("ask_flatten", p_copier=str(copier)))[0]


@router.post("/accounts/{account}/flatten", status_code=202, responses=documented(404))
async def flatten_account(account: UUID, store: StoreOf) -> SyncRequests:
    """Has all copies on an account closed: one request for each copier that it follows."""
    return SyncRequests(items=_shown(await store.call("ask_flatten_account", p_account=str(account))))


@router.get("/sync-requests", responses=documented(422))
async def requests(
    store: StoreOf, copier_id: UUID | None = None, link_id: Annotated[int | None, Query(gt=0, lt=2**63)] = None
) -> SyncRequests:
    """What was asked in the last 24 hours and what came of it, newest first, 200 at most."""
    given = {"p_copier": copier_id and str(copier_id), "p_link": link_id and str(link_id)}
    return SyncRequests(items=_shown(await store.call("recent_requests", **given)))


@router.get("/sync-requests/{request}", responses=documented(404))
async def request(request: UUID, store: StoreOf) -> SyncRequest:
    """One request."""
    return _shown([await store.request(request)])[0]


def _shown(rows: Iterable[Row]) -> tuple[SyncRequest, ...]:
    now = datetime.now(UTC)
    return tuple(request_of(row, now) for row in rows)
