"""What a copy does by itself about its stop loss, whatever its master does."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from lockstep_core.settings.findings import refusal
from lockstep_core.settings.parts import SettingsPart

Distance = Annotated[int, Field(ge=1, le=10_000_000)]
Multiple = Annotated[Decimal, Field(gt=0, le=1_000, decimal_places=4, allow_inf_nan=False)]


class BreakEven(SettingsPart):
    """Moves the stop loss to the copy's entry once the copy is in profit. Points are of the slave's symbol."""

    after_points: Distance | None = Field(default=None, description="The profit from which it is moved, in points.")
    after_risk: Multiple | None = Field(
        default=None,
        description="Or the profit as a multiple of the copy's risk, which is the distance from its entry to the stop loss "
        "that its master's makes now.",
    )
    offset_points: Annotated[int, Field(ge=0, le=10_000_000)] = Field(
        default=0, description="So far beyond the entry, in profit, to pay for commission and swap."
    )

    @model_validator(mode="after")
    def _is_after_something(self) -> Self:
        if (self.after_points is None) == (self.after_risk is None):
            raise refusal("break_even_after_one")
        if self.after_points is not None and self.offset_points >= self.after_points:
            raise refusal("offset_beyond_profit")
        return self


class HiddenStops(SettingsPart):
    """Stops that the broker does not get to see."""

    disaster_points: Distance | None = Field(
        default=None,
        description="A stop loss at the broker so far from the entry, and no nearer than the hidden one, for the time that "
        "we are away.",
    )


class Trailing(SettingsPart):
    """Moves the stop loss after the price, in steps. It begins at the entry or in profit."""

    after_points: Distance = Field(description="The profit from which the stop loss follows.")
    distance_points: Distance = Field(description="How far behind the price it follows; at most `after_points`.")
    step_points: Distance = Field(default=10, description="It is moved in steps of this many points.")

    @model_validator(mode="after")
    def _never_loses(self) -> Self:
        if self.distance_points > self.after_points:
            raise refusal("trails_behind_entry")
        return self
