"""The settings of one copier (one master to one slave), checked by themselves and together.

The same model checks what the website sends and what the router reads from the database. A new setting is a new field in
`fields`, with a default that keeps old copiers as they were.
"""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import ValidationError, ValidationInfo, model_validator

from lockstep_core.settings.contradictions import contradictions
from lockstep_core.settings.explain import explain
from lockstep_core.settings.fields import CopierFields, SignalDelay
from lockstep_core.settings.findings import BadSettings, refusal, refusal_of
from lockstep_core.settings.mode import CopierMode
from lockstep_core.settings.parts import is_deeper

__all__ = ["CopierMode", "CopierSettings", "SignalDelay", "parse_settings", "stored_settings"]
_STORED: Mapping[str, bool] = {"stored": True}


MOST_LEVELS = 8
"""Settings have five; the database refuses more than this, too."""


class CopierSettings(CopierFields):
    """All settings of a copier."""

    @model_validator(mode="before")
    @classmethod
    def _is_flat(cls, data: Any) -> Any:
        if is_deeper(data, MOST_LEVELS):
            raise refusal("too_deep", {"most": MOST_LEVELS})
        return data

    @model_validator(mode="after")
    def _is_consistent(self, info: ValidationInfo) -> Self:
        found = () if info.context == _STORED else contradictions(self)
        if found:
            raise refusal_of(found)
        return self


def parse_settings(data: object) -> CopierSettings:
    """Settings out of decoded JSON. Raises `BadSettings` with what is wrong with each field at fault."""
    return _parsed(data, None)


def stored_settings(data: object) -> CopierSettings:
    """Settings that were taken when they were saved: they say what becomes of open copies even where a younger rule finds
    that they contradict each other. Raises `BadSettings` where they are none.
    """
    return _parsed(data, _STORED)


def _parsed(data: object, context: Mapping[str, bool] | None) -> CopierSettings:
    try:
        return CopierSettings.model_validate(data, context=context)
    except ValidationError as error:
        raise BadSettings(explain(error)) from error
