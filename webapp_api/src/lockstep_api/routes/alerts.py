"""Routes for alerts."""

import json
from typing import Annotated

from fastapi import APIRouter, Query

from lockstep_api.alert_models import AlertList, ReadAlertsRequest, UnreadCount
from lockstep_api.context import StoreOf
from lockstep_api.cursors import cursor_of, read_cursor
from lockstep_api.problems import documented
from lockstep_api.signed_in import SignedInRoute

router = APIRouter(prefix="/v1/alerts", route_class=SignedInRoute, tags=["alerts"], responses=documented(401, 403, 503))


@router.get("")
async def alerts(
    store: StoreOf,
    unread: bool = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> AlertList:
    """Alerts, newest first."""
    at, last = read_cursor(cursor)
    page = await store.call("alerts_page", p_unread=unread, p_limit=limit, p_cursor_at=at, p_cursor_id=last)
    return AlertList.model_validate({**page, "next_cursor": cursor_of(page["items"], limit, "created_at", "id")})


@router.post("/read")
async def read(body: ReadAlertsRequest, store: StoreOf) -> UnreadCount:
    """Marks the given alerts as read, or all."""
    ids = None if body.ids is None else json.dumps([str(alert) for alert in body.ids])
    return UnreadCount(unread=await store.call("read_alerts", p_ids=ids))
