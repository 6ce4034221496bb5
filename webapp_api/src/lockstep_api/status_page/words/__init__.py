"""What the page says, in each language."""

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "ar")
RIGHT_TO_LEFT = frozenset({"ar"})


@cache
def words(language: str) -> Mapping[str, str]:
    """The sentences of a language by their names."""
    found: Mapping[str, str] = json.loads(files(__package__).joinpath(f"{language}.json").read_text("utf-8"))
    return found


def preferred(accept_language: str) -> str:
    """The language of ours that a browser asks for first; English where it asks for none of them."""
    weighed = []
    for place, asked in enumerate(accept_language.split(",")[:20]):
        found = re.fullmatch(r"\s*([a-zA-Z]{1,8})(?:-[a-zA-Z0-9-]*)?\s*(?:;\s*q=([01](?:\.[0-9]{0,3})?))?\s*", asked)
        if found is not None and found[1].lower() in LANGUAGES:
            weighed.append((-float(found[2] or 1), place, found[1].lower()))
    return min(weighed)[2] if weighed else LANGUAGES[0]
