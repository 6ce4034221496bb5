"""Routes for what people are told by other channels than the website: choices, webhooks and what was told by them."""

import base64
import json
import secrets
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from lockstep_api.context import ContextOf, StoreOf
from lockstep_api.errors import ResourceNotFound
from lockstep_api.notification_models import (
    DeliveryList,
    NewWebhook,
    NotificationChange,
    NotificationSettings,
    TestRequest,
    WebhookList,
    WebhookWithSecret,
)
from lockstep_api.problems import documented
from lockstep_api.signed_in import SignedInRoute, StrictRoute

router = APIRouter(prefix="/v1", route_class=SignedInRoute, tags=["notifications"], responses=documented(401, 403, 503))
open_router = APIRouter(prefix="/v1", route_class=StrictRoute, tags=["notifications"], responses=documented(501, 503))


@router.get("/notifications")
async def settings(store: StoreOf) -> NotificationSettings:
    """How the caller is told, with every kind of alert by every channel."""
    return NotificationSettings.model_validate(await store.call("notification_settings"))


@router.patch("/notifications", responses=documented(404))
async def change(body: NotificationChange, store: StoreOf) -> NotificationSettings:
    """Changes how the caller is told."""
    changed = await store.call("change_notification_settings", p_changes=json.dumps(body.changes()))
    return NotificationSettings.model_validate(changed)


@router.post("/notifications/test", status_code=204, responses=documented(404))
async def test(body: TestRequest, store: StoreOf) -> None:
    """Sends a message that says it is a test: five in ten minutes."""
    webhook = body.webhook_id and str(body.webhook_id)
    if not await store.call("test_notification", p_channel=body.channel, p_webhook=webhook):
        raise ResourceNotFound("webhook")


@router.get("/webhooks")
async def webhooks(store: StoreOf) -> WebhookList:
    """All webhooks of the caller."""
    return WebhookList.model_validate({"items": await store.call("my_webhooks")})


@router.post("/webhooks", status_code=201, responses=documented(409))
async def add(body: NewWebhook, store: StoreOf) -> WebhookWithSecret:
    """Adds a webhook. Its messages are signed by the rules of Standard Webhooks; the secret is shown only once."""
    secret = _new_secret()
    made: dict[str, Any] = await store.call("add_webhook", p_url=body.url, p_secret=secret)
    return WebhookWithSecret.model_validate({**made, "secret": secret})


@router.post("/webhooks/{webhook}/secret", responses=documented(404))
async def replace_secret(webhook: UUID, store: StoreOf) -> WebhookWithSecret:
    """Makes a new secret. The old one signs too for a day. A webhook that had ended begins again."""
    secret = _new_secret()
    found = await store.call("replace_webhook_secret", p_id=str(webhook), p_secret=secret)
    if found is None:
        raise ResourceNotFound("webhook")
    return WebhookWithSecret.model_validate({**found, "secret": secret})


@router.delete("/webhooks/{webhook}", status_code=204, responses=documented(404))
async def remove(webhook: UUID, store: StoreOf) -> None:
    """Removes a webhook with what was still to be told by it."""
    if not await store.call("remove_webhook", p_id=str(webhook)):
        raise ResourceNotFound("webhook")


@router.get("/webhooks/{webhook}/deliveries", responses=documented(404))
async def deliveries(webhook: UUID, store: StoreOf, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> DeliveryList:
    """What was told by a webhook in the last thirty days, newest first."""
    found = await store.call("webhook_deliveries", p_id=str(webhook), p_limit=limit)
    if found is None:
        raise ResourceNotFound("webhook")
    return DeliveryList.model_validate({"items": found})


@router.post("/webhooks/{webhook}/deliveries/{delivery}/send-again", status_code=204, responses=documented(404))
async def send_again(webhook: UUID, delivery: str, store: StoreOf) -> None:
    """Tells one thing once more, which was told or given up."""
    if not await store.call("send_again", p_webhook=str(webhook), p_delivery=delivery):
        raise ResourceNotFound("delivery")


@open_router.post("/unsubscribe", status_code=204, responses=documented(404))
async def unsubscribe(token: Annotated[str, Query(pattern="^[0-9a-f]{16,128}$")], context: ContextOf) -> None:
    """Ends all mails to whoever has this token but those about signing in. Needs no session: the token is in each mail."""
    if not await context.database.unsubscribe(token):
        raise ResourceNotFound("subscription")


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
