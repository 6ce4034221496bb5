"""Rules of copiers: their schema, and what they would do."""

import time
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from fastapi import APIRouter, Response

from lockstep_api.context import CallerOf, StoreOf
from lockstep_api.pages import PreviewAnswer, PreviewItem, PreviewRequest
from lockstep_api.preview import ASSUMED, Outcome, Trial, preview
from lockstep_api.problems import documented
from lockstep_core.settings.schema import schema
from lockstep_core.units import ONE_LOT, Lots, lots_text, parse_lots

router = APIRouter(prefix="/v1", tags=["rules"])
_USUAL = Trial("EURUSD", "buy", Lots(ONE_LOT), 1.1)
_OPENINGS = 10


@router.get("/settings-schema")
def settings_schema(response: Response) -> dict[str, Any]:
    """The JSON Schema of a copier's settings: the same model checks what is sent and what is traded."""
    response.headers["Cache-Control"] = "public, max-age=300"
    return _schema()


@router.post("/preview", responses=documented(401, 403, 422, 503))
async def try_rules(body: PreviewRequest, store: StoreOf, _caller: CallerOf) -> PreviewAnswer:
    """What rules would do with trades of the master, by the code that trades. Nothing is stored or sent."""
    trials, times = _given(body), [None] * len(body.trades or ())
    if body.trades is None and body.master_id is not None:
        found = await store.call("recent_openings", p_master=str(body.master_id), p_limit=_OPENINGS)
        rows = [row for row in found if not row["is_copy"] and row["lots"] > 0]
        trials = [_happened(row) for row in rows]
        times = [row["at"] for row in rows]
    outcomes = preview(body.settings, body.mode, trials or [_USUAL], time.time_ns() // 1_000_000)
    items = tuple(_item(outcome, at) for outcome, at in zip(outcomes, times or [None], strict=True))
    return PreviewAnswer(items=items, assumed=ASSUMED)


@cache
def _schema() -> dict[str, Any]:
    return schema()


def _given(body: PreviewRequest) -> list[Trial]:
    return [Trial(trade.symbol, trade.side, parse_lots(trade.lots)) for trade in body.trades or ()]


def _happened(row: Mapping[str, Any]) -> Trial:
    at = datetime.fromisoformat(row["at"])
    return Trial(row["symbol"], row["side"], Lots(row["lots"]), row["price"] or 0.0, int(at.timestamp() * 1000))


def _item(outcome: Outcome, at: str | None) -> PreviewItem:
    trial = outcome.trial
    return PreviewItem.model_validate(
        {
            "symbol": trial.symbol,
            "side": trial.side,
            "master_lots": lots_text(trial.lots),
            "outcome": outcome.outcome,
            "lots": lots_text(outcome.lots),
            "reason": outcome.reason,
            "setting": outcome.setting,
            "sentence": outcome.sentence,
            "at": at,
        }
    )
