"""Orders of a netting account while they are on their way: what others trade meanwhile says nothing of them."""

import pytest

from lockstep_core.market.retcodes import NO_CONNECTION
from lockstep_core.wire.frames import Action, Command, Entry, Stage, Trade

from .full_terminals import FullTerminal
from .terminals import LOT
from .test_whole_engine import a_world
from .worlds import World

HAND = 4711


class Slow(FullTerminal):
    """Its broker fills orders when it is told to; `deaf`: nobody hears that they were sent."""

    deaf = False

    def share(self, magic: int) -> int:
        """Signed lots of a magic number."""
        return self.shares.get(magic, ("", 0))[1]

    def trade(self, magic: int, lots: int, tag: str = "") -> None:
        """A deal of signed lots, which is told."""
        self.tell(self.deal(magic, lots, tag))

    def deal(self, magic: int, lots: int, tag: str = "") -> Trade:
        """A deal of signed lots."""
        net = sum(share for _, share in self.shares.values()) + lots
        self.shares[magic] = ("EURUSD", self.share(magic) + lots)
        self.deals += 1
        side, entry = int(lots < 0), Entry.OUT if abs(net) < abs(net - lots) else Entry.IN
        return Trade(self.deals, 0, 99, magic, abs(lots), 1.1, 0.0, 0.0, 0, self.now_ns, side, entry, "EURUSD", tag)

    def fill(self, order: int = 0) -> None:
        """The oldest order of those sent is filled."""
        command = self.orders[order]
        self.trade(command.link, command.volume - command.expected, command.comment)

    def _set_net(self, command: Command) -> None:
        now = sum(share for _, share in self.shares.values())
        if command.comment and self.share(command.link):
            self._answer(command, Stage.ALREADY_OPEN)
        elif any(order.link == command.link and order.comment == command.comment for order in self.orders):
            self._answer(command, Stage.IN_FLIGHT)
        elif now == command.volume:
            self._answer(command, Stage.DONE)
        elif now != command.expected:
            self._answer(command, Stage.NOTHING)
        else:
            self.orders.append(command)
            if not self.deaf:
                self._answer(command, Stage.PLACED)


def a_slow_world(deaf: bool = False) -> tuple[World, Slow]:
    world = a_world(slave_nets=True, kind=Slow, max_signal_age_ms=30_000)
    slave = world.slave
    assert isinstance(slave, Slow)
    slave.deaf = deaf
    return world, slave


def settle(world: World) -> None:
    world.run()
    world.pass_ms(300)


@pytest.mark.parametrize("deaf", [False, True])
@pytest.mark.parametrize("traded", [-LOT // 2, -LOT, LOT])
def test_an_opening_on_its_way_keeps_the_share_it_was_sized_from_whatever_its_user_trades(traded: int, deaf: bool) -> None:
    world, slave = a_slow_world(deaf)
    ticket = world.master.open(LOT)
    settle(world)
    opening = slave.orders[0]
    slave.trade(HAND, 2 * traded)
    settle(world)
    world.master.close(ticket, LOT * 9 // 10)
    settle(world)
    slave.fill()
    settle(world)
    world.pass_ms(3000)
    assert [order.comment for order in slave.orders] == [opening.comment, ""]
    reduction = slave.orders[1]
    assert reduction.volume - reduction.expected == -LOT * 9 // 10


def test_a_reduction_is_still_done_where_its_user_brought_the_net_position_there() -> None:
    world, slave = a_slow_world()
    ticket = world.master.open(LOT)
    settle(world)
    slave.fill()
    settle(world)
    late = slave.deal(HAND, -LOT // 2)
    world.master.close(ticket, LOT // 2)
    world.run()
    assert slave.orders[1:] == []
    slave.tell(late)
    settle(world)
    assert [(order.expected, order.volume) for order in slave.orders[1:]] == [(LOT // 2, 0)]


def test_an_opening_repeated_to_a_terminal_without_its_broker_may_have_been_sent_before() -> None:
    world, slave = a_slow_world(deaf=True)
    ticket = world.master.open(LOT)
    settle(world)
    slave._set_net = lambda command: slave._answer(command, Stage.REJECTED, None, NO_CONNECTION)  # type: ignore[method-assign]
    world.pass_ms(3000)
    del slave._set_net
    world.master.close(ticket, LOT // 2)
    settle(world)
    slave.fill()
    settle(world)
    world.pass_ms(3000)
    assert slave.heard.count(Action.SET_NET) >= 2
    assert [(order.volume - order.expected) for order in slave.orders] == [LOT, -LOT // 2]
