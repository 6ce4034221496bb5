"""The overview, statistics, activity and suggestions."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from fastapi import APIRouter, Query

from lockstep_api.context import StoreOf
from lockstep_api.errors import InvalidRequest
from lockstep_api.figures import figures_of, months_of
from lockstep_api.models import Platform
from lockstep_api.pages import Activity, Dashboard, KnownServers, Statistics
from lockstep_api.problems import documented

router = APIRouter(prefix="/v1", tags=["overview"], responses=documented(401, 403, 422, 503))
_PERIOD = timedelta(days=30)
_GROUPS = ("by_symbol", "by_hour", "by_day")

Zone = Annotated[str, Query(max_length=64, description="Where days begin, as in the time zone database.")]


@router.get("/dashboard")
async def dashboard(store: StoreOf, zone: Zone = "UTC") -> Dashboard:
    """Everything that the overview shows."""
    start = datetime.now(_zone(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    return Dashboard.model_validate(await store.call("dashboard", p_day_start=start.isoformat()))


@router.get("/statistics")
async def statistics(
    store: StoreOf,
    since: datetime | None = None,
    until: datetime | None = None,
    copier_id: UUID | None = None,
    account_id: UUID | None = None,
    zone: Zone = "UTC",
) -> Statistics:
    """Figures of a time (the last 30 days unless told) in all, by symbol, hour of the day, day and month."""
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


@router.get("/activity")
async def activity(
    store: StoreOf,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    cursor: Annotated[int | None, Query(gt=0, lt=2**63)] = None,
) -> Activity:
    """What was changed, by whom and why, newest first."""
    items = await store.call("activity_page", p_limit=limit, p_before=cursor)
    return Activity.model_validate({"items": items, "next_cursor": items[-1]["id"] if len(items) == limit else None})


@router.get("/servers")
async def servers(
    store: StoreOf, platform: Platform | None = None, q: Annotated[str, Query(max_length=128)] = ""
) -> KnownServers:
    """Servers of brokers that some terminal has reached, as suggestions."""
    return KnownServers.model_validate({"items": await store.call("known_servers", p_platform=platform, p_query=q)})


def _with_ratios(found: dict[str, Any]) -> dict[str, Any]:
    groups = {name: [figures_of(row) for row in found[name]] for name in _GROUPS}
    months = [figures_of(month) for month in months_of(found["by_day"])]
    return {**found, **groups, "by_month": months, "totals": figures_of(found["totals"])}


def _zone(name: str) -> ZoneInfo:
    if name not in available_timezones():
        raise InvalidRequest("no_such_zone", "zone: There is no such time zone.")
    return ZoneInfo(name)
