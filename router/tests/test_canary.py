"""The canary trades every minute on its own master, its copies are copies, and nothing of it stays open."""

from typing import Any
from uuid import UUID

import pytest

from lockstep_core.wire.enums import Action
from lockstep_router.engine.canary import COMMENT, CanaryPair
from lockstep_router.journal.service_levels import ServiceLevels
from lockstep_router.process.settings import from_environment
from lockstep_service.errors import InvalidSettings
from tests.simulation.broker_data import AccountKind

from .engine_harness import MASTER, SLAVE, EngineHarness
from .terminals import LOT

SMALLEST = LOT // 100
TO_ROUND_MS = 40_000
"""The harness's clock begins at the 40th second of a minute."""


def a_harness(symbol: str = "EURUSD", **more: Any) -> EngineHarness:
    """A router whose canary leads with the harness's master."""
    return EngineHarness(canary=CanaryPair(MASTER, symbol), **more)


def test_every_minute_the_smallest_lots_are_opened_copied_and_closed_again() -> None:
    harness = a_harness()
    harness.pass_ms(TO_ROUND_MS, 500)
    for minute in range(1, 4):
        assert harness.engine.canary_rounds == minute
        assert [(p.volume, p.comment) for p in harness.master.positions.values()] == [(SMALLEST, COMMENT)]
        assert [p.volume for p in harness.slave.positions.values()] == [SMALLEST]
        harness.pass_ms(12_000, 500)
        assert not harness.master.positions
        assert not harness.slave.positions
        harness.pass_ms(48_000, 500)


def test_each_minute_of_the_clock_has_one_round_also_after_a_router_was_started_anew() -> None:
    harness = a_harness()
    harness.pass_ms(TO_ROUND_MS, 500)
    opened = [harness.now_ns]
    for turns_ms in (333, 700, 950):
        harness.start_router()
        before = harness.engine.canary_rounds or 0
        while harness.engine.canary_rounds == before:
            harness.pass_ms(turns_ms, turns_ms)
        opened.append(harness.now_ns)
    minutes = [at // 60_000_000_000 for at in opened]
    assert minutes == list(range(minutes[0], minutes[0] + 4))
    assert all(20 <= at / 1e9 % 60 < 21 for at in opened[1:])


def test_what_an_earlier_router_left_open_is_closed() -> None:
    harness = a_harness()
    harness.pass_ms(TO_ROUND_MS, 500)
    assert harness.master.positions
    harness.start_router()
    for terminal in harness.terminals.values():
        harness.connect(terminal)
    harness.pass_ms(12_000, 500)
    assert not harness.master.positions
    assert not harness.slave.positions


def test_a_closing_that_is_lost_is_commanded_again_and_other_positions_are_left_alone() -> None:
    harness = a_harness()
    own = harness.master.open(LOT)
    harness.pass_ms(TO_ROUND_MS, 500)
    harness.to_terminal = lambda terminal, _message: terminal is not harness.master
    harness.pass_ms(11_000, 500)
    harness.to_terminal = lambda _terminal, _message: True
    harness.pass_ms(8_000, 500)
    assert set(harness.master.positions) == {own}
    assert [order.action for order in harness.master.orders].count(Action.OPEN) == 1


@pytest.mark.parametrize("why", ["away", "netting", "symbol"])
def test_a_minute_in_which_nothing_can_be_traded_counts_all_the_same(why: str) -> None:
    kinds = {MASTER: AccountKind.NETTING} if why == "netting" else {}
    harness = a_harness("NOSUCH" if why == "symbol" else "EURUSD", kinds=kinds, connect=why != "away")
    harness.pass_ms(TO_ROUND_MS, 500)
    assert harness.engine.canary_rounds == 1
    assert harness.master.orders == []


def test_its_openings_are_counted_as_everybodys_and_by_themselves() -> None:
    harness = a_harness()
    harness.pass_ms(TO_ROUND_MS, 500)
    levels, others = ServiceLevels(MASTER), ServiceLevels(SLAVE)
    for each in (levels, others):
        each.observe(harness.journal)
    samples = levels.take_samples_us()
    assert len(samples) == 1
    assert levels.take_canary_us() == samples
    assert others.take_canary_us() == []


def test_only_demo_accounts_have_one() -> None:
    account = str(UUID(int=7))
    env = {"LOCKSTEP_CANARY_MASTER": account}
    assert from_environment(env, with_database=False).canary == CanaryPair(UUID(int=7), "EURUSD")
    assert from_environment({}, with_database=False).canary is None
    with pytest.raises(InvalidSettings, match="CANARY_MASTER"):
        from_environment({**env, "LOCKSTEP_ENVIRONMENT": "live"}, with_database=False)
    with pytest.raises(InvalidSettings, match="CANARY_MASTER"):
        from_environment({"LOCKSTEP_CANARY_MASTER": "mine"}, with_database=False)
