"""Manual requests to the router (copy now, flatten), and the guards of a copier with their resets. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field

from lockstep_api.models import RequestModel, ResponseModel
from lockstep_core.copiers import BadSettings, parse_settings
from lockstep_core.settings.guards import guard_keys
from lockstep_core.skips import Params

_GRACE = timedelta(seconds=5)
_NOT_IN_TIME = "too_late"


def _text(number: object) -> str | None:
    return None if number is None else str(number)


class GuardResponse(ResponseModel):
    """The state of a guard of a copier. `guard` is its index in `settings.guards.risk_limits`.

    `start` is the slave's money at the beginning of the period, `peak` the highest since then (for drawdowns). `at` is null
    before the guard has got any figures. `resetting` says that a reset was requested and is not done yet. Before
    `locked_until` nobody can reset it; a guard that only pauses lets go by itself at `paused_until`.
    """

    guard: int
    tripped: bool
    warned: bool
    resetting: bool
    period: str
    start: float | None
    peak: float | None
    at: datetime | None
    locked_until: datetime | None = None
    paused_until: datetime | None = None


class GuardList(ResponseModel):
    """All guards of a copier, in the order of its settings."""

    items: tuple[GuardResponse, ...]


class ManualRequestResponse(ResponseModel):
    """A manual request to the router: `copy_now` or `flatten`. Without a link, it is for all copies of the copier.

    `reason`, `setting` and `params` of a refusal are those of a skipped copy, or `broker_` and the broker's code.
    """

    id: UUID
    kind: Literal["copy_now", "flatten"]
    copier_id: UUID
    link_id: Annotated[str | None, BeforeValidator(_text)]
    state: Literal["pending", "done", "refused", "expired"]
    reason: str | None
    setting: str | None
    params: Params
    created_at: datetime
    expires_at: datetime
    done_at: datetime | None


class ManualRequestList(ResponseModel):
    """Manual requests, newest first."""

    items: tuple[ManualRequestResponse, ...]


class StopRequest(RequestModel):
    """Which copiers stop, and how. Without accounts and copiers it is all of them."""

    what: Literal["close_only", "close_all"]
    account_ids: Annotated[list[UUID], Field(min_length=1, max_length=1000)] | None = None
    copier_ids: Annotated[list[UUID], Field(min_length=1, max_length=1000)] | None = None

    def arguments(self) -> dict[str, Any]:
        """The arguments of the database function."""
        return {"p_what": self.what, "p_accounts": _texts(self.account_ids), "p_copiers": _texts(self.copier_ids)}


def _texts(ids: list[UUID] | None) -> list[str] | None:
    return None if ids is None else [str(one) for one in ids]


class Stopped(ResponseModel):
    """How many copiers were meant, how many of them were on, and the requests to close their copies."""

    copiers: int
    stopped: int
    requests: tuple[ManualRequestResponse, ...]


def manual_request_of(row: Mapping[str, Any], now: datetime) -> ManualRequestResponse:
    """A manual request from its row. An unanswered one past its time counts as expired, even if no router has said so."""
    found = ManualRequestResponse.model_validate(row)
    if found.state != "pending" or found.expires_at + _GRACE > now:
        return found
    return found.model_copy(update={"state": "expired", "reason": found.reason or _NOT_IN_TIME})


def guard_keys_of(settings: object) -> tuple[str, ...]:
    """The keys of the guards' states for stored settings; none if the settings are unreadable."""
    try:
        return guard_keys(parse_settings(settings).guards)
    except BadSettings:
        return ()


def guards_of(keys: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> GuardList:
    """The guards with these keys, from rows of `guard_states`."""
    known = {row["guard"]: row for row in rows}
    return GuardList(items=tuple(_guard(index, known.get(key)) for index, key in enumerate(keys)))


def _guard(index: int, row: Mapping[str, Any] | None) -> GuardResponse:
    if row is None:
        return GuardResponse(
            guard=index, tripped=False, warned=False, resetting=False, period="", start=None, peak=None, at=None
        )
    begun = row["period"] != ""
    return GuardResponse(
        guard=index,
        tripped=row["tripped"],
        warned=row["warned"],
        resetting=row["requested_resets"] > row["resets"],
        period=row["period"],
        start=row["start_value"] if begun else None,
        peak=row["peak_value"] if begun else None,
        at=row["at"],
        locked_until=row["locked_until"] if row["tripped"] else None,
        paused_until=row["paused_until"] if row["tripped"] else None,
    )
