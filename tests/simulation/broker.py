"""One account at a broker: books that outlive every terminal, and what becomes of requests."""

from collections import Counter
from collections.abc import Callable
from random import Random

import msgspec

from lockstep_core.wire.frames import Capability
from tests.simulation import market as m
from tests.simulation.agenda import MS, SECOND, Agenda
from tests.simulation.books import BOOKS, Books, Change
from tests.simulation.market import Answer, Ask, Dealt, FromBroker, Held, Listed, Moved, Request, Sync, Waiting, Working
from tests.simulation.pendings import Pendings
from tests.simulation.prices import Prices, Street
from tests.simulation.purse import Purse

Listener = Callable[[FromBroker], None]
Watch = Callable[["Account", Request, Change], None]
WatchOrder = Callable[["Account", Waiting], None]

SOON_REFUSALS = (m.REQUOTE, m.OFF_QUOTES, m.TOO_MANY)
FINAL_REFUSALS = (m.REJECT, m.NO_MONEY, m.INVALID_VOLUME)


UTC_MS = 1_772_409_600_000
"""When the world begins: the first moment of Monday, 2 March 2026."""

HOUR_MS = 3_600_000


class Temper(msgspec.Struct, frozen=True):
    """How a broker treats requests: chances of 0..1, times in ns."""

    refuses_soon: float = 0.0
    refuses_finally: float = 0.0
    times_out: float = 0.0
    answers_late: float = 0.0
    fills_partly: float = 0.0
    fills_twice: float = 0.0
    slow: float = 0.0


CALM = Temper()


class Name(msgspec.Struct, frozen=True):
    """What an account is, what its broker trades, and what the time is when the world begins."""

    login: int
    kind: m.Kind
    figures: m.Figures = m.Figures()
    listed: tuple[Listed, ...] = m.LISTED
    utc_ms: int = UTC_MS


class Account:
    """`watch` is told of everything that changes a position, how it was and how it is, before anybody else."""

    def __init__(self, agenda: Agenda, dice: Random, name: Name, watch: Watch, placed: WatchOrder, street: Street) -> None:
        self.login = name.login
        self.kind = name.kind
        self.utc_ms = name.utc_ms
        self.temper = CALM
        self.capabilities: int = Capability.ORDERS | (Capability.NET if self.nets else 0)
        self.listed: dict[str, Listed] = {s.name: s for s in name.listed}
        self.prices = Prices(street, self.listed)
        self.books: Books = BOOKS[name.kind](self._next, lambda: agenda.now_ns, self.prices.of)
        self.positions = self.books.positions
        self.purse = Purse(self.prices, self.positions, self.listed, name.figures, lambda: agenda.now_ns // MS)
        self.pendings = Pendings(agenda, self, lambda order: placed(self, order))
        self.deals = self.books.deals
        self.refused: Counter[tuple[int, Ask]] = Counter()
        self._for_good: set[tuple[int, Ask]] = set()
        self._agenda = agenda
        self._dice = dice
        self._watch = watch
        self._listeners: dict[int, Listener] = {}
        self._working: dict[int, Request] = {}
        self._filling: set[int] = set()
        self._numbers = name.login * 1_000_000

    def attach(self, key: int, listener: Listener) -> Sync:
        """A terminal that logs in: hears everything from now on, and gets all there is."""
        self._listeners[key] = listener
        newest = self.deals[-1].number if self.deals else 0
        magics = frozenset(deal.magic for deal in self.deals)
        working = tuple(r.magic for r in self._working.values() if _shows(r))
        waiting, ordered = dict(self.pendings.waiting), frozenset(self.pendings.ordered)
        deals = tuple(deal for deal in self.deals if deal.position in self.positions) if self.nets else ()
        return Sync(dict(self.positions), newest, magics, working, self._shares(), waiting, ordered, deals)

    def detach(self, key: int) -> None:
        """A terminal that is gone."""
        self._listeners.pop(key, None)

    def server_ms(self, world_ms: int) -> int:
        """The world's time by this broker's clock: brokers are whole hours apart."""
        return self.utc_ms + world_ms + self.login % 4 * HOUR_MS

    @property
    def figures(self) -> m.Figures:
        """Its money."""
        return self.purse.figures

    @property
    def nets(self) -> bool:
        """Whether there is one position for each symbol."""
        return self.kind is m.Kind.NETTING

    def levels(self, root: int, key: int) -> set[tuple[float, float]]:
        """All stops that a position, or the order it came from, ever had."""
        return self.books.levels.get(root, set()) | self.pendings.levels.get(key, set())

    def by_magic(self, magic: int) -> list[Held]:
        """What a magic number has open."""
        return self.books.share(magic)

    def refused_for_good(self, magic: int, ask: Ask, tries: int) -> bool:
        """Whether it was refused finally once, or so often that one may give up."""
        return (magic, ask) in self._for_good or self.refused[magic, ask] >= tries

    # What its owner does by hand

    def open_by_hand(
        self, symbol: str, side: int, volume: int, sl: float, tp: float, magic: int = 0, comment: str = ""
    ) -> int:
        """Returns the ticket."""
        order = self._next()
        self.fill(Request(0, Ask.OPEN, symbol, side, volume, 0, magic, sl, tp, comment), order, volume)
        net = next((held.ticket for held in self.positions.values() if held.symbol == symbol), 0)
        return net if self.nets else order

    def reduce_by_hand(self, ticket: int, volume: int) -> None:
        """Closes that much of a position, at most all of it."""
        held = self.positions.get(ticket)
        if held is not None and volume > 0:
            request = Request(0, Ask.REDUCE, held.symbol, 1 - held.side, min(volume, held.volume), ticket, 0, 0.0, 0.0, "")
            self.fill(request, self._next(), request.volume)

    def close_by_hand(self, ticket: int, other: int) -> None:
        """Closes two positions of opposite sides by each other, as far as both go."""
        first, second = self.positions[ticket], self.positions[other]
        volume = min(first.volume, second.volume)
        for held in (first, second):
            request = Request(0, Ask.CLOSE_BY, held.symbol, 1 - held.side, volume, held.ticket, 0, 0.0, 0.0, "")
            self.fill(request, self._next(), volume)

    def move_by_hand(self, ticket: int, sl: float, tp: float) -> None:
        """Sets stops."""
        held = self.positions.get(ticket)
        if held is not None and (held.sl, held.tp) != (sl, tp):
            self.books.put(msgspec.structs.replace(held, sl=sl, tp=tp))
            self.tell(Moved(self.positions[ticket]))

    def place_by_hand(self, order: Waiting) -> int:
        """Returns the ticket."""
        placed = msgspec.structs.replace(order, ticket=self._next(), placed_ns=self._agenda.now_ns)
        self.pendings.place(placed)
        return placed.ticket

    # Requests of terminals

    def request(self, key: int, request: Request) -> None:
        """A request has arrived from a terminal."""
        temper, dice = self.temper, self._dice
        if dice.random() < temper.refuses_soon:
            self._answer(key, request, dice.choice(SOON_REFUSALS))
        elif request.ask in (Ask.OPEN, Ask.STOPS, Ask.PLACE) and dice.random() < temper.refuses_finally:
            self._answer(key, request, dice.choice(FINAL_REFUSALS))
        elif request.ask is Ask.STOPS:
            self._work(key, request, 0)
        else:
            self._accept(key, request)

    def _accept(self, key: int, request: Request) -> None:
        if request.ask is Ask.REDUCE and any(w.position == request.position for w in self._working.values()):
            self._answer(key, request, m.CLOSE_EXISTS)
            return
        order = self._next()
        self._working[order] = request
        if _shows(request):
            self.tell(Working(request.magic, True))
        if self._dice.random() < self.temper.times_out:
            self._answer(key, request, self._dice.choice((m.TIMEOUT, m.ERROR)))
        elif self._dice.random() < 0.5:
            self._answer(key, request, m.PLACED)
        slow = self._dice.random() < self.temper.slow
        pause_ns = self._dice.randint(SECOND, 20 * SECOND) if slow else self._dice.randint(5 * MS, 150 * MS)
        self._agenda.after(pause_ns, lambda: self._work(key, request, order))

    def _work(self, key: int, request: Request, order: int) -> None:
        if request.position in self._filling:
            # What is still being filled cannot be reduced at the same time.
            self._agenda.after(SECOND // 10, lambda: self._work(key, request, order))
            return
        self._working.pop(order, None)
        match request.ask:
            case Ask.STOPS:
                self._move(key, request)
            case Ask.OPEN | Ask.NET:
                self._open(key, request, order)
            case Ask.PLACE | Ask.CHANGE | Ask.DELETE:
                retcode = self.pendings.work(request, order)
                if _shows(request):
                    self.tell(Working(request.magic, False))
                self._answer(key, request, retcode, order)
            case _:
                self._reduce(key, request, order)

    def _move(self, key: int, request: Request) -> None:
        held = self.positions.get(request.position)
        if held is None:
            self._answer(key, request, m.POSITION_GONE)
            return
        if held.side != request.side:
            # It turned around meanwhile: what was above its price would be below now.
            self._answer(key, request, m.INVALID_STOPS)
            return
        self._watch(self, request, Change(None, held, held))
        self.move_by_hand(held.ticket, request.sl, request.tp)
        self._answer(key, request, m.DONE)

    def _open(self, key: int, request: Request, order: int) -> None:
        listed, volume = self.listed[request.symbol], request.volume
        if volume % listed.volume_step or not listed.volume_min <= volume <= listed.volume_max:
            self.tell(Working(request.magic, False))
            self._answer(key, request, m.INVALID_VOLUME)
            return
        steps = volume // listed.volume_step
        if listed.partial_fills and steps > 1 and self._dice.random() < self.temper.fills_partly:
            volume = self._dice.randint(1, steps - 1) * listed.volume_step
        self._complete(key, request, order, volume)

    def _reduce(self, key: int, request: Request, order: int) -> None:
        held = self.positions.get(request.position)
        if held is None or request.volume > held.volume:
            self.tell(Working(request.magic, False))
            self._answer(key, request, m.POSITION_GONE if held is None else m.TOO_MUCH_TO_CLOSE)
            return
        self._complete(key, request, order, request.volume)

    def _complete(self, key: int, request: Request, order: int, volume: int) -> None:
        """Answer and deals in either order, in one deal or two."""
        step = self.listed[request.symbol].volume_step
        first = volume
        if volume > step and self._dice.random() < self.temper.fills_twice:
            first = self._dice.randint(1, volume // step - 1 or 1) * step
        retcode = m.DONE if volume == request.volume else m.PARTIAL
        answer_first = self._dice.random() < 0.3
        if answer_first:
            self._answer(key, request, retcode, order)
        self.fill(request, order, first)
        if first < volume:
            self._filling.add(request.position or order)
            self._agenda.after(self._dice.randint(0, 200 * MS), lambda: self._fill_rest(request, order, volume - first))
        else:
            self.tell(Working(request.magic, False))
        if not answer_first:
            self._answer(key, request, retcode, order)

    def _fill_rest(self, request: Request, order: int, volume: int) -> None:
        self._filling.discard(request.position or order)
        self.fill(request, order, volume)
        self.tell(Working(request.magic, False))

    def _answer(self, key: int, request: Request, retcode: int, order: int = 0) -> None:
        if retcode not in (m.DONE, m.PARTIAL, m.PLACED, m.TIMEOUT, m.ERROR):
            self.refused[request.magic, request.ask] += 1
            if retcode in FINAL_REFUSALS:
                self._for_good.add((request.magic, request.ask))
        answer = Answer(request, retcode, order, self.deals[-1].number if self.deals else 0)
        late = retcode != m.PLACED and self._dice.random() < self.temper.answers_late
        pause_ns = self._dice.randint(SECOND, 25 * SECOND) if late else 0
        if pause_ns:
            self._agenda.after(pause_ns, lambda: self._tell_one(key, answer))
        else:
            self._tell_one(key, answer)

    def fill(self, request: Request, order: int, volume: int) -> list[Change]:
        """A request or an order of ours is filled, in part or whole."""
        changes = self.books.trade(request, order, volume)
        self.purse.on_trade(changes)
        shares = self._shares()
        for change in changes:
            self._watch(self, request, change)
        if self._dice.random() < 0.5:
            # The rest of an MT4 position and what was closed of it are seen in either order.
            changes.reverse()
        for change in changes:
            if change.deal is not None:
                self.tell(Dealt(change.deal, change.after, shares))
        return changes

    def _shares(self) -> dict[m.Owner, m.Share]:
        return self.books.shares.all() if self.nets else {}

    def tell(self, news: FromBroker) -> None:
        """Tells every terminal that is logged in."""
        for listener in list(self._listeners.values()):
            listener(news)

    def _tell_one(self, key: int, news: FromBroker) -> None:
        listener = self._listeners.get(key)
        if listener is not None:
            listener(news)

    def _next(self) -> int:
        self._numbers += 1
        return self._numbers


def _shows(request: Request) -> bool:
    """Whether terminals see an order while it is worked on: changing or deleting one makes no order of its own."""
    return request.ask not in (Ask.CHANGE, Ask.DELETE)
