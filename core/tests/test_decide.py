"""The decision on one link."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep_core.books.links import Link, link_id, link_tag
from lockstep_core.books.positions import Order
from lockstep_core.decision.context import SlaveView
from lockstep_core.decision.decide import decide
from lockstep_core.decision.rounding import MOST_ORDERS, fitted_lots, one_order, right_lots
from lockstep_core.decision.sizing import Opening, requested_lots
from lockstep_core.decision.target import CLOSE, Decision, Target, Wait, shows
from lockstep_core.market.money import Prices
from lockstep_core.skips import Skip
from lockstep_core.units import ONE_LOT, Lots
from lockstep_core.wire.enums import Action

from .trading import COPIER, MICRO, NOW, SPEC, a_context, a_copier, a_copy, a_position, a_slave

LINK = Link(link_id(COPIER, 7), COPIER, 7, "EURUSD", "EURUSD", 0, Lots(ONE_LOT))
OPEN = Target(Action.OPEN, "EURUSD", Lots(ONE_LOT), exact=(ONE_LOT, 1))


def decision(master: Any, slave: SlaveView, link: Link = LINK, mode: str = "on", **settings: object) -> Decision:
    return decide(a_copier(mode, **settings), link, master, a_context(slave))


def code(decided: Decision) -> str | None:
    return str(decided.code) if isinstance(decided, Skip) else None


def test_a_fresh_opening_is_wished() -> None:
    assert decision(a_position(), a_slave()) == OPEN


def test_stops_of_the_master_go_with_the_opening_unless_unwished() -> None:
    master = a_position(sl=1.123456, tp=1.2)
    assert decision(master, a_slave()) == Target(Action.OPEN, "EURUSD", Lots(ONE_LOT), 1.12346, 1.2, exact=(ONE_LOT, 1))
    assert decision(master, a_slave(), copy_stops=False) == OPEN


@pytest.mark.parametrize(
    ("age_ms", "expected"), [(0, None), (5000, None), (5001, "signal_too_old"), (10**9, "signal_too_old")]
)
def test_an_opening_is_copied_up_to_its_age_and_not_a_millisecond_longer(age_ms: int, expected: str | None) -> None:
    assert code(decision(a_position(age_ms=age_ms), a_slave())) == expected


@pytest.mark.parametrize(("mode", "expected"), [("off", "copier_off"), ("close_only", "close_only"), ("dry_run", "dry_run")])
def test_a_copier_opens_only_when_it_is_on(mode: str, expected: str) -> None:
    decided = decision(a_position(), a_slave(), mode=mode)
    assert code(decided) == expected
    assert isinstance(decided, Skip)
    assert decided.setting == "mode"


def test_an_unready_slave_is_waited_for_while_the_opening_is_fresh() -> None:
    assert decision(a_position(), a_slave(ready=False)) == Wait(NOW + 5_000_000_001)
    assert code(decision(a_position(age_ms=6000), a_slave(ready=False))) == "slave_offline"


@pytest.mark.parametrize(
    ("change", "side", "expected"),
    [
        ({"name": "GBPUSD"}, 0, "symbol_unknown"),
        ({"trade_mode": 0}, 0, "symbol_not_tradable"),
        ({"trade_mode": 3}, 0, "symbol_not_tradable"),
        ({"trade_mode": 1}, 1, "symbol_not_tradable"),
        ({"trade_mode": 2}, 0, "symbol_not_tradable"),
        ({"trade_mode": 1}, 0, None),
        ({"trade_mode": 2}, 1, None),
        ({"volume_min": 2 * ONE_LOT}, 0, "volume_below_min"),
        ({"volume_step": 3 * ONE_LOT}, 0, "volume_below_min"),
    ],
)
def test_the_slaves_symbol_must_take_it(change: dict[str, Any], side: int, expected: str | None) -> None:
    spec = msgspec.structs.replace(SPEC, **change)
    assert code(decision(a_position(side=side), a_slave(spec=spec))) == expected


@pytest.mark.parametrize(("deal_price", "expected"), [(0.0, "slippage"), (1.1, "slippage"), (1.2, None)])
def test_slippage_is_from_the_price_of_the_legs_own_deal(deal_price: float, expected: str | None) -> None:
    master = msgspec.structs.replace(a_position(), price=1.15, deal_price=deal_price)
    slave = msgspec.structs.replace(a_slave(), quotes={"EURUSD": Prices(1.2, 1.2001)})
    assert code(decision(master, slave, max_slippage_points=20)) == expected


def test_a_link_that_is_over_is_never_opened_again() -> None:
    assert decision(a_position(), a_slave(), msgspec.structs.replace(LINK, ended=True)) is None


@pytest.mark.parametrize("mode", ["on", "close_only", "dry_run"])
@pytest.mark.parametrize("ready", [True, False])
def test_a_close_is_wished_always(mode: str, ready: bool) -> None:
    assert decision(None, a_slave(a_copy(), ready=ready), mode=mode) == CLOSE


def test_a_copier_that_is_off_keeps_its_hands_off() -> None:
    assert code(decision(None, a_slave(a_copy()), mode="off")) == "copier_off"
    assert decision(a_position(), a_slave(a_copy()), mode="off") is None


def test_nothing_is_wished_where_both_sides_agree() -> None:
    assert decision(a_position(), a_slave(a_copy())) is None
    assert decision(None, a_slave()) is None


def test_the_users_own_positions_are_no_copies() -> None:
    assert decision(None, a_slave(a_position(5, magic=123))) is None


@pytest.mark.parametrize(
    ("master_left", "held", "expected"),
    [
        (50, 100, Target(Action.SET_VOLUME, "EURUSD", Lots(50 * MICRO))),
        (33, 100, Target(Action.SET_VOLUME, "EURUSD", Lots(33 * MICRO))),
        (50, 50, None),
        (50, 20, None),
        (100, 100, None),
    ],
)
def test_the_slave_keeps_the_ratio_that_the_master_keeps(master_left: int, held: int, expected: Target | None) -> None:
    master = a_position(lots=master_left * MICRO, opened=ONE_LOT)
    assert decision(master, a_slave(a_copy(lots=held * MICRO, opened=ONE_LOT))) == expected


def test_a_share_below_the_minimum_stays_until_the_master_closes_unless_the_user_wants_it_closed() -> None:
    master = a_position(lots=ONE_LOT // 2, opened=ONE_LOT)
    assert decision(master, a_slave(a_copy(lots=MICRO))) is None
    assert decision(master, a_slave(a_copy(lots=MICRO)), limits={"small_rest": "close"}) == CLOSE


def test_volume_comes_before_stops() -> None:
    master = a_position(lots=ONE_LOT // 2, opened=ONE_LOT, sl=1.0)
    decided = decision(master, a_slave(a_copy()))
    assert isinstance(decided, Target)
    assert decided.action == Action.SET_VOLUME


def test_stops_are_compared_at_the_slaves_digits() -> None:
    assert decision(a_position(sl=1.1000001), a_slave(a_copy(sl=1.1))) is None
    decided = decision(a_position(sl=1.1001), a_slave(a_copy(sl=1.1)))
    assert decided == Target(Action.SET_STOPS, "EURUSD", Lots(ONE_LOT), 1.1001, 0.0)


lots = st.integers(1, 10**6).map(lambda n: n * MICRO)


@given(lots, lots, st.integers(1, 10**9), st.sampled_from([1, MICRO, 10 * MICRO]))
def test_a_share_is_never_more_than_the_masters(opened: int, master_opened: int, part: int, step: int) -> None:
    master_left = part % master_opened
    left = right_lots((opened, 1), master_left, master_opened, step, a_copier().rules.rounding)
    assert left * master_opened <= opened * master_left
    assert opened * master_left < (left + step) * master_opened


@given(lots, st.decimals("0.01", "100", places=2), lots, lots)
def test_a_size_is_on_the_step_between_minimum_and_maximum_or_there_is_none(
    master: int, factor: Decimal, smallest: int, step: int
) -> None:
    spec = msgspec.structs.replace(SPEC, volume_min=smallest, volume_step=step, volume_max=max(smallest, 50 * ONE_LOT))
    opening = Opening(a_position(lots=master), spec, 0, 1.1, 0.0, None, a_context(a_slave()))
    rules = a_copier(sizing={"mode": "multiplier", "factor": str(factor)}).rules
    requested = requested_lots(rules.sizing, opening)
    assert not isinstance(requested, Skip)
    size, least = fitted_lots(rules.rounding, requested, opening), -(-smallest // step) * step
    largest = spec.volume_max - spec.volume_max % step
    most = min(Fraction(*requested), Fraction(spec.volume_max if largest < least else largest * MOST_ORDERS))
    if isinstance(size, Skip):
        assert most - most % step < smallest
        return
    assert smallest <= size <= most
    assert size % step == 0
    orders: list[Lots] = []
    while size >= least and len(orders) < MOST_ORDERS:
        orders.append(one_order(size, spec))
        size = Lots(size - orders[-1])
    assert all(least <= lots <= spec.volume_max and lots % step == 0 for lots in orders)
    assert size == 0 or largest < 2 * least, "the orders add up to the size"


@given(
    st.none() | st.builds(a_position, lots=lots, age_ms=st.integers(0, 10_000), sl=st.sampled_from([0.0, 1.0])),
    st.none() | st.builds(a_copy, lots=lots, sl=st.sampled_from([0.0, 1.0])),
    st.sampled_from(["on", "close_only", "off", "dry_run"]),
)
def test_once_a_target_shows_it_is_not_wanted_again(master: Any, held: Any, mode: str) -> None:
    slave = a_slave() if held is None else a_slave(held)
    link = LINK if master is None else msgspec.structs.replace(LINK, master_opened=master.opened)
    steps = 4 + (0 if held is None else held.volume // SPEC.volume_max)
    for _ in range(steps):
        decided = decision(master, slave, link, mode=mode)
        if not isinstance(decided, Target):
            return
        now = carried_out(decided, slave)
        assert shows(decided, now.book.by_magic.get(LINK.id), 5)
        slave = now
    raise AssertionError("targets without end")


def carried_out(target: Target, slave: SlaveView) -> SlaveView:
    if target.action == Action.OPEN:
        return a_slave(a_copy(lots=target.volume, sl=target.sl, tp=target.tp))
    if target.action == Action.CLOSE:
        return a_slave()
    held = slave.book.by_magic[LINK.id]
    if target.action == Action.SET_VOLUME:
        return a_slave(msgspec.structs.replace(held, volume=target.volume))
    return a_slave(msgspec.structs.replace(held, sl=target.sl, tp=target.tp))


@given(st.integers(0, 2**64 - 1))
def test_a_link_id_is_a_positive_magic_number_and_always_the_same(position: int) -> None:
    assert 0 < link_id(COPIER, position) < 2**63
    assert link_id(COPIER, position) == link_id(COPIER, position)


def test_link_ids_are_what_they_have_always_been() -> None:
    assert link_id(COPIER, 7) == 1577480090063310014
    assert link_tag(COPIER) == "ls:aaaaaaaa"


ORDER = Order(5, "EURUSD", 2, Lots(ONE_LOT), Lots(ONE_LOT), 1.09, 0.0, 1.08, 0.0, 0, LINK.id, "", NOW)
SET = Target(Action.SET_ORDER, "EURUSD", Lots(ONE_LOT), 1.08, 0.0, 0, 1.09, order_kind=2)


@pytest.mark.parametrize(
    ("target", "held", "order", "shown"),
    [
        (Target(Action.PLACE), None, None, False),
        (Target(Action.PLACE), None, ORDER, True),
        (Target(Action.PLACE), a_copy(), None, True),
        (Target(Action.OPEN), None, ORDER, False),
        (SET, None, ORDER, True),
        (SET, None, None, True),
        (msgspec.structs.replace(SET, price=1.091), None, ORDER, False),
        (msgspec.structs.replace(SET, tp=1.2), None, ORDER, False),
        (msgspec.structs.replace(SET, limit=1.1), None, ORDER, False),
        (msgspec.structs.replace(SET, expires_msc=5), None, ORDER, False),
        (Target(Action.DELETE), None, ORDER, False),
        (Target(Action.DELETE), None, None, True),
        (CLOSE, a_copy(), None, False),
        (CLOSE, None, None, True),
    ],
)
def test_what_shows_is_not_wished_again(target: Target, held: Any, order: Order | None, shown: bool) -> None:
    assert shows(target, held, 5, order) is shown


@pytest.mark.parametrize("netting", [False, True])
def test_a_rest_that_may_still_fill_goes_before_stops_are_moved(netting: bool) -> None:
    rest = msgspec.structs.replace(ORDER, left=Lots(ONE_LOT // 2))
    slave = a_slave(a_copy(lots=ONE_LOT // 2))
    book = msgspec.structs.replace(slave.book, netting=netting, orders_by_magic={LINK.id: rest})
    slave = msgspec.structs.replace(slave, book=book)
    pending = {"mode": "copy", "when_filled": "market"}
    assert decision(a_position(sl=1.05), slave, pending=pending) == Target(Action.DELETE)


@pytest.mark.parametrize(("held", "expected"), [(False, "netting_impossible"), (True, None)])
def test_a_terminal_that_cannot_net_is_not_told_to_open_but_may_close(held: bool, expected: str | None) -> None:
    slave = a_slave(a_copy()) if held else a_slave()
    slave = msgspec.structs.replace(slave, book=msgspec.structs.replace(slave.book, netting=True), capabilities=0)
    decided = decision(None if held else a_position(), slave)
    assert code(decided) == expected
    assert not held or decided == CLOSE
