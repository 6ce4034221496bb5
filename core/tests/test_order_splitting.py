"""A copy above the greatest order of its broker is opened in orders that the broker takes, and that add up to the copy."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lockstep_core.books.links import link_id
from lockstep_core.units import ONE_LOT, lots_text

from .cases.scenes import COPIER
from .cases.stories import Story

pytestmark = pytest.mark.thorough

CENT = ONE_LOT // 100
MARKETS = st.tuples(st.sampled_from([1, 2, 5, 10]), st.integers(1, 4), st.integers(8, 40)).map(
    lambda sizes: (sizes[0] * CENT, sizes[0] * sizes[1] * CENT, sizes[0] * sizes[2] * CENT)
)
"""The step, the smallest and the greatest order of a broker; the greatest is at least twice the smallest."""
NETS = st.booleans()


def a_story(market: tuple[int, int, int], slave_nets: bool = False, **chosen: Any) -> Story:
    step, smallest, largest = (lots_text(lots) for lots in market)
    symbol = {"step": step, "min": smallest, "max": largest}
    return Story({"slave_symbols": {"EURUSD": symbol}, "slave_nets": slave_nets, "settings": chosen})


def opened(story: Story) -> list[tuple[int, int]]:
    """Each link that an order opened, with the lots of that order."""
    return [(link, abs(target.volume - target.expected)) for link, target in story.commands if target.exact[0]]


@settings(max_examples=150, deadline=None)
@example((CENT, CENT, 8 * CENT), False, 28, 89, "buy")  # 40 orders
@given(MARKETS, NETS, st.integers(1, 30), st.integers(0, 99), st.sampled_from(["buy", "sell"]))
def test_orders_are_within_the_brokers_bounds_and_add_up_to_what_is_wanted(
    market: tuple[int, int, int], slave_nets: bool, times: int, more: int, side: str
) -> None:
    step, smallest, largest = market
    wanted = max(largest * times + more * CENT, smallest) // step * step
    story = a_story(market, slave_nets)
    story.step(f"in 1 {side} {lots_text(wanted)}")
    story.settle()
    orders = opened(story)
    assert [link for link, _ in orders] == [link_id(COPIER, 1, part) for part in range(len(orders))]
    assert all(smallest <= lots <= largest and lots % step == 0 for _, lots in orders)
    assert sum(lots for _, lots in orders) == wanted
    assert len(orders) == -(-wanted // largest), "in no more orders than it takes"
    story.step(f"out 1 {'sell' if side == 'buy' else 'buy'} {lots_text(wanted)}")
    story.settle()
    assert story.holds() == []


@settings(max_examples=150, deadline=None)
@given(MARKETS, NETS, st.integers(1, 30), st.lists(st.integers(1, 90), max_size=4))
def test_what_is_left_is_as_near_to_the_masters_as_of_a_copy_in_one_order(
    market: tuple[int, int, int], slave_nets: bool, times: int, percents: list[int]
) -> None:
    step, smallest, largest = market
    wanted = largest * times
    whole = (step, smallest, 10**6 * ONE_LOT)
    split, single = a_story(market, slave_nets), a_story(whole, slave_nets)
    for story in (split, single):
        story.step(f"in 1 buy {lots_text(wanted)}")
        story.settle()
        for percent in percents:
            left = story.master.positions[1].volume
            closed = min(left * percent // 100, left - CENT)
            story.step(f"out 1 sell {lots_text(closed // CENT * CENT or CENT)}")
            story.settle()
            if 1 not in story.master.positions:
                break
    held, right = (sum(p.volume for p in story.slave.book.positions.values()) for story in (split, single))
    # A copy in one order may have to wait with a closing that is too small, which a part of several need not.
    exact = sum(position.volume for position in split.master.positions.values()) // step * step
    assert min(right, exact) <= held < right + 2 * smallest, "each order that is too small waits"


@settings(max_examples=150, deadline=None)
@example((CENT, CENT, 8 * CENT), False, 20, 5, 10)
@given(MARKETS, NETS, st.integers(2, 30), st.integers(1, 30), st.integers(1, 90))
def test_what_the_master_closes_while_orders_are_still_to_be_sent_is_not_opened_and_the_rest_is(
    market: tuple[int, int, int], slave_nets: bool, times: int, turns: int, percent: int
) -> None:
    step, smallest, largest = market
    wanted = largest * times
    story = a_story(market, slave_nets)
    story.step(f"in 1 buy {lots_text(wanted)}")
    for _ in range(turns):
        story.turn()
    closed = max(wanted * percent // 100 // step, 1) * step
    story.step(f"out 1 sell {lots_text(closed)}")
    story.settle()
    held = sum(p.volume for p in story.slave.book.positions.values())
    assert abs(held - (wanted - closed)) < 2 * smallest, "each order that is too small waits"


@settings(max_examples=100, deadline=None)
@given(MARKETS, st.integers(1, 20), st.integers(0, 99))
def test_asked_again_at_any_time_the_same_parts_are_found(market: tuple[int, int, int], times: int, more: int) -> None:
    step, smallest, largest = market
    wanted = max(largest * times + more * CENT, smallest) // step * step
    story = a_story(market)
    story.step(f"in 1 buy {lots_text(wanted)}")
    for _ in range(wanted // largest + 3):
        story.turn()
        # What a router finds in its rows that starts anew now: the parts that were sent.
        story.links = {number: link for number, link in story.links.items() if link.sent}
    links = [link for link, _ in opened(story)]
    assert len(links) == len(set(links))
    assert sum(lots for _, lots in opened(story)) == wanted
