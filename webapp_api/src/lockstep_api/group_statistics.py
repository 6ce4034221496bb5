"""Statistics of groups of copies, computed from the sums in the database. Pure."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

_ADDED = ("copied", "skipped", "rejected", "unresolved", "lots", "wins", "losses", "even", "won_bp", "lost_bp")


def months_of(days: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sums up groups by day, which must be in order, to groups by month. A month's slippage is the average per copy."""
    months = {month: list(of_month) for month, of_month in groupby(days, key=lambda day: str(day["key"])[:7])}
    return [
        {"key": month, **{name: sum(day[name] for day in of) for name in _ADDED}, "average_slippage_bp": _slippage(of)}
        for month, of in months.items()
    ]


def _slippage(days: Sequence[dict[str, Any]]) -> float | None:
    known = [(day["average_slippage_bp"], day["copied"]) for day in days if day["average_slippage_bp"] is not None]
    copied = sum(count for _, count in known)
    return sum(slippage * count for slippage, count in known) / copied if copied else None


def statistics_of(row: dict[str, Any]) -> dict[str, Any]:
    """A group with the ratios that follow from its sums. Even trades count neither as won nor as lost."""
    wins, losses, won, lost = row["wins"], row["losses"], row["won_bp"], row["lost_bp"]
    decided, closed = wins + losses, wins + losses + row["even"]
    return {
        **row,
        "win_rate": wins / decided if decided else None,
        "profit_factor": won / lost if lost else None,
        "payoff_ratio": (won / wins) / (lost / losses) if wins and losses and lost else None,
        "expectancy_bp": (won - lost) / closed if closed else None,
    }
