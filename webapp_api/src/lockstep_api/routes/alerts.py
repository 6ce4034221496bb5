"""Alerts: what a person must or may want to know."""

import json
from typing import Annotated

from fastapi import APIRouter, Query

from lockstep_api.context import StoreOf
from lockstep_api.cursors import cursor_of, read_cursor
from lockstep_api.pages import Alerts, AlertsRead, Unread
from lockstep_api.problems import documented

router = APIRouter(prefix="/v1/alerts", tags=["alerts"], responses=documented(401, 403, 422, 503))


@router.get("")
async def alerts(
    store: StoreOf,
    unread: bool = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Alerts:
    """Alerts, newest first."""
    at, last = read_cursor(cursor)
    page = await store.call("alerts_page", p_unread=unread, p_limit=limit, p_cursor_at=at, p_cursor_id=last)
    return Alerts.model_validate({**page, "next_cursor": cursor_of(page["items"], limit, "created_at", "id")})


@router.post("/read")
async def read(body: AlertsRead, store: StoreOf) -> Unread:
    """Marks alerts as read: those named, or all."""
    ids = None if body.ids is None else json.dumps([str(alert) for alert in body.ids])
    return Unread(unread=await store.call("read_alerts", p_ids=ids))
