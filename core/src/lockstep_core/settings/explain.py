"""Sentences for settings that were refused; never the values that were sent."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

_SENTENCES: Mapping[str, str] = {
    "missing": "this setting is needed",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be {ge} or more",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be {le} or less",
    "decimal_max_places": "may have at most {decimal_places} decimals",
    "decimal_parsing": "must be a number, such as 0.10",
    "decimal_type": "must be a number, such as 0.10",
    "finite_number": "must be a number",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "string_too_short": "must not be empty",
    "string_too_long": "may have at most {max_length} characters",
    "union_tag_not_found": "a {discriminator} is needed",
    "union_tag_invalid": "there is no such choice; known are {expected_tags}",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "too_short": "needs at least {min_length}",
    "too_long": "may have at most {max_length}",
}


def explain(error: ValidationError) -> tuple[str, ...]:
    """A sentence for each field at fault, without the values that were sent."""
    return tuple(_sentence(dict(e)) for e in error.errors(include_input=False, include_url=False))


def _sentence(error: Mapping[str, Any]) -> str:
    place = ".".join(str(part) for part in error["loc"]) or "settings"
    return f"{place}: {_message(error).rstrip('.')}."


def _message(error: Mapping[str, Any]) -> str:
    pattern = _SENTENCES.get(error["type"])
    return str(error["msg"]) if pattern is None else pattern.format(**error.get("ctx", {}))
