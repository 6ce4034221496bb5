"""Profiles of prop firms fill a copier's guards, and say what a firm thinks of copiers."""

from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args

import pytest

from lockstep_core.copiers import BadSettings
from lockstep_core.decision.guard_measures import GuardState
from lockstep_core.decision.guards import halt_of, watch
from lockstep_core.market.money import Figures
from lockstep_core.settings.prop_firms import BY_NAME, PROFILES, Profile, ProfileName, document

from .cases.scenes import copier

WEBSITE = Path(__file__).parents[2] / "website" / "src" / "generated" / "prop-firms.json"
CONFIRMED = {"policy_confirmed": True}


def settings_of(profile: Profile, initial: int, **more: Any) -> dict[str, Any]:
    """A copier's settings after its user took a profile and named the initial balance."""
    guards = {**profile.rules.get("guards", {}), "profile": profile.name, "initial_balance": initial, **more}
    return {**profile.rules, "guards": guards}


def said(name: ProfileName, initial: int, *shown: tuple[str, int, int | str]) -> list[str]:
    """What the guards of a profile say to figures: a time of March 2026 in UTC, balance and equity."""
    rule = copier(settings_of(BY_NAME[name], initial)).rules.guards
    states: tuple[GuardState, ...] = ()
    answers = []
    for clock, balance, equity in shown:
        at = datetime.strptime(f"2026-03-{clock}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
        figures = Figures("USD", Fraction(balance), Fraction(equity), Fraction(equity), 100)
        states = watch(rule, states, figures, round(at.timestamp() * 1000)).states
        halt = halt_of(rule, states)
        answers.append("ok" if halt is None else "close" if halt.closes else "stop")
    return answers


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_a_profile_is_valid_settings_and_says_where_it_is_from(profile: Profile) -> None:
    assert copier(settings_of(profile, 100_000, **CONFIRMED)).settings.guards.profile == profile.name
    assert profile.source
    assert datetime.strptime(profile.seen, "%Y-%m")
    assert profile.name.endswith(f"_v{profile.version}")


def test_every_name_has_its_profile() -> None:
    assert tuple(BY_NAME) == get_args(ProfileName)


def test_the_website_has_the_profiles() -> None:
    assert WEBSITE.read_text() == document(), "run `make rules`"


def test_ftmos_own_example_of_a_daily_loss() -> None:
    day_begins = ("02 23:00", 204_000, 204_000)
    assert said("ftmo_2_step_v1", 200_000, day_begins, ("03 10:00", 204_000, "194000.01")) == ["ok", "ok"]
    assert said("ftmo_2_step_v1", 200_000, day_begins, ("03 10:00", 204_000, 194_000)) == ["ok", "close"]
    assert said("ftmo_2_step_v1", 200_000, ("02 22:59", 204_000, 204_000), ("02 23:00", 204_000, 191_000)) == ["ok", "close"]


def test_ftmos_largest_loss_follows_the_highest_balance_of_a_days_end() -> None:
    profit = (("02 10:00", 100_000, 100_000), ("02 20:00", 106_000, 106_000), ("02 23:00", 106_000, 106_000))
    assert said("ftmo_1_step_v1", 100_000, *profit, ("03 10:00", 106_000, "96000.01"))[-1] == "ok"
    assert said("ftmo_1_step_v1", 100_000, *profit, ("03 10:00", 106_000, 96_000))[-1] == "close"


def test_the5ers_count_from_the_higher_of_balance_and_equity_at_five_in_new_york() -> None:
    begins = ("02 22:00", 100_000, 104_000)
    assert said("the5ers_high_stakes_v1", 100_000, begins, ("03 10:00", 100_000, "98800.01"))[-1] == "ok"
    assert said("the5ers_high_stakes_v1", 100_000, begins, ("03 10:00", 100_000, 98_800))[-1] == "close"
    assert said("the5ers_high_stakes_v1", 100_000, ("02 10:00", 93_000, 93_000), ("02 11:00", 93_000, 90_000))[-1] == "close"


def test_a_firm_that_forbids_copiers_must_be_confirmed() -> None:
    with pytest.raises(BadSettings) as refused:
        copier(settings_of(BY_NAME["fundednext_v1"], 100_000))
    (finding,) = refused.value.findings
    assert (finding.path, finding.code) == ("guards.policy_confirmed", "policy_unconfirmed")
    assert finding.params == {"firm": "FundedNext"}
