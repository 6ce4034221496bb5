"""What pydantic found wrong with a field, as findings; never the values that were sent."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from lockstep_core.settings.findings import PARAMS, TOGETHER, Finding
from lockstep_core.skips import Params, Shape

_CODES: Mapping[str, str] = {
    **dict.fromkeys(("decimal_parsing", "decimal_type", "finite_number", "float_parsing", "float_type"), "number"),
    **dict.fromkeys(("int_parsing", "int_type", "int_from_float", "int_parsing_size"), "whole_number"),
    **dict.fromkeys(("bool_parsing", "bool_type"), "true_or_false"),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), "object"),
    **dict.fromkeys(("list_type", "tuple_type"), "list"),
    **dict.fromkeys(("uuid_parsing", "uuid_type"), "uuid"),
    **dict.fromkeys(("datetime_parsing", "datetime_from_date_parsing", "datetime_type"), "time"),
    **dict.fromkeys(("missing", "union_tag_not_found"), "missing"),
    "extra_forbidden": "not_known_here",
    "json_invalid": "unreadable_json",
    "string_pattern_mismatch": "pattern",
    "string_type": "text",
}
_COUNTS: Mapping[str, tuple[str, str, str]] = {
    "decimal_max_places": ("decimals", "most", "decimal_places"),
    "greater_than": ("more_than", "limit", "gt"),
    "greater_than_equal": ("at_least", "limit", "ge"),
    "less_than": ("less_than", "limit", "lt"),
    "less_than_equal": ("at_most", "limit", "le"),
    "string_too_long": ("too_long", "most", "max_length"),
    "string_too_short": ("too_short", "least", "min_length"),
    "too_long": ("fewer", "most", "max_length"),
    "too_short": ("more", "least", "min_length"),
}
"""Pydantic's types with a number: the code, its param, and what pydantic calls that."""
_CHOICES: Mapping[str, str] = {"enum": "expected", "literal_error": "expected", "union_tag_invalid": "expected_tags"}


def explain(error: ValidationError) -> tuple[Finding, ...]:
    """What is wrong with each field at fault."""
    return tuple(found for one in error.errors(include_input=False, include_url=False) for found in findings_of(dict(one)))


def findings_of(error: Mapping[str, Any], own: Mapping[str, Shape] = PARAMS) -> tuple[Finding, ...]:
    """The findings of one of pydantic's errors. `own` are the codes that validators raise themselves."""
    path = ".".join(str(part)[:40] for part in error["loc"])
    if error["type"] == TOGETHER:
        below = f"{path}." if path else ""
        return tuple(Finding(below + found.path, found.code, found.params) for found in error["ctx"]["findings"])
    code, params = _said(error["type"], error.get("ctx", {}), own)
    return (Finding(path or "settings", code, params),)


def _said(kind: str, context: Mapping[str, Any], own: Mapping[str, Shape]) -> tuple[str, Params]:
    if kind in _COUNTS:
        code, param, name = _COUNTS[kind]
        return code, {param: int(context[name])}
    if kind in _CHOICES:
        return "one_of", {"known": ", ".join(re.findall(r"'([^']*)'", str(context[_CHOICES[kind]])))}
    if kind in _CODES:
        return _CODES[kind], {}
    return (kind, {name: context[name] for name in own[kind]}) if kind in own else ("not_as_documented", {})
