"""The bodies of requests and responses about what people are told by other channels than the website."""

from datetime import datetime
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, Field, JsonValue, model_validator

from lockstep_api.alert_models import AlertKind
from lockstep_api.models import RequestModel, ResponseModel
from lockstep_core.settings.findings import refusal

Channel = Literal["email", "webhook"]
Language = Literal["en", "ar"]
Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
_PORTS = (None, 443, 8443)


class NotificationChoice(RequestModel):
    """Whether a kind of alert is told by a channel."""

    event: AlertKind
    channel: Channel
    wanted: bool


class ShownChoice(ResponseModel):
    """Whether a kind of alert is told by a channel. What is `fixed` cannot be switched off."""

    event: AlertKind
    channel: Channel
    wanted: bool
    fixed: bool


class NotificationSettings(ResponseModel):
    """How the caller is told. Quiet hours are of `zone`; what is urgent is told at any hour, and at once."""

    language: Language
    zone: str
    quiet_from: str | None
    quiet_to: str | None
    digest_minutes: int
    choices: tuple[ShownChoice, ...]
    muted_accounts: tuple[UUID, ...]


class NotificationChange(RequestModel):
    """Changes to how the caller is told. `choices` are those that change; `muted_accounts` replaces all of them. A null of
    both quiet hours ends them; another null changes nothing.
    """

    language: Language | None = None
    zone: str | None = Field(default=None, min_length=1, max_length=64)
    quiet_from: Clock | None = None
    quiet_to: Clock | None = None
    digest_minutes: int | None = Field(default=None, ge=0, le=1440)
    choices: tuple[NotificationChoice, ...] | None = Field(default=None, max_length=100)
    muted_accounts: tuple[UUID, ...] | None = Field(default=None, max_length=1000)

    def changes(self) -> dict[str, JsonValue]:
        """What changes, as the database reads it."""
        given: dict[str, JsonValue] = self.model_dump(mode="json", include=self.model_fields_set)
        return {name: value for name, value in given.items() if value is not None or name.startswith("quiet_")}

    @model_validator(mode="after")
    def _something_and_quiet_hours_with_two_ends(self) -> Self:
        if not self.model_fields_set:
            raise refusal("nothing_to_change")
        given = {"quiet_from", "quiet_to"} & self.model_fields_set
        both = self.quiet_from is not None and self.quiet_to is not None
        neither = self.quiet_from is None and self.quiet_to is None
        if given and not (len(given) == 2 and (neither or (both and self.quiet_from != self.quiet_to))):
            raise refusal("quiet_hours")
        return self


def _receiver(url: str) -> str:
    """Whether it may be called. Where its name leads is looked at whenever it is called."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme == "https" and bool(parts.hostname) and parts.port in _PORTS and parts.username is None
    except ValueError:
        usable = False
    if not usable or not url.isascii() or not url.isprintable() or " " in url:
        raise refusal("webhook_url")
    return url


class NewWebhook(RequestModel):
    """An address of the caller's program: https, at port 443 or 8443."""

    url: Annotated[str, Field(max_length=2000), AfterValidator(_receiver)]


class Webhook(ResponseModel):
    """A program of the caller that is told what happens. `ended_at`: it has answered 410, and is told nothing any more."""

    id: UUID
    url: str
    created_at: datetime
    ended_at: datetime | None


class WebhookList(ResponseModel):
    """All webhooks of the caller, oldest first."""

    items: tuple[Webhook, ...]


class WebhookWithSecret(Webhook):
    """A webhook with the secret that signs its messages, which is shown only once."""

    secret: str


class Delivery(ResponseModel):
    """One thing told by a webhook. `due_at` is when it is attempted next, `error` how the last attempt failed."""

    id: str
    event: str
    created_at: datetime
    attempts: int
    due_at: datetime | None
    sent_at: datetime | None
    dead_at: datetime | None
    error: str | None


class DeliveryList(ResponseModel):
    """What was told by a webhook, newest first."""

    items: tuple[Delivery, ...]


class TestRequest(RequestModel):
    """By which channel to send a test; a webhook is named."""

    channel: Channel
    webhook_id: UUID | None = None


class DeadLetter(ResponseModel):
    """Something that could not be told to somebody, and is tried no more."""

    id: str
    user_id: UUID
    email: str | None
    channel: Channel
    event: str
    created_at: datetime
    attempts: int
    dead_at: datetime
    error: str | None


class DeadLetterList(ResponseModel):
    """Dead letters of the last thirty days, newest first, at most 200."""

    items: tuple[DeadLetter, ...]
