"""What people ask of copying, and how far it has come."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator

from lockstep_api.models import Shown
from lockstep_core.copiers import parse_settings
from lockstep_core.errors import BadSettings
from lockstep_core.settings.guards import guard_keys
from lockstep_core.skips import Params

_GRACE = timedelta(seconds=5)
_NOT_IN_TIME = "too_late"


def _text(number: object) -> str | None:
    return None if number is None else str(number)


class Guard(Shown):
    """A guard of a copier. `guard` is its place in `settings.guards.risk_limits`.

    `start` and `peak` are money of the slave's account: when the period began, and the highest since (of drawdowns).
    `at` is null while it has seen no figures; `resetting`: its reset was asked for and is not done yet.
    """

    guard: int
    tripped: bool
    warned: bool
    resetting: bool
    period: str
    start: float | None
    peak: float | None
    at: datetime | None


class Guards(Shown):
    """All guards of a copier, in the order of its settings."""

    items: tuple[Guard, ...]


class SyncRequest(Shown):
    """Something asked of the router: `copy_now` or `flatten`; without a link, all copies of the copier.

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


class SyncRequests(Shown):
    """Requests, newest first."""

    items: tuple[SyncRequest, ...]


def request_of(row: Mapping[str, Any], now: datetime) -> SyncRequest:
    """A row of `manual_requests`; one that nobody answered in time has expired, whether a router said so or not."""
    found = SyncRequest.model_validate(row)
    if found.state != "pending" or found.expires_at + _GRACE > now:
        return found
    return found.model_copy(update={"state": "expired", "reason": found.reason or _NOT_IN_TIME})


def keys_of(settings: object) -> tuple[str, ...]:
    """Under which names the guards of stored settings are kept; none where the settings cannot be read."""
    try:
        return guard_keys(parse_settings(settings).guards.risk_limits)
    except BadSettings:
        return ()


def guards_of(keys: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> Guards:
    """The guards of these names, out of rows of `guard_states`."""
    known = {row["guard"]: row for row in rows}
    return Guards(items=tuple(_guard(index, known.get(key)) for index, key in enumerate(keys)))


def _guard(index: int, row: Mapping[str, Any] | None) -> Guard:
    if row is None:
        return Guard(guard=index, tripped=False, warned=False, resetting=False, period="", start=None, peak=None, at=None)
    begun = row["period"] != ""
    return Guard(
        guard=index,
        tripped=row["tripped"],
        warned=row["warned"],
        resetting=row["requested_resets"] > row["resets"],
        period=row["period"],
        start=row["start_value"] if begun else None,
        peak=row["peak_value"] if begun else None,
        at=row["at"],
    )
