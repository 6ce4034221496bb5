"""The website has words for every reason that the engine gives."""

import json
from pathlib import Path

import pytest

from lockstep_core.skips import MEANINGS, SkipCode

MESSAGES = Path(__file__).resolve().parents[2] / "website" / "messages"


@pytest.mark.parametrize("locale", sorted(file.stem for file in MESSAGES.glob("*.json")))
def test_every_reason_has_words_in_every_language(locale: str) -> None:
    words = json.loads((MESSAGES / f"{locale}.json").read_text())["reasons"]
    assert set(words) == {code.value for code in SkipCode}
    if locale == "en":
        assert words == {code.value: meaning for code, meaning in MEANINGS.items()}
