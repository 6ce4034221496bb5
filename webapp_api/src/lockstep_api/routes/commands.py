"""What people ask of copying beside its rules: to let a guard go on."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from lockstep_api.commands import Guard, Guards, guards_of, keys_of
from lockstep_api.context import StoreOf
from lockstep_api.errors import NotFound
from lockstep_api.problems import documented

router = APIRouter(prefix="/v1", tags=["commands"], responses=documented(401, 403, 503))


@router.get("/copiers/{copier}/guards", responses=documented(404))
async def guards(copier: UUID, store: StoreOf) -> Guards:
    """What a copier's guards have come to, in the order of its settings."""
    found = await store.copier(copier)
    return guards_of(keys_of(found["settings"]), await store.guards(copier))


@router.post("/copiers/{copier}/guards/{guard}/reset", status_code=202, responses=documented(404))
async def reset_guard(copier: UUID, guard: Annotated[int, Path(ge=0, le=99)], store: StoreOf) -> Guard:
    """Lets a guard that has stopped copying go on: it counts anew from then. Asking again meanwhile changes nothing."""
    keys = keys_of((await store.copier(copier))["settings"])
    if guard >= len(keys):
        raise NotFound("guard")
    rows = await store.call("reset_guard", p_copier=str(copier), p_guard=keys[guard])
    return guards_of(keys, rows).items[guard]
