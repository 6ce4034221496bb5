"""A scenario's world: brokers, pods, the router and its database, and what each step does to them."""

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
from tests.simulation.broker import FAULTS_OF_BROKERS, WELL_BEHAVED, BrokerAccount
from tests.simulation.broker_data import AccountKind, BrokerOrder, BrokerPosition
from tests.simulation.connections import Dealer
from tests.simulation.database import RouterTables
from tests.simulation.evidence import InvariantViolated
from tests.simulation.invariants import Invariants
from tests.simulation.market_steps import MarketSteps, far_stops
from tests.simulation.news_invariants import NewsInvariants
from tests.simulation.pod import Node, Pod
from tests.simulation.prices import MidPrices
from tests.simulation.relay import PodRelay
from tests.simulation.router import Router
from tests.simulation.router_monitor import RouterMonitor
from tests.simulation.scenario import CopierSpec, Scenario, Step, mode_of
from tests.simulation.scheduler import MS, Scheduler

TICK_NS = 50 * MS
USER = UUID(int=1)
LONGEST_STALL_MS = 2_900


class SimulatedWorld:
    """The world of one scenario; `invariants` judges it."""

    def __init__(self, scenario: Scenario) -> None:
        self.scheduler = Scheduler()
        self.ticks = 0
        self._scenario = scenario
        self.mid_prices = MidPrices(scenario.moves)
        self._account_ids = [UUID(int=100 + i) for i in range(scenario.accounts)]
        self.copiers = [self._copier(i, spec) for i, spec in enumerate(scenario.copiers)]
        accounts = {n: TradingAccount(n, USER, 1000 + i, Role.BOTH) for i, n in enumerate(self._account_ids)}
        self.database = RouterTables(accounts, {copier.id: copier for copier in self.copiers})
        self.router = Router(self.scheduler, self._rng("router"), self.database, scenario.utc_ms)
        router = self.router
        self.invariants = Invariants(router.decision_order, router.unrecorded, lambda: self.scheduler.now_ns // MS)
        self.accounts = [self._account(i) for i in range(scenario.accounts)]
        self._peers = count(1)
        self._epochs = count(1)
        self.pods = [self._pod(i) for i in range(scenario.accounts)]
        self._old_pods: list[Pod] = []
        self._tickets: dict[tuple[int, int], int] = {}
        self.invariants.begin(self.copiers, dict(zip(self._account_ids, self.accounts, strict=True)), self.database)
        self.market = MarketSteps(self.scheduler, self.mid_prices, self.router, self.accounts, lambda: self.pods)
        for item in scenario.news:
            self.database.announce(item)
        self.news_invariants = NewsInvariants(
            lambda: self.router.calendar, lambda: scenario.utc_ms + self.scheduler.now_ns // MS
        )
        if scenario.moves or scenario.news:
            self.router.monitor = RouterMonitor(
                self.invariants.evidence, self.invariants.guard_invariants, self.news_invariants, self.router.quotes_of
            )
        self.router.start()
        self._tick()

    @property
    def events(self) -> int:
        """How many events happened; turns of idle loops and ticks do not count."""
        return self.scheduler.done - self.ticks - self.market.feed.sent

    def do(self, step: Step) -> None:
        """Carries out a step; one whose position or order is gone does nothing."""
        self._check_news()
        self.invariants.on_step(step)
        _STEPS[step.kind](self, step)

    def _check_news(self) -> None:
        problem = self.news_invariants.problem(self.invariants.evidence)
        if problem:
            raise InvariantViolated(problem)

    def heal(self) -> None:
        """Ends all faults."""
        self.database.up = True
        self.router.start()
        for account in self.accounts:
            account.behaviour = WELL_BEHAVED
        for pod in self.pods:
            pod.start_relay()
            pod.start_terminal()

    def _rng(self, name: str) -> Random:
        return Random(f"{name} {self._scenario.seed}")  # noqa: S311 - a seeded scenario, no secret

    def _account(self, i: int) -> BrokerAccount:
        invariants, rng = self.invariants, self._rng(f"broker {i}")
        return BrokerAccount(
            self.scheduler, rng, self._scenario.account_spec(i), invariants.on_change, invariants.on_order, self.mid_prices
        )

    def _pod(self, i: int) -> Pod:
        rng = self._rng(f"pod {i} {self.scheduler.now_ns}")

        def connect(relay: PodRelay, key: bytes) -> Dealer:
            return Dealer(self.scheduler, rng, self.router, key, relay, self._peers)

        return Pod(
            Node(self.scheduler, rng, connect),
            self.accounts[i],
            self._account_ids[i],
            next(self._epochs),
            self._scenario.ledger_size,
        )

    def _copier(self, i: int, spec: CopierSpec) -> Copier:
        fixed = {"mode": "fixed", "lots": str(lots_decimal(spec.fixed))}
        sizing = fixed if spec.fixed else {"mode": "multiplier", "factor": str(Decimal(spec.percent) / 100)}
        # A year of a history passes in minutes here, so a day's limit of orders would be reached at once.
        stops = {"max_messages_per_day": 100_000, **spec.settings.get("stops", {})}
        basis = {"sizing": sizing, "max_signal_age_ms": spec.age_ms, "copy_stops": spec.copy_stops}
        settings = parse_settings({**basis, **spec.settings, "stops": stops})
        pair = (self._account_ids[spec.master], self._account_ids[spec.slave])
        return Copier(UUID(int=self._rng(f"copier {i}").getrandbits(128)), USER, *pair, CopierMode.ON, settings)

    def _tick(self) -> None:
        self.ticks += 1
        for pod in self.pods:
            pod.on_clock()
        for pod in self._old_pods:
            pod.on_clock()
        self.router.on_clock()
        self.market.on_clock()
        self.scheduler.after(TICK_NS, self._tick)

    # Steps

    def _behaviour(self, step: Step) -> None:
        rng = self._rng(f"temper {step.amount}")
        chances = {fault: rng.choice((0.0, 0.0, 0.05, 0.3)) for fault in FAULTS_OF_BROKERS}
        behaviour = msgspec.structs.replace(WELL_BEHAVED, **chances)
        if any(spec.master == step.who for spec in self._scenario.copiers):
            # A router follows each deal of a master's opening for itself; the invariants know one link for each position.
            behaviour = msgspec.structs.replace(behaviour, fills_twice=0.0)
        if self.accounts[step.who].kind is AccountKind.MT4:
            behaviour = msgspec.structs.replace(behaviour, fills_twice=0.0, fills_partly=0.0)
        self.accounts[step.who].behaviour = behaviour

    def _open(self, step: Step) -> None:
        account = self.accounts[step.who]
        stops = self._stops_of(step.symbol, step.side, step.sl, step.tp)
        ticket = account.open_by_hand(step.symbol, step.side, step.amount, *stops, step.order, _comment(step))
        self._tickets[step.who, step.key] = ticket

    def _stops_of(self, symbol: str, side: int, sl: float, tp: float) -> tuple[float, float]:
        """A step's stops; where prices move they must be on the right side of the price."""
        return self._valid_stops(symbol, side, sl, tp) if self.mid_prices.moves else (sl, tp)

    def _valid_stops(self, symbol: str, side: int, sl: float, tp: float) -> tuple[float, float]:
        """Stops that a broker accepts with a pending order."""
        scale = self.mid_prices.scale(symbol)
        low, high = far_stops(side, sl, tp)
        return low * scale, high * scale

    def _position_of(self, step: Step) -> BrokerPosition | None:
        return self.accounts[step.who].book.by_first_ticket(self._tickets.get((step.who, step.key), 0))

    def _close(self, step: Step) -> None:
        position = self._position_of(step)
        if position is not None:
            self.accounts[step.who].reduce_by_hand(position.ticket, position.volume)

    def _reduce(self, step: Step) -> None:
        self._reduce_position(step, self._position_of(step))

    def _reduce_position(self, step: Step, position: BrokerPosition | None) -> None:
        if position is not None:
            account = self.accounts[step.who]
            volume_step = account.listed[position.symbol].volume_step
            account.reduce_by_hand(position.ticket, position.volume * step.amount // 100 // volume_step * volume_step)

    def _by(self, step: Step) -> None:
        position, account = self._position_of(step), self.accounts[step.who]
        if position is None or account.nets:
            return
        for other in account.positions.values():
            is_foreign = (account.login, other.ticket) in self.invariants.foreign_positions
            if not is_foreign and other.magic < 2**32 and (other.symbol, other.side) == (position.symbol, 1 - position.side):
                account.close_by_hand(position.ticket, other.ticket)
                return

    def _part(self, step: Step) -> None:
        position = self._position_of(step)
        if position is not None:
            self.accounts[step.who].reduce_by_hand(position.ticket, step.amount)

    def _place(self, step: Step) -> None:
        account = self.accounts[step.who]
        expires_ms = self.scheduler.now_ns // MS + step.lasts_ms if step.lasts_ms else 0
        stops = self._valid_stops(step.symbol, step.order % 2, step.sl, step.tp)
        price = step.price * self.mid_prices.scale(step.symbol)
        head = (0, step.symbol, step.order, step.amount, step.amount, price, *stops, expires_ms, 0, "")
        self._tickets[step.who, step.key] = account.place_by_hand(BrokerOrder(*head))

    def _change(self, step: Step) -> None:
        pending_orders, ticket = self.accounts[step.who].pending_orders, self._tickets.get((step.who, step.key), 0)
        order = pending_orders.waiting.get(ticket)
        if order is not None:
            stops = self._valid_stops(order.symbol, order.side, step.sl, step.tp)
            pending_orders.change(ticket, step.price * self.mid_prices.scale(order.symbol), *stops, order.expires_ms)

    def _delete(self, step: Step) -> None:
        self.accounts[step.who].pending_orders.delete(self._tickets.get((step.who, step.key), 0))

    def _fill(self, step: Step) -> None:
        """The market fills a master's order, and within seconds most of its copies."""
        ticket, rng = self._tickets.get((step.who, step.key), 0), self._rng(f"fill {step.at_ms}")
        order = self.accounts[step.who].pending_orders.waiting.get(ticket)
        if order is not None and order.remaining < order.volume:
            # A router follows each further deal of a master's order for itself; the invariants know one link for each order.
            return
        _fill_some(self.accounts[step.who], ticket, step.amount, rng)
        for copier in self.copiers:
            slave = self.accounts[self._account_ids.index(copier.slave)]
            if self._account_ids.index(copier.master) == step.who and rng.random() < 0.8:
                self.scheduler.after(
                    rng.randint(0, 3_000) * MS, partial(self._fill_copy, slave, link_id(copier.id, ticket), rng)
                )

    def _fill_copy(self, slave: BrokerAccount, link: int, rng: Random) -> None:
        for order in slave.pending_orders.of(link):
            is_master = any(self.accounts[self._account_ids.index(copier.master)] is slave for copier in self.copiers)
            _fill_some(slave, order.ticket, 100 if is_master else rng.choice((100, 100, 100, 40)), rng)

    def _stops(self, step: Step) -> None:
        position = self._position_of(step)
        if position is not None:
            stops = self._stops_of(position.symbol, position.side, step.sl, step.tp)
            self.accounts[step.who].move_by_hand(position.ticket, *stops)

    def _copy(self, step: Step) -> BrokerPosition | None:
        copier = self.copiers[step.copier]
        ticket = self._tickets.get((self._account_ids.index(copier.master), step.key))
        if ticket is None or self._account_ids.index(copier.slave) != step.who:
            return None
        return next(iter(self.accounts[step.who].positions_of(link_id(copier.id, ticket))), None)

    def _hand_close(self, step: Step) -> None:
        position = self._copy(step)
        if position is not None:
            self.accounts[step.who].reduce_by_hand(position.ticket, position.volume)

    def _hand_reduce(self, step: Step) -> None:
        self._reduce_position(step, self._copy(step))

    def _hand_stops(self, step: Step) -> None:
        position, account = self._copy(step), self.accounts[step.who]
        whole = None if position is None else account.positions.get(position.ticket)
        # An allocation may be on the other side than its net position: no broker accepts such a stop.
        if position is not None and whole is not None and whole.side == position.side:
            sl, _ = self._stops_of(position.symbol, position.side, step.sl, 0.0)
            account.move_by_hand(position.ticket, sl, position.tp)

    def _foreign(self, step: Step) -> None:
        magic = (0, 4711)[step.side]
        ticket = self.accounts[step.who].open_by_hand(step.symbol, step.side, step.amount, 0.0, 0.0, magic)
        self.invariants.on_foreign_position(self.accounts[step.who], ticket)

    def _mode(self, step: Step) -> None:
        copier = msgspec.structs.replace(self.copiers[step.who], mode=mode_of(step))
        self.copiers[step.who] = self.database.copiers[copier.id] = copier
        self.scheduler.after(60 * MS, self.router.on_plan_changed)

    def _move(self, step: Step) -> None:
        self.market.move(step)

    def _spread(self, step: Step) -> None:
        self.market.spread(step)

    def _cash(self, step: Step) -> None:
        self.market.cash(step)

    def _reset(self, step: Step) -> None:
        self.market.reset(step, self.copiers[step.who], self.database)

    def _news(self, step: Step) -> None:
        utc_ms = self._scenario.utc_ms + self.scheduler.now_ns // MS + step.lasts_ms
        self.database.announce(NewsItem(utc_ms, step.symbol, "high", "Unexpected"))
        self.news_invariants.on_announced()
        self.scheduler.after(60 * MS, self.router.on_plan_changed)

    def _kill_router(self, step: Step) -> None:
        self.router.kill()
        self.scheduler.after(step.amount * MS, self.router.start)

    def _cut(self, step: Step) -> None:
        for pod in self._pods_of(step.who):
            if pod.relay is not None and pod.relay.dealer is not None:
                pod.relay.dealer.cut()

    def _stall(self, step: Step) -> None:
        for pod in self._pods_of(step.who):
            dealer = None if pod.relay is None else pod.relay.dealer
            if dealer is not None and dealer.connection is not None:
                dealer.connection.stall(self.scheduler.now_ns + step.amount % LONGEST_STALL_MS * MS)

    def _kill_relay(self, step: Step) -> None:
        pod = self.pods[step.who]
        pod.kill_relay()
        self.scheduler.after(step.amount * MS, pod.start_relay)

    def _kill_terminal(self, step: Step) -> None:
        pod = self.pods[step.who]
        pod.kill_terminal()
        self.scheduler.after(step.amount * MS, pod.start_terminal)

    def _replace_pod(self, step: Step) -> None:
        old = self.pods[step.who]
        self._old_pods = [pod for pod in self._old_pods if not pod.ended] + [old]
        self.scheduler.after(step.amount * MS, old.end)
        self.pods[step.who] = self._pod(step.who)

    def _lose_broker(self, step: Step) -> None:
        self.pods[step.who].lose_broker(self.scheduler.now_ns + step.amount * MS)

    def _freeze(self, step: Step) -> None:
        self.pods[step.who].freeze(self.scheduler.now_ns + step.amount * MS)

    def _lose_database(self, step: Step) -> None:
        self.database.up = False
        self.scheduler.after(step.amount * MS, self._database_back)

    def _database_back(self) -> None:
        self.database.up = True

    def _pods_of(self, who: int) -> list[Pod]:
        account_id = self._account_ids[who]
        return [pod for pod in (*self.pods, *self._old_pods) if pod.account_id == account_id]


def _comment(step: Step) -> str:
    return "scalp 5" if step.order == 77 else ""


def _fill_some(account: BrokerAccount, ticket: int, percent: int, rng: Random) -> None:
    order = account.pending_orders.waiting.get(ticket)
    if order is not None:
        step = account.listed[order.symbol].volume_step
        part = order.remaining if account.kind is AccountKind.MT4 else order.remaining * percent // 100 // step * step
        account.pending_orders.fill(ticket, part or order.remaining, rng.random() < 0.5)


_STEPS: dict[str, Callable[[SimulatedWorld, Step], None]] = {
    name.removeprefix("_"): method
    for name, method in vars(SimulatedWorld).items()
    if callable(method) and "step" in getattr(method, "__annotations__", {})
}
