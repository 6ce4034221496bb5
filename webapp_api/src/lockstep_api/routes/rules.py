"""Routes for the settings of copiers: their schema, and a preview of what they would do."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from fastapi import APIRouter, Response

from lockstep_api.account_figures import AccountFigures, account_figures
from lockstep_api.context import StoreOf, get_caller
from lockstep_api.guard_standing import guard_standing
from lockstep_api.link_check import LinkCheck, LinkCheckRequest, check_link
from lockstep_api.notices import calendar_part, minutes_of_news
from lockstep_api.pages import ExplanationPart, PreviewItem, PreviewRequest, PreviewResponse
from lockstep_api.preview import Outcome, PreviewTrade, news_of, preview
from lockstep_api.problems import documented
from lockstep_api.rows import Row
from lockstep_api.signed_in import SignedInRoute
from lockstep_api.store import Store
from lockstep_core.copiers import CopierSettings
from lockstep_core.decision.context import NewsItem
from lockstep_core.rules.compile import compile_rules
from lockstep_core.settings.guards import Guards
from lockstep_core.settings.schema import schema
from lockstep_core.units import ONE_LOT, Lots, lots_text, parse_lots

router = APIRouter(prefix="/v1", tags=["rules"])
signed_in = APIRouter(route_class=SignedInRoute)
_USUAL = PreviewTrade("EURUSD", "buy", Lots(ONE_LOT), 1.1, sl=1.095)
_OPENINGS = 10


@router.get("/settings-schema", response_model=dict[str, Any])
async def settings_schema() -> Response:
    """The JSON Schema of a copier's settings. The API and the router check settings by the same model."""
    return Response(_schema(), media_type="application/json", headers={"Cache-Control": "public, max-age=300"})


@signed_in.post("/preview", responses=documented(401, 403, 503))
async def try_rules(body: PreviewRequest, store: StoreOf) -> PreviewResponse:
    """Previews what settings would do with trades of the master, by the code that trades. Nothing is stored or sent."""
    trials, times = _given(body), [None] * len(body.trades or ())
    _, found, money, kept = await asyncio.gather(
        get_caller(store), _openings(body, store), _money(body, store), _guards(body, store)
    )
    if found:
        trials, times = [_happened(row) for row in found], [row["at"] for row in found]
    now = datetime.now(UTC)
    news, reach = await _news(body.settings, trials, store, now)
    guards = guard_standing(compile_rules(body.settings).guards, kept, money.slave, _ms(now))
    outcomes = preview(body.settings, body.mode, trials or [_USUAL], _ms(now), money, news, guards)
    items = tuple(_item(outcome, at) for outcome, at in zip(outcomes, times or [None], strict=True))
    assumed = (
        ExplanationPart(code="assumed_broker", params={}),
        ExplanationPart(code="assumed_money", params=money.known),
        *reach,
        *guards.parts,
    )
    return PreviewResponse(items=items, assumed=assumed)


@signed_in.post("/link-check", responses=documented(401, 403, 503))
async def check_accounts(body: LinkCheckRequest, store: StoreOf) -> LinkCheck:
    """Compares the symbols that a master opened last with those of a slave's broker. Nothing is stored or sent."""
    accounts = {"p_master": str(body.master_id), "p_slave": str(body.slave_id)}
    return check_link(body.settings, await store.call("link_symbols", **accounts))


async def _money(body: PreviewRequest, store: Store) -> AccountFigures:
    """The figures of both accounts: reported, if the account is the caller's and has reported any, else assumed."""
    accounts = [account for account in (body.master_id, body.slave_id) if account is not None]
    live = await store.live_money(accounts) if accounts else {}
    return account_figures(live.get(body.master_id), live.get(body.slave_id))


async def _guards(body: PreviewRequest, store: Store) -> list[Row]:
    """The states of the copier's guards, if they matter and the copier is the caller's."""
    return [] if body.copier_id is None or body.settings.guards == Guards() else await store.guards(body.copier_id)


async def _openings(body: PreviewRequest, store: Store) -> list[Row]:
    """The last trades that the master opened, if the request names a master and no trades."""
    if body.trades is not None or body.master_id is None:
        return []
    found = await store.call("recent_openings", p_master=str(body.master_id), p_limit=_OPENINGS)
    return [row for row in found if not row["is_copy"] and row["lots"] > 0]


async def _news(
    settings: CopierSettings, trials: list[PreviewTrade], store: Store, now: datetime
) -> tuple[tuple[NewsItem, ...], tuple[ExplanationPart, ...]]:
    """News around the trials from the router's calendar, and how far it reaches; only if they matter."""
    minutes = minutes_of_news(settings)
    if minutes is None:
        return (), ()
    times = [now, *(datetime.fromtimestamp(t.utc_ms / 1000, UTC) for t in trials if t.utc_ms is not None)]
    rows, covered = await asyncio.gather(store.news_around(times, minutes), store.news_covered_until())
    return news_of(rows), (calendar_part(covered, now),)


@cache
def _schema() -> bytes:
    return json.dumps(schema(), separators=(",", ":")).encode()


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _given(body: PreviewRequest) -> list[PreviewTrade]:
    return [
        PreviewTrade(trade.symbol, trade.side, parse_lots(trade.lots), trade.price, sl=trade.sl, tp=trade.tp)
        for trade in body.trades or ()
    ]


def _happened(row: Mapping[str, Any]) -> PreviewTrade:
    at = datetime.fromisoformat(row["at"])
    return PreviewTrade(
        row["symbol"], row["side"], Lots(row["lots"]), row["price"] or 0.0, _ms(at), row["sl"] or 0.0, row["tp"] or 0.0
    )


def _item(outcome: Outcome, at: str | None) -> PreviewItem:
    trial, skip = outcome.trial, outcome.skip
    return PreviewItem.model_validate(
        {
            "symbol": trial.symbol,
            "side": trial.side,
            "master_lots": lots_text(trial.lots),
            "outcome": outcome.outcome,
            "lots": lots_text(outcome.lots),
            "reason": None if skip is None else skip.code,
            "setting": None if skip is None else skip.setting or None,
            "params": {} if skip is None else skip.params,
            "parts": [{"code": part.code, "params": part.params} for part in outcome.parts],
            "at": at,
        }
    )


router.include_router(signed_in)
