"""The texts of one language: patterns in ICU MessageFormat by dotted key, filled by ICU itself."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from icu4py.messageformat import MessageFormat

from lockstep_texts.errors import UnknownText

LANGUAGES = ("en", "ar")
"""The languages that have a catalogue. The first is for people who ask for none of them."""

Params = Mapping[str, str | int]


class Catalogue:
    """All texts of one language."""

    def __init__(self, language: str, patterns: Mapping[str, str]) -> None:
        self.language = language
        self.patterns = patterns
        self._formats: dict[str, MessageFormat] = {}

    def has(self, key: str) -> bool:
        """Whether there is a text of this key."""
        return key in self.patterns

    def text(self, key: str, params: Params) -> str:
        """The text of a key with its params filled in. Raises `UnknownText` where there is none."""
        known = self._formats.get(key)
        if known is None:
            if key not in self.patterns:
                raise UnknownText(key)
            known = self._formats[key] = MessageFormat(self.patterns[key], self.language)
        return known.format(dict(params))


@cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of one of `LANGUAGES`, read once."""
    tree = json.loads((files("lockstep_texts") / f"{language}.json").read_text(encoding="utf-8"))
    return Catalogue(language, dict(_flat(tree, "")))


def _flat(tree: Mapping[str, Any], head: str) -> Iterator[tuple[str, str]]:
    for name, inner in tree.items():
        if isinstance(inner, dict):
            yield from _flat(inner, f"{head}{name}.")
        else:
            yield f"{head}{name}", inner
