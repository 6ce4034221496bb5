"""The bodies of responses and requests about alerts."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field, JsonValue

from lockstep_api.models import RequestModel, ResponseModel

AlertKind = Literal[
    "disconnected",
    "quarantined",
    "needs_you",
    "held_up",
    "rejected",
    "out_of_sync",
    "guard_warning",
    "guard_fired",
    "guard_paused",
    "guard_pause_over",
    "copier_refused",
    "cannot_trade",
    "wrong_codes",
    "password_changed",
    "email_changed",
]


class Alert(ResponseModel):
    """Something to know. `severity` says how soon a person must act; the words of `kind` are filled with `data`."""

    id: UUID
    kind: AlertKind
    severity: Literal["info", "soon", "now"]
    account_id: UUID | None
    copier_id: UUID | None
    link_id: str | None
    data: dict[str, JsonValue]
    created_at: datetime
    read_at: datetime | None


class AlertList(ResponseModel):
    """A page of alerts, newest first, and the number of all unread ones."""

    items: tuple[Alert, ...]
    unread: int
    next_cursor: str | None = None


class ReadAlertsRequest(RequestModel):
    """The alerts to mark as read; null means all."""

    ids: tuple[UUID, ...] | None = Field(default=None, max_length=1000)


class UnreadCount(ResponseModel):
    """The number of unread alerts."""

    unread: int
