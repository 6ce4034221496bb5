"""What users ask for: a missed trade copied now, copies closed now. Nothing is opened twice by it, whatever happens."""

from typing import Any

import pytest

from lockstep_core.books.links import link_id
from lockstep_core.skips import PARAMS, SkipCode

from .asked import Asked
from .full_terminals import FullTerminal
from .terminals import LOT
from .worlds import COPIER, MASTER, SLAVE, World, copier


def missed(world: World) -> int:
    """A trade that the master opened while the slave was away for too long."""
    for peer, terminal in list(world.peers.items()):
        if terminal is world.slave:
            del world.peers[peer]
    world.slave.up = False
    world.pass_ms(6000)
    ticket = world.master.open(LOT)
    world.run()
    world.pass_ms(8000)
    world.connect(world.slave)
    world.pass_ms(1500)
    assert not world.slave.held
    return ticket


def test_a_missed_trade_is_copied_when_its_user_asks() -> None:
    world = Asked(copier({"sizing": {"mode": "multiplier", "factor": "0.5"}}))
    ticket = missed(world)
    world.ask("copy_now", ticket)
    assert [held.volume for held in world.slave.held.values()] == [LOT // 2]
    assert world.outcomes() == [("done", None)]
    assert world.statuses() == [("open", None)]
    world.master.close(ticket)
    world.run()
    assert not world.slave.held


def test_asking_again_and_again_opens_one_position() -> None:
    world = Asked()
    ticket = missed(world)
    for _ in range(3):
        world.ask("copy_now", ticket)
        world.bring()
    assert (world.openings(), len(world.slave.held)) == (1, 1)
    assert world.outcomes() == [("done", None)] * 3


def test_a_request_that_a_killed_router_left_unanswered_opens_nothing_twice() -> None:
    world = Asked()
    ticket = missed(world)
    world.ask("copy_now", ticket)
    for known in ((), tuple(world.known())):
        world.restart(*known)
        assert (world.openings(), len(world.slave.held)) == (1, 1)


def test_nor_where_the_router_is_killed_between_order_and_answer() -> None:
    world = Asked()
    ticket = missed(world)
    world.to_router = lambda terminal, _message: terminal is not world.slave
    world.ask("copy_now", ticket)
    assert len(world.slave.held) == 1
    world.to_router = lambda _terminal, _message: True
    world.restart(*world.known())
    world.pass_ms(3000)
    assert (world.openings(), len(world.slave.held)) == (1, 1)
    assert world.outcomes()[-1] == ("done", None)


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
    world = Asked(copier({"sizing": {"mode": "none"}, **settings}, mode))
    if "limits" in settings:
        world.master.open(LOT)
        world.run()
    before = len(world.slave.held)
    ticket = missed_beside(world, before)
    world.ask("copy_now", ticket)
    assert len(world.slave.held) == before
    assert world.outcomes() == [("refused", reason)]
    answer = world.answers()[0]
    assert answer.params.keys() == PARAMS[SkipCode(reason)].keys()


def missed_beside(world: World, before: int) -> int:
    """A missed trade beside others."""
    world.pass_ms(200)
    ticket = world.master.open(LOT)
    world.run()
    world.pass_ms(8000)
    assert len(world.slave.held) == before
    return ticket


def test_what_the_broker_refused_is_tried_again_when_asked_and_its_answer_told() -> None:
    world = Asked()
    world.slave.reject = [10019]
    ticket = world.master.open(LOT)
    world.run()
    assert world.statuses() == [("rejected", "broker_10019")]
    world.slave.reject = [10018]
    world.ask("copy_now", ticket)
    assert world.outcomes() == [("refused", "broker_10018")]
    world.ask("copy_now", ticket)
    assert world.outcomes()[1] == ("done", None)
    assert len(world.slave.held) == 1


def test_a_trade_whose_copy_was_closed_by_hand_is_not_copied_again() -> None:
    world = Asked()
    ticket = world.master.open(LOT)
    world.run()
    world.slave.close(next(iter(world.slave.held)))
    world.run()
    world.ask("copy_now", ticket)
    assert world.outcomes() == [("refused", "copy_over")]
    assert not world.slave.held


def test_a_trade_that_the_master_has_closed_is_not_opened() -> None:
    world = Asked()
    ticket = missed(world)
    world.master.close(ticket)
    world.run()
    world.ask("copy_now", ticket)
    assert world.outcomes() == [("refused", "out_of_sync")]


def test_a_slave_that_is_away_is_waited_for_and_then_it_is_told() -> None:
    world = Asked()
    ticket = missed(world)
    world.pass_ms(100)
    world.slave.up = False
    world.peers = {peer: t for peer, t in world.peers.items() if t is not world.slave}
    world.pass_ms(6000)
    world.ask("copy_now", ticket)
    assert world.outcomes() == []
    world.pass_ms(6000)
    assert world.outcomes() == [("refused", "slave_offline")]
    world.connect(world.slave)
    world.pass_ms(3000)
    assert not world.slave.held


def test_without_the_master_it_expires_and_is_not_done_later() -> None:
    world = Asked()
    ticket = missed(world)
    world.start_router(*world.known())
    world.connect(world.slave)
    world.ask("copy_now", ticket)
    world.pass_ms(61_000, step_ms=1000)
    assert world.outcomes() == [("expired", "too_late")]
    world.connect(world.master)
    world.pass_ms(3000)
    assert not world.slave.held


def test_a_copy_is_closed_when_its_user_asks_and_stays_closed_while_the_master_is_in() -> None:
    world = Asked()
    ticket, other = world.master.open(LOT), world.master.open(LOT)
    world.run()
    world.ask("flatten", ticket)
    assert [held.magic for held in world.slave.held.values()] == [link_id(COPIER, other)]
    assert world.outcomes() == [("done", None)]
    assert world.statuses() == [("closed", "asked"), ("open", None)]
    world.restart(*world.known())
    world.pass_ms(3000)
    assert len(world.slave.held) == 1
    assert world.openings() == 2


@pytest.mark.parametrize("mode", ["off", "close_only"])
def test_it_is_closed_also_where_the_copier_is_off(mode: str) -> None:
    world = Asked()
    ticket = world.master.open(LOT)
    world.run()
    world.change_plan(copier(mode=mode))
    world.ask("flatten", ticket)
    assert not world.slave.held


def test_it_is_closed_also_while_the_master_is_away() -> None:
    world = Asked()
    ticket = world.master.open(LOT)
    world.run()
    world.start_router(*world.known())
    world.connect(world.slave)
    world.ask("flatten", ticket)
    assert not world.slave.held
    assert world.outcomes() == [("done", None)]
    world.connect(world.master)
    world.pass_ms(3000)
    assert not world.slave.held


def test_all_of_a_copier_is_closed_and_what_comes_after_is_not() -> None:
    world = Asked()
    for _ in range(3):
        world.master.open(LOT)
    world.run()
    world.ask("flatten")
    assert not world.slave.held
    world.pass_ms(5000)
    world.master.open(LOT)
    world.run()
    assert len(world.slave.held) == 1
    world.restart(*world.known())
    assert len(world.slave.held) == 1
    assert world.outcomes() == [("done", None)] * 2


def test_a_closing_that_the_broker_refuses_is_tried_until_it_is_too_late() -> None:
    world = Asked()
    ticket = world.master.open(LOT)
    world.run()
    world.slave.reject = [10018] * 100
    world.ask("flatten", ticket, within_ms=20_000)
    world.pass_ms(21_000, step_ms=500)
    assert world.outcomes() == [("expired", "broker_10018")]
    world.slave.reject = []
    world.pass_ms(40_000, step_ms=500)
    assert len(world.slave.held) == 1


def test_a_share_of_a_net_position_is_closed_and_the_rest_stays() -> None:
    world = Asked(connect=False, kind=FullTerminal)
    world.terminals[SLAVE].margin_mode = 0
    for account in (MASTER, SLAVE):
        world.connect(world.terminals[account])
    world.pass_ms(1500)
    first = world.master.open(LOT)
    world.run()
    world.master.open(LOT // 2)
    world.run()
    world.pass_ms(200)
    world.ask("flatten", first)
    world.pass_ms(500)
    assert [held.volume for held in world.slave.held.values()] == [LOT // 2]
    assert world.outcomes() == [("done", None)]


def test_a_request_of_a_removed_copier_is_answered() -> None:
    world = Asked()
    ticket = missed(world)
    world.plan = type(world.plan)(world.plan.accounts, {})
    world.ask("copy_now", ticket)
    assert world.outcomes() == [("refused", "copier_gone")]
