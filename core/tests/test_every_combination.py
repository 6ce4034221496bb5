"""Every event, on accounts of every kind, in every mode, ends in a target that is carried out or in a reason."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockstep_core.books.book import followed, net_of
from lockstep_core.books.links import Link
from lockstep_core.books.positions import Order, Position
from lockstep_core.decision.net_stops import are_same, watched_levels
from lockstep_core.decision.pending_orders import with_rest
from lockstep_core.decision.stops import Levels
from lockstep_core.decision.target import Target, Wait
from lockstep_core.market.symbols import same_price
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.units import ONE_LOT
from lockstep_core.wire.enums import Side

from .cases.scenes import NOW_NS
from .cases.stories import Story
from .cases.texts import assert_complete

pytestmark = pytest.mark.thorough

STEP = ONE_LOT // 100
MODES = st.sampled_from(["on", "off", "close_only", "dry_run"])
KINDS = (
    "open",
    "add",
    "part",
    "close",
    "close_by",
    "turn",
    "renamed",
    "stops",
    "place",
    "change",
    "delete",
    "fill",
    "fill_part",
)
OTHERS = ("slave_fills", "snapshot", "mode copier", "mode slave", "mode master")
Event = tuple[str, int, int, bool, str]
EVENTS = st.lists(st.tuples(st.integers(0, 999), st.integers(1, 200), st.booleans(), MODES), min_size=1, max_size=14)
SETTINGS = st.fixed_dictionaries(
    {
        "sizing": st.sampled_from(
            [
                {"mode": "none"},
                {"mode": "multiplier", "factor": "0.37"},
                {"mode": "fixed", "lots": "0.25"},
                {"mode": "balance"},
            ]
        ),
        "reverse": st.booleans(),
        "pending": st.sampled_from(
            [{"mode": "copy"}, {"mode": "copy", "when_filled": "market"}, {"mode": "at_market"}, {"mode": "skip"}]
        ),
    },
    optional={"limits": st.sampled_from([{"max_open_positions": 1}, {"min_trade_volume": "0.20"}, {"max_total_lots": "1"}])},
)
REASONS = frozenset(
    {
        *(SkipCode.COPIER_OFF, SkipCode.ACCOUNT_OFF, SkipCode.CLOSE_ONLY, SkipCode.DRY_RUN),
        *(SkipCode.PENDING_WAITS, SkipCode.PENDING_SKIPPED, SkipCode.ORDER_COPIED),
        *(SkipCode.VOLUME_BELOW_MIN, SkipCode.TOO_MANY_POSITIONS, SkipCode.TOO_MANY_LOTS),
    }
)
"""All there can be in these stories."""
ACCOUNTS = st.fixed_dictionaries({"master_nets": st.booleans(), "slave_nets": st.booleans()})


@settings(max_examples=250)
@given(SETTINGS, ACCOUNTS, EVENTS)
def test_when_all_is_carried_out_the_slave_is_as_it_should_be_or_there_is_a_reason(
    chosen: dict[str, Any], accounts: dict[str, Any], events: list[tuple[int, int, bool, str]]
) -> None:
    story = Story({"settings": chosen, **accounts})
    for ticket, (pick, amount, buys, mode) in enumerate(events, 1):
        possible = steps_that_are_possible(story, ticket, amount, buys, mode)
        for step in possible[pick % len(possible)]:
            story.step(step)
        story.settle()
        for link in story.links.values():
            check(story, link)
        assert len(story.slave.opened) == len(set(story.slave.opened)), "no link is opened twice"


def steps_that_are_possible(story: Story, fresh: int, amount: int, buys: bool, mode: str) -> list[list[str]]:
    """All that can happen next, each in a story's words; `fresh` is a ticket that was never used."""
    live = {*story.master.positions, *story.master.orders}
    numbers = live if len(live) >= (1 if story.master.netting else 2) else {*live, fresh}
    events = ((kind, number, amount, buys, mode) for kind in (*KINDS, *OTHERS) for number in sorted(numbers))
    found = ([*steps_of(event, story)] for event in events)
    return list({tuple(steps): steps for steps in found if steps}.values())


def steps_of(event: Event, story: Story) -> Iterator[str]:
    """An event where it is possible for the master as it is."""
    kind, number, amount, buys, mode = event
    held, waiting = story.master.positions.get(number), story.master.orders.get(number)
    lots, symbol = amount / 100, "EURUSD"
    side = "buy" if buys else "sell"
    if kind.startswith("mode "):
        yield f"{kind} {mode}"
    elif kind == "snapshot":
        yield "snapshot 0"
    elif kind == "slave_fills" and story.slave.book.orders:
        yield "slave-fills 0"
    elif held is not None:
        own_side = "sell" if held.side else "buy"
        yield from _of_held(kind, number, held, story, lots, (own_side, "buy" if held.side else "sell"))
    elif waiting is not None:
        yield from _of_waiting(kind, number, waiting, lots)
    elif kind == "open":
        yield f"in {number} {side} {lots:.2f} {symbol} sl {'1.0' if buys else '1.2'}"
    elif kind == "place":
        yield f"order {number} {side}_limit {lots:.2f} at {'1.05' if buys else '1.15'}"


def _of_held(kind: str, number: int, held: Position, story: Story, lots: float, sides: tuple[str, str]) -> Iterator[str]:
    own_side, against = sides
    whole = held.volume / ONE_LOT
    part = min(lots, whole)
    other = next((p for n, p in story.master.positions.items() if n != number and p.side != held.side), None)
    match kind:
        case "add":
            yield f"in {number} {own_side} {lots:.2f}"
        case "part" | "close":
            yield f"out {number} {against} {part if kind == 'part' else whole:.2f}"
        case "close_by" if other is not None and not story.master.netting:
            both = min(whole, other.volume / ONE_LOT)
            yield f"by {number} {against} {both:.2f}"
            yield f"by {other.ticket} {own_side} {both:.2f}"
        case "turn" if story.master.netting:
            yield f"turn {number} {against} {whole + lots:.2f}"
        case "renamed" if not story.master.netting and part < whole:
            yield f"out {number} {against} {part:.2f}"
            yield f"in {100 + story.deals} {own_side} {whole - part:.2f} comment from_#{number}"
        case "stops":
            yield f"stops {number} sl {1.0 + lots / 40 if own_side == 'buy' else 1.25 - lots / 40:.3f}"


def _of_waiting(kind: str, number: int, waiting: Order, lots: float) -> Iterator[str]:
    side = "sell" if waiting.side else "buy"
    whole, left = waiting.volume / ONE_LOT, waiting.left / ONE_LOT
    match kind:
        case "change":
            price = waiting.price + lots / 1000
            yield f"order {number} {side}_limit {whole:.2f} at {price:.5f} left {left:.2f}"
        case "delete":
            yield f"order-gone {number}"
        case "fill":
            yield f"in {number} {side} {left:.2f}"
            yield f"order-gone {number}"
        case "fill_part" if lots < left:
            yield f"in {number} {side} {lots:.2f}"
            yield f"order {number} {side}_limit {whole:.2f} at {waiting.price:.5f} left {left - lots:.2f}"


def check(story: Story, link: Link) -> None:
    """No target is left. Where there is no reason, the slave holds its ratio of the master's lots."""
    decision = story.decision(link)
    assert not isinstance(decision, Target), "a target is left"
    if isinstance(decision, Skip):
        assert decision.code in REASONS
        assert_complete(decision)
    elif isinstance(decision, Wait):
        assert decision.until_ns > NOW_NS
    else:
        _check_same(story, link)


def _check_same(story: Story, link: Link) -> None:
    tranche, order = followed(story.master, link.master_position), story.master.orders.get(link.master_position)
    held, own_side = story.slave.book.by_magic.get(link.id), story.slave.book.orders_by_magic.get(link.id)
    if tranche is None and order is None:
        assert held is None, "its master has nothing"
        assert own_side is None, "its master has nothing"
    elif held is not None and tranche is not None:
        _check_share(story, link, with_rest(tranche, order), held)
    elif held is None and own_side is None:
        assert link.ended, "what its master has is neither here nor over"


def _check_share(story: Story, link: Link, tranche: Position, held: Position) -> None:
    assert held.side == (1 - tranche.side if story.copier.settings.reverse else tranche.side)
    parts = [other for other in story.links.values() if other.master_position == link.master_position]
    sized = max((other for other in parts if other.opened), key=lambda other: other.part)
    right = Fraction(*sized.exact) * tranche.volume / sized.master_opened
    # Of several parts the first may be a pending order that has filled at the master alone.
    book = story.slave.book
    waiting = sum(book.orders_by_magic[p.id].left for p in parts if p.id in book.orders_by_magic) if len(parts) > 1 else 0
    # The smallest volume is one step here, so that all that is wrong with a reduction is its rounding.
    whole = waiting + sum(p.opened for p in parts)
    wanted = whole if tranche.volume >= sized.master_opened else max(right // STEP * STEP, STEP)
    held_in_all = waiting + sum(book.by_magic[p.id].volume for p in parts if p.id in book.by_magic)
    # The newest part is closed first. If there is a reason not to close it, the others stay as they are.
    assert held_in_all == wanted or any(isinstance(story.decision(part), Skip) for part in parts)
    stops = (tranche.tp, tranche.sl) if story.copier.settings.reverse else (tranche.sl, tranche.tp)
    assert held.side in (Side.BUY, Side.SELL)
    if story.slave.book.netting:
        _check_net_stops(story, held, stops)
        return
    assert same_price(held.sl, stops[0], 5)
    assert same_price(held.tp, stops[1], 5)


def _check_net_stops(story: Story, held: Position, stops: tuple[float, float]) -> None:
    """Each stop is held by the broker or watched, and the broker holds none that would close the trade too early."""
    noted, net = story.stops[held.magic], net_of(story.slave.book, held.symbol)
    assert are_same(noted, Levels(*stops), 5)
    watched = watched_levels(held, noted, story.slave.book, 5)
    if net is None:
        assert watched == noted
        return
    up = -1 if held.side == Side.SELL else 1
    for own, present, ours, away in ((noted.sl, net.sl, watched.sl, -up), (noted.tp, net.tp, watched.tp, up)):
        assert ours == own or same_price(present, own, 5)
        assert present == 0 or (net.side == held.side and own > 0 and (present - own) * away >= 0)
