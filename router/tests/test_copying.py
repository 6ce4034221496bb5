"""What a master does appears on its slaves, once."""

from uuid import UUID

import pytest

from lockstep_core.books.links import link_id, ratio_in
from lockstep_core.wire.enums import Action
from lockstep_core.wire.frames import Trade
from lockstep_router.journal.event_data import deal_data
from lockstep_router.journal.records import HistoryEvent
from tests.simulation.broker_data import ListedSymbol

from .engine_harness import COPIER, EngineHarness, copier
from .terminals import LOT, InstantTerminal, symbol


def volumes(terminal: InstantTerminal) -> list[int]:
    return [position.volume for position in terminal.positions.values()]


def test_an_opening_is_repeated_under_the_links_id_and_tag() -> None:
    harness = EngineHarness()
    ticket = harness.master.open(LOT, side=1)
    harness.run()
    (position,) = harness.slave.positions.values()
    assert (position.volume, position.side, position.magic) == (LOT, 1, link_id(COPIER, ticket))
    assert ratio_in(COPIER, position.comment) == (LOT, LOT)
    assert harness.statuses() == [("open", None)]


def test_a_close_is_repeated() -> None:
    harness = EngineHarness()
    ticket = harness.master.open(LOT)
    harness.run()
    harness.master.close(ticket)
    harness.run()
    assert harness.slave.positions == {}
    assert harness.statuses() == [("closed", None)]
    assert harness.engine.followed == 0


def test_partial_closes_keep_the_copy_ratio_and_round_down() -> None:
    harness = EngineHarness(copier({"sizing": {"mode": "fixed", "lots": "0.10"}}))
    ticket = harness.master.open(3 * LOT)
    harness.run()
    harness.master.close(ticket, LOT)
    harness.run()
    assert volumes(harness.slave) == [6 * LOT // 100]
    harness.master.close(ticket, LOT)
    harness.run()
    assert volumes(harness.slave) == [3 * LOT // 100]
    harness.master.close(ticket, LOT)
    harness.run()
    assert volumes(harness.slave) == []


def test_stops_follow_the_master() -> None:
    harness = EngineHarness()
    ticket = harness.master.open(LOT, sl=1.05)
    harness.run()
    harness.master.set_stops(ticket, 1.06, 1.2)
    harness.run()
    (position,) = harness.slave.positions.values()
    assert (position.sl, position.tp) == (1.06, 1.2)


def test_stops_do_not_follow_where_the_setting_says_so() -> None:
    harness = EngineHarness(copier({"sizing": {"mode": "multiplier", "factor": 1}, "copy_stops": False}))
    ticket = harness.master.open(LOT, sl=1.05)
    harness.run()
    harness.master.set_stops(ticket, 1.06, 1.2)
    harness.run()
    (position,) = harness.slave.positions.values()
    assert (position.sl, position.tp) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("settings", "mode", "symbols", "code"),
    [
        (None, "off", [symbol()], "copier_off"),
        (None, "close_only", [symbol()], "close_only"),
        (None, "dry_run", [symbol()], "dry_run"),
        (None, "on", [symbol("GBPUSD")], "symbol_unknown"),
        (None, "on", [symbol(mode=3)], "symbol_not_tradable"),
        ({"sizing": {"mode": "fixed", "lots": "0.001"}}, "on", [symbol()], "volume_below_min"),
    ],
)
def test_what_is_not_copied_says_why(settings: object, mode: str, symbols: list[ListedSymbol], code: str) -> None:
    harness = EngineHarness(copier(settings, mode), connect=False)
    harness.slave.list_symbols(*symbols)
    for terminal in harness.terminals.values():
        harness.connect(terminal)
    harness.master.open(LOT)
    harness.run()
    harness.pass_ms(10_000)
    assert harness.slave.orders == []
    assert harness.slave.volume_commands == harness.slave.orders
    assert harness.statuses() == [("skipped", code)]


def test_a_slave_that_comes_in_time_still_opens() -> None:
    harness = EngineHarness(connect=False)
    harness.connect(harness.master)
    harness.master.open(LOT)
    harness.run()
    harness.pass_ms(3000)
    harness.connect(harness.slave)
    assert volumes(harness.slave) == [LOT]


def test_a_slave_that_comes_too_late_does_not_open() -> None:
    harness = EngineHarness()
    harness.peers = {p: t for p, t in harness.peers.items() if t is harness.master}
    harness.slave.up = False
    harness.pass_ms(6000)
    harness.master.open(LOT)
    harness.run()
    harness.pass_ms(6000)
    assert harness.statuses() == [("skipped", "slave_offline")]
    harness.connect(harness.slave)
    harness.pass_ms(1000)
    assert harness.slave.orders == []
    assert harness.slave.volume_commands == harness.slave.orders


def test_what_the_user_closes_on_the_slave_stays_closed() -> None:
    harness = EngineHarness()
    harness.master.open(LOT)
    harness.run()
    harness.slave.close(next(iter(harness.slave.positions)))
    harness.run()
    harness.pass_ms(1000)
    harness.connect(harness.slave)
    harness.pass_ms(1000)
    assert harness.slave.positions == {}
    assert [order.action for order in harness.slave.orders] == [Action.OPEN]
    assert harness.slave.volume_commands == harness.slave.orders


def test_foreign_positions_of_a_slave_are_never_touched() -> None:
    harness = EngineHarness()
    mine = harness.slave.open(LOT)
    bot = harness.slave.open(LOT, magic=4711, comment="ls:bbbbbbbb")
    ticket = harness.master.open(LOT)
    harness.run()
    harness.connect(harness.slave)
    harness.master.close(ticket)
    harness.run()
    assert set(harness.slave.positions) == {mine, bot}


def test_an_old_opening_that_a_relay_kept_is_not_copied() -> None:
    harness = EngineHarness()
    harness.to_router = lambda terminal, _message: terminal is not harness.master
    harness.master.open(LOT)
    harness.run()
    harness.pass_ms(10_000)
    harness.to_router = lambda _terminal, _message: True
    harness.connect(harness.master)
    harness.pass_ms(100)
    assert harness.slave.orders == []
    assert harness.slave.volume_commands == harness.slave.orders
    assert harness.statuses() == [("skipped", "signal_too_old")]


def test_closes_go_out_however_old() -> None:
    harness = EngineHarness()
    ticket = harness.master.open(LOT)
    harness.run()
    harness.to_router = lambda terminal, _message: terminal is not harness.master
    harness.master.close(ticket)
    harness.run()
    harness.pass_ms(60_000, 1000)
    harness.to_router = lambda _terminal, _message: True
    harness.connect(harness.master)
    assert harness.slave.positions == {}


def test_a_copier_switched_off_leaves_what_is_open_alone() -> None:
    harness = EngineHarness()
    ticket = harness.master.open(LOT)
    harness.run()
    harness.change_plan(copier(mode="off"))
    harness.master.close(ticket)
    harness.run()
    assert volumes(harness.slave) == [LOT]
    harness.change_plan(copier(mode="close_only"))
    assert volumes(harness.slave) == []


def test_one_master_reaches_many_slaves() -> None:
    copiers = [copier(slave=UUID(int=100 + i), number=UUID(int=5000 + i)) for i in range(20)]
    harness = EngineHarness(*copiers)
    ticket = harness.master.open(LOT)
    harness.run()
    slaves = [harness.terminals[c.slave] for c in copiers]
    assert [volumes(s) for s in slaves] == [[LOT]] * 20
    harness.master.close(ticket)
    harness.run()
    assert [volumes(s) for s in slaves] == [[]] * 20


def test_a_deal_is_written_down_with_the_stops_it_has_and_without_those_it_has_not() -> None:
    bought = Trade(9, 8, 7, 0, LOT, 1.1, 1.09, 0.0, 0, 0, 0, 0, "EURUSD", "")
    reported = {
        "deal": 9,
        "position": 7,
        "symbol": "EURUSD",
        "side": "buy",
        "entry": 0,
        "lots": LOT,
        "price": 1.1,
        "magic": 0,
    }
    assert deal_data(bought) == {**reported, "sl": 1.09}


def test_a_second_position_of_one_link_is_told_to_whoever_runs_the_service() -> None:
    harness = EngineHarness()
    harness.master.open(LOT)
    harness.run()
    (first,) = harness.slave.positions.values()
    assert doubled(harness) == []
    second = harness.slave.open(LOT, magic=first.magic, comment=first.comment)
    harness.run()
    assert doubled(harness) == [{"position": second, "beside": first.ticket}]
    harness.slave.close(second)
    harness.run()
    assert len(doubled(harness)) == 1


def test_a_position_that_comes_after_the_first_was_closed_is_no_second_one() -> None:
    harness = EngineHarness()
    harness.master.open(LOT)
    harness.run()
    (first,) = harness.slave.positions.values()
    harness.slave.close(first.ticket)
    harness.run()
    harness.slave.open(LOT, magic=first.magic, comment=first.comment)
    harness.run()
    assert doubled(harness) == []


def doubled(harness: EngineHarness) -> list[dict[str, object]]:
    return [event.data for event in harness.journal if isinstance(event, HistoryEvent) and event.kind == "doubled"]
