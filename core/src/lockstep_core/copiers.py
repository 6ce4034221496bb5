"""What a user sets for one copier (one master to one slave).

The same model checks what the website sends and what the router reads from the database. New settings are new fields
with a default that keeps old copiers as they were; new ways of sizing are new members of `Sizing`.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from lockstep_core.errors import BadSettings

Amount = Annotated[Decimal, Field(gt=0, le=10_000, decimal_places=8, allow_inf_nan=False)]


class CopierMode(StrEnum):
    """What a copier may do; `dry_run` decides and records everything and sends nothing."""

    ON = "on"
    CLOSE_ONLY = "close_only"
    OFF = "off"
    DRY_RUN = "dry_run"


class SettingsPart(BaseModel):
    """A frozen group of settings that refuses a field it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _known_fields_only(cls, data: Any) -> Any:
        fields = cast("dict[str, Any]", data) if isinstance(data, dict) else {}
        unknown = sorted(str(name)[:40] for name in fields if name not in cls.model_fields)
        if unknown:
            raise PydanticCustomError(
                "unknown_setting",
                "There is no setting {unknown} here; known are {known}.",
                {"unknown": ", ".join(unknown), "known": ", ".join(cls.model_fields)},
            )
        return data


class FixedLots(SettingsPart):
    """Every copy has the same lots, whatever the master trades."""

    mode: Literal["fixed"]
    lots: Amount


class Multiplier(SettingsPart):
    """A copy has the master's lots times `factor`."""

    mode: Literal["multiplier"]
    factor: Amount


Sizing = Annotated[FixedLots | Multiplier, Field(discriminator="mode")]


class CopierSettings(SettingsPart):
    """All settings of a copier.

    `max_signal_age_ms`: how old a master's opening may be and still be copied. `copy_stops`: stop loss and take profit
    follow the master's. `max_deviation_points`: slippage allowed to an opening order, in points of the slave's symbol.
    """

    sizing: Sizing
    max_signal_age_ms: Annotated[int, Field(ge=100, le=600_000)] = 5_000
    copy_stops: bool = True
    max_deviation_points: Annotated[int, Field(ge=0, le=100_000)] = 50


def parse_settings(data: object) -> CopierSettings:
    """Settings out of decoded JSON. Raises `BadSettings` with a sentence for each field at fault."""
    try:
        return CopierSettings.model_validate(data)
    except ValidationError as error:
        raise BadSettings(explain(error)) from error


def explain(error: ValidationError) -> tuple[str, ...]:
    """A sentence for each field at fault, without the values that were sent."""
    return tuple(_sentence(e["loc"], e["msg"]) for e in error.errors(include_input=False, include_url=False))


def _sentence(where: tuple[int | str, ...], message: str) -> str:
    place = ".".join(str(part) for part in where) or "settings"
    return f"{place}: {message.rstrip('.')}."
