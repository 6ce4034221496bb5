"""A terminal whose programs can net and keep pending orders too."""

from dataclasses import dataclass, field

import msgspec

from lockstep_core.wire.frames import (
    Action,
    Capability,
    Command,
    DealEntry,
    Frame,
    MarginMode,
    PendingOrder,
    PositionFrame,
    Stage,
    Trade,
)

from .terminals import Held, Terminal


@dataclass
class FullTerminal(Terminal):
    """Hedging unless `margin_mode` says otherwise. `barring` is what the next openings and questions find under
    way, `told` the deals that a snapshot tells.
    """

    capabilities: int = Capability.NET | Capability.ORDERS
    waiting: dict[int, PendingOrder] = field(default_factory=dict)

    shares: dict[int, tuple[str, int]] = field(default_factory=dict)
    barring: list[Action] = field(default_factory=list)
    told: list[Trade] = field(default_factory=list)

    def pending(self) -> list[Frame]:
        """The pending orders of a snapshot, and whose a netting account's positions are."""
        shares = [
            PositionFrame(0, magic, abs(lots), 1.1, 0.0, 0.0, 0, 0, int(lots < 0), 1, symbol, "")
            for magic, (symbol, lots) in self.shares.items()
            if lots
        ]
        return [*self.waiting.values(), *shares, *self.told]

    def place(self, kind: int, lots: int, price: float, magic: int = 0, tag: str = "") -> int:
        """A new pending order."""
        self.first_ticket += 1
        stamps = (0, 0, 0, self.now_ns)
        order = PendingOrder(self.first_ticket, magic, lots, lots, price, 0.0, 0.0, 0.0, *stamps, kind, 1, "EURUSD", tag)
        self.waiting[order.ticket] = order
        self.tell(order)
        return order.ticket

    def fill(self, ticket: int) -> None:
        """A pending order becomes a position under its own ticket."""
        self.become(self.gone(ticket, 0))

    def become(self, order: PendingOrder) -> None:
        """The position of an order that filled is there."""
        self.held[order.ticket] = Held(
            order.ticket, order.symbol, order.order_kind % 2, order.volume, 0.0, 0.0, order.magic, order.comment, self.now_ns
        )
        self.tell(self._deal(self.held[order.ticket], DealEntry.IN, order.volume, order.ticket))

    def gone(self, ticket: int, left: int | None = None) -> PendingOrder:
        """A pending order is deleted or expires; `left` 0: it filled."""
        order = self.waiting.pop(ticket)
        values = {name: getattr(order, name) for name in order.__struct_fields__}
        rest = order.left if left is None else left
        self.tell(PendingOrder(**{**values, "working": 0, "left": rest}))
        return order

    def _carry_out(self, command: Command) -> None:
        if self.barring and command.action in (Action.OPEN, Action.QUERY):
            self._answer(msgspec.structs.replace(command, action=self.barring.pop(0)), Stage.IN_FLIGHT)
        elif command.action == Action.SET_NET:
            self._set_net(command)
        elif command.action in (Action.PLACE, Action.SET_ORDER, Action.DELETE):
            self._order(command)
        elif command.action == Action.SET_STOPS and self.margin_mode != MarginMode.HEDGING:
            net = next(held for held in self.held.values() if held.symbol == command.symbol)
            self.set_stops(net.ticket, command.sl, command.tp)
        else:
            super()._carry_out(command)

    def _order(self, command: Command) -> None:
        mine = next((o for o in self.waiting.values() if o.magic == command.link), None)
        if command.action == Action.PLACE and mine is None:
            self.orders.append(command)
            self.place(command.side, command.volume, command.price, command.link, command.comment)
        elif command.action == Action.DELETE and mine is not None:
            self.gone(mine.ticket)
        elif mine is not None:
            values = {name: getattr(mine, name) for name in mine.__struct_fields__}
            changed = PendingOrder(**{**values, "price": command.price, "sl": command.sl, "tp": command.tp})
            self.waiting[mine.ticket] = changed
            self.tell(changed)
        self._answer(command, Stage.DONE)

    def _set_net(self, command: Command) -> None:
        held = next((h for h in self.held.values() if h.symbol == command.symbol), None)
        now = 0 if held is None else held.volume * (1 - 2 * held.side)
        if now != command.expected:
            self._answer(command, Stage.NOTHING)
            return
        self.orders.append(command)
        self._answer(command, Stage.PLACED)
        lots = self.shares.get(command.link, ("", 0))[1] + command.volume - now
        self.shares[command.link] = (command.symbol, lots)
        self._net(held, now, command)
        self._answer(command, Stage.DONE)

    def _net(self, held: Held | None, now: int, command: Command) -> None:
        change, then = command.volume - now, command.volume
        if held is None:
            self.open(abs(change), int(change < 0), command.symbol, command.link, command.comment, command.sl)
            return
        grows, turns = (now > 0) == (change > 0), now * then < 0
        entry = DealEntry.INOUT if turns else DealEntry.IN if grows else DealEntry.OUT
        held.volume, held.side = abs(then), int(then < 0) if then else held.side
        if then == 0:
            del self.held[held.ticket]
        self.deals += 1
        self.tell(
            Trade(
                self.deals,
                0,
                held.ticket,
                command.link,
                abs(change),
                1.1,
                held.sl,
                held.tp,
                0,
                self.now_ns,
                int(change < 0),
                entry,
                held.symbol,
                command.comment,
            )
        )
