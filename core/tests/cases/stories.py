"""Stories: what happens to a master, deal by deal, and what its slave holds in the end.

The slave here carries out every target at once and tells its deals as a terminal would; so each step is what the engine
would do between two events.
"""

from typing import Any

import msgspec

from lockstep_core.books.book import Book, apply_order, apply_stops, apply_trade, followed
from lockstep_core.books.from_snapshot import from_snapshot
from lockstep_core.books.links import Link, link_tag
from lockstep_core.books.positions import Order, Position
from lockstep_core.copiers import CopierMode
from lockstep_core.decision.context import DecisionContext
from lockstep_core.decision.decide import decide
from lockstep_core.decision.links_of import links_of
from lockstep_core.decision.net_stops import is_reached, watched_levels
from lockstep_core.decision.order_parts import among, sized_last
from lockstep_core.decision.rounding import MOST_ORDERS
from lockstep_core.decision.stops import Levels
from lockstep_core.decision.target import Decision, NoteStops, Sized, Target
from lockstep_core.market.money import Prices
from lockstep_core.units import Lots, lots_text
from lockstep_core.wire.enums import Action, DealEntry, Side
from lockstep_core.wire.frames import PendingOrder, Trade
from lockstep_core.wire.frames import PositionFrame as PositionFrame

from .scenes import COPIER, NOW_NS, context, copier
from .texts import lots, order, words_of

_MANY = 2 * MOST_ORDERS
"""Turns that a story may need: a copy has at most `MOST_ORDERS` orders, and each turn may send one of them."""


class Slave:
    """A slave's terminal that does as it is told, and its book."""

    def __init__(self, netting: bool) -> None:
        self.book = Book(netting=netting)
        self.tickets = 9000
        self.opened: list[int] = []

    def carry_out(self, target: Target, link: int) -> None:
        """One command."""
        held = self.book.by_magic.get(link)
        match target.action:
            case Action.OPEN:
                self.opened.append(link)
                self._deal(link, target.symbol, target.side, target.volume, DealEntry.IN, 0, target.sl, target.tp)
            case Action.SET_VOLUME | Action.CLOSE if held is not None:
                left = target.volume if target.action == Action.SET_VOLUME else 0
                self._deal(
                    link, held.symbol, 1 - held.side, held.volume - left, DealEntry.OUT, held.ticket, held.sl, held.tp
                )
            case Action.SET_STOPS if held is not None:
                self.book = apply_stops(self.book, held.ticket, target.sl, target.tp, NOW_NS)
            case Action.SET_NET:
                self._set_net(link, target)
            case Action.PLACE | Action.SET_ORDER | Action.DELETE:
                self._set_order(link, target)

    def fill(self, link: int) -> None:
        """The link's pending order fills."""
        filled = self.book.orders_by_magic[link]
        self._tell(filled, working=False)
        net = next((p for p in self.book.positions.values() if p.symbol == filled.symbol), None)
        if self.book.netting and net is not None:
            # A netting account has one position of a symbol, whatever kind of order changes it.
            after = net.signed + (-filled.volume if filled.side == Side.SELL else filled.volume)
            stops = (filled.sl, filled.tp)
            target = Target(Action.SET_NET, filled.symbol, Lots(after), *stops, filled.side, expected=net.signed)
            self._set_net(link, target)
            return
        self._deal(link, filled.symbol, filled.side, filled.volume, DealEntry.IN, filled.ticket, filled.sl, filled.tp)

    def _set_net(self, link: int, target: Target) -> None:
        now = next((p.signed for p in self.book.positions.values() if p.symbol == target.symbol), 0)
        ticket = next((p.ticket for p in self.book.positions.values() if p.symbol == target.symbol), 0)
        assert now == target.expected, "a net position is only changed from what it was thought to be"
        change = target.volume - now
        turns = now != 0 and (now > 0) != (target.volume > 0) and target.volume != 0
        grows = now == 0 or (now > 0) == (change > 0)
        entry = DealEntry.INOUT if turns else DealEntry.IN if grows else DealEntry.OUT
        net, side = self.book.positions.get(ticket), Side.BUY if change > 0 else Side.SELL
        sl, tp = (net.sl, net.tp) if net is not None and link in self.book.by_magic else (target.sl, target.tp)
        self._deal(link, target.symbol, side, abs(change), entry, ticket, sl, tp)

    def _set_order(self, link: int, target: Target) -> None:
        old = self.book.orders_by_magic.get(link)
        if target.action == Action.DELETE and old is not None:
            self._tell(old, working=False)
        elif target.action != Action.DELETE:
            self.tickets += 1
            number, volume = (self.tickets, target.volume) if old is None else (old.ticket, old.volume)
            prices = (target.price, target.limit, target.sl, target.tp)
            self._tell(Order(number, target.symbol, target.side, volume, volume, *prices, 0, link, "", NOW_NS))

    def _tell(self, order: Order, working: bool = True) -> None:
        self.book = apply_order(self.book, frame_of(order, working), NOW_NS)

    def _deal(
        self, link: int, symbol: str, side: int, volume: int, entry: DealEntry, ticket: int, sl: float, tp: float
    ) -> None:
        if ticket == 0:
            self.tickets += 1
            ticket = self.tickets
        trade = Trade(1, ticket, ticket, link, volume, 1.1, sl, tp, 0, NOW_NS, side, entry, symbol, link_tag(COPIER))
        self.book = apply_trade(self.book, trade, NOW_NS)


def observed(link: Link, held: Position | None, waiting: Order | None) -> Link:
    """The link after a look at what the slave holds of it: a position that is gone has ended it."""
    if held is not None:
        opened = Lots(max(link.opened, held.opened))
        return msgspec.structs.replace(link, opened=opened, slave_symbol=held.symbol, ended=False)
    if waiting is not None:
        return link if link.placed else msgspec.structs.replace(link, placed=True, slave_symbol=waiting.symbol)
    return msgspec.structs.replace(link, ended=True) if link.opened > 0 and not link.ended else link


def frame_of(order: Order, working: bool) -> PendingOrder:
    """What a terminal tells of an order."""
    prices = (order.price, order.limit, order.sl, order.tp)
    times = (order.expires_msc, 0, 0, NOW_NS)
    end = (order.kind, int(working), order.symbol, order.comment)
    return PendingOrder(order.ticket, order.magic, order.volume, order.left, *prices, *times, *end)


class Story:
    """A master's book, its slave, and the links between them."""

    def __init__(self, given: dict[str, Any]) -> None:
        self._base = context(given)
        self.copier = copier(given.get("settings", {}))
        self.master = Book(netting=given.get("master_nets", False))
        self.slave = Slave(given.get("slave_nets", False))
        self.links: dict[int, Link] = {}
        self.stops: dict[int, Levels] = {}
        self.deals = 0
        self.commands: list[tuple[int, Target]] = []

    def play(self, steps: list[str], late: bool = False) -> None:
        """All steps; `late`: nothing is carried out before the end."""
        for step in steps:
            self.step(step)
            if not late:
                self.settle()
        self.settle()

    def step(self, step: str) -> None:
        """One line of a story."""
        verb, number, rest = (*step.split(" ", 2), "")[:3]
        if verb == "slave-fills":
            self.settle()
            self.slave.fill(next(iter(self.slave.book.orders_by_magic)))
        elif verb == "slave":
            self._by_hand(rest)
        elif verb == "price":
            self._price(number, rest)
        elif verb == "mode":
            self._set_mode(number, CopierMode(rest))
        elif verb in ("order", "order-gone"):
            self._order(int(number), rest, verb == "order")
        elif verb == "stops":
            words = words_of("buy 1 " + rest)
            self.master = apply_stops(self.master, int(number), float(words.get("sl", 0)), float(words.get("tp", 0)), NOW_NS)
        elif verb == "snapshot":
            self._snapshot()
        else:
            self._deal(verb, int(number), rest)

    def settle(self) -> None:
        """Carries out targets until there are none; fails where they never end."""
        for _ in range(_MANY):
            if not self.turn():
                return
        raise AssertionError("targets without end")

    def turn(self) -> bool:
        """Asks for every link once and carries out the targets."""
        self.links = links_of(self.copier, self.links.values(), self.master, self.slave.book, self._base.slave.specs)
        for link in list(self.links.values()):
            book = self.slave.book
            self.links[link.id] = observed(link, book.by_magic.get(link.id), book.orders_by_magic.get(link.id))
        found = [self._carry_out(link) for link in list(self.links.values())]
        return any(found)

    def holds(self) -> list[str]:
        """What the slave holds, in words."""
        book = self.slave.book
        positions = [
            f"{Side(p.side).name.lower()} {lots_text(p.volume)} {p.symbol}"
            + (f" sl {p.sl:g}" if p.sl else "")
            + (f" tp {p.tp:g}" if p.tp else "")
            for p in book.positions.values()
        ]
        orders = [f"order {lots_text(o.volume)} {o.symbol} at {o.price:g}" for o in book.orders.values()]
        return sorted(positions) + sorted(orders)

    def context(self) -> DecisionContext:
        """The scene with the slave's book."""
        slave = msgspec.structs.replace(self._base.slave, book=self.slave.book, stops=self.stops)
        return msgspec.structs.replace(self._base, slave=slave)

    def decision(self, link: Link) -> Decision:
        """What is decided of a link now."""
        pending = self.master.orders.get(link.master_position)
        parts = [other for other in self.links.values() if other.master_position == link.master_position]
        link = among(link, parts) if len(parts) > 1 else link
        return decide(self.copier, link, followed(self.master, link.master_position), self.context(), pending)

    def _carry_out(self, link: Link) -> bool:
        target, tranche = self.decision(link), followed(self.master, link.master_position)
        if isinstance(target, Sized) and tranche is not None:
            self._on_sized(link, tranche, target)
        if isinstance(target, NoteStops):
            self.stops[link.id] = target.levels
            return True
        if not isinstance(target, Target):
            return False
        if link.id not in self.slave.book.by_magic and target.exact[0]:
            sized = link.master_opened if tranche is None else tranche.volume
            lots = Lots(abs(target.volume - target.expected))
            changes = {"master_opened": sized, "exact": target.exact, "sent": lots, "slave_symbol": target.symbol}
            self.links[link.id] = msgspec.structs.replace(link, **changes)
        self.commands.append((link.id, target))
        self.slave.carry_out(target, link.id)
        return True

    def _on_sized(self, link: Link, tranche: Position, sized: Sized) -> None:
        """The part is not needed: the one before it keeps the ratio of the whole order."""
        del self.links[link.id]
        last = sized_last(other for other in self.links.values() if other.master_position == link.master_position)
        assert last is not None
        changes = {"exact": sized.exact, "master_opened": tranche.volume}
        self.links[last.id] = msgspec.structs.replace(last, **changes)

    def _deal(self, verb: str, position: int, rest: str) -> None:
        words = words_of(rest)
        entries = {"in": DealEntry.IN, "out": DealEntry.OUT, "turn": DealEntry.INOUT, "by": DealEntry.OUT_BY}
        self.deals += 1
        number = int(words.get("key", 0)) or (position if position not in self.master.positions else 5000 + self.deals)
        self.master = apply_trade(
            self.master,
            Trade(
                7000 + self.deals,
                number,
                position,
                int(words.get("magic", 0)),
                lots(words["lots"]),
                1.1,
                float(words.get("sl", 0)),
                float(words.get("tp", 0)),
                0,
                NOW_NS,
                Side[words["side"].upper()],
                entries[verb],
                words["symbol"],
                words.get("comment", "").replace("_", " "),
            ),
            NOW_NS,
        )

    def _order(self, ticket: int, rest: str, working: bool) -> None:
        placed = order(rest or "buy_limit 1.00 at 1", ticket, NOW_NS)
        self.master = apply_order(self.master, frame_of(placed, working), NOW_NS)

    def _by_hand(self, rest: str) -> None:
        """The slave's user trades a netting position by hand: `sell 0.50 EURUSD`."""
        words = words_of(rest)
        net = next(p for p in self.slave.book.positions.values() if p.symbol == words["symbol"])
        side, volume = Side[words["side"].upper()], lots(words["lots"])
        entry = DealEntry.IN if side == net.side else DealEntry.INOUT if volume > net.volume else DealEntry.OUT
        trade = Trade(1, 1, net.ticket, 0, volume, 1.1, net.sl, net.tp, 0, NOW_NS, side, entry, words["symbol"], "")
        self.slave.book = apply_trade(self.slave.book, trade, NOW_NS)

    def _price(self, symbol: str, rest: str) -> None:
        """The slave's market: `price EURUSD 1.095 1.0951`. Stops that are watched there are reached by it."""
        bid, ask = map(float, rest.split())
        quotes = {**self._base.slave.quotes, symbol: Prices(bid, ask)}
        self._base = msgspec.structs.replace(self._base, slave=msgspec.structs.replace(self._base.slave, quotes=quotes))
        for number, noted in self.stops.items():
            allocation = self.slave.book.by_magic.get(number)
            if allocation is None or allocation.symbol != symbol:
                continue
            if is_reached(watched_levels(allocation, noted, self.slave.book, 5), allocation.side, quotes[symbol]):
                self.links[number] = msgspec.structs.replace(self.links[number], stopped_ns=NOW_NS)

    def _set_mode(self, whose: str, mode: CopierMode) -> None:
        """`mode copier off`, `mode slave close_only`, `mode master dry_run`."""
        if whose == "slave":
            self._base = msgspec.structs.replace(self._base, slave=msgspec.structs.replace(self._base.slave, mode=mode))
        else:
            changed = {"mode": mode} if whose == "copier" else {"master_mode": mode}
            self.copier = msgspec.structs.replace(self.copier, **changed)

    def _snapshot(self) -> None:
        frames = [
            PositionFrame(p.ticket, p.magic, p.volume, p.price, p.sl, p.tp, 0, 100, p.side, 0, p.symbol, p.comment)
            for p in self.master.positions.values()
        ]
        self.master = from_snapshot(frames, self.master, 1, NOW_NS, self.master.netting)
