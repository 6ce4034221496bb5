"""Routes for accounts and positions as they are now, and for the history of equity."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from lockstep_api.context import StoreOf
from lockstep_api.live import Equity, LivePositions, Range, side_by_side
from lockstep_api.problems import documented
from lockstep_api.signed_in import SignedInRoute

router = APIRouter(prefix="/v1", route_class=SignedInRoute, tags=["live"], responses=documented(401, 403, 503))


@router.get("/positions")
async def positions(store: StoreOf) -> LivePositions:
    """Every account as its terminal last reported it, and the open positions of masters beside their copies."""
    return side_by_side(await store.call("live_positions"))


@router.get("/accounts/{account}/equity", responses=documented(404))
async def equity(
    account: UUID, store: StoreOf, span: Annotated[Range, Query(alias="range", description="How far back.")] = "day"
) -> Equity:
    """The history of an account's balance and equity. A sample per minute is kept for a week, then one per hour."""
    _, found = await asyncio.gather(
        store.account(account), store.call("equity_points", p_account=str(account), p_range=span)
    )
    return Equity.model_validate({**found, "range": span})


@router.get("/equity")
async def equity_of_all(
    store: StoreOf,
    currency: Annotated[str, Query(min_length=1, max_length=16)],
    span: Annotated[Range, Query(alias="range", description="How far back.")] = "day",
) -> Equity:
    """The history of balance and equity of all accounts in one currency together. An account that is away counts as it was
    reported last.
    """
    return Equity.model_validate({**await store.call("equity_sum", p_currency=currency, p_range=span), "range": span})
