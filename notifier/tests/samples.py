"""Deliveries and settings that tests send."""

import uuid
from datetime import UTC, datetime
from typing import Any

from lockstep_notifier.delivery import Delivery, Reader, Told, Webhook
from lockstep_notifier.settings import NotifierSettings

SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
OTHER_SECRET = "whsec_YWJjZGVmZ2hpamFiY2RlZmdoaWphYmNkZWZnaGlqYWI="
SITE = "https://copy.example.com"


def told(event: str = "disconnected", number: int = 1, **data: Any) -> Told:
    """One thing to tell."""
    return Told(number, event, data or {"label": "Main"}, True, None, datetime(2026, 12, 1, 20, 30, tzinfo=UTC))


def reader(language: str = "en", zone: str = "Asia/Dubai", address: str = "ann@example.test") -> Reader:
    """Somebody who reads mails."""
    return Reader(address, language, zone, "t" * 64)


def delivery(*things: Told, to: Reader | None = None, url: str = "", secrets: tuple[str, ...] = (SECRET,)) -> Delivery:
    """What one attempt sends: a webhook where there is an address, else a mail."""
    webhook = Webhook(uuid.uuid4(), url, secrets) if url else None
    return Delivery(uuid.uuid4(), things or (told(),), 1, to or reader(), webhook)


def settings(**more: Any) -> NotifierSettings:
    """Settings of a notifier whose mail server and receivers are on loopback."""
    given = {"smtp_host": "127.0.0.1", "smtp_tls": "none", "webhook_networks": '["127.0.0.0/8"]', "site_url": SITE}
    return NotifierSettings.model_validate({"database_url": "postgresql://", **given, **more})
