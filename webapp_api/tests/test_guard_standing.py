"""A preview knows at which balance guards act and how much was opened today, and says both."""

from typing import Any

import pytest

from lockstep_api.account_figures import AccountFigures, account_figures
from lockstep_api.guard_standing import GuardStanding, guard_standing
from lockstep_api.preview import Outcome, PreviewTrade, preview
from lockstep_core.copiers import CopierMode, parse_settings
from lockstep_core.rules.compile import compile_rules
from lockstep_core.settings.guards import guard_keys
from lockstep_core.units import ONE_LOT, Lots
from lockstep_texts import say
from lockstep_texts.catalogue import catalogue

NOW_MS = 1_772_452_800_000
"""The second of March 2026, 12:00 UTC."""
DAILY = {"counts_from": "balance", "max_absolute_risk": "500"}
LOOKING = {"risk_limits": [DAILY], "before_opening": "skip"}
COUNTED = {"max_trades_per_day": 3, "max_lots_per_day": "2"}


def money(balance: float = 10_000.0) -> AccountFigures:
    mine = {"currency": "USD", "balance": balance, "equity": balance, "margin_free": balance, "leverage": 100}
    return account_figures(None, mine)


def row(guard: str, period: str, start: float, peak: float, day: str = "", last: float = 0.0) -> dict[str, Any]:
    head = {"guard": guard, "period": period, "start_value": start, "peak_value": peak, "tripped": False, "warned": False}
    return {**head, "resets": 0, "moved_msc": 0, "day": day, "last_value": last}


def standing(guards: dict[str, Any], *rows: dict[str, Any], balance: float = 10_000.0) -> GuardStanding:
    settings = parse_settings({"sizing": {"mode": "none"}, "guards": guards})
    return guard_standing(compile_rules(settings).guards, rows, money(balance).slave, NOW_MS)


def tried(guards: dict[str, Any], lots: str, stands: GuardStanding) -> Outcome:
    settings = parse_settings({"sizing": {"mode": "none"}, "guards": guards})
    trade = PreviewTrade("EURUSD", "buy", Lots(round(float(lots) * ONE_LOT)), 1.1, sl=1.095)
    (found,) = preview(settings, CopierMode.ON, [trade], NOW_MS, money(), guards=stands)
    return found


def said(stands: GuardStanding) -> list[str]:
    return [say.notice(catalogue("en"), part.code, part.params) for part in stands.parts]


def test_guards_without_a_state_begin_with_the_figures_of_now() -> None:
    stands = standing(LOOKING)
    assert said(stands) == [
        "The guards act at 9500.00 USD, which is 500.00 below the balance; a trade whose stop would reach that is skipped."
    ]
    assert tried(LOOKING, "0.99", stands).outcome == "copy"
    refused = tried(LOOKING, "1.00", stands)
    assert refused.skip is not None
    assert (refused.skip.code, refused.skip.params["floor"]) == ("worst_case", "9500.00")


def test_guards_go_on_from_their_state() -> None:
    (key,) = guard_keys(parse_settings({"sizing": {"mode": "none"}, "guards": LOOKING}).guards)
    stands = standing(LOOKING, row(key, "2026-03-02", 10_300, 10_300, "2026-03-02", 10_000))
    assert stands.floor is not None
    assert float(stands.floor.balance) == 9_800
    assert tried(LOOKING, "0.39", stands).outcome == "copy"
    assert tried(LOOKING, "0.40", stands).outcome == "skip"


def test_the_state_of_another_day_is_over() -> None:
    (key,) = guard_keys(parse_settings({"sizing": {"mode": "none"}, "guards": LOOKING}).guards)
    stands = standing(LOOKING, row(key, "2026-03-01", 10_300, 10_300, "2026-03-01", 10_000))
    assert stands.floor is not None
    assert float(stands.floor.balance) == 9_500


@pytest.mark.parametrize(
    ("period", "trades", "lots", "outcomes"),
    [
        ("2026-03-02", 2, 1.5, ["copy", "skip"]),
        ("2026-03-02", 3, 0.1, ["skip", "skip"]),
        ("2026-03-01", 3, 1.9, ["copy", "copy"]),
    ],
)
def test_what_was_opened_today_counts(period: str, trades: int, lots: float, outcomes: list[str]) -> None:
    stands = standing(COUNTED, row("opened/day", period, trades, lots))
    assert [tried(COUNTED, size, stands).outcome for size in ("0.50", "0.51")] == outcomes


def test_what_was_opened_today_is_said() -> None:
    stands = standing(COUNTED, row("opened/day", "2026-03-02", 2, 1.5))
    assert said(stands) == ["Opened today: 2 trades, 1.50 lots; at most 3 trades and 2.00 lots in a day."]


def test_nothing_is_said_without_guards() -> None:
    assert standing({}) == GuardStanding(None, None, ())
