"""Confirming an address and resetting a password, by the mails that Supabase really sends."""

import uuid

import httpx
import pytest

from tests.stack.mailbox import Link, newest_link
from webapp_api.tests.cluster.supabase import PASSWORD, Supabase

pytestmark = pytest.mark.cluster


def auth(backend: Supabase, call: str, **body: str) -> httpx.Response:
    """A call as the website makes it."""
    return httpx.post(f"{backend.url}/auth/v1/{call}", headers={"apikey": backend.key}, json=body, timeout=20)


def opened(backend: Supabase, link: Link) -> httpx.Response:
    """What opening the link does."""
    return auth(backend, "verify", token_hash=link.token_hash, type=link.type)


@pytest.fixture
def email(backend: Supabase) -> str:
    """The address of somebody who signed up and has opened no mail yet."""
    address = f"{uuid.uuid4().hex}@example.test"
    answer = auth(backend, "signup", email=address, password=PASSWORD).raise_for_status()
    if "access_token" in answer.json():
        pytest.skip("this installation lets people in without a mail")
    return address


def test_nobody_is_in_before_the_link_and_the_link_works_once(backend: Supabase, email: str) -> None:
    refused = auth(backend, "token?grant_type=password", email=email, password=PASSWORD)
    assert (refused.status_code, refused.json()["error_code"]) == (400, "email_not_confirmed")
    link = newest_link(backend.mailbox, email)
    assert link.type == "signup"
    assert opened(backend, link).json()["access_token"]
    assert opened(backend, link).json()["error_code"] == "otp_expired"
    assert auth(backend, "token?grant_type=password", email=email, password=PASSWORD).status_code == 200


def test_a_confirmation_can_be_asked_for_again(backend: Supabase, email: str) -> None:
    first = newest_link(backend.mailbox, email)
    assert auth(backend, "resend", type="signup", email=email).status_code == 200
    second = newest_link(backend.mailbox, email)
    assert second != first
    assert opened(backend, second).json()["access_token"]


def test_whether_an_address_is_known_is_not_told(backend: Supabase, email: str) -> None:
    opened(backend, newest_link(backend.mailbox, email))
    for address in (email, f"{uuid.uuid4().hex}@example.test"):
        assert auth(backend, "resend", type="signup", email=address).status_code == 200
        assert auth(backend, "recover", email=address).status_code == 200


def test_a_link_of_one_kind_does_not_open_what_another_does(backend: Supabase, email: str) -> None:
    link = newest_link(backend.mailbox, email)
    assert opened(backend, Link(link.token_hash, "recovery")).json()["error_code"] == "otp_expired"
    assert opened(backend, link).json()["access_token"]
