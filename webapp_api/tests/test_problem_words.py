"""The language of refusals."""

import json

import pytest
from pydantic import ValidationError

from lockstep_api.errors import RequestRefused, ResourceNotFound, TooLarge
from lockstep_api.problems import answer, invalid
from lockstep_api.template_models import NewTemplate


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


@pytest.mark.parametrize(("language", "figure"), [("en", "4,194,304 bytes"), ("ar", "4,194,304 بايت")])
def test_the_words_of_a_refusal_are_filled_with_its_params(language: str, figure: str) -> None:
    scope = {"type": "http", "headers": [(b"accept-language", language.encode())]}
    body = json.loads(bytes(answer(TooLarge(4_194_304), scope).body))
    assert figure in body["detail"]


def test_a_code_of_a_newer_database_has_words_that_always_hold() -> None:
    scope = {"type": "http", "headers": []}
    body = json.loads(bytes(answer(RequestRefused(409, "full_moon", {"most": 3}), scope).body))
    assert (body["code"], body["detail"]) == ("full_moon", "This was refused. Support can tell why from the request id.")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "This is above limits.max_trade_volume, so nothing could ever be opened."),
        ("ar", "هذا أكبر من limits.max_trade_volume، فلا يمكن فتح شيء أبدًا."),
    ],
)
def test_a_contradiction_of_settings_is_told_at_its_field_and_in_the_language_of_the_request(
    language: str, words: str
) -> None:
    settings = {"sizing": {"mode": "none"}, "limits": {"min_trade_volume": "2", "max_trade_volume": "1"}}
    with pytest.raises(ValidationError) as raised:
        NewTemplate.model_validate({"name": "careful", "settings": settings})
    errors = [{**error, "loc": ("body", *error["loc"])} for error in raised.value.errors()]
    body = json.loads(
        bytes(answer(invalid(errors), {"type": "http", "headers": [(b"accept-language", language.encode())]}).body)
    )
    field = "settings.limits.min_trade_volume"
    params = {"other": "limits.max_trade_volume"}
    assert body["problems"] == [{"field": field, "code": "above_opens_nothing", "params": params, "problem": words}]
    assert (body["code"], body["detail"]) == ("invalid_settings", f"{field}: {words}")
