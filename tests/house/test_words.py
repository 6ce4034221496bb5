"""There are words for the reasons on which an account's owner must act, and what to do about them."""

import json
from pathlib import Path

import pytest

from lockstep_core.resources.reasons import Actor, Reason
from lockstep_texts.catalogue import LANGUAGES, catalogue

MESSAGES = Path(__file__).resolve().parents[2] / "website" / "messages"


def test_the_website_has_the_languages_of_the_catalogue() -> None:
    assert {file.stem for file in MESSAGES.glob("*.json")} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reason_on_which_the_owner_must_act_has_a_name_and_says_what_to_do(language: str) -> None:
    words = json.loads((MESSAGES / f"{language}.json").read_text())
    named = words["terminal"]["reasons"].keys()
    head = "accounts.do."
    advised = {key.removeprefix(head) for key in catalogue(language).patterns if key.startswith(head)} - {"other"}
    assert named & advised >= {reason for reason in Reason if reason.actor is Actor.USER}
    assert named | advised <= set(Reason)
