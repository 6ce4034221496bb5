"""What one attempt sends: one mail, or one call of a webhook."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

Channel = Literal["email", "webhook"]
CHANNELS: tuple[Channel, ...] = ("email", "webhook")


@dataclass(frozen=True)
class Told:
    """One thing that is told: the words of `event` are filled with `data`."""

    id: int
    event: str
    data: Mapping[str, Any]
    urgent: bool
    account_id: UUID | None
    created_at: datetime


@dataclass(frozen=True, repr=False)
class Webhook:
    """Where a program of a person is told. A secret that was replaced signs beside the new one for a while."""

    id: UUID
    url: str
    secrets: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class Reader:
    """To whom a mail goes, and how that person reads."""

    address: str
    language: str
    zone: str
    unsubscribe_token: str


@dataclass(frozen=True, repr=False)
class Delivery:
    """Rows of the outbox that were taken for one attempt, which must be over before their lease ends. A webhook has one."""

    lease: UUID
    told: tuple[Told, ...]
    attempts: int
    reader: Reader
    webhook: Webhook | None


Send = Callable[[Delivery], Awaitable[None]]
"""Makes one attempt. Raises NotSent or ReceiverGone."""
