"""The whole copy engine behind the router, between accounts of every kind, deal by deal."""

import pytest

from lockstep_core.books.links import chance_of
from lockstep_core.market.money import Prices
from lockstep_core.wire.enums import Action
from lockstep_router.journal.records import HistoryEvent
from tests.simulation.broker_data import AccountKind

from .engine_harness import MASTER, SLAVE, EngineHarness, a_harness, copier, restart, volumes
from .terminals import LOT


def kinds(harness: EngineHarness) -> list[str]:
    return [r.kind for r in harness.journal if isinstance(r, HistoryEvent)]


def test_an_addition_of_a_netting_master_is_another_position_of_a_hedging_slave() -> None:
    harness = a_harness(master_nets=True)
    ticket = harness.master.open(LOT)
    harness.run()
    harness.master.add(ticket, LOT // 2)
    harness.run()
    assert volumes(harness) == [50, 100]
    harness.master.close(ticket, LOT // 4)
    harness.run()
    assert volumes(harness) == [25, 100]
    harness.master.close(ticket)
    harness.run()
    assert volumes(harness) == []


def test_a_position_filled_in_two_deals_survives_a_restart_whole() -> None:
    harness = a_harness()
    ticket = harness.master.open(LOT)
    harness.master.add(ticket, LOT // 2)
    harness.run()
    assert volumes(harness) == [50, 100]
    restart(harness)
    assert volumes(harness) == [50, 100]
    harness.master.close(ticket, LOT // 4)
    harness.run()
    assert volumes(harness) == [25, 100]


def test_a_netting_slave_adds_up_what_it_follows() -> None:
    harness = a_harness(slave_nets=True)
    first, second = harness.master.open(LOT), harness.master.open(LOT // 4, side=1)
    harness.run()
    harness.pass_ms(200)
    assert volumes(harness) == [75]
    harness.master.close(first)
    harness.run()
    harness.pass_ms(200)
    assert volumes(harness) == [-25]
    harness.master.close(second)
    harness.run()
    harness.pass_ms(200)
    assert volumes(harness) == []
    assert {status for status, _ in harness.statuses()} == {"closed"}


def test_a_netting_slave_is_known_again_after_a_restart() -> None:
    harness = a_harness(slave_nets=True)
    first, _ = harness.master.open(LOT), harness.master.open(LOT // 2)
    harness.run()
    harness.pass_ms(200)
    harness.start_router(*harness.known())
    for terminal in harness.terminals.values():
        harness.connect(terminal)
    harness.pass_ms(1500)
    assert volumes(harness) == [150]
    harness.master.close(first)
    harness.run()
    harness.pass_ms(200)
    assert volumes(harness) == [50]


def test_a_netting_slave_whose_terminal_cannot_net_is_refused_with_a_reason() -> None:
    harness = a_harness(slave_nets=True)
    harness.slave.broker.capabilities = 0
    harness.slave.report(harness.slave.figures())
    harness.run()
    harness.master.open(LOT)
    harness.run()
    assert harness.statuses() == [("skipped", "netting_impossible")]
    assert harness.slave.orders == []
    assert harness.slave.volume_commands == harness.slave.orders


def test_a_pending_order_is_placed_changed_and_deleted() -> None:
    harness = a_harness(pending={"mode": "copy"})
    ticket = harness.master.place(2, LOT, 1.09)
    harness.run()
    assert [order.price for order in harness.slave.pending_orders.values()] == [1.09]
    harness.master.delete(ticket)
    harness.run()
    assert harness.slave.pending_orders == {}


def test_a_pending_order_that_fills_on_both_sides_is_one_copy() -> None:
    harness = a_harness(pending={"mode": "copy"})
    ticket = harness.master.place(2, LOT, 1.09)
    harness.run()
    harness.slave.fill(next(iter(harness.slave.pending_orders)))
    harness.master.fill(ticket)
    harness.run()
    harness.pass_ms(1500)
    assert volumes(harness) == [100]
    harness.master.close(ticket)
    harness.run()
    assert volumes(harness) == []
    assert [row.status for row in harness.rows().values()] == ["closed"]


def test_by_default_a_pending_order_is_opened_at_market_when_it_fills() -> None:
    harness = a_harness()
    ticket = harness.master.place(2, LOT, 1.09)
    harness.run()
    assert harness.statuses() == [("skipped", "pending_waits")]
    harness.pass_ms(20_000)
    harness.master.fill(ticket)
    harness.run()
    assert volumes(harness) == [100]
    assert harness.statuses() == [("open", None)]


def test_a_placed_order_survives_a_restart_as_one() -> None:
    harness = a_harness(pending={"mode": "copy"})
    ticket = harness.master.place(2, LOT, 1.09)
    harness.run()
    harness.start_router(*harness.known())
    for terminal in harness.terminals.values():
        harness.connect(terminal)
    harness.pass_ms(20_000)
    assert len(harness.slave.pending_orders) == 1
    assert [o.action for o in harness.slave.orders] == [Action.PLACE]
    assert harness.slave.volume_commands == harness.slave.orders
    harness.master.delete(ticket)
    harness.run()
    assert harness.slave.pending_orders == {}


def test_an_order_that_its_user_deleted_is_not_placed_again() -> None:
    harness = a_harness(pending={"mode": "copy"})
    harness.master.place(2, LOT, 1.09)
    harness.run()
    harness.slave.delete(next(iter(harness.slave.pending_orders)))
    harness.run()
    harness.pass_ms(3000)
    assert harness.slave.pending_orders == {}
    assert [o.action for o in harness.slave.orders] == [Action.PLACE]
    assert harness.slave.volume_commands == harness.slave.orders


def test_limits_count_what_is_under_way() -> None:
    harness = a_harness(limits={"max_open_positions": 2})
    for _ in range(4):
        harness.master.open(LOT)
    harness.run()
    assert volumes(harness) == [100, 100]
    assert sorted(status for status, _ in harness.statuses()) == ["open", "open", "waiting", "waiting"]
    harness.pass_ms(8000)
    assert volumes(harness) == [100, 100]
    assert sorted(status for status, _ in harness.statuses()) == ["open", "open", "skipped", "skipped"]


def test_a_guard_stops_closes_and_lets_go_the_next_day() -> None:
    limit = {"max_relative_risk": "0.1", "close_positions": True}
    harness = a_harness(guards={"risk_limits": [limit]})
    harness.slave.report(harness.slave.figures())
    harness.master.open(LOT)
    harness.run()
    assert volumes(harness) == [100]
    harness.slave.set_equity(8_999.0)
    harness.slave.report(harness.slave.figures())
    harness.run()
    assert volumes(harness) == []
    harness.master.open(LOT)
    harness.run()
    assert volumes(harness) == []
    assert harness.statuses() == [("closed", "guard"), ("skipped", "guard")]
    assert "guard_fired" in kinds(harness)
    harness.pass_ms(86_400_000, step_ms=3_600_000)
    harness.slave.report(harness.slave.figures())
    harness.run()
    assert "guard_resumed" in kinds(harness)


def test_figures_of_a_disconnected_terminal_trip_no_guard() -> None:
    harness = a_harness(guards={"risk_limits": [{"max_relative_risk": "0.1", "close_positions": True}]})
    harness.master.open(LOT)
    harness.run()
    harness.slave.report(harness.slave.figures(connected=False))
    harness.run()
    assert volumes(harness) == [100]


def test_an_opening_waits_for_its_delay() -> None:
    harness = a_harness(signal_delay={"min_ms": 1000, "max_ms": 3000})
    harness.master.open(LOT)
    harness.run()
    copy = next(iter(harness.engine._copy_manager.index.copies.values()))
    due_ms = 1000 + int(2000 * chance_of(copy.link.id))
    harness.pass_ms(due_ms - 100, step_ms=50)
    assert volumes(harness) == []
    harness.pass_ms(300, step_ms=50)
    assert volumes(harness) == [100]


def test_changes_of_stops_are_coalesced() -> None:
    harness = a_harness()
    ticket = harness.master.open(LOT)
    harness.run()
    for step in range(10):
        harness.master.set_stops(ticket, 1.0 + step / 1000, 0.0)
        harness.run()
        harness.pass_ms(100, step_ms=100)
    harness.pass_ms(1500)
    assert [position.sl for position in harness.slave.positions.values()] == [1.009]
    sent = [r for r in harness.journal if isinstance(r, HistoryEvent) and r.kind == "command"]
    assert 2 <= len([r for r in sent if r.data["action"] == "set_stops"]) <= 3


@pytest.mark.parametrize(("ask", "expected"), [(1.1001, [100]), (1.1011, [])])
def test_quotes_are_looked_at_where_settings_say_so(ask: float, expected: list[int]) -> None:
    harness = a_harness(max_spread_points=20)
    harness.quotes[SLAVE]["EURUSD"] = Prices(1.1, ask)
    harness.master.open(LOT)
    harness.run()
    assert volumes(harness) == expected


def test_a_new_ticket_of_mt4_is_the_same_trade() -> None:
    harness = EngineHarness(copier({"sizing": {"mode": "none"}}), kinds={MASTER: AccountKind.MT4})
    ticket = harness.master.open(LOT)
    harness.run()
    harness.master.close(ticket, LOT // 4)
    harness.run()
    assert ticket not in harness.master.positions
    assert volumes(harness) == [75]
    assert len(harness.rows()) == 1


def test_a_reversed_copy_is_the_other_side_with_stops_swapped() -> None:
    harness = a_harness(reverse=True)
    ticket = harness.master.open(LOT)
    harness.master.set_stops(ticket, 1.0, 1.2)
    harness.run()
    assert volumes(harness) == [-100]
    assert [(position.sl, position.tp) for position in harness.slave.positions.values()] == [(1.2, 1.0)]
