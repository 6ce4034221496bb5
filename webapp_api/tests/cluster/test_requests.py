"""What is wrong with a request, told to somebody who is signed in."""

import uuid
from typing import Any

import pytest

from webapp_api.tests.cluster.people import Person

pytestmark = pytest.mark.cluster


def account(sealed: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A correct registration with some fields changed."""
    body = {"id": str(uuid.uuid4()), "label": "m", "platform": "MT5", "environment": "demo", "login": 1, "server": "s"}
    return {**body, "role": "master", "sealed": sealed, **more}


def test_a_password_in_the_clear_is_refused_and_not_repeated(alice: Person, sealed: dict[str, Any]) -> None:
    answer = alice.api.post("/v1/accounts", json=account(sealed, password="hunter2-secret"))
    assert (answer.status_code, answer.json()["code"]) == (422, "plaintext_password")
    assert "hunter2" not in answer.text


def test_a_password_sealed_to_another_key_is_refused(alice: Person, sealed: dict[str, Any]) -> None:
    other = sealed | {"key_id": "f" * 16}
    for answer in (
        alice.api.post("/v1/accounts", json=account(other)),
        alice.api.put(f"/v1/accounts/{uuid.uuid4()}/credentials", json={"sealed": other}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown_key")


def test_every_field_at_fault_is_named(alice: Person, sealed: dict[str, Any]) -> None:
    problem = alice.api.post("/v1/accounts", json=account(sealed, label="", login=-1)).json()
    assert [p["field"] for p in problem["problems"]] == ["label", "login"]


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"null", b'"x"', b"\xff\xfe", b"[" * 10_000])
def test_nonsense_is_the_senders_fault(alice: Person, content: bytes) -> None:
    answer = alice.api.post("/v1/accounts", headers={"content-type": "application/json"}, content=content)
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"
