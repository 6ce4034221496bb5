"""A scenario's world: brokers, pods, the router and its database, and the effect of each step on them."""

from decimal import Decimal
from itertools import count
from random import Random
from uuid import UUID

import msgspec

from lockstep_core.accounts import Role, TradingAccount
from lockstep_core.copiers import CopierMode, parse_settings
from lockstep_core.decision.context import NewsItem
from lockstep_core.decision.plan import Copier
from lockstep_core.units import lots_decimal
from tests.simulation.broker import WELL_BEHAVED, BrokerAccount
from tests.simulation.connections import Dealer
from tests.simulation.database import RouterTables
from tests.simulation.evidence import InvariantViolated
from tests.simulation.fault_steps import FaultSteps
from tests.simulation.invariants import Invariants
from tests.simulation.market_steps import MarketSteps
from tests.simulation.news_invariants import NewsInvariants
from tests.simulation.pod import Node, Pod
from tests.simulation.prices import MidPrices
from tests.simulation.relay import PodRelay
from tests.simulation.router import Router
from tests.simulation.router_monitor import RouterMonitor
from tests.simulation.scenario import CopierSpec, Scenario, Step, mode_of
from tests.simulation.scheduler import MS, Scheduler
from tests.simulation.trade_steps import TradeSteps
from tests.simulation.twins import force_twins
from tests.simulation.weekend_rules import weekend_problem

TICK_NS = 50 * MS
USER = UUID(int=1)
TWINS = 0.2
"""The share of scenarios in which two links have the same magic number on MT4."""


class SimulatedWorld:
    """The world of one scenario; `invariants` checks it."""

    def __init__(self, scenario: Scenario) -> None:
        self.scheduler = Scheduler()
        self.ticks = 0
        self.scenario = scenario
        self.mid_prices = MidPrices(scenario.moves)
        self.account_ids = [UUID(int=100 + i) for i in range(scenario.accounts)]
        self.copiers = [self._copier(i, spec) for i, spec in enumerate(scenario.copiers)]
        accounts = {n: TradingAccount(n, USER, 1000 + i, Role.BOTH) for i, n in enumerate(self.account_ids)}
        self.database = RouterTables(accounts, {copier.id: copier for copier in self.copiers})
        self.router = Router(self.scheduler, self.rng("router"), self.database, scenario.utc_ms)
        router = self.router
        self.invariants = Invariants(router.decision_order, router.unrecorded, lambda: self.scheduler.now_ns // MS)
        self.accounts = [self._account(i) for i in range(scenario.accounts)]
        self._peers = count(1)
        self._epochs = count(1)
        self.pods = [self.new_pod(i) for i in range(scenario.accounts)]
        self.old_pods: list[Pod] = []
        self.invariants.begin(self.copiers, dict(zip(self.account_ids, self.accounts, strict=True)), self.database)
        if self.rng("twins").random() < TWINS:
            numbered = dict(zip(self.account_ids, self.accounts, strict=True))
            self.invariants.evidence.twins = frozenset().union(*(force_twins(one, numbered) for one in self.copiers))
        if any(listed.sessions for account in self.accounts for listed in account.listed.values()):
            self.invariants.on_closed_market()
        self.market = MarketSteps(self.scheduler, self.mid_prices, self.router, self.accounts, lambda: self.pods)
        for item in scenario.news:
            self.database.announce(item)
        self.news_invariants = NewsInvariants(
            lambda: self.router.calendar, lambda: scenario.utc_ms + self.scheduler.now_ns // MS
        )
        if scenario.moves or scenario.news:
            self.router.monitor = RouterMonitor(
                self.invariants.evidence, self.invariants.guard_invariants, self.news_invariants, self.router.good_quotes_of
            )
        self._trade_steps, self._fault_steps = TradeSteps(self), FaultSteps(self)
        self.router.start()
        self._tick()

    @property
    def events(self) -> int:
        """The number of events. Turns of idle loops and ticks do not count."""
        return self.scheduler.done - self.ticks - self.market.feed.sent

    @property
    def deals(self) -> int:
        """The number of deals on all accounts."""
        return sum(len(account.deals) for account in self.accounts)

    def do(self, step: Step) -> None:
        """Carries out a step. One whose position or order is gone does nothing."""
        self._check_news()
        self.invariants.on_step(step)
        for steps in (self._trade_steps, self._fault_steps, self, self.market):
            carry_out = getattr(steps, step.kind, None)
            if carry_out is not None:
                carry_out(step)
                return
        raise KeyError(step.kind)

    def _check_news(self) -> None:
        evidence = self.invariants.evidence
        calm = evidence.fault_free and evidence.undisturbed and not evidence.modes_changed
        problem = self.news_invariants.problem(evidence) or (weekend_problem(evidence) if calm else "")
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

    def rng(self, name: str) -> Random:
        """Random numbers for one purpose, the same in every play of the scenario."""
        return Random(f"{name} {self.scenario.seed}")  # noqa: S311 - a seeded scenario, no secret

    def _account(self, i: int) -> BrokerAccount:
        invariants, rng = self.invariants, self.rng(f"broker {i}")
        return BrokerAccount(
            self.scheduler, rng, self.scenario.account_spec(i), invariants.on_change, invariants.on_order, self.mid_prices
        )

    def new_pod(self, i: int) -> Pod:
        """A pod of an account, in a new epoch."""
        rng = self.rng(f"pod {i} {self.scheduler.now_ns}")

        def connect(relay: PodRelay, key: bytes) -> Dealer:
            return Dealer(self.scheduler, rng, self.router, key, relay, self._peers)

        return Pod(
            Node(self.scheduler, rng, connect),
            self.accounts[i],
            self.account_ids[i],
            next(self._epochs),
            self.scenario.ledger_size,
        )

    def _copier(self, i: int, spec: CopierSpec) -> Copier:
        fixed = {"mode": "fixed", "lots": str(lots_decimal(spec.fixed))}
        sizing = fixed if spec.fixed else {"mode": "multiplier", "factor": str(Decimal(spec.percent) / 100)}
        # A year of a history passes in minutes here, so a daily limit of orders would be reached at once.
        stops = {"max_messages_per_day": 100_000, **spec.settings.get("stops", {})}
        basis = {"sizing": sizing, "max_signal_age_ms": spec.age_ms, "copy_stops": spec.copy_stops}
        settings = parse_settings({**basis, **spec.settings, "stops": stops})
        pair = (self.account_ids[spec.master], self.account_ids[spec.slave])
        return Copier(UUID(int=self.rng(f"copier {i}").getrandbits(128)), USER, *pair, CopierMode.ON, settings)

    def _tick(self) -> None:
        self.ticks += 1
        for pod in self.pods:
            pod.on_clock()
        for pod in self.old_pods:
            pod.on_clock()
        self.router.on_clock()
        self.market.on_clock()
        self.scheduler.after(TICK_NS, self._tick)

    # Steps

    def mode(self, step: Step) -> None:
        """A user changes the mode of a copier."""
        copier = msgspec.structs.replace(self.copiers[step.who], mode=mode_of(step))
        self.copiers[step.who] = self.database.copiers[copier.id] = copier
        self.scheduler.after(60 * MS, self.router.on_plan_changed)

    def reset(self, step: Step) -> None:
        """A user asks to reset a guard."""
        self.market.reset(step, self.copiers[step.who], self.database)

    def news(self, step: Step) -> None:
        """Unexpected news are announced."""
        utc_ms = self.scenario.utc_ms + self.scheduler.now_ns // MS + step.lasts_ms
        self.database.announce(NewsItem(utc_ms, step.symbol, "high", "Unexpected"))
        self.news_invariants.on_announced()
        self.scheduler.after(60 * MS, self.router.on_plan_changed)
