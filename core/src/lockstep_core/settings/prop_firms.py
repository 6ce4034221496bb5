"""Programmes of prop firms: the limits and the policy on copiers that each had published, when that was read.

A profile never changes: what a firm changes becomes another one with a higher version, and copiers keep theirs. It fills a
copier's guards; only what is public of a firm's limits is in it. `python -m lockstep_core.settings.prop_firms` prints all of
them for the website.
"""

import json
import sys
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

ProfileName = Literal[
    "ftmo_2_step_v1",
    "ftmo_1_step_v1",
    "the5ers_high_stakes_v1",
    "alpha_capital_v1",
    "funded_trading_plus_v1",
    "fundednext_v1",
]
Policy = Literal["not_told", "limited_total", "one_address", "no_same_trades", "forbidden"]
"""What a firm says of copiers; `forbidden`: one such as this breaks its rules."""
Settings = Mapping[str, Any]

_OF_INITIAL = {"share_of": "initial", "warn_fraction": "0.8", "close_positions": True}
_PRAGUE = {"time_zone": "Europe/Prague", "day_starts": "00:00", "before_opening": "skip"}
_NEW_YORK = {"time_zone": "America/New_York", "day_starts": "17:00", "before_opening": "skip"}
_LARGEST_ORDER = {"max_trade_volume": "50"}


class Profile(msgspec.Struct, frozen=True):
    """One programme. `source` and `seen`: where its rules were read, and in which month. `rules` are settings of a copier;
    they need the account's initial balance beside them.
    """

    name: ProfileName
    version: int
    firm: str
    programme: str
    source: str
    seen: str
    policy: Policy
    rules: Settings = {}


PROFILES = (
    Profile(
        "ftmo_2_step_v1",
        1,
        "FTMO",
        "2-Step",
        "academy.ftmo.com",
        "2026-11",
        "limited_total",
        {
            "limits": _LARGEST_ORDER,
            "guards": {
                **_PRAGUE,
                "risk_limits": [{**_OF_INITIAL, "counts_from": "balance", "max_relative_risk": "0.05", "reset": "locked"}],
            },
        },
    ),
    Profile(
        "ftmo_1_step_v1",
        1,
        "FTMO",
        "1-Step",
        "academy.ftmo.com",
        "2026-11",
        "limited_total",
        {
            "limits": _LARGEST_ORDER,
            "guards": {
                **_PRAGUE,
                "risk_limits": [
                    {
                        **_OF_INITIAL,
                        "kind": "drawdown",
                        "type": "lifetime",
                        "counts_from": "end_of_day",
                        "max_relative_risk": "0.10",
                        "reset": "manual",
                    }
                ],
            },
        },
    ),
    Profile(
        "the5ers_high_stakes_v1",
        1,
        "The5ers",
        "High Stakes",
        "the firm's published rules",
        "2026-11",
        "not_told",
        {
            "guards": {
                **_NEW_YORK,
                "risk_limits": [
                    {
                        "counts_from": "higher",
                        "max_relative_risk": "0.05",
                        "warn_fraction": "0.8",
                        "close_positions": True,
                        "reset": "locked",
                    },
                    {
                        **_OF_INITIAL,
                        "type": "lifetime",
                        "counts_from": "initial",
                        "max_relative_risk": "0.10",
                        "reset": "manual",
                    },
                ],
            }
        },
    ),
    Profile("alpha_capital_v1", 1, "Alpha Capital", "", "the firm's published rules", "2026-11", "one_address"),
    Profile(
        "funded_trading_plus_v1", 1, "Funded Trading Plus", "", "the firm's published rules", "2026-11", "no_same_trades"
    ),
    Profile("fundednext_v1", 1, "FundedNext", "", "the firm's published rules", "2026-11", "forbidden"),
)
BY_NAME: Mapping[str, Profile] = {profile.name: profile for profile in PROFILES}


def document() -> str:
    """All profiles as the file that the website reads."""
    return json.dumps(msgspec.to_builtins(PROFILES), indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())
