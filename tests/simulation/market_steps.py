"""Steps of a scenario that change prices, money and guards."""

from collections.abc import Callable
from functools import partial

from lockstep_core.decision.plan import Copier
from lockstep_core.settings.guards import guard_keys
from tests.simulation.broker import BrokerAccount
from tests.simulation.database import RouterTables
from tests.simulation.pod import Pod
from tests.simulation.prices import MidPrices
from tests.simulation.router import Router
from tests.simulation.scenario import Step
from tests.simulation.scheduler import MS, Scheduler
from tests.simulation.tick_feed import TickFeed


class MarketSteps:
    """Carries out the steps that change prices, balances and guards."""

    def __init__(
        self,
        scheduler: Scheduler,
        mid_prices: MidPrices,
        router: Router,
        accounts: list[BrokerAccount],
        pods: Callable[[], list[Pod]],
    ) -> None:
        self.feed = TickFeed(scheduler, router)
        self._scheduler = scheduler
        self._mid_prices = mid_prices
        self._router = router
        self._accounts = accounts
        self._pods = pods

    def on_clock(self) -> None:
        """One turn of the world's clock."""
        if self._mid_prices.moves:
            self.feed.on_clock(self._pods())

    def move(self, step: Step) -> None:
        """Sets the price of an instrument."""
        self._mid_prices.move(step.symbol, step.price * self._mid_prices.scale(step.symbol))
        self._on_prices_changed()

    def spread(self, step: Step) -> None:
        """Sets the spread of a symbol at one broker."""
        self._accounts[step.who].prices.spreads[step.symbol] = step.amount
        self._on_prices_changed()

    def restrict(self, step: Step) -> None:
        """Sets the mode in which one broker lets a symbol be traded."""
        self._accounts[step.who].restrict(step.symbol, step.amount)

    def cash(self, step: Step) -> None:
        """The broker books costs or interest."""
        self._accounts[step.who].figures_history.book(step.amount)

    def pay(self, step: Step) -> None:
        """The owner deposits or withdraws money."""
        self._accounts[step.who].figures_history.pay(step.amount)

    def reset(self, step: Step, copier: Copier, database: RouterTables) -> None:
        """The owner asks to reset a guard."""
        keys = guard_keys(copier.settings.guards)
        if step.key < len(keys) and database.request_reset((copier.id, keys[step.key])):
            self._scheduler.after(60 * MS, self._router.on_plan_changed)

    def _on_prices_changed(self) -> None:
        for account in self._accounts:
            account.figures_history.update()
        self._scheduler.after(MS, partial(self.feed.tick, self._pods()))


def far_stops(side: int, sl: float, tp: float) -> tuple[float, float]:
    """Moves a scenario's stops to their right sides, too far away for any price to reach them."""
    up = 1 - 2 * side
    low, high = (2 * (level - 1) if level else 0.0 for level in (sl, tp))
    return round(1 - up * low, 5) if low else 0.0, round(1 + up * high, 5) if high else 0.0
