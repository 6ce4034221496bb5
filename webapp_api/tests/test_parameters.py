"""Parameters of a query: names that a route does not know, and moments beyond every calendar."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from lockstep_api.moments import Moment
from lockstep_api.problems import add_problem_handlers
from lockstep_api.routes.copies import Filter
from lockstep_api.signed_in import StrictRoute


@pytest.fixture
async def api() -> AsyncIterator[httpx.AsyncClient]:
    """A route with a filter and a moment."""
    app, router = FastAPI(), APIRouter(route_class=StrictRoute)

    @router.get("/things")
    async def things(_: Filter, at: Moment | None = None) -> dict[str, Any]:
        return {"at": at}

    app.include_router(router)
    add_problem_handlers(app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as client:
        yield client


async def fields(api: httpx.AsyncClient, query: str) -> list[tuple[str, str]]:
    """What is wrong with a query: field and code."""
    answer = await api.get(f"/things?{query}")
    return [] if answer.status_code == 200 else [(found["field"], found["code"]) for found in answer.json()["problems"]]


async def test_a_parameter_that_a_route_does_not_know_is_refused_by_its_name(api: httpx.AsyncClient) -> None:
    assert await fields(api, "symbol=EURUSD&status=open&at=2026-01-01") == []
    assert await fields(api, "symbol=EURUSD&until_=1&from=2") == [("until_", "not_known_here"), ("from", "not_known_here")]


async def test_of_very_many_unknown_names_some_are_repeated_and_none_whole(api: httpx.AsyncClient) -> None:
    found = await fields(api, "&".join(f"{'x' * 200}{n}=1" for n in range(100)))
    assert len(found) == 20
    assert {name for name, _ in found} == {"x" * 64}


@pytest.mark.parametrize(
    ("moment", "is_taken"),
    [
        ("2026-11-30T10:00:00Z", True),
        ("2026-11-30", True),
        ("0001-01-01T00:00:00-14:00", False),
        ("0001-01-01T00:00:00%2B14:00", False),
        ("9999-12-31T23:59:59-14:00", False),
        ("1999-12-31T23:59:59Z", False),
        ("2100-01-01T00:00:01Z", False),
    ],
)
async def test_moments_beyond_what_is_reckoned_with_are_refused(api: httpx.AsyncClient, moment: str, is_taken: bool) -> None:
    assert await fields(api, f"at={moment}") == ([] if is_taken else [("at", "moment_out_of_range")])


async def test_a_moment_without_a_time_zone_is_in_utc(api: httpx.AsyncClient) -> None:
    told = await api.get("/things?at=2026-11-30T12:00:00")
    assert datetime.fromisoformat(told.json()["at"]) == datetime(2026, 11, 30, 12, tzinfo=UTC)
