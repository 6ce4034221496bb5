"""The ratios that follow from what copies won and lost."""

from datetime import UTC, datetime
from typing import Any

from lockstep_api.money import Money, money_of

SINCE, UNTIL = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)


def money(*results: dict[str, Any]) -> Money:
    empty: dict[str, Any] = {name: [] for name in ("by_account", "by_symbol", "by_day", "by_hour")}
    return money_of({**empty, "results": list(results)}, [], SINCE, UNTIL)


def result(wins: int, losses: int, won: str, lost: str, even: int = 0) -> dict[str, Any]:
    return {"currency": "USD", "wins": wins, "losses": losses, "even": even, "won": won, "lost": lost}


def test_a_profit_factor_is_what_was_won_for_each_unit_lost() -> None:
    (found,) = money(result(3, 1, "30", "12.5")).results
    assert (found.profit_factor, found.expectancy) == (2.4, "4.38")


def test_even_copies_count_in_what_one_earns_on_average() -> None:
    (found,) = money(result(1, 1, "10", "4", even=1)).results
    assert found.expectancy == "2.00"


def test_without_losses_there_is_no_factor_and_without_copies_no_average() -> None:
    (found,) = money(result(2, 0, "10", "0")).results
    assert (found.profit_factor, found.expectancy) == (None, "5.00")
    (none,) = money(result(0, 0, "0", "0")).results
    assert (none.profit_factor, none.expectancy) == (None, None)
