"""The language of refusals."""

import json

import pytest

from lockstep_api.errors import ResourceNotFound, TooLarge
from lockstep_api.problems import answer


@pytest.mark.parametrize(
    ("language", "detail"),
    [
        ("ar", "ليس لديك ناسخ كهذا."),
        ("ar-EG,en;q=0.5", "ليس لديك ناسخ كهذا."),
        ("de", "You have no such copier."),
    ],
)
def test_a_refusal_is_told_in_the_language_that_the_request_prefers(language: str, detail: str) -> None:
    scope = {"type": "http", "headers": [(b"accept-language", language.encode())], "state": {"request_id": "7"}}
    body = json.loads(bytes(answer(ResourceNotFound("copier"), scope).body))
    assert (body["detail"], body["code"], body["request_id"]) == (detail, "copier_not_found", "7")


def test_a_refusal_that_the_catalogue_does_not_know_keeps_its_own_text() -> None:
    scope = {"type": "http", "headers": [(b"accept-language", b"ar")]}
    body = json.loads(bytes(answer(TooLarge(9), scope).body))
    assert body["detail"] == "A request may have 9 bytes at most."
