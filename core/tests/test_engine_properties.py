"""What is true of every decision, whatever the trades and the numbers."""

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockstep_core.books.book import Book
from lockstep_core.books.links import Link
from lockstep_core.books.positions import Position
from lockstep_core.copiers import CopierMode
from lockstep_core.decision.context import DecisionContext, MasterView, SlaveView
from lockstep_core.decision.decide import decide
from lockstep_core.decision.rounding import right_lots
from lockstep_core.decision.target import Target
from lockstep_core.market.money import Figures, Prices
from lockstep_core.skips import Skip
from lockstep_core.units import ONE_LOT, Lots
from lockstep_core.wire.enums import Action

from .cases.scenes import COPIER, LINK, NOW_NS, TICKET, copier, spec
from .cases.stories import Story
from .cases.texts import assert_complete

pytestmark = pytest.mark.thorough

MICRO = ONE_LOT // 100
LOTS = st.integers(1, 5_000).map(lambda n: n * MICRO)
MONEY = st.integers(-1_000, 10**8).map(lambda cents: Fraction(cents, 100))
POSITIVE = st.integers(1, 10**8).map(lambda cents: Fraction(cents, 100))
FACTORS = st.sampled_from(["0.01", "0.1", "0.33333333", "0.5", "1", "2.5", "17"])
SIZINGS = st.one_of(
    st.just({"mode": "none"}),
    st.builds(lambda f: {"mode": "multiplier", "factor": f}, FACTORS),
    st.builds(lambda m, f: {"mode": m, "factor": f}, st.sampled_from(["balance", "equity", "free_margin"]), FACTORS),
    st.builds(lambda f: {"mode": "fixed", "lots": f}, FACTORS),
    st.builds(lambda r: {"mode": "fixed_risk", "risk_fraction": r}, st.sampled_from(["0.001", "0.02", "1"])),
    st.just({"mode": "formula", "expression": "providerVolume * equity / providerEquity"}),
)
LIMITS = st.fixed_dictionaries(
    {},
    optional={
        "min_trade_volume": st.just("0.05"),
        "max_trade_volume": st.sampled_from(["20", "50"]),
        "force_tiny_trades": st.booleans(),
        "round_down": st.booleans(),
        "max_total_lots": st.sampled_from(["20", "90"]),
    },
)
STEPS = st.sampled_from([MICRO, 2 * MICRO, 10 * MICRO, ONE_LOT])


def figures(money: Fraction) -> Figures:
    return Figures("USD", money, money, money, 100, 0)


def a_scene(master: Fraction, slave: Fraction, step: int, smallest: int = 1) -> DecisionContext:
    symbol = msgspec.structs.replace(spec("EURUSD"), volume_step=Lots(step), volume_min=Lots(step * smallest))
    view = SlaveView(Book(), {"EURUSD": symbol}, True, figures=figures(slave), quotes={"EURUSD": Prices(1.1, 1.1001)})
    return DecisionContext(view, NOW_NS, MasterView({"EURUSD": spec("EURUSD")}, figures(master)))


def a_master(lots: int, side: int = 0, sl: float = 0.0, tp: float = 0.0) -> Position:
    return Position(TICKET, "EURUSD", side, Lots(lots), Lots(lots), sl, tp, 0, "", NOW_NS, 1.1)


def a_link(lots: int) -> Link:
    return Link(LINK, COPIER, TICKET, "EURUSD", "", 0, Lots(lots))


@given(SIZINGS, LIMITS, LOTS, MONEY, MONEY, STEPS, st.integers(1, 5), st.sampled_from([0.0, 1.09]))
def test_a_volume_is_on_the_step_within_all_limits_and_never_negative(
    sizing: dict[str, str],
    limits: dict[str, Any],
    lots: int,
    master: Fraction,
    slave: Fraction,
    step: int,
    low: int,
    sl: float,
) -> None:
    if sizing["mode"] == "fixed":
        limits = {}
    chosen = copier({"sizing": sizing, "limits": limits})
    decided = decide(chosen, a_link(lots), a_master(lots, sl=sl), a_scene(master, slave, step, low))
    assert isinstance(decided, Target | Skip)
    if isinstance(decided, Target):
        assert decided.volume % step == 0
        assert step * low <= decided.volume <= 100 * ONE_LOT
        assert decided.volume <= (chosen.rules.rounding.max_lots or decided.volume)
        assert decided.volume >= chosen.rules.rounding.min_lots
        assert chosen.rules.limits is None or decided.volume <= chosen.rules.limits.total_lots
    else:
        assert_complete(decided)


@given(st.sampled_from(["balance", "equity", "free_margin"]), FACTORS, LOTS, POSITIVE, POSITIVE, st.integers(1, 10**6))
def test_scaling_both_accounts_changes_nothing(
    mode: str, factor: str, lots: int, master: Fraction, slave: Fraction, scale: int
) -> None:
    chosen, link, position = copier({"sizing": {"mode": mode, "factor": factor}}), a_link(lots), a_master(lots)
    decided = decide(chosen, link, position, a_scene(master, slave, MICRO))
    scaled = decide(chosen, link, position, a_scene(master * scale, slave * scale, MICRO))
    assert not isinstance(decided, Target) or decided == scaled
    assert (decided is None) == (scaled is None)


@given(LOTS, st.integers(0, 1), st.sampled_from([0.0, 1.05, 1.09]), st.sampled_from([0.0, 1.12, 1.2]))
def test_the_reverse_of_the_reverse_is_the_original(lots: int, side: int, low: float, high: float) -> None:
    sl, tp = (low, high) if side == 0 else (high, low)
    reverse = copier({"reverse": True})
    context = a_scene(Fraction(1000), Fraction(1000), MICRO)
    first = decide(reverse, a_link(lots), a_master(lots, side, sl, tp), context)
    assert isinstance(first, Target)
    assert first.side == 1 - side
    between = a_master(first.volume, first.side, first.sl, first.tp)
    second = decide(reverse, a_link(lots), between, context)
    assert second == decide(copier({}), a_link(lots), a_master(lots, side, sl, tp), context)


@given(LOTS, LOTS, st.lists(st.integers(1, 10**6), min_size=1, max_size=8), STEPS)
def test_partial_closes_in_any_split_end_where_one_close_ends(
    opened: int, master_opened: int, parts: Sequence[int], step: int
) -> None:
    held, rule = opened, copier({}).rules.rounding
    left = master_opened
    for part in parts:
        left -= min(left, part * master_opened // (sum(parts) * 2))
        held = min(held, right_lots((opened, 1), left, master_opened, step, rule))
    assert held == min(opened, right_lots((opened, 1), left, master_opened, step, rule))


PARTS = st.lists(st.integers(1, 400), min_size=1, max_size=6)
WHOLES = st.fixed_dictionaries(
    {"settings": st.fixed_dictionaries({"sizing": SIZINGS.filter(lambda sizing: sizing["mode"] != "fixed_risk")})},
    optional={
        "slave_nets": st.booleans(),
        "master_nets": st.booleans(),
        "slave_symbols": st.sampled_from(
            [
                {"EURUSD": {"step": "0.10", "min": "0.10"}},
                {"EURUSD": {"min": "1", "step": "1"}},
                {"EURUSD": {"max": "70"}},
                {"EURUSD": {"min": "1", "step": "1", "max": "30"}},
            ]
        ),
    },
)
CLOSINGS = st.lists(st.integers(1, 400), max_size=4)


def held_after(given: dict[str, Any], fills: Sequence[int], closings: Sequence[int]) -> int:
    """What a slave holds in the end of one order that fills in parts, and is closed in parts."""
    story = Story(given)
    for lots in fills:
        story.step(f"in 1 buy {lots / 100:.2f} key 1")
        story.settle()
    for lots in closings:
        left = story.master.positions[1].volume
        story.step(f"out 1 sell {min(lots * MICRO, left - MICRO) / ONE_LOT:.2f}")
        story.settle()
    assert len(story.slave.opened) == len(set(story.slave.opened)), "no link is opened twice"
    return sum(held.signed for held in story.slave.book.positions.values())


@settings(max_examples=200, deadline=None)
@given(WHOLES, PARTS, st.randoms(use_true_random=False))
def test_the_fills_of_an_order_in_any_split_and_order_give_what_one_fill_gives(
    given: dict[str, Any], parts: list[int], chance: Random
) -> None:
    shuffled = chance.sample(parts, len(parts))
    assert held_after(given, parts, ()) == held_after(given, shuffled, ()) == held_after(given, [sum(parts)], ())


@settings(max_examples=200, deadline=None)
@given(WHOLES, PARTS, CLOSINGS)
def test_an_order_filled_in_parts_is_reduced_like_one_that_filled_at_once(
    given: dict[str, Any], parts: list[int], closings: list[int]
) -> None:
    whole = sum(parts)
    for number, lots in enumerate(closings):
        closings[number] = min(lots, max(0, whole - 1))
        whole -= closings[number]
    closings = [lots for lots in closings if lots]
    assert held_after(given, parts, closings) == held_after(given, [sum(parts)], closings)


SIDES = st.sampled_from(["buy", "sell"])
NUMBERS = st.integers(1, 3)
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("in"), NUMBERS, st.integers(1, 300), SIDES),
        st.tuples(st.just("out"), NUMBERS, st.integers(1, 300), SIDES),
        st.tuples(st.just("stops"), NUMBERS, st.integers(0, 9), SIDES),
        st.tuples(st.just("snapshot"), NUMBERS, st.integers(0, 9), SIDES),
    ),
    max_size=12,
)
KINDS = st.tuples(st.booleans(), st.booleans(), st.booleans(), FACTORS)


def a_story(kind: tuple[bool, bool, bool, str]) -> Story:
    slave_nets, master_nets, reverse, factor = kind
    chosen = {"sizing": {"mode": "multiplier", "factor": factor}, "reverse": reverse}
    return Story({"settings": chosen, "slave_nets": slave_nets, "master_nets": master_nets})


def step_of(event: tuple[str, int, int, str], story: Story) -> str | None:
    """The event as a step that is possible for the master as it is."""
    verb, number, amount, side = event
    held = story.master.positions.get(number)
    if verb == "snapshot":
        return "snapshot 0"
    if verb == "stops":
        return None if held is None else f"stops {number} sl {1.04 + amount / 200:.3f}"
    lots = amount / 100
    if verb == "in":
        if held is not None and (not story.master.netting or held.side != (side == "sell")):
            return None
        symbol = "EURUSD" if not story.master.netting or number == 1 else None
        return None if symbol is None else f"in {number} {side} {lots:.2f} {symbol}"
    if held is None:
        return None
    closes = min(lots, held.volume / ONE_LOT)
    return f"out {number} {'buy' if held.side else 'sell'} {closes:.2f}"


@settings(max_examples=150)
@given(KINDS, EVENTS)
def test_however_often_a_terminal_tells_again_the_slave_ends_the_same(
    kind: tuple[bool, bool, bool, str], events: list[tuple[str, int, int, str]]
) -> None:
    story = a_story(kind)
    for event in events:
        step = step_of(event, story)
        if step is None:
            continue
        story.step(step)
        story.settle()
        before = story.holds()
        story.step("snapshot 0")
        story.settle()
        assert story.holds() == before
    assert len(story.slave.opened) == len(set(story.slave.opened))


@settings(max_examples=150)
@given(KINDS, EVENTS)
def test_when_all_of_a_masters_positions_are_closed_nothing_is_left(
    kind: tuple[bool, bool, bool, str], events: list[tuple[str, int, int, str]]
) -> None:
    story = a_story(kind)
    for event in events:
        step = step_of(event, story)
        if step is not None:
            story.step(step)
            story.settle()
    for number, held in list(story.master.positions.items()):
        story.step(f"out {number} {'buy' if held.side else 'sell'} {held.volume / ONE_LOT:.2f}")
        story.settle()
    assert story.holds() == []
    assert not story.slave.book.by_magic


@given(SIZINGS, LOTS, st.sampled_from(list(CopierMode)), st.integers(0, 20_000), st.booleans(), st.booleans())
def test_every_combination_ends_in_a_wish_or_a_reason(
    sizing: dict[str, str], lots: int, mode: CopierMode, age_ms: int, ready: bool, ended: bool
) -> None:
    context = a_scene(Fraction(1000), Fraction(1000), MICRO)
    context = msgspec.structs.replace(context, slave=msgspec.structs.replace(context.slave, ready=ready))
    master = msgspec.structs.replace(a_master(lots), opened_ns=NOW_NS - age_ms * 1_000_000)
    link = msgspec.structs.replace(a_link(lots), ended=ended)
    chosen = msgspec.structs.replace(copier({"sizing": sizing}), mode=mode)
    decided = decide(chosen, link, master, context)
    assert (decided is None) == ended
    assert decided == decide(chosen, link, master, context)
    if isinstance(decided, Target):
        assert decided.action == Action.OPEN
