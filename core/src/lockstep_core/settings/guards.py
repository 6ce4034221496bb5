"""Guards: what of the slave account's figures stops copying."""

from collections import Counter
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from lockstep_core.settings.findings import refusal
from lockstep_core.settings.parts import Count, Fraction, LotAmount, Money, SettingsPart, TimeOfDay, TimeZone
from lockstep_core.settings.prop_firms import ProfileName


class GuardPeriod(StrEnum):
    """From when a loss is counted; the calendar ones begin at midnight in the guards' time zone."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    LIFETIME = "lifetime"


class GuardKind(StrEnum):
    """What is measured."""

    LOSS = "loss"
    DRAWDOWN = "drawdown"
    EQUITY_FLOOR = "equity_floor"
    PROFIT_TARGET = "profit_target"
    BEST_DAY = "best_day"


class RiskLimit(SettingsPart):
    """One guard. It warns at `warn_fraction` of its limit and acts at the limit."""

    kind: GuardKind = Field(
        default=GuardKind.LOSS,
        description="`loss` in the period; `drawdown` from its highest; `equity_floor`: equity below `max_absolute_risk`; "
        "`profit_target`: gained in it; `best_day`: a day's share of all profit.",
    )
    type: GuardPeriod = Field(default=GuardPeriod.DAY, description="The period it counts from.")
    apply_to: Literal["balance-difference", "equity-difference", "balance-minus-equity"] = Field(
        default="equity-difference", description="Change of the balance, change of the equity, or open loss."
    )
    max_absolute_risk: Money | None = Field(default=None, description="The limit in money of the slave account.")
    max_relative_risk: Fraction | None = Field(
        default=None, description="The limit as a share of where the period (or the highest) stood."
    )
    counts_from: Literal["measured", "balance", "higher", "initial", "end_of_day"] = Field(
        default="measured",
        description="Where it counts from: what it measures, the balance, the higher of balance and equity, or "
        "`initial_balance`; for a drawdown the highest `end_of_day` balance.",
    )
    share_of: Literal["start", "initial"] = Field(
        default="start",
        description="What `max_relative_risk` is a share of: where the period (or the highest) stood, or `initial_balance`.",
    )
    without_credit: bool = Field(default=False, description="The equity counts without the credit that the broker lends.")
    warn_fraction: Fraction | None = Field(default=None, description="Warn when this share of the limit is reached.")
    close_positions: bool = Field(default=False, description="Also close all copies; otherwise only nothing more is opened.")
    reset: Literal["next_period", "manual", "locked", "paused"] = Field(
        default="next_period",
        description="When copying goes on: with the next period, when the user says so, or by itself (`paused`). "
        "`locked`: the account waits for the next period; nobody can undo it.",
    )
    pause_until: Literal["minutes", "next_day", "recovered"] = Field(
        default="minutes",
        description="When a pause ends: after `pause_minutes`, with the account's next day, or when the loss is back under "
        "`recovered_to`.",
    )
    pause_minutes: Annotated[int, Field(ge=1, le=43_200)] = Field(
        default=60, description="How long a pause for a stated time lasts."
    )
    recovered_to: Fraction = Field(
        default=Decimal("0.5"),
        description="The share of the limit under which the loss must be for a pause until then to end; a floor counts "
        "as for `warn_fraction`.",
    )

    @model_validator(mode="after")
    def _has_a_limit(self) -> Self:
        if self.max_absolute_risk is None and self.max_relative_risk is None:
            raise refusal("guard_needs_limit")
        if self.kind is GuardKind.BEST_DAY and None in (self.max_absolute_risk, self.max_relative_risk):
            raise refusal("best_day_needs_both")
        if self.kind is GuardKind.EQUITY_FLOOR and self.max_absolute_risk is None:
            raise refusal("floor_needs_amount")
        if self.kind is GuardKind.EQUITY_FLOOR and self.max_relative_risk is not None:
            raise refusal("floor_is_an_amount")
        return self

    @model_validator(mode="after")
    def _can_end(self) -> Self:
        if self.kind is GuardKind.BEST_DAY and self.type is not GuardPeriod.DAY:
            raise refusal("best_day_is_a_day")
        ends_by_itself = self.kind is GuardKind.EQUITY_FLOOR and self.reset == "next_period"
        if self.type is GuardPeriod.LIFETIME and self.reset not in ("manual", "paused") and not ends_by_itself:
            raise refusal("lifetime_has_no_next")
        if self.apply_to == "balance-minus-equity" and self.kind in _FROM_A_BASE:
            raise refusal("open_loss_is_no_base", {"kind": self.kind.value})
        return self

    @model_validator(mode="after")
    def _counts_from_what_it_can(self) -> Self:
        possible = _COUNTS_FROM[self.kind] if self.apply_to != "balance-minus-equity" else _MEASURED
        if self.counts_from not in possible:
            raise refusal("cannot_count_from", {"kind": self.kind.value, "from": self.counts_from})
        return self

    @model_validator(mode="after")
    def _can_pause(self) -> Self:
        if self.reset != "paused":
            return self
        if self.kind in _OF_PROFIT:
            raise refusal("pause_is_of_losses", {"kind": self.kind.value})
        if self.pause_until == "recovered":
            if self.close_positions:
                raise refusal("closed_cannot_recover")
        elif self.kind is GuardKind.EQUITY_FLOOR:
            raise refusal("floor_pauses_until_recovered")
        elif self.counts_from in _NEVER_ANEW:
            raise refusal("pause_counts_anew", {"from": self.counts_from})
        return self

    @property
    def needs_initial(self) -> bool:
        """Whether it cannot do without the initial balance."""
        if self.kind is GuardKind.BEST_DAY:
            return True
        return self.counts_from == "initial" or (self.share_of == "initial" and self.max_relative_risk is not None)


_FROM_A_BASE = frozenset({GuardKind.DRAWDOWN, GuardKind.PROFIT_TARGET, GuardKind.BEST_DAY})
_OF_PROFIT = frozenset({GuardKind.PROFIT_TARGET, GuardKind.BEST_DAY})
_NEVER_ANEW = frozenset({"initial", "end_of_day"})
"""What a guard counts from that a pause does not move: it would act again the moment the pause is over."""
_MEASURED = frozenset({"measured"})
_COUNTS_FROM = {
    GuardKind.LOSS: frozenset({"measured", "balance", "higher", "initial"}),
    GuardKind.DRAWDOWN: frozenset({"measured", "end_of_day"}),
    GuardKind.EQUITY_FLOOR: _MEASURED,
    GuardKind.PROFIT_TARGET: frozenset({"measured", "balance", "initial"}),
    GuardKind.BEST_DAY: frozenset({"measured", "balance"}),
}


class Guards(SettingsPart):
    """All of a copier's guards. They look at figures of a connected terminal only."""

    profile: ProfileName | None = Field(
        default=None, description="The prop firm's programme that the account is in, as its rules were read."
    )
    policy_confirmed: bool = Field(
        default=False, description="The user knows that this firm forbids such copiers, and answers for it."
    )
    risk_limits: Annotated[tuple[RiskLimit, ...], Field(max_length=20)] = Field(default=(), description="The guards.")
    time_zone: TimeZone = Field(default="UTC", description="Where days begin: `broker` or one such as Europe/Berlin.")
    day_starts: TimeOfDay = Field(default="00:00", description="The time in that zone at which a day begins.")
    initial_balance: Money | None = Field(
        default=None, description="What the account began with, in its currency: shares of it do not follow profits."
    )

    max_trades_per_day: Count | None = Field(
        default=None, description="Most trades that copiers open on the slave in one day, which begins as for the guards."
    )
    max_lots_per_day: LotAmount | None = Field(
        default=None, description="Most lots that copiers open on the slave in one day, those closed again included."
    )
    before_opening: Literal["allow", "skip", "cut"] = Field(
        default="allow",
        description="An opening with which all stops together would reach a guard is made, skipped or cut down.",
    )

    @model_validator(mode="after")
    def _knows_the_initial_balance(self) -> Self:
        if self.initial_balance is None and any(limit.needs_initial for limit in self.risk_limits):
            raise refusal("guard_needs_initial")
        return self


def guard_keys(guards: Guards) -> tuple[str, ...]:
    """A name for each guard among those of its copier, which stays when amounts change or other kinds come and go. A guard
    that counts from the initial balance is another one when that is corrected.
    """
    seen: Counter[str] = Counter()
    keys = []
    for limit in guards.risk_limits:
        measured = f"{limit.kind.value}/{limit.type.value}/{limit.apply_to}"
        if limit.without_credit:
            measured += "/own"
        if limit.counts_from == "initial":
            measured += f"/initial {guards.initial_balance:f}"
        elif limit.counts_from != "measured":
            measured += f"/{limit.counts_from}"
        keys.append(f"{measured}#{seen[measured]}")
        seen[measured] += 1
    return tuple(keys)
