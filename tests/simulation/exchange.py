"""Steps of a story that are about prices, money and guards."""

from collections.abc import Callable
from functools import partial

from lockstep_core.decision.plan import Copier
from lockstep_core.settings.guards import guard_keys
from tests.simulation.agenda import MS, Agenda
from tests.simulation.broker import Account
from tests.simulation.database import Database
from tests.simulation.feed import Feed
from tests.simulation.pod import Pod
from tests.simulation.prices import Street
from tests.simulation.routers import Router
from tests.simulation.story import Step


class Exchange:
    """What happens to all accounts at once, and to the money of one."""

    def __init__(
        self, agenda: Agenda, street: Street, router: Router, accounts: list[Account], pods: Callable[[], list[Pod]]
    ) -> None:
        self.feed = Feed(agenda, router)
        self._agenda = agenda
        self._street = street
        self._router = router
        self._accounts = accounts
        self._pods = pods

    def on_clock(self) -> None:
        """A turn of the world's clock."""
        if self._street.moves:
            self.feed.on_clock(self._pods())

    def move(self, step: Step) -> None:
        """Another price of a thing."""
        self._street.move(step.symbol, step.price * self._street.scale(step.symbol))
        self._changed()

    def spread(self, step: Step) -> None:
        """Another spread at one broker."""
        self._accounts[step.who].prices.spreads[step.symbol] = step.amount
        self._changed()

    def cash(self, step: Step) -> None:
        """The owner pays in or takes out."""
        self._accounts[step.who].purse.pay(step.amount)

    def reset(self, step: Step, copier: Copier, database: Database) -> bool:
        """The owner lets a guard go on; whether that was to be."""
        keys = guard_keys(copier.settings.guards.risk_limits)
        wished = step.key < len(keys) and database.wish_reset((copier.id, keys[step.key]))
        if wished:
            self._agenda.after(60 * MS, self._router.on_plan_changed)
        return wished

    def _changed(self) -> None:
        for account in self._accounts:
            account.purse.look()
        self._agenda.after(MS, partial(self.feed.tick, self._pods()))


def sane(side: int, sl: float, tp: float) -> tuple[float, float]:
    """Stops of a story on the sides where they belong, and so far away that no price ever comes there."""
    up = 1 - 2 * side
    low, high = (2 * (level - 1) if level else 0.0 for level in (sl, tp))
    return round(1 - up * low, 5) if low else 0.0, round(1 + up * high, 5) if high else 0.0
