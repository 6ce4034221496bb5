"""Steps of a scenario in which masters trade, the owners of slaves trade by hand, or a broker behaves badly."""

from functools import partial
from random import Random
from typing import TYPE_CHECKING

import msgspec

from lockstep_core.books.links import link_id
from tests.simulation.broker import FAULTS_OF_BROKERS, WELL_BEHAVED, BrokerAccount
from tests.simulation.broker_data import AccountKind, BrokerOrder, BrokerPosition
from tests.simulation.late_orders import is_late_order
from tests.simulation.market_steps import far_stops
from tests.simulation.scenario import Step
from tests.simulation.scheduler import MS

if TYPE_CHECKING:
    from tests.simulation.world import SimulatedWorld


class TradeSteps:
    """Each method carries out the kind of step that it is named after."""

    def __init__(self, world: "SimulatedWorld") -> None:
        self._world = world
        self._tickets: dict[tuple[int, int], int] = {}

    def behaviour(self, step: Step) -> None:
        """Makes the broker behave badly from now on."""
        rng = self._world.rng(f"temper {step.amount}")
        chances = {fault: rng.choice((0.0, 0.0, 0.05, 0.3)) for fault in FAULTS_OF_BROKERS}
        behaviour = msgspec.structs.replace(WELL_BEHAVED, **chances)
        if any(spec.master == step.who for spec in self._world.scenario.copiers):
            # A router has a link for each deal of a master's opening; the invariants have one for each position.
            behaviour = msgspec.structs.replace(behaviour, fills_twice=0.0)
        if self._world.accounts[step.who].kind is AccountKind.MT4:
            behaviour = msgspec.structs.replace(behaviour, fills_twice=0.0, fills_partly=0.0)
        self._world.accounts[step.who].behaviour = behaviour

    def open(self, step: Step) -> None:
        """A master opens a position at market."""
        account = self._world.accounts[step.who]
        stops = self._stops_of(step.symbol, step.side, step.sl, step.tp)
        ticket = account.open_by_hand(step.symbol, step.side, step.amount, *stops, step.order, _comment(step))
        self._tickets[step.who, step.key] = ticket

    def more(self, step: Step) -> None:
        """A broker fills a further part of the order with which a master opened a position."""
        position = self._position_of(step)
        if position is not None:
            self._world.accounts[step.who].fill_more(position.ticket, step.amount)

    def _stops_of(self, symbol: str, side: int, sl: float, tp: float) -> tuple[float, float]:
        """A step's stops. If prices move, they must be on the right side of the price."""
        return self._valid_stops(symbol, side, sl, tp) if self._world.mid_prices.moves else (sl, tp)

    def _valid_stops(self, symbol: str, side: int, sl: float, tp: float) -> tuple[float, float]:
        """Stops that a broker accepts with a pending order."""
        scale = self._world.mid_prices.scale(symbol)
        low, high = far_stops(side, sl, tp)
        return low * scale, high * scale

    def _position_of(self, step: Step) -> BrokerPosition | None:
        return self._world.accounts[step.who].book.by_first_ticket(self._tickets.get((step.who, step.key), 0))

    def close(self, step: Step) -> None:
        """A master closes a position."""
        position = self._position_of(step)
        if position is not None:
            self._world.accounts[step.who].reduce_by_hand(position.ticket, position.volume)

    def reduce(self, step: Step) -> None:
        """A master closes a percentage of a position."""
        self._reduce_position(step, self._position_of(step))

    def _reduce_position(self, step: Step, position: BrokerPosition | None) -> None:
        if position is not None:
            account = self._world.accounts[step.who]
            volume_step = account.listed[position.symbol].volume_step
            account.reduce_by_hand(position.ticket, position.volume * step.amount // 100 // volume_step * volume_step)

    def by(self, step: Step) -> None:
        """A master closes a position by an opposite one."""
        position, account = self._position_of(step), self._world.accounts[step.who]
        if position is None or account.nets:
            return
        for other in account.positions.values():
            is_foreign = (account.login, other.ticket) in self._world.invariants.foreign_positions
            if not is_foreign and other.magic < 2**32 and (other.symbol, other.side) == (position.symbol, 1 - position.side):
                account.close_by_hand(position.ticket, other.ticket)
                return

    def part(self, step: Step) -> None:
        """A master closes so many lots of a position."""
        position = self._position_of(step)
        if position is not None:
            self._world.accounts[step.who].reduce_by_hand(position.ticket, step.amount)

    def place(self, step: Step) -> None:
        """A master places a pending order."""
        account = self._world.accounts[step.who]
        expires_ms = self._world.scheduler.now_ns // MS + step.lasts_ms if step.lasts_ms else 0
        stops = self._valid_stops(step.symbol, step.order % 2, step.sl, step.tp)
        price = step.price * self._world.mid_prices.scale(step.symbol)
        head = (0, step.symbol, step.order, step.amount, step.amount, price, *stops, expires_ms, 0, "")
        self._tickets[step.who, step.key] = account.place_by_hand(BrokerOrder(*head))

    def change(self, step: Step) -> None:
        """A master moves a pending order."""
        pending_orders, ticket = self._world.accounts[step.who].pending_orders, self._tickets.get((step.who, step.key), 0)
        order = pending_orders.waiting.get(ticket)
        if order is not None:
            stops = self._valid_stops(order.symbol, order.side, step.sl, step.tp)
            pending_orders.change(ticket, step.price * self._world.mid_prices.scale(order.symbol), *stops, order.expires_ms)

    def delete(self, step: Step) -> None:
        """A master deletes a pending order."""
        self._world.accounts[step.who].pending_orders.delete(self._tickets.get((step.who, step.key), 0))

    def fill(self, step: Step) -> None:
        """The market fills a master's order, and within seconds most of its copies."""
        ticket, rng = self._tickets.get((step.who, step.key), 0), self._world.rng(f"fill {step.at_ms}")
        order = self._world.accounts[step.who].pending_orders.waiting.get(ticket)
        if order is not None and order.remaining < order.volume:
            # A router has a link for each further deal of the order; the invariants have one for each order.
            return
        _fill_some(self._world.accounts[step.who], ticket, step.amount, rng)
        for copier in self._world.copiers:
            slave = self._world.accounts[self._world.account_ids.index(copier.slave)]
            if self._world.account_ids.index(copier.master) == step.who and rng.random() < 0.8:
                self._world.scheduler.after(
                    rng.randint(0, 3_000) * MS, partial(self._fill_copy, slave, link_id(copier.id, ticket), rng)
                )

    def fill_late(self, step: Step) -> None:
        """The market reaches a slave's orders that replace late openings."""
        slave, rng = self._world.accounts[step.who], self._world.rng(f"fill late {step.at_ms}")
        for order in tuple(slave.pending_orders.waiting.values()):
            origin = self._world.invariants.evidence.origins.of(slave, order.magic)
            if origin is not None and is_late_order(origin.copier, self._world.invariants.master_of(origin), origin):
                _fill_some(slave, order.ticket, rng.choice((100, 100, 40)), rng)

    def _fill_copy(self, slave: BrokerAccount, link: int, rng: Random) -> None:
        for order in slave.pending_orders.of(link):
            is_master = any(
                self._world.accounts[self._world.account_ids.index(copier.master)] is slave for copier in self._world.copiers
            )
            _fill_some(slave, order.ticket, 100 if is_master else rng.choice((100, 100, 100, 40)), rng)

    def stops(self, step: Step) -> None:
        """A master moves the stops of a position."""
        position = self._position_of(step)
        if position is not None:
            stops = self._stops_of(position.symbol, position.side, step.sl, step.tp)
            self._world.accounts[step.who].move_by_hand(position.ticket, *stops)

    def _copy(self, step: Step) -> BrokerPosition | None:
        copier = self._world.copiers[step.copier]
        ticket = self._tickets.get((self._world.account_ids.index(copier.master), step.key))
        if ticket is None or self._world.account_ids.index(copier.slave) != step.who:
            return None
        return next(iter(self._world.accounts[step.who].positions_of(link_id(copier.id, ticket))), None)

    def hand_close(self, step: Step) -> None:
        """The owner of a slave closes a copy."""
        position = self._copy(step)
        if position is not None:
            self._world.accounts[step.who].reduce_by_hand(position.ticket, position.volume)

    def hand_reduce(self, step: Step) -> None:
        """The owner of a slave closes a percentage of a copy."""
        self._reduce_position(step, self._copy(step))

    def hand_stops(self, step: Step) -> None:
        """The owner of a slave moves a copy's stop."""
        position, account = self._copy(step), self._world.accounts[step.who]
        whole = None if position is None else account.positions.get(position.ticket)
        # An allocation may be on the other side of its net position: no broker accepts such a stop.
        if position is not None and whole is not None and whole.side == position.side:
            sl, _ = self._stops_of(position.symbol, position.side, step.sl, 0.0)
            account.move_by_hand(position.ticket, sl, position.tp)

    def foreign(self, step: Step) -> None:
        """The owner of a slave opens a position of its own."""
        magic = (0, 4711)[step.side]
        ticket = self._world.accounts[step.who].open_by_hand(step.symbol, step.side, step.amount, 0.0, 0.0, magic)
        self._world.invariants.on_foreign_position(self._world.accounts[step.who], ticket)


def _comment(step: Step) -> str:
    return "scalp 5" if step.order == 77 else ""


def _fill_some(account: BrokerAccount, ticket: int, percent: int, rng: Random) -> None:
    order = account.pending_orders.waiting.get(ticket)
    if order is not None:
        step = account.listed[order.symbol].volume_step
        part = order.remaining if account.kind is AccountKind.MT4 else order.remaining * percent // 100 // step * step
        account.pending_orders.fill(ticket, part or order.remaining, rng.random() < 0.5)
