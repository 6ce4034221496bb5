"""What is wrong with copies, and how long a fault held them up, by the broker's book."""

from decimal import Decimal

import pytest

from tests.chaos.judge import IN, OUT, STEADY, Trade, delays_s, is_steady, judge, lost, recovery_s, settled
from tests.stack.broker import Deal

HALF = Decimal("0.5")


def trade(link: int, began_s: float = 0.0, lots: str = "0.20") -> Trade:
    return Trade(link, Decimal(lots), began_s, round(began_s * 1000))


def deal(link: int, entry: int = IN, lots: str = "0.10", at_s: float = 0.0) -> Deal:
    return Deal(link, link, entry, Decimal(lots), round(at_s * 1000))


RIGHT = (deal(1), deal(1, OUT))


@pytest.mark.parametrize(
    ("deals", "copied", "missed", "wrong"),
    [
        (RIGHT, 1, 0, 0),
        ((), 0, 1, 0),
        ((*RIGHT, *RIGHT), 1, 0, 1),
        ((deal(1), deal(1), deal(1, OUT), deal(1, OUT)), 1, 0, 1),
        ((deal(1, lots="0.20"), deal(1, OUT, "0.20")), 1, 0, 1),
        ((deal(1),), 1, 0, 1),
        ((deal(1), deal(1, OUT, "0.05")), 1, 0, 1),
        ((deal(1), deal(1, OUT, "0.05"), deal(1, OUT, "0.05")), 1, 0, 0),
        ((*RIGHT, deal(9), deal(9, OUT)), 1, 0, 1),
    ],
    ids=["right", "none", "twice", "twice at once", "lots", "open", "partly open", "closed in parts", "of no trade"],
)
def test_each_kind_of_wrong_is_found(deals: tuple[Deal, ...], copied: int, missed: int, wrong: int) -> None:
    verdict = judge([trade(1)], deals, HALF)
    assert (verdict.copied, verdict.missed, verdict.wrong) == (copied, missed, wrong)


def test_the_delay_is_that_of_the_first_opening() -> None:
    trades = [trade(1, 10.0), trade(2, 11.0)]
    assert delays_s(trades, [deal(1, at_s=10.2), deal(1, at_s=10.9)]) == [0.2, None]


def test_openings_after_the_newest_copy_may_still_be_on_their_way() -> None:
    trades = [trade(1, 10.0), trade(2, 11.0), trade(3, 12.0)]
    assert settled(trades, [deal(2, at_s=11.5)]) == (trades[:2], [None, 0.5])
    assert settled(trades, []) == ([], [])


def test_a_fault_lasts_until_the_last_opening_that_it_held_up() -> None:
    trades = [trade(n, float(n)) for n in range(6)]
    assert recovery_s(trades, [0.1] * 6, 2.5) == 0.0
    assert recovery_s(trades, [3.0, 0.1, 0.1, 0.1, 0.1, 0.1], 2.5) == 0.0, "it was held up by something before"
    assert recovery_s(trades, [0.1, 0.1, 0.1, 1.5, 0.1, 0.1], 2.5) == 2.0
    assert recovery_s(trades, [0.1, 0.1, 0.1, None, 0.2, 0.1], 2.5) == pytest.approx(1.7)
    assert recovery_s(trades, [0.1, 0.1, 0.1, None, None, None], 2.5) == 2.5


def test_an_opening_is_lost_that_its_master_held_and_that_was_young_enough_when_copying_went_on() -> None:
    trades = [
        Trade(n, Decimal(1), began, 0, ended) for n, (began, ended) in enumerate([(1.0, 30.0), (9.0, 30.0), (9.0, 9.5)])
    ]
    assert lost(trades, [None, None, None], 0.0, 10.0, 5.0) == [trades[1]], "the first was too old, the last one closed"
    assert lost(trades, [None, 2.0, None], 0.0, 10.0, 5.0) == []
    assert lost(trades, [None, None, None], 9.5, 10.0, 5.0) == [], "it was before the fault"


def test_copying_is_steady_after_some_openings_in_time() -> None:
    assert is_steady([None] + [0.1] * STEADY)
    assert not is_steady([0.1] * (STEADY - 1))
    assert not is_steady([0.1] * STEADY + [2.0])
