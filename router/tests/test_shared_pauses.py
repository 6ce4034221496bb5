"""What a broker refuses for a whole symbol or account is tried by one copy at a time."""

import pytest

from lockstep_core.market.money import Prices
from lockstep_core.market.retcodes import LASTING_NS, S, policy_of
from lockstep_router.accounts.shared_pauses import FORGOTTEN_NS, TRY_NS, SharedPauses

CLOSED, SWITCHED_OFF, REQUOTE = policy_of(10018), policy_of(10027), policy_of(10004)
NOW_NS = 10**15
QUOTE, NEXT_QUOTE = Prices(1.1, 1.1001), Prices(1.2, 1.2001)


def refused(*times_ns: int, symbol: str = "EURUSD") -> SharedPauses:
    """A closed market that refused at these times, each order half a second after it was sent."""
    pauses = SharedPauses()
    for at_ns in times_ns:
        pauses.on_refused(symbol, CLOSED, NOW_NS + at_ns - S // 2, QUOTE, NOW_NS + at_ns)
    return pauses


def test_pauses_double_with_each_try_and_not_with_each_copy() -> None:
    together = refused(0, 1, 2, 3)
    assert together.until_ns("EURUSD", QUOTE, NOW_NS + 4) == NOW_NS + S
    one_by_one = refused(0, 2 * S, 5 * S)
    assert one_by_one.until_ns("EURUSD", QUOTE, NOW_NS + 6 * S) == NOW_NS + 9 * S


def test_one_copy_tries_and_the_others_wait_for_what_becomes_of_it() -> None:
    pauses = refused(0)
    later_ns = NOW_NS + 2 * S
    assert pauses.until_ns("EURUSD", QUOTE, later_ns) == 0
    pauses.on_try("EURUSD", later_ns)
    assert pauses.until_ns("EURUSD", NEXT_QUOTE, later_ns) == later_ns + TRY_NS
    assert pauses.until_ns("EURUSD", QUOTE, later_ns + TRY_NS) == 0


def test_a_new_quote_ends_a_pause_and_each_time_in_vain_later() -> None:
    pauses = refused(0, 2 * S, 5 * S, 10 * S)
    assert pauses.until_ns("EURUSD", NEXT_QUOTE, NOW_NS + 10 * S + 1) > 0
    assert pauses.until_ns("EURUSD", NEXT_QUOTE, NOW_NS + 11 * S) == 0
    pauses.on_refused("EURUSD", CLOSED, NOW_NS + 11 * S, NEXT_QUOTE, NOW_NS + 12 * S)
    assert pauses.until_ns("EURUSD", QUOTE, NOW_NS + 13 * S) > 0
    assert pauses.until_ns("EURUSD", QUOTE, NOW_NS + 14 * S) == 0


def test_what_concerns_one_symbol_holds_no_other_and_what_concerns_the_account_holds_all() -> None:
    pauses = refused(0)
    assert pauses.until_ns("GBPUSD", QUOTE, NOW_NS) == 0
    pauses.on_refused("EURUSD", SWITCHED_OFF, NOW_NS, QUOTE, NOW_NS)
    assert pauses.until_ns("GBPUSD", QUOTE, NOW_NS) == NOW_NS + S


def test_what_concerns_one_order_holds_nobody() -> None:
    pauses = SharedPauses()
    pauses.on_refused("EURUSD", REQUOTE, NOW_NS, QUOTE, NOW_NS)
    assert pauses.until_ns("EURUSD", QUOTE, NOW_NS) == 0


@pytest.mark.parametrize("symbol", ["EURUSD", "GBPUSD"])
def test_an_order_that_is_taken_ends_the_pauses_of_its_symbol_and_of_the_account(symbol: str) -> None:
    pauses = refused(0)
    pauses.on_refused("EURUSD", SWITCHED_OFF, NOW_NS, QUOTE, NOW_NS)
    pauses.on_taken(symbol)
    assert (pauses.until_ns("EURUSD", QUOTE, NOW_NS) == 0) is (symbol == "EURUSD")
    assert pauses.until_ns("JPYUSD", QUOTE, NOW_NS) == 0


def test_a_pause_of_long_ago_is_forgotten() -> None:
    pauses = refused(*(number * LASTING_NS for number in range(1, 20)))
    after_ns = NOW_NS + 19 * LASTING_NS + FORGOTTEN_NS + 1
    pauses.on_refused("EURUSD", CLOSED, after_ns - 1, QUOTE, after_ns)
    assert pauses.until_ns("EURUSD", QUOTE, after_ns) == after_ns + S
