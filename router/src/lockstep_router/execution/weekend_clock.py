"""When weekends begin. Nothing else happens at that moment, so somebody must look at the clock for copiers that rest.

A weekend may hold for a whole account: then each copier of that slave rests with the one that says so.
"""

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from lockstep_core.decision.plan import Copier
from lockstep_core.decision.weekend import weekend_of
from lockstep_core.market.money import Figures
from lockstep_core.rules.rules import WeekendRule

_SECOND_MS = 1_000


class WeekendClock:
    """Looks once a second: a weekend may be set by the broker's clock, and that may change meanwhile. `shared` are the
    weekends of whole accounts.
    """

    def __init__(self) -> None:
        self.shared: Mapping[UUID, tuple[WeekendRule, ...]] = {}
        self._rules: dict[UUID, tuple[WeekendRule, UUID]] = {}
        self._resting: set[UUID] = set()
        self._due_ms = 0

    def renew(self, copiers: Iterable[Copier]) -> None:
        """Other copiers, or other settings of them."""
        rules = {copier.id: (rule, copier.slave) for copier in copiers if (rule := _rule_of(copier)) is not None}
        # What a rule begins to demand of a copier, or of an account, is looked at as if its weekend began now.
        self._resting = {number for number in self._resting if rules.get(number) == self._rules.get(number)}
        self._rules = rules
        shared: dict[UUID, tuple[WeekendRule, ...]] = {}
        for rule, slave in rules.values():
            if rule.whole_account:
                shared[slave] = (*shared.get(slave, ()), rule)
        self.shared = shared

    def begun(self, utc_ms: int | None, figures_of: Callable[[UUID], Figures | None]) -> tuple[UUID, ...]:
        """The copiers whose weekend has begun since this was asked last."""
        if not self._rules or utc_ms is None or utc_ms < self._due_ms:
            return ()
        self._due_ms = utc_ms - utc_ms % _SECOND_MS + _SECOND_MS
        resting = {number for number, (rule, slave) in self._rules.items() if _is_over(rule, utc_ms, figures_of(slave))}
        begun, self._resting = tuple(sorted(resting - self._resting)), resting
        return begun


def _is_over(rule: WeekendRule, utc_ms: int, figures: Figures | None) -> bool:
    weekend = weekend_of(rule, utc_ms, figures)
    return weekend is not None and weekend.begins_ms <= utc_ms


def _rule_of(copier: Copier) -> WeekendRule | None:
    return None if copier.rules.filters is None else copier.rules.filters.weekend
