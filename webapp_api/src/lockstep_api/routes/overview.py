"""Routes for the overview, statistics and the activity log."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from fastapi import APIRouter, Query

from lockstep_api.context import StoreOf
from lockstep_api.errors import InvalidRequest
from lockstep_api.group_statistics import months_of, statistics_of
from lockstep_api.moments import Moment
from lockstep_api.money import Money, money_of
from lockstep_api.pages import Activity, Dashboard, Statistics
from lockstep_api.problems import documented
from lockstep_api.readiness import Readiness
from lockstep_api.signed_in import SignedInRoute

router = APIRouter(prefix="/v1", route_class=SignedInRoute, tags=["overview"], responses=documented(401, 403, 503))
_PERIOD = timedelta(days=30)
_PAIRS_OF = 5_000
_GROUPS = ("by_symbol", "by_hour", "by_day")

Zone = Annotated[str, Query(max_length=64, description="Where days begin, as in the time zone database.")]


@router.get("/dashboard")
async def dashboard(store: StoreOf, zone: Zone = "UTC") -> Dashboard:
    """All data of the overview page."""
    start = datetime.now(_zone(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    return Dashboard.model_validate(await store.call("dashboard", p_day_start=start.isoformat()))


@router.get("/readiness")
async def readiness(store: StoreOf) -> Readiness:
    """What keeps each account and copier from working, and whose turn it is."""
    return Readiness.model_validate(await store.call("readiness"))


@router.get("/statistics")
async def statistics(
    store: StoreOf,
    since: Moment | None = None,
    until: Moment | None = None,
    copier_id: UUID | None = None,
    account_id: UUID | None = None,
    zone: Zone = "UTC",
) -> Statistics:
    """Statistics of a period (by default the last 30 days): in total, by symbol, hour of the day, day and month."""
    end = until or datetime.now(UTC)
    start = since or end - _PERIOD
    _zone(zone)
    found = await store.call(
        "statistics",
        p_since=start.isoformat(),
        p_until=end.isoformat(),
        p_copier=copier_id and str(copier_id),
        p_account=account_id and str(account_id),
        p_zone=zone,
    )
    return Statistics.model_validate({**_with_ratios(found), "since": start, "until": end})


@router.get("/money")
async def money(
    store: StoreOf,
    since: Moment | None = None,
    until: Moment | None = None,
    copier_id: UUID | None = None,
    account_id: UUID | None = None,
    zone: Zone = "UTC",
) -> Money:
    """What copies earned and cost in a period (by default the last 30 days), in each currency apart."""
    end = until or datetime.now(UTC)
    start = since or end - _PERIOD
    _zone(zone)
    about = {
        "p_since": start.isoformat(),
        "p_until": end.isoformat(),
        "p_copier": copier_id and str(copier_id),
        "p_account": account_id and str(account_id),
    }
    groups, pairs = await asyncio.gather(
        store.call("money_by_group", **about, p_zone=zone), store.call("money_by_pair", **about, p_sample=_PAIRS_OF)
    )
    return money_of(groups, pairs, start, end)


@router.get("/activity")
async def activity(
    store: StoreOf,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    cursor: Annotated[int | None, Query(gt=0, lt=2**63)] = None,
) -> Activity:
    """The activity log: what was changed, by whom and why, newest first."""
    items = await store.call("activity_page", p_limit=limit, p_before=cursor)
    return Activity.model_validate({"items": items, "next_cursor": items[-1]["id"] if len(items) == limit else None})


def _with_ratios(found: dict[str, Any]) -> dict[str, Any]:
    groups = {name: [statistics_of(row) for row in found[name]] for name in _GROUPS}
    months = [statistics_of(month) for month in months_of(found["by_day"])]
    return {**found, **groups, "by_month": months, "totals": statistics_of(found["totals"])}


def _zone(name: str) -> ZoneInfo:
    if name not in available_timezones():
        raise InvalidRequest("no_such_zone")
    return ZoneInfo(name)
