"""Accounts with one position per symbol behind the router: whose it is outlives everything."""

import pytest

from lockstep_core.wire.frames import Action, Command, DealEntry, Trade

from .full_terminals import FullTerminal
from .terminals import LOT
from .test_whole_engine import a_world, volumes
from .worlds import World


class Deaf(FullTerminal):
    """Its orders never get to the broker, and nobody learns that."""

    def _set_net(self, command: Command) -> None:
        self.orders.append(command)


class TradedAgainst(FullTerminal):
    """Its user sold by hand a moment before each order, so that the net position ends where it was."""

    def _set_net(self, command: Command) -> None:
        self.orders.append(command)
        lots = command.volume - command.expected
        self.shares[4711], self.shares[command.link] = ("EURUSD", -lots), ("EURUSD", lots)
        self._deal_of(4711, 1, DealEntry.IN, lots)
        self._deal_of(command.link, 0, DealEntry.OUT, lots)

    def _deal_of(self, magic: int, side: int, entry: DealEntry, lots: int) -> None:
        self.deals += 1
        self.tell(Trade(self.deals, 0, 99, magic, lots, 1.1, 0.0, 0.0, 0, self.now_ns, side, entry, "EURUSD", ""))


def restart(world: World, unwritten: int = 0) -> None:
    world.start_router(*world.known(unwritten))
    for terminal in world.terminals.values():
        world.connect(terminal)
    world.pass_ms(3000)


def settle(world: World) -> None:
    world.run()
    world.pass_ms(300)


def test_a_share_whose_last_row_was_never_written_is_known_from_the_terminal() -> None:
    world = a_world(slave_nets=True)
    first, _ = world.master.open(LOT), world.master.open(LOT // 2)
    settle(world)
    written = len(world.journal)
    world.master.close(first, LOT // 2)
    settle(world)
    assert volumes(world) == [100]
    restart(world, unwritten=len(world.journal) - written)
    world.master.close(first)
    settle(world)
    assert volumes(world) == [50]


def test_an_opening_is_not_repeated_where_its_user_traded_it_back_at_the_same_moment() -> None:
    world = a_world(slave_nets=True, kind=TradedAgainst)
    world.master.open(LOT)
    settle(world)
    world.pass_ms(10_000)
    assert len(world.slave.orders) == 1


def test_an_opening_that_never_reached_its_broker_is_asked_about_and_given_up() -> None:
    world = a_world(slave_nets=True, kind=Deaf)
    world.master.open(LOT)
    settle(world)
    world.pass_ms(20_000)
    assert Action.QUERY in world.slave.heard
    assert world.statuses() == [("skipped", "out_of_sync")]


def test_what_was_unresolved_and_not_refused_is_not_called_rejected() -> None:
    world = a_world(slave_nets=True, kind=Deaf)
    ticket = world.master.open(LOT)
    settle(world)
    world.pass_ms(16_000)
    world.master.close(ticket)
    world.slave.open(LOT, magic=4711)
    settle(world)
    assert "rejected" not in {status for status, _ in world.statuses()}


def test_the_only_share_left_gets_its_stops_back() -> None:
    world = a_world(slave_nets=True)
    world.master.open(LOT, sl=1.05)
    other = world.master.open(LOT, side=1)
    settle(world)
    assert volumes(world) == []
    world.master.close(other)
    settle(world)
    world.pass_ms(3000)
    assert [(held.volume, held.sl) for held in world.slave.held.values()] == [(LOT, 1.05)]


def test_a_master_that_turned_while_the_router_was_away_is_not_the_trade_that_was_copied() -> None:
    world = a_world(master_nets=True)
    ticket = world.master.open(LOT)
    settle(world)
    world.master.held[ticket].side = 1
    restart(world)
    assert 100 not in volumes(world)


def test_copies_are_over_when_their_user_flattens_the_position_they_share() -> None:
    world = a_world(slave_nets=True)
    world.master.open(LOT)
    world.master.open(LOT // 2)
    settle(world)
    net = next(iter(world.slave.held.values()))
    net.magic = 0
    world.slave.close(net.ticket)
    settle(world)
    assert {status for status, _ in world.statuses()} == {"closed"}


@pytest.mark.parametrize(("age_ms", "open_lots"), [(1_000, [50, 100]), (30_000, [100])])
def test_what_a_netting_master_added_while_the_router_was_away_is_copied_while_it_is_fresh(
    age_ms: int, open_lots: list[int]
) -> None:
    world = a_world(master_nets=True)
    master = world.master
    assert isinstance(master, FullTerminal)
    net = master.open(LOT)
    settle(world)
    world.pass_ms(60_000)
    order = master.first_ticket = net + 1
    master.held[net].volume += LOT // 2
    parts = ((1, net, LOT, 60_000), (2, order, LOT // 2, age_ms))
    master.told = [
        Trade(deal, ticket, net, 0, lots, 1.1, 0.0, 0.0, -ago_ms, 0, 0, DealEntry.IN, "EURUSD", "")
        for deal, ticket, lots, ago_ms in parts
    ]
    restart(world)
    assert volumes(world) == open_lots
    statuses = sorted(world.statuses())
    assert statuses[0] == ("open", None)
    assert statuses[1] in (("open", None), ("skipped", "out_of_sync"))
