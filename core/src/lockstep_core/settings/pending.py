"""Pending orders of the master."""

from typing import Literal

from pydantic import Field

from lockstep_core.settings.parts import SettingsPart


class Pending(SettingsPart):
    """What becomes of a master's pending orders."""

    mode: Literal["at_market", "copy", "skip"] = Field(
        default="at_market",
        description="`at_market`: wait, and open at market when the master's fills; `copy`: place, change and delete the "
        "same order; `skip`: neither the orders nor what becomes of them.",
    )
    when_filled: Literal["wait", "market"] = Field(
        default="wait",
        description="The master's order filled and the copy's did not: `wait` leaves it, `market` opens at market instead.",
    )
    copy_expiration: bool = Field(default=True, description="The copy's order expires when the master's does.")
