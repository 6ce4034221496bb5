"""When economic news first require closings. No other event happens at that moment, so a timer is needed."""

import heapq
from collections.abc import Iterable
from uuid import UUID

from lockstep_core.decision.context import NewsItem
from lockstep_core.decision.economic_news import next_closing_ms
from lockstep_core.decision.plan import Copier
from lockstep_core.rules.rules import NewsRule

News = tuple[NewsItem, ...]


class NewsTimers:
    """The next such moment of each copier that closes before news. Times are Unix time in ms."""

    def __init__(self) -> None:
        self._rules: dict[UUID, NewsRule] = {}
        self._moments: list[tuple[int, UUID]] = []

    def renew(self, copiers: Iterable[Copier], news: News, utc_ms: int | None) -> tuple[UUID, ...]:
        """Copiers or news have changed. Returns the copiers that wait for such a moment."""
        rules = {copier.id: None if copier.rules.filters is None else copier.rules.filters.news for copier in copiers}
        self._rules = {number: rule for number, rule in rules.items() if rule is not None and rule.close_ms is not None}
        self._moments = []
        if utc_ms is not None:
            for number in self._rules:
                self._wait(number, news, utc_ms)
        return tuple(self._rules)

    def due(self, news: News, utc_ms: int | None) -> tuple[UUID, ...]:
        """The copiers whose moment has come. Each one then waits for its next one."""
        if utc_ms is None or not self._moments or self._moments[0][0] > utc_ms:
            return ()
        found = []
        while self._moments and self._moments[0][0] <= utc_ms:
            found.append(heapq.heappop(self._moments)[1])
        for number in found:
            self._wait(number, news, utc_ms)
        return tuple(found)

    def _wait(self, number: UUID, news: News, utc_ms: int) -> None:
        moment = next_closing_ms(self._rules[number], news, utc_ms)
        if moment is not None:
            heapq.heappush(self._moments, (moment, number))
