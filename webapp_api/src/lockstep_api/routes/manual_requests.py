"""Routes for manual requests (copy now, flatten) and for guards with their resets."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query

from lockstep_api.context import StoreOf
from lockstep_api.errors import ResourceNotFound
from lockstep_api.headroom import HeadroomList, headrooms_of
from lockstep_api.manual_requests import (
    GuardList,
    GuardResponse,
    ManualRequestList,
    ManualRequestResponse,
    Stopped,
    StopRequest,
    guard_keys_of,
    guards_of,
    manual_request_of,
)
from lockstep_api.problems import documented
from lockstep_api.rows import Row
from lockstep_api.signed_in import SignedInRoute

router = APIRouter(prefix="/v1", route_class=SignedInRoute, tags=["manual requests"], responses=documented(401, 403, 503))


@router.get("/copiers/{copier}/guards", responses=documented(404))
async def guards(copier: UUID, store: StoreOf) -> GuardList:
    """The states of a copier's guards, in the order of its settings."""
    found, states = await asyncio.gather(store.copier(copier), store.guards(copier))
    return guards_of(guard_keys_of(found["settings"]), states)


@router.get("/guards")
async def all_guards(store: StoreOf) -> HeadroomList:
    """What is left until each guard of all copiers acts: those that have stopped copying first, then what has least left."""
    copiers, states, money = await asyncio.gather(store.copiers(), store.all_guards(), store.all_live_money())
    return headrooms_of(copiers, states, money)


@router.post("/copiers/{copier}/guards/{guard}/reset", status_code=202, responses=documented(404))
async def reset_guard(copier: UUID, guard: Annotated[int, Path(ge=0, le=99)], store: StoreOf) -> GuardResponse:
    """Resets a guard that has stopped copying. It counts from zero from then on. Repeating the request changes nothing."""
    keys = guard_keys_of((await store.copier(copier))["settings"])
    if guard >= len(keys):
        raise ResourceNotFound("guard")
    rows = await store.call("reset_guard", p_copier=str(copier), p_guard=keys[guard])
    return guards_of(keys, rows).items[guard]


LinkId = Annotated[int, Path(gt=0, lt=2**63)]


@router.post("/copies/{link_id}/copy-now", status_code=202, responses=documented(404, 409))
async def copy_now(link_id: LinkId, store: StoreOf) -> ManualRequestResponse:
    """Requests to copy a trade now that was not copied, by all rules but the one on its age.

    Repeating the call before the request is done returns the same request.
    """
    return _responses(await store.call("ask_copy", p_link=str(link_id), p_kind="copy_now"))[0]


@router.post("/copies/{link_id}/flatten", status_code=202, responses=documented(404, 409))
async def flatten(link_id: LinkId, store: StoreOf) -> ManualRequestResponse:
    """Requests to close a copy, also if the master's position stays open or the copier is off. It is not opened again."""
    return _responses(await store.call("ask_copy", p_link=str(link_id), p_kind="flatten"))[0]


@router.post("/copiers/{copier}/flatten", status_code=202, responses=documented(404))
async def flatten_copier(copier: UUID, store: StoreOf) -> ManualRequestResponse:
    """Requests to close all copies of a copier. Trades that the master opens afterwards are copied as before."""
    return _responses(await store.call("ask_flatten", p_copier=str(copier)))[0]


@router.post("/accounts/{account}/flatten", status_code=202, responses=documented(404))
async def flatten_account(account: UUID, store: StoreOf) -> ManualRequestList:
    """Requests to close all copies on an account: one request for each of its copiers."""
    return ManualRequestList(items=_responses(await store.call("ask_flatten_account", p_account=str(account))))


@router.post("/stop", status_code=202, responses=documented(404))
async def stop(body: StopRequest, store: StoreOf) -> Stopped:
    """Stops many copiers in one call: those of some accounts, some copiers, or all.

    They open nothing more from then on. With `close_all`, all their copies are closed, too: one request for each copier.
    """
    found = await store.call("stop_copying", **body.arguments())
    return Stopped.model_validate({**found, "requests": _responses(found["requests"])})


@router.get("/manual-requests")
async def requests(
    store: StoreOf, copier_id: UUID | None = None, link_id: Annotated[int | None, Query(gt=0, lt=2**63)] = None
) -> ManualRequestList:
    """The manual requests of the last 24 hours with their results, newest first, 200 at most."""
    given = {"p_copier": copier_id and str(copier_id), "p_link": link_id and str(link_id)}
    return ManualRequestList(items=_responses(await store.call("recent_requests", **given)))


@router.get("/manual-requests/{request}", responses=documented(404))
async def request(request: UUID, store: StoreOf) -> ManualRequestResponse:
    """One manual request."""
    return _responses([await store.request(request)])[0]


def _responses(rows: Iterable[Row]) -> tuple[ManualRequestResponse, ...]:
    now = datetime.now(UTC)
    return tuple(manual_request_of(row, now) for row in rows)
