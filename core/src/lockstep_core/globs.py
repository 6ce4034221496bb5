"""Patterns of text: `*` stands for any characters, `?` for one, everything else for itself, without regard to case.

Whoever writes the patterns may be hostile. Instead of trying where each star could end, a match keeps the set of all places
in the text that the pattern may have come to. So it takes one step for each sign of the pattern, whatever the signs are.
"""

from collections.abc import Iterable


def folded(patterns: Iterable[str]) -> tuple[str, ...]:
    """Patterns as `matches_any` takes them."""
    return tuple(pattern.lower() for pattern in patterns)


def matches_any(patterns: Iterable[str], text: str) -> bool:
    """Whether any of the folded patterns matches all of a text."""
    letters = text.lower()
    first, end = letters[:1], 1 << len(letters)
    places: dict[str, int] = {}
    for pattern in patterns:
        if pattern[:1] not in (first, "*", "?"):
            # Most patterns begin otherwise than the text, so its places are not looked for.
            continue
        if not places:
            places = _places(letters)
        if _matches(pattern, places, end):
            return True
    return False


def _places(letters: str) -> dict[str, int]:
    """A bit for each place of each letter in a text."""
    places: dict[str, int] = {}
    at = 1
    for letter in letters:
        places[letter] = places.get(letter, 0) | at
        at <<= 1
    return places


def is_plain(pattern: str) -> bool:
    """Whether a pattern matches one text alone."""
    return "*" not in pattern and "?" not in pattern


def _matches(pattern: str, places: dict[str, int], end: int) -> bool:
    """`places` has a bit for each place of a letter in the text; `end` is the bit behind the last one."""
    come_to = 1
    for sign in pattern:
        if sign == "*":
            # The lowest place that it may have come to, and all behind it.
            come_to = (end << 1) - (come_to & -come_to)
        elif sign == "?":
            come_to = (come_to & (end - 1)) << 1
        else:
            come_to = (come_to & places.get(sign, 0)) << 1
        if not come_to:
            return False
    return come_to & end != 0
