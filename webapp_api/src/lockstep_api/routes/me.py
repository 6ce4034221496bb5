"""Routes for the user who is signed in: identity, export and deletion."""

import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from lockstep_api.context import ContextOf, StoreOf
from lockstep_api.problems import documented
from lockstep_api.routes.copies import every_page
from lockstep_api.rows import Row
from lockstep_api.security_models import DeleteMeRequest, Me
from lockstep_api.signed_in import SignedInRoute

router = APIRouter(prefix="/v1", route_class=SignedInRoute, tags=["me"], responses=documented(401, 403, 503))


@router.get("/me")
async def me(context: ContextOf, store: StoreOf) -> Me:
    """The user who is signed in, also before the second factor is verified."""
    # Read before the user: a change after it is in the stream, a change before it is in the data.
    position = context.hub.position
    return Me.model_validate({**await store.call("whoami"), "stream_id": position})


@router.delete("/me", status_code=204)
async def leave(body: DeleteMeRequest, store: StoreOf) -> None:
    """Deletes the user with all accounts, copiers and history. Open positions stay at their brokers. Who has a second factor
    has permitted it with a code before: `POST /v1/sign-in-changes`.
    """
    await store.call("delete_me", p_email=body.confirm)


@router.get("/export", response_class=StreamingResponse)
async def export(store: StoreOf) -> StreamingResponse:
    """Everything that is stored about the caller, as JSON, without passwords."""
    most = await store.call("export_me")
    first = await anext(pages := every_page(store, {}))
    headers = {"Content-Disposition": 'attachment; filename="lockstep-export.json"', "Cache-Control": "no-store"}
    return StreamingResponse(_export(most, first, pages), media_type="application/json", headers=headers)


async def _export(most: dict[str, Any], first: list[Row], pages: AsyncIterator[list[Row]]) -> AsyncIterator[str]:
    yield json.dumps(most, ensure_ascii=False)[:-1] + ', "copies": ['
    yield _rows(first)
    async for page in pages:
        yield "," + _rows(page) if page else ""
    yield "]}"


def _rows(page: list[Row]) -> str:
    return json.dumps(page, ensure_ascii=False)[1:-1]
