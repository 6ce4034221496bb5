"""The news calendar, and what copiers that keep away from news may not do, reckoned apart from the engine."""

from collections.abc import Callable

from lockstep_core.copiers import CopierMode
from lockstep_core.decision.context import NewsItem
from lockstep_core.decision.plan import Copier
from tests.simulation.market import Listed
from tests.simulation.scenes import Scene

MINUTE_MS = 60_000
SOON_MS = 5_000
"""So long after news began to demand it, everything is closed while nothing is broken."""


class Newsroom:
    """`calendar` is what the router of now has got of it, `utc_ms` the time."""

    def __init__(self, calendar: Callable[[], tuple[NewsItem, ...]], utc_ms: Callable[[], int]) -> None:
        self._calendar = calendar
        self._utc_ms = utc_ms
        self._announced_ms = 0

    def on_announced(self) -> None:
        """News came that nobody expected: they count from now on, however near they are."""
        self._announced_ms = self._utc_ms()

    def forbids(self, copier: Copier, listed: Listed) -> bool:
        """Whether nothing of this symbol may be opened now."""
        rule = copier.settings.filters.news_filter
        if rule is None:
            return False
        before_ms = rule.open_position_preceding_time_gap_in_minutes * MINUTE_MS
        after_ms = rule.open_position_following_time_gap_in_minutes * MINUTE_MS
        return any(-after_ms <= ahead_ms <= before_ms for ahead_ms in self._ahead(copier, listed))

    def closes(self, copier: Copier, listed: Listed, since_ms: int = 0) -> bool:
        """Whether everything of this symbol is to be closed now, and was to be for so long."""
        rule = copier.settings.filters.news_filter
        if rule is None or rule.close_position_time_gap_in_minutes is None:
            return False
        gap_ms = rule.close_position_time_gap_in_minutes * MINUTE_MS
        return any(0 <= ahead_ms <= gap_ms - since_ms for ahead_ms in self._ahead(copier, listed))

    def problem(self, scene: Scene) -> str:
        """What is open though news are near, where nothing was ever broken."""
        early = self._utc_ms() - self._announced_ms < SOON_MS
        if early or not self._calendar() or not (scene.whole and scene.calm) or scene.modes_changed:
            return ""
        for number, known in scene.links.known.items():
            copier, slave = scene.now(known), scene.accounts[known.copier.slave]
            for held in slave.by_magic(number):
                old = (scene.clock_ms() - held.opened_ns // 1_000_000) > SOON_MS
                due = copier.mode is CopierMode.ON and self.closes(copier, slave.listed[held.symbol], SOON_MS)
                if due and old and not scene.is_doubtful(number, known):
                    return f"#{known.key} (link {number}) is open though news are near"
        return ""

    def _ahead(self, copier: Copier, listed: Listed) -> list[int]:
        """How far ahead all news are that count, in ms."""
        rule, now_ms = copier.settings.filters.news_filter, self._utc_ms()
        levels = () if rule is None else rule.priorities
        concerned = {listed.base, listed.profit} - {""}
        found = [item for item in self._calendar() if item.priority in levels]
        return [item.utc_ms - now_ms for item in found if not concerned or item.currency in concerned]
