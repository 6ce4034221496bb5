"""Everything of a story put together: brokers, pods, the router, the database; and what each step does to them."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from itertools import count
from random import Random
from uuid import UUID

import msgspec

from lockstep_core.accounts import Role, TradingAccount
from lockstep_core.books.links import link_id
from lockstep_core.copiers import CopierMode, parse_settings
from lockstep_core.decision.context import NewsItem
from lockstep_core.decision.plan import Copier
from lockstep_core.units import lots_decimal
from tests.simulation.agenda import MS, Agenda
from tests.simulation.broker import CALM, Account, Temper
from tests.simulation.database import Database
from tests.simulation.exchange import Exchange, sane
from tests.simulation.market import Held, Kind, Waiting
from tests.simulation.newsroom import Newsroom
from tests.simulation.pod import Node, Pod
from tests.simulation.prices import Street
from tests.simulation.relays import Relay
from tests.simulation.routers import Router
from tests.simulation.rules import Rules
from tests.simulation.scenes import Broken
from tests.simulation.story import Leg, Step, Story, mode_of
from tests.simulation.wires import Dealer
from tests.simulation.witness import Witness

TICK_NS = 50 * MS
USER = UUID(int=1)
LONGEST_STALL_MS = 2_900


class World:
    """One story's world; `rules` watches it."""

    def __init__(self, story: Story) -> None:
        self.agenda = Agenda()
        self.ticks = 0
        self._story = story
        self.street = Street(story.moves)
        self._numbers = [UUID(int=100 + i) for i in range(story.accounts)]
        self.copiers = [self._copier(i, leg) for i, leg in enumerate(story.legs)]
        accounts = {n: TradingAccount(n, USER, 1000 + i, Role.BOTH) for i, n in enumerate(self._numbers)}
        self.database = Database(accounts, {copier.id: copier for copier in self.copiers})
        self.router = Router(self.agenda, self._dice("router"), self.database, story.utc_ms)
        router = self.router
        self.rules = Rules(router.begun, router.forgotten, lambda: self.agenda.now_ns // MS)
        self.accounts = [self._account(i) for i in range(story.accounts)]
        self._peers = count(1)
        self._epochs = count(1)
        self.pods = [self._pod(i) for i in range(story.accounts)]
        self._old_pods: list[Pod] = []
        self._tickets: dict[tuple[int, int], int] = {}
        self.rules.begin(self.copiers, dict(zip(self._numbers, self.accounts, strict=True)), self.database)
        self.exchange = Exchange(self.agenda, self.street, self.router, self.accounts, lambda: self.pods)
        for item in story.news:
            self.database.announce(item)
        self.newsroom = Newsroom(lambda: self.router.calendar, lambda: story.utc_ms + self.agenda.now_ns // MS)
        if story.moves or story.news:
            self.router.witness = Witness(self.rules.scene, self.rules.guarded, self.newsroom, self.router.quotes_of)
        self.router.start()
        self._tick()

    @property
    def events(self) -> int:
        """What has happened so far, turns of idle loops left out."""
        return self.agenda.done - self.ticks - self.exchange.feed.told

    def do(self, step: Step) -> None:
        """Carries a step out; one that makes no sense any more does nothing."""
        self._look_at_news()
        self.rules.on_step(step)
        _STEPS[step.kind](self, step)

    def _look_at_news(self) -> None:
        problem = self.newsroom.problem(self.rules.scene)
        if problem:
            raise Broken(problem)

    def heal(self) -> None:
        """Nothing is broken any more, and nothing breaks."""
        self.database.up = True
        self.router.start()
        for account in self.accounts:
            account.temper = CALM
        for pod in self.pods:
            pod.start_relay()
            pod.start_terminal()

    def _dice(self, name: str) -> Random:
        return Random(f"{name} {self._story.seed}")  # noqa: S311 - a seeded story, no secret

    def _account(self, i: int) -> Account:
        rules, dice = self.rules, self._dice(f"broker {i}")
        return Account(self.agenda, dice, self._story.name(i), rules.on_change, rules.on_order, self.street)

    def _pod(self, i: int) -> Pod:
        dice = self._dice(f"pod {i} {self.agenda.now_ns}")

        def connect(relay: Relay, key: bytes) -> Dealer:
            return Dealer(self.agenda, dice, self.router, key, relay, self._peers)

        return Pod(
            Node(self.agenda, dice, connect), self.accounts[i], self._numbers[i], next(self._epochs), self._story.kept
        )

    def _copier(self, i: int, leg: Leg) -> Copier:
        fixed = {"mode": "fixed", "lots": str(lots_decimal(leg.fixed))}
        sizing = fixed if leg.fixed else {"mode": "multiplier", "factor": str(Decimal(leg.percent) / 100)}
        # a year of a history passes in minutes here: what a broker bears in a day is no limit
        stops = {"max_messages_per_day": 100_000, **leg.settings.get("stops", {})}
        basis = {"sizing": sizing, "max_signal_age_ms": leg.age_ms, "copy_stops": leg.copy_stops}
        settings = parse_settings({**basis, **leg.settings, "stops": stops})
        pair = (self._numbers[leg.master], self._numbers[leg.slave])
        return Copier(UUID(int=self._dice(f"copier {i}").getrandbits(128)), USER, *pair, CopierMode.ON, settings)

    def _tick(self) -> None:
        self.ticks += 1
        for pod in self.pods:
            pod.on_clock()
        for pod in self._old_pods:
            pod.on_clock()
        self.router.on_clock()
        self.exchange.on_clock()
        self.agenda.after(TICK_NS, self._tick)

    # Steps

    def _temper(self, step: Step) -> None:
        dice = self._dice(f"temper {step.amount}")
        chances = [dice.choice((0.0, 0.0, 0.05, 0.3)) for _ in Temper.__struct_fields__]
        temper = Temper(*chances)
        if any(leg.master == step.who for leg in self._story.legs):
            # Each deal of a master's opening is followed for itself; the rules here know one link for each position.
            temper = msgspec.structs.replace(temper, fills_twice=0.0)
        if self.accounts[step.who].kind is Kind.MT4:
            temper = msgspec.structs.replace(temper, fills_twice=0.0, fills_partly=0.0)
        self.accounts[step.who].temper = temper

    def _open(self, step: Step) -> None:
        account = self.accounts[step.who]
        stops = self._levels(step.symbol, step.side, step.sl, step.tp)
        ticket = account.open_by_hand(step.symbol, step.side, step.amount, *stops, step.order, _comment(step))
        self._tickets[step.who, step.key] = ticket

    def _levels(self, symbol: str, side: int, sl: float, tp: float) -> tuple[float, float]:
        """Stops of a story; where prices move they must make sense."""
        return self._sane(symbol, side, sl, tp) if self.street.moves else (sl, tp)

    def _sane(self, symbol: str, side: int, sl: float, tp: float) -> tuple[float, float]:
        """No broker takes a pending order with others."""
        scale = self.street.scale(symbol)
        low, high = sane(side, sl, tp)
        return low * scale, high * scale

    def _held(self, step: Step) -> Held | None:
        return self.accounts[step.who].books.of_root(self._tickets.get((step.who, step.key), 0))

    def _close(self, step: Step) -> None:
        held = self._held(step)
        if held is not None:
            self.accounts[step.who].reduce_by_hand(held.ticket, held.volume)

    def _reduce(self, step: Step) -> None:
        self._reduce_held(step, self._held(step))

    def _reduce_held(self, step: Step, held: Held | None) -> None:
        if held is not None:
            account = self.accounts[step.who]
            volume_step = account.listed[held.symbol].volume_step
            account.reduce_by_hand(held.ticket, held.volume * step.amount // 100 // volume_step * volume_step)

    def _by(self, step: Step) -> None:
        held, account = self._held(step), self.accounts[step.who]
        if held is None or account.nets:
            return
        for other in account.positions.values():
            foreign = (account.login, other.ticket) in self.rules.foreign
            if not foreign and other.magic < 2**32 and (other.symbol, other.side) == (held.symbol, 1 - held.side):
                account.close_by_hand(held.ticket, other.ticket)
                return

    def _part(self, step: Step) -> None:
        held = self._held(step)
        if held is not None:
            self.accounts[step.who].reduce_by_hand(held.ticket, step.amount)

    def _place(self, step: Step) -> None:
        account = self.accounts[step.who]
        expires_ms = self.agenda.now_ns // MS + step.lasts_ms if step.lasts_ms else 0
        stops = self._sane(step.symbol, step.order % 2, step.sl, step.tp)
        price = step.price * self.street.scale(step.symbol)
        head = (0, step.symbol, step.order, step.amount, step.amount, price, *stops, expires_ms, 0, "")
        self._tickets[step.who, step.key] = account.place_by_hand(Waiting(*head))

    def _change(self, step: Step) -> None:
        pendings, ticket = self.accounts[step.who].pendings, self._tickets.get((step.who, step.key), 0)
        order = pendings.waiting.get(ticket)
        if order is not None:
            stops = self._sane(order.symbol, order.side, step.sl, step.tp)
            pendings.change(ticket, step.price * self.street.scale(order.symbol), *stops, order.expires_ms)

    def _delete(self, step: Step) -> None:
        self.accounts[step.who].pendings.delete(self._tickets.get((step.who, step.key), 0))

    def _fill(self, step: Step) -> None:
        """The market comes to an order of a master, and by and by to most of its copies."""
        ticket, dice = self._tickets.get((step.who, step.key), 0), self._dice(f"fill {step.at_ms}")
        order = self.accounts[step.who].pendings.waiting.get(ticket)
        if order is not None and order.left < order.volume:
            # Each further deal of a master's order is followed for itself; the rules here know one link for each order.
            return
        _fill_some(self.accounts[step.who], ticket, step.amount, dice)
        for copier in self.copiers:
            slave = self.accounts[self._numbers.index(copier.slave)]
            if self._numbers.index(copier.master) == step.who and dice.random() < 0.8:
                self.agenda.after(
                    dice.randint(0, 3_000) * MS, partial(self._fill_copy, slave, link_id(copier.id, ticket), dice)
                )

    def _fill_copy(self, slave: Account, link: int, dice: Random) -> None:
        for order in slave.pendings.of(link):
            leads = any(self.accounts[self._numbers.index(copier.master)] is slave for copier in self.copiers)
            _fill_some(slave, order.ticket, 100 if leads else dice.choice((100, 100, 100, 40)), dice)

    def _stops(self, step: Step) -> None:
        held = self._held(step)
        if held is not None:
            stops = self._levels(held.symbol, held.side, step.sl, step.tp)
            self.accounts[step.who].move_by_hand(held.ticket, *stops)

    def _copy(self, step: Step) -> Held | None:
        copier = self.copiers[step.copier]
        ticket = self._tickets.get((self._numbers.index(copier.master), step.key))
        if ticket is None or self._numbers.index(copier.slave) != step.who:
            return None
        return next(iter(self.accounts[step.who].by_magic(link_id(copier.id, ticket))), None)

    def _hand_close(self, step: Step) -> None:
        held = self._copy(step)
        if held is not None:
            self.accounts[step.who].reduce_by_hand(held.ticket, held.volume)

    def _hand_reduce(self, step: Step) -> None:
        self._reduce_held(step, self._copy(step))

    def _hand_stops(self, step: Step) -> None:
        held, account = self._copy(step), self.accounts[step.who]
        whole = None if held is None else account.positions.get(held.ticket)
        # A share may be on the other side than the position that has it: no broker would take such a stop.
        if held is not None and whole is not None and whole.side == held.side:
            sl, _ = self._levels(held.symbol, held.side, step.sl, 0.0)
            account.move_by_hand(held.ticket, sl, held.tp)

    def _foreign(self, step: Step) -> None:
        magic = (0, 4711)[step.side]
        ticket = self.accounts[step.who].open_by_hand(step.symbol, step.side, step.amount, 0.0, 0.0, magic)
        self.rules.on_foreign(self.accounts[step.who], ticket)

    def _mode(self, step: Step) -> None:
        copier = msgspec.structs.replace(self.copiers[step.who], mode=mode_of(step))
        self.copiers[step.who] = self.database.copiers[copier.id] = copier
        self.agenda.after(60 * MS, self.router.on_plan_changed)

    def _move(self, step: Step) -> None:
        self.exchange.move(step)

    def _spread(self, step: Step) -> None:
        self.exchange.spread(step)

    def _cash(self, step: Step) -> None:
        self.exchange.cash(step)

    def _reset(self, step: Step) -> None:
        self.exchange.reset(step, self.copiers[step.who], self.database)

    def _news(self, step: Step) -> None:
        utc_ms = self._story.utc_ms + self.agenda.now_ns // MS + step.lasts_ms
        self.database.announce(NewsItem(utc_ms, step.symbol, "high", "Unexpected"))
        self.newsroom.on_announced()
        self.agenda.after(60 * MS, self.router.on_plan_changed)

    def _kill_router(self, step: Step) -> None:
        self.router.kill()
        self.agenda.after(step.amount * MS, self.router.start)

    def _cut(self, step: Step) -> None:
        for pod in self._pods_of(step.who):
            if pod.relay is not None and pod.relay.dealer is not None:
                pod.relay.dealer.cut()

    def _stall(self, step: Step) -> None:
        for pod in self._pods_of(step.who):
            dealer = None if pod.relay is None else pod.relay.dealer
            if dealer is not None and dealer.connection is not None:
                dealer.connection.stall(self.agenda.now_ns + step.amount % LONGEST_STALL_MS * MS)

    def _kill_relay(self, step: Step) -> None:
        pod = self.pods[step.who]
        pod.kill_relay()
        self.agenda.after(step.amount * MS, pod.start_relay)

    def _kill_terminal(self, step: Step) -> None:
        pod = self.pods[step.who]
        pod.kill_terminal()
        self.agenda.after(step.amount * MS, pod.start_terminal)

    def _replace_pod(self, step: Step) -> None:
        old = self.pods[step.who]
        self._old_pods = [pod for pod in self._old_pods if not pod.ended] + [old]
        self.agenda.after(step.amount * MS, old.end)
        self.pods[step.who] = self._pod(step.who)

    def _lose_broker(self, step: Step) -> None:
        self.pods[step.who].lose_broker(self.agenda.now_ns + step.amount * MS)

    def _freeze(self, step: Step) -> None:
        self.pods[step.who].freeze(self.agenda.now_ns + step.amount * MS)

    def _lose_database(self, step: Step) -> None:
        self.database.up = False
        self.agenda.after(step.amount * MS, self._database_back)

    def _database_back(self) -> None:
        self.database.up = True

    def _pods_of(self, who: int) -> list[Pod]:
        number = self._numbers[who]
        return [pod for pod in (*self.pods, *self._old_pods) if pod.number == number]


def _comment(step: Step) -> str:
    return "scalp 5" if step.order == 77 else ""


def _fill_some(account: Account, ticket: int, percent: int, dice: Random) -> None:
    order = account.pendings.waiting.get(ticket)
    if order is not None:
        step = account.listed[order.symbol].volume_step
        part = order.left if account.kind is Kind.MT4 else order.left * percent // 100 // step * step
        account.pendings.fill(ticket, part or order.left, dice.random() < 0.5)


_STEPS: dict[str, Callable[[World, Step], None]] = {
    name.removeprefix("_"): method
    for name, method in vars(World).items()
    if callable(method) and "step" in getattr(method, "__annotations__", {})
}
