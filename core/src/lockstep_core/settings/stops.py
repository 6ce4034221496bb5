"""Stop loss and take profit of a copy."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from lockstep_core.settings.findings import refusal
from lockstep_core.settings.parts import Points, SettingsPart
from lockstep_core.settings.protection import BreakEven, HiddenStops, Trailing


class StopRule(SettingsPart):
    """Where one of the two stops of a copy comes from. Points are of the slave's symbol."""

    mode: Literal["copy", "distance", "fixed", "none"] = Field(
        default="copy",
        description="`copy`: the master's price; `distance`: as far from the copy's entry as the master's is from its own; "
        "`fixed`: `points` from the copy's entry; `none`: no stop.",
    )
    points: Points | None = Field(default=None, description="Distance from the entry for `fixed`.")
    offset_points: Annotated[int, Field(ge=-1_000_000, le=1_000_000)] = Field(
        default=0, description="Moves a copied stop away from the entry (negative: towards it)."
    )

    @model_validator(mode="after")
    def _fits_its_mode(self) -> Self:
        if (self.mode == "fixed") != (self.points is not None):
            raise refusal("points_need_fixed")
        if self.points == 0:
            raise refusal("fixed_needs_distance")
        if self.offset_points and self.mode in ("fixed", "none"):
            raise refusal("offset_means_nothing", {"mode": self.mode})
        return self


class Stops(SettingsPart):
    """With `reverse`, a copied stop loss becomes the copy's take profit and the other way round."""

    stop_loss: StopRule = Field(default=StopRule(), description="The copy's stop loss.")
    take_profit: StopRule = Field(default=StopRule(), description="The copy's take profit.")
    max_stop_loss_points: Annotated[int, Field(ge=1, le=10_000_000)] | None = Field(
        default=None, description="A stop loss further away is moved to this distance, and one that is missing is set there."
    )
    min_stop_loss_points: Annotated[int, Field(ge=1, le=10_000_000)] | None = Field(
        default=None,
        description="A stop loss nearer to the entry is moved out to this distance; one that is in profit is left alone.",
    )
    changed_on_slave: Literal["restore", "leave"] = Field(
        default="restore",
        description="Stops that somebody changed on the slave: `restore` sets the master's again, `leave` leaves them "
        "until the master's change, where a position is one trade's alone.",
    )
    break_even: BreakEven | None = Field(
        default=None,
        description="Moves the stop loss to the copy's entry once it is in profit. The tightest of this, trailing and the "
        "master's counts; one in profit is never moved back.",
    )
    trailing: Trailing | None = Field(
        default=None, description="Moves the copy's stop loss after the price once it is in profit."
    )
    hidden: HiddenStops | None = Field(
        default=None,
        description="The copy's stops are not sent to the broker: we watch the price and close the copy. While we or its "
        "terminal are away, nothing protects it but a disaster stop.",
    )
    require_stop_loss: bool = Field(
        default=False, description="Masters' openings without a resulting stop loss are skipped."
    )
    too_close: Literal["widen", "skip"] = Field(
        default="widen",
        description="A stop nearer than the broker allows: `widen` moves it out, `skip` does not open.",
    )
    modify_interval_ms: Annotated[int, Field(ge=0, le=3_600_000)] = Field(
        default=1_000, description="Stops of one copy are changed at most this often; of changes in between the last counts."
    )
    max_messages_per_day: Annotated[int, Field(ge=10, le=100_000)] = Field(
        default=2_000,
        description="After this many orders to the slave's broker in a day, stops are no longer changed. Pending orders are "
        "no longer changed after three quarters of it.",
    )
