"""What all groups of settings share: refusing unknown fields, and the kinds of numbers they hold."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any, cast
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from lockstep_core.settings.findings import refusal

Factor = Annotated[Decimal, Field(gt=0, le=10_000, decimal_places=8, allow_inf_nan=False)]
LotAmount = Annotated[Decimal, Field(gt=0, le=10_000, decimal_places=8, allow_inf_nan=False)]
Money = Annotated[Decimal, Field(gt=0, le=10**12, decimal_places=8, allow_inf_nan=False)]
Fraction = Annotated[Decimal, Field(gt=0, le=1, decimal_places=8, allow_inf_nan=False)]
Points = Annotated[int, Field(ge=0, le=10_000_000)]
Count = Annotated[int, Field(ge=1, le=10_000)]
Minutes = Annotated[int, Field(ge=0, le=10_080)]
TimeOfDay = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
BROKER_ZONE = "broker"


def _zone(name: str) -> str:
    if name != BROKER_ZONE and not _exists(name):
        raise refusal("time_zone")
    return name


def _exists(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        return False
    return True


TimeZone = Annotated[str, Field(max_length=64), AfterValidator(_zone)]
SymbolName = Annotated[str, Field(min_length=1, max_length=31)]


def is_deeper(data: object, levels: int) -> bool:
    """Whether decoded JSON has values below so many levels of objects and lists. It looks no further down than that."""
    inner: list[Any] = [data]
    for _ in range(levels + 1):
        inner = [value for outer in inner for value in _values(outer)]
        if not inner:
            return False
    return True


def _values(data: object) -> Iterable[Any]:
    if isinstance(data, dict):
        return cast("dict[str, Any]", data).values()
    return data if isinstance(data, list) else ()


class SettingsPart(BaseModel):
    """A frozen group of settings that refuses a field it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    @model_validator(mode="before")
    @classmethod
    def _known_fields_only(cls, data: Any) -> Any:
        fields = cast("dict[str, Any]", data) if isinstance(data, dict) else {}
        known = {field.alias or name for name, field in cls.model_fields.items()}
        unknown = sorted(str(name)[:40] for name in fields if name not in known and name not in cls.model_fields)
        if unknown:
            raise refusal("unknown_setting", {"unknown": ", ".join(unknown), "known": ", ".join(sorted(known))})
        return data
