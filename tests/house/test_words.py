"""The website has words for the reasons that the engine gives, and for those on which an account's owner must act."""

import json
from pathlib import Path

import pytest

from lockstep_core.resources.reasons import Actor, Reason
from lockstep_core.skips import MEANINGS, SkipCode

MESSAGES = Path(__file__).resolve().parents[2] / "website" / "messages"
LOCALES = sorted(file.stem for file in MESSAGES.glob("*.json"))


@pytest.mark.parametrize("locale", LOCALES)
def test_every_reason_has_words_in_every_language(locale: str) -> None:
    words = json.loads((MESSAGES / f"{locale}.json").read_text())["reasons"]
    assert set(words) == {code.value for code in SkipCode}
    if locale == "en":
        assert words == {code.value: meaning for code, meaning in MEANINGS.items()}


@pytest.mark.parametrize("locale", LOCALES)
def test_a_reason_on_which_the_owner_must_act_has_a_name_and_says_what_to_do(locale: str) -> None:
    words = json.loads((MESSAGES / f"{locale}.json").read_text())
    named = words["terminal"]["reasons"].keys()
    explained = {word for word, text in words["trouble"].items() if isinstance(text, dict)} - {"other"}
    assert named & explained >= {reason for reason in Reason if reason.actor is Actor.USER}
    assert named | explained <= set(Reason)
