"""What a master does appears on its slaves, once."""

from uuid import UUID

import pytest

from lockstep_core.books.links import link_id, ratio_in
from lockstep_core.wire.frames import Action, Trade
from lockstep_router.journal.event_data import deal_data

from .terminals import LOT, Terminal, symbol
from .worlds import COPIER, World, copier


def volumes(terminal: Terminal) -> list[int]:
    return [held.volume for held in terminal.held.values()]


def test_an_opening_is_repeated_under_the_links_id_and_tag() -> None:
    world = World()
    ticket = world.master.open(LOT, side=1)
    world.run()
    (held,) = world.slave.held.values()
    assert (held.volume, held.side, held.magic) == (LOT, 1, link_id(COPIER, ticket))
    assert ratio_in(COPIER, held.comment) == (LOT, LOT)
    assert world.statuses() == [("open", None)]


def test_a_close_is_repeated() -> None:
    world = World()
    ticket = world.master.open(LOT)
    world.run()
    world.master.close(ticket)
    world.run()
    assert world.slave.held == {}
    assert world.statuses() == [("closed", None)]
    assert world.engine.followed == 0


def test_partial_closes_keep_the_share_and_round_down() -> None:
    world = World(copier({"sizing": {"mode": "fixed", "lots": "0.10"}}))
    ticket = world.master.open(3 * LOT)
    world.run()
    world.master.close(ticket, LOT)
    world.run()
    assert volumes(world.slave) == [6 * LOT // 100]
    world.master.close(ticket, LOT)
    world.run()
    assert volumes(world.slave) == [3 * LOT // 100]
    world.master.close(ticket, LOT)
    world.run()
    assert volumes(world.slave) == []


def test_stops_follow_the_master() -> None:
    world = World()
    ticket = world.master.open(LOT, sl=1.05)
    world.run()
    world.master.set_stops(ticket, 1.06, 1.2)
    world.run()
    (held,) = world.slave.held.values()
    assert (held.sl, held.tp) == (1.06, 1.2)


def test_stops_do_not_follow_where_the_setting_says_so() -> None:
    world = World(copier({"sizing": {"mode": "multiplier", "factor": 1}, "copy_stops": False}))
    ticket = world.master.open(LOT, sl=1.05)
    world.run()
    world.master.set_stops(ticket, 1.06, 1.2)
    world.run()
    (held,) = world.slave.held.values()
    assert (held.sl, held.tp) == (0.0, 0.0)


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
def test_what_is_not_copied_says_why(settings: object, mode: str, symbols: list[object], code: str) -> None:
    world = World(copier(settings, mode), connect=False)
    world.slave.symbols = symbols  # type: ignore[assignment]
    for terminal in world.terminals.values():
        world.connect(terminal)
    world.master.open(LOT)
    world.run()
    world.pass_ms(10_000)
    assert world.slave.orders == []
    assert world.statuses() == [("skipped", code)]


def test_a_slave_that_comes_in_time_still_opens() -> None:
    world = World(connect=False)
    world.connect(world.master)
    world.master.open(LOT)
    world.run()
    world.pass_ms(3000)
    world.connect(world.slave)
    assert volumes(world.slave) == [LOT]


def test_a_slave_that_comes_too_late_does_not_open() -> None:
    world = World()
    world.peers = {p: t for p, t in world.peers.items() if t is world.master}
    world.slave.up = False
    world.pass_ms(6000)
    world.master.open(LOT)
    world.run()
    world.pass_ms(6000)
    assert world.statuses() == [("skipped", "slave_offline")]
    world.connect(world.slave)
    world.pass_ms(1000)
    assert world.slave.orders == []


def test_what_the_user_closes_on_the_slave_stays_closed() -> None:
    world = World()
    world.master.open(LOT)
    world.run()
    world.slave.close(next(iter(world.slave.held)))
    world.run()
    world.pass_ms(1000)
    world.connect(world.slave)
    world.pass_ms(1000)
    assert world.slave.held == {}
    assert [order.action for order in world.slave.orders] == [Action.OPEN]


def test_foreign_positions_of_a_slave_are_never_touched() -> None:
    world = World()
    mine = world.slave.open(LOT)
    bot = world.slave.open(LOT, magic=4711, tag="ls:bbbbbbbb")
    ticket = world.master.open(LOT)
    world.run()
    world.connect(world.slave)
    world.master.close(ticket)
    world.run()
    assert set(world.slave.held) == {mine, bot}


def test_an_old_opening_that_a_relay_kept_is_not_copied() -> None:
    world = World()
    world.to_router = lambda terminal, _message: terminal is not world.master
    world.master.open(LOT)
    world.run()
    world.pass_ms(10_000)
    world.to_router = lambda _terminal, _message: True
    world.connect(world.master)
    world.pass_ms(100)
    assert world.slave.orders == []
    assert world.statuses() == [("skipped", "signal_too_old")]


def test_closes_go_out_however_old() -> None:
    world = World()
    ticket = world.master.open(LOT)
    world.run()
    world.to_router = lambda terminal, _message: terminal is not world.master
    world.master.close(ticket)
    world.run()
    world.pass_ms(60_000, 1000)
    world.to_router = lambda _terminal, _message: True
    world.connect(world.master)
    assert world.slave.held == {}


def test_a_copier_switched_off_leaves_what_is_open_alone() -> None:
    world = World()
    ticket = world.master.open(LOT)
    world.run()
    world.change_plan(copier(mode="off"))
    world.master.close(ticket)
    world.run()
    assert volumes(world.slave) == [LOT]
    world.change_plan(copier(mode="close_only"))
    assert volumes(world.slave) == []


def test_one_master_reaches_many_slaves() -> None:
    copiers = [copier(slave=UUID(int=100 + i), number=UUID(int=5000 + i)) for i in range(20)]
    world = World(*copiers)
    ticket = world.master.open(LOT)
    world.run()
    slaves = [world.terminals[c.slave] for c in copiers]
    assert [volumes(s) for s in slaves] == [[LOT]] * 20
    world.master.close(ticket)
    world.run()
    assert [volumes(s) for s in slaves] == [[]] * 20


def test_a_deal_is_written_down_with_the_stops_it_has_and_without_those_it_has_not() -> None:
    bought = Trade(9, 8, 7, 0, LOT, 1.1, 1.09, 0.0, 0, 0, 0, 0, "EURUSD", "")
    told = {"deal": 9, "position": 7, "symbol": "EURUSD", "side": "buy", "entry": 0, "lots": LOT, "price": 1.1, "magic": 0}
    assert deal_data(bought) == {**told, "sl": 1.09}
