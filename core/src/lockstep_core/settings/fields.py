"""Every setting of a copier, with its bounds, default and description."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from lockstep_core.settings.filters import Filters
from lockstep_core.settings.findings import refusal
from lockstep_core.settings.guards import Guards
from lockstep_core.settings.limits import Limits
from lockstep_core.settings.parts import Points, SettingsPart
from lockstep_core.settings.pending import Pending
from lockstep_core.settings.sizing import Sizing
from lockstep_core.settings.stops import Stops
from lockstep_core.settings.symbols import Symbols


class SignalDelay(SettingsPart):
    """A pause before each opening, by chance between the two."""

    min_ms: Annotated[int, Field(ge=0, le=60_000)] = Field(default=0, description="The shortest pause.")
    max_ms: Annotated[int, Field(ge=0, le=60_000)] = Field(description="The longest pause.")

    @model_validator(mode="after")
    def _is_range(self) -> Self:
        if self.max_ms < self.min_ms:
            raise refusal("longest_below_shortest")
        return self


class LateOpenings(SettingsPart):
    """Openings that were found too late, when a terminal connected or a copier was made, while the price is still there."""

    points: Points = Field(description="How far from the master's price the slave's may be, better or worse.")
    minutes: Annotated[int, Field(ge=1, le=60)] = Field(
        default=15, description="How old the opening may be. Until then it waits for the price."
    )
    further_away: Literal["wait", "order"] = Field(
        default="wait",
        description="Where the price is further away: `wait` waits for it, `order` places a pending order at the master's "
        "price.",
    )
    order_minutes: Annotated[int, Field(ge=1, le=10_080)] = Field(
        default=60, description="How long such an order waits at the slave's broker before it expires."
    )
    copy_now: Literal["market", "late"] = Field(
        default="market",
        description="What a trade is opened at that a person has copied now: `market` whatever the price is, `late` as any "
        "late opening.",
    )


class CopierFields(SettingsPart):
    """All settings of a copier, each checked by itself. `CopierSettings` also checks them together."""

    sizing: Sizing = Field(description="How many lots a copy has.")
    contract_alignment: bool = Field(
        default=True,
        description="Sizes by the master's lots are corrected where a lot is more or less at the slave's broker. "
        "A factor of a symbol's mapping replaces this.",
    )
    reverse: bool = Field(
        default=False, description="Buys become sells and sells buys; stop loss and take profit are swapped."
    )
    limits: Limits = Field(default=Limits(), description="What a copy may never exceed.")
    filters: Filters = Field(default=Filters(), description="Which trades are copied, and when.")
    symbols: Symbols = Field(default=Symbols(), description="How the slave's symbols are found.")
    stops: Stops = Field(default=Stops(), description="Stop loss and take profit.")
    pending: Pending = Field(default=Pending(), description="Pending orders.")
    guards: Guards = Field(default=Guards(), description="What stops copying.")
    copy_stops: bool = Field(default=True, description="Off: copies have no SL/TP.")
    max_signal_age_ms: Annotated[int, Field(ge=100, le=600_000)] = Field(
        default=5_000, description="How old a master's opening may be and still be copied. Closings are never too old."
    )
    late_openings: LateOpenings | None = Field(
        default=None,
        description="What is older than `max_signal_age_ms` is still opened near the master's price; pending orders are "
        "placed at theirs. None: it is not copied.",
    )
    max_modify_age_ms: Annotated[int, Field(ge=100, le=86_400_000)] | None = Field(
        default=None, description="How old a change of the master's stops may be and still be copied; none: any age."
    )
    max_slippage_points: Points | None = Field(
        default=None, description="How much worse than the master's price the slave's may be before the order is sent."
    )
    max_spread_points: Points | None = Field(
        default=None, description="The widest spread of the slave's symbol at an opening."
    )
    max_deviation_points: Annotated[int, Field(ge=0, le=100_000)] = Field(
        default=50, description="Slippage the broker is allowed to an opening order, in points of the slave's symbol."
    )
    signal_delay: SignalDelay | None = Field(default=None, description="A pause by chance before each opening.")
