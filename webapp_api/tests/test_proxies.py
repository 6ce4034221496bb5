"""An account's proxy, as it is sent, kept and shown."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from lockstep_api.models import AccountResponse, NewAccount, NewProxy, OfferedProxy

from .test_models import ACCOUNT, SEALED, refusal_of

PROXY = {"type": "SOCKS5", "address": "203.0.113.7", "port": 1080, "login": "me", "sealed": SEALED}
OPEN = {"type": "HTTP", "address": "203.0.113.7", "port": 3128}


def test_an_account_is_added_with_its_proxy() -> None:
    given = NewAccount.model_validate(ACCOUNT | {"proxy": PROXY}).proxy
    assert given is not None
    stored = {"key_id": SEALED["key_id"], "sealed": SEALED["ciphertext"]}
    assert json.loads(given.as_json()) == {name: PROXY[name] for name in ("type", "address", "port", "login")} | stored


def test_a_proxy_without_a_login_has_no_password() -> None:
    assert json.loads(NewProxy.model_validate(OPEN).as_json()) == OPEN | {"login": None}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"address": "10.96.0.1"}, "not_public"),
        ({"address": "169.254.169.254"}, "not_public"),
        ({"port": 25}, "mail_port"),
        ({"sealed": None}, "proxy_login_and_password"),
        ({"login": None}, "proxy_login_and_password"),
    ],
)
def test_a_proxy_that_cannot_be_is_refused_in_words(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(ValidationError) as raised:
        NewProxy.model_validate(PROXY | changes)
    assert [error["type"] for error in raised.value.errors()] == [code]
    assert refusal_of(NewProxy, PROXY | changes)[1]


@pytest.mark.parametrize(
    "changes",
    [
        *({"type": "SOCKS4"}, {"address": "proxy.example"}, {"address": "203.0.113.07"}, {"address": "2a01:4f8::1"}),
        *({"port": 0}, {"port": 65536}, {"login": "a:b"}, {"login": "a b"}, {"login": ""}, {"login": "x" * 129}),
        {"sealed": SEALED | {"key_id": "zz"}},
        {"password": "in the clear"},
    ],
)
def test_no_other_proxy_is_taken(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        NewProxy.model_validate(PROXY | changes)


ROW = {
    **{name: ACCOUNT[name] for name in ("id", "label", "platform", "environment", "login", "server", "role")},
    **{"operating_mode": "running", "mode": "on", "state": "queued", "state_reason": None, "state_message": None},
    **{
        "state_at": None,
        "credentials_version": 1,
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
    },
}


def test_an_accounts_proxy_is_shown_without_its_password() -> None:
    columns = {"proxy_type": "SOCKS5", "proxy_address": "203.0.113.7", "proxy_port": 1080, "proxy_login": "me"}
    shown = AccountResponse.model_validate(ROW | columns).model_dump(mode="json")["proxy"]
    assert shown == {"type": "SOCKS5", "address": "203.0.113.7", "port": 1080, "login": "me"}


def test_an_account_without_a_proxy_shows_none() -> None:
    columns = dict.fromkeys(("proxy_type", "proxy_address", "proxy_port", "proxy_login"))
    assert AccountResponse.model_validate(ROW | columns).proxy is None


def test_a_proxy_of_the_service_is_chosen_by_its_name_alone() -> None:
    given = NewAccount.model_validate(ACCOUNT | {"offered_proxy": {"name": "frankfurt-1"}}).offered_proxy
    assert given is not None
    assert json.loads(given.as_json()) == {"name": "frankfurt-1"}
    for name in ("", "Frankfurt 1", "-a", "a" * 64, "a\n"):
        with pytest.raises(ValidationError):
            OfferedProxy.model_validate({"name": name})


def test_an_account_is_added_with_one_proxy_at_most() -> None:
    both = {"proxy": OPEN, "offered_proxy": {"name": "frankfurt-1"}}
    with pytest.raises(ValidationError) as raised:
        NewAccount.model_validate(ACCOUNT | both)
    assert [error["type"] for error in raised.value.errors()] == ["two_proxies"]
    assert refusal_of(NewAccount, ACCOUNT | both)[1]


def test_of_a_proxy_of_the_service_nothing_but_its_name_is_shown() -> None:
    shown = AccountResponse.model_validate(ROW | {"proxy_name": "frankfurt-1"}).model_dump(mode="json")
    assert (shown["proxy_name"], shown["proxy"]) == ("frankfurt-1", None)
