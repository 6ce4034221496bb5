"""The news calendar as decisions read it."""

import pytest

from lockstep_core.decision.context import NewsItem
from lockstep_core.decision.economic_news import items_of, next_closing_ms
from lockstep_core.rules.rules import NewsRule

HOUR = 3_600_000
NEWS = items_of([(10 * HOUR, ("USD", "EUR"), "high", "rates"), (5 * HOUR, ("JPY",), "low", "tankan")])


def test_news_of_several_currencies_are_one_item_for_each_in_the_order_of_time() -> None:
    assert (
        NewsItem(5 * HOUR, "JPY", "low", "tankan"),
        NewsItem(10 * HOUR, "EUR", "high", "rates"),
        NewsItem(10 * HOUR, "USD", "high", "rates"),
    ) == NEWS


@pytest.mark.parametrize(
    ("priorities", "close_ms", "now_ms", "moment"),
    [
        ({"high"}, HOUR, 0, 9 * HOUR),
        ({"high", "low"}, HOUR, 0, 4 * HOUR),
        ({"high", "low"}, HOUR, 4 * HOUR, 9 * HOUR),  # that moment has come: what is next?
        ({"high"}, 0, 9 * HOUR, 10 * HOUR),
        ({"high"}, HOUR, 9 * HOUR, None),
        ({"medium"}, HOUR, 0, None),
        ({"high"}, None, 0, None),
    ],
)
def test_closings_are_next_demanded_by_the_first_news_that_counts(
    priorities: set[str], close_ms: int | None, now_ms: int, moment: int | None
) -> None:
    assert next_closing_ms(NewsRule(frozenset(priorities), 0, 0, close_ms), NEWS, now_ms) == moment
