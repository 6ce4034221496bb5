"""What a copy may never exceed, and how volumes are rounded."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from lockstep_core.settings.parts import Count, Factor, Fraction, LotAmount, Money, SettingsPart


class Limits(SettingsPart):
    """Counts, lots and leverage are of the whole account, the user's own positions and all pending orders included."""

    min_trade_volume: LotAmount | None = Field(
        default=None,
        description="Smallest copy in lots. Smaller ones are skipped, or raised to it with `force_tiny_trades`.",
    )
    max_trade_volume: LotAmount | None = Field(
        default=None, description="Biggest copy in lots. Bigger ones are cut down to it."
    )
    max_trade_volume_refuses: bool = Field(
        default=False, description="Copies bigger than `max_trade_volume` are skipped instead of cut down."
    )
    above_broker_maximum: Literal["split", "cut"] = Field(
        default="split",
        description="Copies bigger than the broker's greatest order: `split` opens them in several orders, `cut` cuts them "
        "down to one.",
    )
    force_tiny_trades: bool = Field(
        default=False, description="Copies too small for the broker are opened with the smallest volume it takes."
    )
    round_down: bool = Field(
        default=True, description="Volumes are always rounded down to the broker's step; otherwise to the nearest step."
    )
    max_risk_coefficient: Annotated[Decimal, Field(ge=1, le=1000, decimal_places=4, allow_inf_nan=False)] = Field(
        default=Decimal(5), description="Rounding up may make a copy at most this many times as big; else it is skipped."
    )
    small_rest: Literal["keep", "close"] = Field(
        default="keep",
        description="A partial close that would leave less than the smallest volume: `keep` leaves that volume open until "
        "the master closes, `close` closes all.",
    )
    max_trade_risk: Fraction | None = Field(
        default=None, description="The most a copy may lose at its stop, as a share of the slave's balance; cut down to it."
    )
    max_trade_risk_refuses: bool = Field(
        default=False, description="Copies over `max_trade_risk` are skipped instead of cut down."
    )
    max_open_positions: Count | None = Field(default=None, description="Most open positions on the slave.")
    max_open_positions_per_symbol: Count | None = Field(default=None, description="Most open positions of one symbol.")
    max_open_positions_per_side: Count | None = Field(default=None, description="Most open buys, and most open sells.")
    max_position_minutes: Annotated[int, Field(ge=1, le=525_600)] | None = Field(
        default=None, description="A copy is closed after this many minutes, even if its master is still open."
    )
    min_position_seconds: Annotated[int, Field(ge=1, le=86_400)] | None = Field(
        default=None,
        description="A copy is held for at least this many seconds, even if its master has closed. Stops, guards and the "
        "user close it at once.",
    )
    max_total_lots: LotAmount | None = Field(default=None, description="Most lots open on the slave in all.")
    max_leverage: Factor | None = Field(
        default=None, description="Most value of all open positions as a multiple of the slave's equity."
    )
    reserved_margin_fraction: Fraction | None = Field(
        default=None, description="This share of the slave's equity must stay free margin after an opening."
    )
    min_free_margin: Money | None = Field(
        default=None, description="The free margin that must stay after an opening, in the slave account's currency."
    )
