"""Manual requests: to copy a missed trade now, to close copies now. No request opens anything twice."""

from typing import Any

import pytest

from lockstep_core.books.links import link_id
from lockstep_core.skips import PARAMS, PASSING, SkipCode
from tests.simulation.broker_data import AccountKind

from .engine_harness import COPIER, SLAVE, EngineHarness, copier
from .manual_request_harness import ManualRequestHarness
from .terminals import LOT


def missed_trade(harness: EngineHarness) -> int:
    """The master opens a trade while the slave is away for too long; returns its ticket."""
    for peer, terminal in list(harness.peers.items()):
        if terminal is harness.slave:
            del harness.peers[peer]
    harness.slave.up = False
    harness.pass_ms(6000)
    ticket = harness.master.open(LOT)
    harness.run()
    harness.pass_ms(8000)
    harness.connect(harness.slave)
    harness.pass_ms(1500)
    assert not harness.slave.positions
    return ticket


def test_a_missed_trade_is_copied_when_its_user_asks() -> None:
    harness = ManualRequestHarness(copier({"sizing": {"mode": "multiplier", "factor": "0.5"}}))
    ticket = missed_trade(harness)
    harness.ask("copy_now", ticket)
    assert [position.volume for position in harness.slave.positions.values()] == [LOT // 2]
    assert harness.outcomes() == [("done", None)]
    assert harness.statuses() == [("open", None)]
    harness.master.close(ticket)
    harness.run()
    assert not harness.slave.positions


def test_asking_again_and_again_opens_one_position() -> None:
    harness = ManualRequestHarness()
    ticket = missed_trade(harness)
    for _ in range(3):
        harness.ask("copy_now", ticket)
        harness.bring_plan()
    assert (harness.openings(), len(harness.slave.positions)) == (1, 1)
    assert harness.outcomes() == [("done", None)] * 3


def test_a_request_that_a_killed_router_left_unanswered_opens_nothing_twice() -> None:
    harness = ManualRequestHarness()
    ticket = missed_trade(harness)
    harness.ask("copy_now", ticket)
    for known in ((), tuple(harness.known())):
        harness.restart(*known)
        assert (harness.openings(), len(harness.slave.positions)) == (1, 1)


def test_nor_where_the_router_is_killed_between_order_and_answer() -> None:
    harness = ManualRequestHarness()
    ticket = missed_trade(harness)
    harness.to_router = lambda terminal, _message: terminal is not harness.slave
    harness.ask("copy_now", ticket)
    assert len(harness.slave.positions) == 1
    harness.to_router = lambda _terminal, _message: True
    harness.restart(*harness.known())
    harness.pass_ms(3000)
    assert (harness.openings(), len(harness.slave.positions)) == (1, 1)
    assert harness.outcomes()[-1] == ("done", None)


@pytest.mark.parametrize(
    ("settings", "mode", "reason"),
    [
        ({"limits": {"max_open_positions": 1}}, "on", "too_many_positions"),
        ({"filters": {"allowed_sides": ["sell"]}}, "on", "side_filtered"),
        ({}, "close_only", "close_only"),
        ({}, "dry_run", "dry_run"),
        ({}, "off", "copier_off"),
    ],
)
def test_every_rule_holds_but_the_age(settings: dict[str, Any], mode: str, reason: str) -> None:
    harness = ManualRequestHarness(copier({"sizing": {"mode": "none"}, **settings}, mode))
    if "limits" in settings:
        harness.master.open(LOT)
        harness.run()
    before = len(harness.slave.positions)
    ticket = missed_trade_beside(harness, before)
    harness.ask("copy_now", ticket)
    if SkipCode(reason) in PASSING:
        assert harness.outcomes() == []
        harness.pass_ms(8000)
    assert len(harness.slave.positions) == before
    assert harness.outcomes() == [("refused", reason)]
    answer = harness.answers()[0]
    assert answer.params.keys() == PARAMS[SkipCode(reason)].keys()


def missed_trade_beside(harness: EngineHarness, before: int) -> int:
    """The master opens another trade, which is not copied; returns its ticket."""
    harness.pass_ms(200)
    ticket = harness.master.open(LOT)
    harness.run()
    harness.pass_ms(8000)
    assert len(harness.slave.positions) == before
    return ticket


def test_what_the_broker_refused_is_tried_again_on_request_and_its_answer_reported() -> None:
    harness = ManualRequestHarness()
    harness.slave.refusals = [10014]
    ticket = harness.master.open(LOT)
    harness.run()
    assert harness.statuses() == [("rejected", "broker_10014")]
    harness.slave.refusals = [10046]
    harness.ask("copy_now", ticket)
    assert harness.outcomes() == [("refused", "broker_10046")]
    harness.ask("copy_now", ticket)
    assert harness.outcomes()[1] == ("done", None)
    assert len(harness.slave.positions) == 1


def test_a_request_that_the_broker_refuses_for_as_long_as_it_is_fresh_is_answered_with_the_brokers_code() -> None:
    harness = ManualRequestHarness()
    harness.slave.refusals = [10014]
    ticket = harness.master.open(LOT)
    harness.run()
    harness.slave.refusals = [10018] * 100
    harness.ask("copy_now", ticket)
    assert harness.outcomes() == []
    harness.pass_ms(15_000)
    assert harness.outcomes() == [("refused", "broker_10018")]
    assert not harness.slave.positions


def test_a_trade_whose_copy_was_closed_by_hand_is_not_copied_again() -> None:
    harness = ManualRequestHarness()
    ticket = harness.master.open(LOT)
    harness.run()
    harness.slave.close(next(iter(harness.slave.positions)))
    harness.run()
    harness.ask("copy_now", ticket)
    assert harness.outcomes() == [("refused", "copy_over")]
    assert not harness.slave.positions


def test_a_trade_that_the_master_has_closed_is_not_opened() -> None:
    harness = ManualRequestHarness()
    ticket = missed_trade(harness)
    harness.master.close(ticket)
    harness.run()
    harness.ask("copy_now", ticket)
    assert harness.outcomes() == [("refused", "out_of_sync")]


def test_a_request_is_refused_when_its_slave_stays_away() -> None:
    harness = ManualRequestHarness()
    ticket = missed_trade(harness)
    harness.pass_ms(100)
    harness.slave.up = False
    harness.peers = {peer: t for peer, t in harness.peers.items() if t is not harness.slave}
    harness.pass_ms(6000)
    harness.ask("copy_now", ticket)
    assert harness.outcomes() == []
    harness.pass_ms(6000)
    assert harness.outcomes() == [("refused", "slave_offline")]
    harness.connect(harness.slave)
    harness.pass_ms(3000)
    assert not harness.slave.positions


def test_without_the_master_it_expires_and_is_not_done_later() -> None:
    harness = ManualRequestHarness()
    ticket = missed_trade(harness)
    harness.start_router(*harness.known())
    harness.connect(harness.slave)
    harness.ask("copy_now", ticket)
    harness.pass_ms(61_000, step_ms=1000)
    assert harness.outcomes() == [("expired", "too_late")]
    harness.connect(harness.master)
    harness.pass_ms(3000)
    assert not harness.slave.positions


def test_a_copy_is_closed_when_its_user_asks_and_stays_closed_while_the_master_is_in() -> None:
    harness = ManualRequestHarness()
    ticket, other = harness.master.open(LOT), harness.master.open(LOT)
    harness.run()
    harness.ask("flatten", ticket)
    assert [position.magic for position in harness.slave.positions.values()] == [link_id(COPIER, other)]
    assert harness.outcomes() == [("done", None)]
    assert harness.statuses() == [("closed", "asked"), ("open", None)]
    harness.restart(*harness.known())
    harness.pass_ms(3000)
    assert len(harness.slave.positions) == 1
    assert harness.openings() == 2


@pytest.mark.parametrize("mode", ["off", "close_only"])
def test_it_is_closed_also_where_the_copier_is_off(mode: str) -> None:
    harness = ManualRequestHarness()
    ticket = harness.master.open(LOT)
    harness.run()
    harness.change_plan(copier(mode=mode))
    harness.ask("flatten", ticket)
    assert not harness.slave.positions


def test_it_is_closed_also_while_the_master_is_away() -> None:
    harness = ManualRequestHarness()
    ticket = harness.master.open(LOT)
    harness.run()
    harness.start_router(*harness.known())
    harness.connect(harness.slave)
    harness.ask("flatten", ticket)
    assert not harness.slave.positions
    assert harness.outcomes() == [("done", None)]
    harness.connect(harness.master)
    harness.pass_ms(3000)
    assert not harness.slave.positions


def test_all_of_a_copier_is_closed_and_what_comes_after_is_not() -> None:
    harness = ManualRequestHarness()
    for _ in range(3):
        harness.master.open(LOT)
    harness.run()
    harness.ask("flatten")
    assert not harness.slave.positions
    harness.pass_ms(5000)
    harness.master.open(LOT)
    harness.run()
    assert len(harness.slave.positions) == 1
    harness.restart(*harness.known())
    assert len(harness.slave.positions) == 1
    assert harness.outcomes() == [("done", None)] * 2


def test_a_closing_that_the_broker_refuses_is_tried_until_it_is_too_late() -> None:
    harness = ManualRequestHarness()
    ticket = harness.master.open(LOT)
    harness.run()
    harness.slave.refusals = [10018] * 100
    harness.ask("flatten", ticket, within_ms=20_000)
    harness.pass_ms(21_000, step_ms=500)
    assert harness.outcomes() == [("expired", "broker_10018")]
    harness.slave.refusals = []
    harness.pass_ms(40_000, step_ms=500)
    assert len(harness.slave.positions) == 1


def test_an_allocation_of_a_net_position_is_closed_and_the_rest_stays() -> None:
    harness = ManualRequestHarness(kinds={SLAVE: AccountKind.NETTING})
    first = harness.master.open(LOT)
    harness.run()
    harness.master.open(LOT // 2)
    harness.run()
    harness.pass_ms(200)
    harness.ask("flatten", first)
    harness.pass_ms(500)
    assert [position.volume for position in harness.slave.positions.values()] == [LOT // 2]
    assert harness.outcomes() == [("done", None)]


def test_a_request_of_a_removed_copier_is_answered() -> None:
    harness = ManualRequestHarness()
    ticket = missed_trade(harness)
    harness.plan = type(harness.plan)(harness.plan.accounts, {})
    harness.ask("copy_now", ticket)
    assert harness.outcomes() == [("refused", "copier_gone")]
