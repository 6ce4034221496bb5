"""When weekends begin. No event comes at that moment, so the clock is checked for copiers that rest at weekends.

A weekend may hold for a whole account: then each copier of that slave rests together with the one whose rule says so.
"""

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from lockstep_core.decision.plan import Copier
from lockstep_core.decision.weekend import weekend_of
from lockstep_core.market.money import Figures
from lockstep_core.rules.rules import WeekendRule

_SECOND_MS = 1_000


class WeekendClock:
    """Checks the clock once a second: a weekend may follow the broker's clock, whose offset may change. `shared`: the
    weekends of whole accounts.
    """

    def __init__(self) -> None:
        self.shared: Mapping[UUID, tuple[WeekendRule, ...]] = {}
        self._rules: dict[UUID, tuple[WeekendRule, UUID]] = {}
        self._resting: set[UUID] = set()
        self._due_ms = 0

    def renew(self, copiers: Iterable[Copier]) -> None:
        """Takes new copiers, or new settings of copiers."""
        rules = {copier.id: (rule, copier.slave) for copier in copiers if (rule := _rule_of(copier)) is not None}
        # A rule that has come to hold counts as if its weekend began now.
        self._resting = {number for number in self._resting if rules.get(number) == self._rules.get(number)}
        self._rules = rules
        shared: dict[UUID, tuple[WeekendRule, ...]] = {}
        for rule, slave in rules.values():
            if rule.whole_account:
                shared[slave] = (*shared.get(slave, ()), rule)
        self.shared = shared

    def begun(self, utc_ms: int | None, figures_of: Callable[[UUID], Figures | None]) -> tuple[UUID, ...]:
        """The copiers whose weekend has begun since the last call."""
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
