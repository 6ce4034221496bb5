"""What a news filter forbids, computed from the calendar and apart from the engine."""

from collections.abc import Callable

from lockstep_core.copiers import CopierMode
from lockstep_core.decision.context import NewsItem
from lockstep_core.decision.plan import Copier
from tests.simulation.broker_data import AccountKind, ListedSymbol
from tests.simulation.evidence import Evidence

MINUTE_MS = 60_000
SOON_MS = 5_000
"""Without faults, everything is closed this long after the news filter begins to demand it."""
ORDER_MS = 200
"""The longest time that a well-behaved broker works on one order, plus the next turn of an MT4 program."""


class NewsInvariants:
    """`calendar` is the part that the running router has, `utc_ms` the time."""

    def __init__(self, calendar: Callable[[], tuple[NewsItem, ...]], utc_ms: Callable[[], int]) -> None:
        self._calendar = calendar
        self._utc_ms = utc_ms
        self._announced_ms = 0

    def on_announced(self) -> None:
        """Unexpected news were announced. They count from now on, however near they are."""
        self._announced_ms = self._utc_ms()

    def forbids(self, copier: Copier, listed: ListedSymbol) -> bool:
        """Whether nothing of this symbol may be opened now."""
        rule = copier.settings.filters.news_filter
        if rule is None:
            return False
        before_ms = rule.open_position_preceding_time_gap_in_minutes * MINUTE_MS
        after_ms = rule.open_position_following_time_gap_in_minutes * MINUTE_MS
        return any(-after_ms <= ahead_ms <= before_ms for ahead_ms in self._ahead(copier, listed))

    def closes(self, copier: Copier, listed: ListedSymbol, since_ms: int = 0) -> bool:
        """Whether everything of this symbol must be closed now, and had to be closed for `since_ms`."""
        rule = copier.settings.filters.news_filter
        if rule is None or rule.close_position_time_gap_in_minutes is None:
            return False
        gap_ms = rule.close_position_time_gap_in_minutes * MINUTE_MS
        return any(0 <= ahead_ms <= gap_ms - since_ms for ahead_ms in self._ahead(copier, listed))

    def problem(self, evidence: Evidence) -> str:
        """A copy that is open though news are near, while there was no fault."""
        is_early = self._utc_ms() - self._announced_ms < SOON_MS
        if is_early or not self._calendar() or not (evidence.fault_free and evidence.undisturbed) or evidence.modes_changed:
            return ""
        for link, origin in evidence.origins.by_link.items():
            copier, slave = evidence.now(origin), evidence.accounts[origin.copier.slave]
            # MT4's program waits for each answer before it sends the next order, so the last of many copies is closed late.
            soon_ms = SOON_MS + (ORDER_MS * len(slave.deals) if slave.kind is AccountKind.MT4 else 0)
            for position in slave.positions_of(link):
                is_old = (evidence.clock_ms() - position.opened_ns // 1_000_000) > soon_ms
                is_due = copier.mode is CopierMode.ON and self.closes(copier, slave.listed[position.symbol], soon_ms)
                if is_due and is_old and not evidence.is_doubtful(link, origin):
                    return f"#{origin.key} (link {link}) is open though news are near"
        return ""

    def _ahead(self, copier: Copier, listed: ListedSymbol) -> list[int]:
        """How far ahead news count for a symbol, in ms."""
        rule, now_ms = copier.settings.filters.news_filter, self._utc_ms()
        levels = () if rule is None else rule.priorities
        currencies = {listed.base, listed.profit} - {""}
        found = [item for item in self._calendar() if item.priority in levels]
        return [item.utc_ms - now_ms for item in found if not currencies or item.currency in currencies]
