"""What people may choose about being told, before the database is asked."""

import pytest
from pydantic import ValidationError

from lockstep_api.notification_models import NewWebhook, NotificationChange


@pytest.mark.parametrize(
    "change",
    [
        {"quiet_from": "22:00", "quiet_to": "07:00"},
        {"quiet_from": None, "quiet_to": None},
        {"digest_minutes": 15},
        {"choices": [{"event": "rejected", "channel": "email", "wanted": False}]},
    ],
)
def test_what_is_not_named_does_not_change(change: dict[str, object]) -> None:
    assert NotificationChange.model_validate(change).changes() == change


def test_only_quiet_hours_end_by_a_null() -> None:
    change = {"zone": None, "muted_accounts": None, "quiet_from": None, "quiet_to": None, "language": "ar"}
    found = NotificationChange.model_validate(change).changes()
    assert found == {"quiet_from": None, "quiet_to": None, "language": "ar"}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"quiet_from": "22:00"},
        {"quiet_from": "22:00", "quiet_to": None},
        {"quiet_from": "22:00", "quiet_to": "22:00"},
        {"quiet_from": "24:00", "quiet_to": "07:00"},
        {"digest_minutes": -1},
        {"language": "tlh"},
        {"choices": [{"event": "rain", "channel": "email", "wanted": True}]},
        {"choices": [{"event": "rejected", "channel": "pigeon", "wanted": True}]},
        {"colour": "red"},
    ],
)
def test_what_cannot_be_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        NotificationChange.model_validate(change)


@pytest.mark.parametrize("url", ["https://example.test", "https://example.test:8443/a?b=c", "https://93.184.216.34/"])
def test_a_webhook_is_https_at_one_of_two_ports(url: str) -> None:
    assert NewWebhook(url=url).url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://example.test/",
        "https://",
        "https://example.test:25/",
        "https://a:b@example.test/",
        "https://example.test/\r\nx",
        "https://example.test:99999/",
        "ftp://example.test/",
        "https://exämple.test/",
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        NewWebhook(url=url)
