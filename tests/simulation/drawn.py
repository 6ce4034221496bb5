"""Settings of copiers, drawn at random: every way of sizing, limits, filters, hours, stops and the other side."""

from random import Random
from typing import Any

from lockstep_core.decision.context import NewsItem
from tests.simulation.expected import FORMULAS
from tests.simulation.market import Figures

PENDINGS: tuple[dict[str, Any], ...] = (
    {"mode": "copy"},
    {"mode": "copy", "when_filled": "market"},
    {"mode": "copy", "copy_expiration": False},
    {"mode": "at_market"},
    {"mode": "skip"},
)
SIZINGS: tuple[dict[str, Any], ...] = (
    {"mode": "none"},
    {"mode": "balance", "factor": "1.5"},
    {"mode": "equity"},
    {"mode": "free_margin", "factor": "0.7"},
    {"mode": "contract_size"},
    {"mode": "fixed_master_balance", "master_balance": "15000"},
    *({"mode": "formula", "expression": expression} for expression in FORMULAS),
)
BY_RISK: tuple[dict[str, Any], ...] = (
    {"mode": "fixed_risk", "risk_fraction": "0.3"},
    {"mode": "fixed_risk", "risk_fraction": "0.2", "of": "equity"},
    {"mode": "risk_amount", "amount": "2500"},
)
LIMITS: tuple[dict[str, Any], ...] = (
    {"max_trade_volume": "0.4"},
    {"max_trade_volume": "0.4", "max_trade_volume_refuses": True},
    {"min_trade_volume": "0.15"},
    {"min_trade_volume": "0.15", "force_tiny_trades": True, "max_risk_coefficient": "2"},
    {"round_down": False, "max_risk_coefficient": "1.2"},
    {"max_open_positions": 2},
    {"max_open_positions_per_symbol": 1},
    {"max_open_positions_per_side": 1},
    {"max_total_lots": "1.2"},
)
FILTERS: tuple[dict[str, Any], ...] = (
    {"symbol_filter": {"included": ["EUR*", "US500"]}},
    {"symbol_filter": {"excluded": ["XAU*"]}},
    {"allowed_sides": ["buy"]},
    {"magic_filter": {"included": [{"first": 1, "last": 100}]}},
    {"magic_filter": {"excluded": [{"first": 77, "last": 77}]}},
    {"comment_filter": {"excluded": ["scalp*"]}},
    {"time_windows": [{"days": ["mon"], "start": "00:00", "end": "00:18"}]},
    {"time_windows": [{"days": ["mon"], "start": "01:00", "end": "04:00"}], "time_zone": "broker"},
    {"time_windows": [{"days": ["mon"], "start": "01:00", "end": "02:00"}], "time_zone": "Europe/Berlin"},
    {"time_windows": [{"days": ["sun"], "start": "22:00", "end": "00:17"}]},
)
STOPS: tuple[dict[str, Any], ...] = (
    {"stop_loss": {"mode": "none"}},
    {"take_profit": {"mode": "none"}},
    {"stop_loss": {"mode": "fixed", "points": 1000}},
    {"take_profit": {"mode": "fixed", "points": 500}},
    {"stop_loss": {"mode": "distance"}, "take_profit": {"mode": "distance"}},
    {"stop_loss": {"mode": "copy", "offset_points": 100}},
    {"max_stop_loss_points": 1500},
    {"require_stop_loss": True},
)


WITHOUT_MONEY: tuple[dict[str, Any], ...] = (
    {"mode": "none"},
    {"mode": "contract_size"},
    {"mode": "formula", "expression": "providerVolume * 0.5 + 0.02"},
)
BEGIN_MS = 1_000_000
"""The world's time when a story begins."""
_PRECEDING, _FOLLOWING = (f"open_position_{which}_time_gap_in_minutes" for which in ("preceding", "following"))
NEWS: tuple[dict[str, Any], ...] = (
    {"priorities": ["high", "medium"], _PRECEDING: 1, _FOLLOWING: 0},
    {"priorities": ["high"], _PRECEDING: 0, _FOLLOWING: 1},
    {"priorities": ["high", "medium"], _PRECEDING: 1, _FOLLOWING: 0, "close_position_time_gap_in_minutes": 1},
    {"priorities": ["high", "low"], _PRECEDING: 2, _FOLLOWING: 1, "close_position_time_gap_in_minutes": 1},
)
MANUAL = {"close_positions": True, "reset": "manual"}
GUARDS: tuple[dict[str, Any], ...] = (
    {"type": "day", "max_absolute_risk": "300", "warn_fraction": "0.5"},
    {"type": "week", "apply_to": "balance-difference", "max_relative_risk": "0.03", **MANUAL},
    {"type": "lifetime", "apply_to": "balance-minus-equity", "max_absolute_risk": "150", "warn_fraction": "0.8", **MANUAL},
    {"kind": "drawdown", "type": "day", "max_relative_risk": "0.04", "close_positions": True},
    {"kind": "drawdown", "type": "lifetime", "max_absolute_risk": "500", "warn_fraction": "0.5", "reset": "manual"},
    {"kind": "equity_floor", "type": "lifetime", "max_absolute_risk": "9500", "close_positions": True},
    {"kind": "equity_floor", "type": "day", "max_absolute_risk": "9600", "warn_fraction": "0.98", "reset": "manual"},
    {"kind": "profit_target", "type": "day", "max_absolute_risk": "400", "close_positions": True},
)


def a_setting(dice: Random, small: bool) -> dict[str, Any]:
    """Settings beside the age of signals; those of risk keep the stops as they come. `small`: the lots are fixed and few."""
    drawn: dict[str, Any] = {"pending": dice.choice(PENDINGS)}
    chance = dice.random()
    if chance < 0.15:
        drawn["sizing"], drawn["pending"] = dice.choice(BY_RISK), dice.choice(PENDINGS[3:])
    elif chance < 0.6:
        drawn["sizing"] = dice.choice(SIZINGS)
    limits = dice.choice(LIMITS)
    if dice.random() < 0.3 and not (small and "min_trade_volume" in limits and "sizing" not in drawn):
        drawn["limits"] = limits
    if dice.random() < 0.25:
        drawn["filters"] = dice.choice(FILTERS)
    if dice.random() < 0.1:
        drawn["signal_delay"] = {"min_ms": 300, "max_ms": 700}
    if chance >= 0.15:
        drawn.update({"reverse": True} if dice.random() < 0.2 else {})
        drawn.update({"stops": dice.choice(STOPS)} if dice.random() < 0.3 else {})
    return _with_news(dice, drawn)


def a_moving_setting(dice: Random) -> dict[str, Any]:
    """Settings where prices and money move: of sizing only what does not look at money, and guards."""
    drawn: dict[str, Any] = {"pending": dice.choice(PENDINGS)}
    if dice.random() < 0.4:
        drawn["sizing"] = dice.choice(WITHOUT_MONEY)
    if dice.random() < 0.7:
        limits = dice.sample(GUARDS, dice.randint(1, 2))
        drawn["guards"] = {"risk_limits": limits, "time_zone": dice.choice(("UTC", "UTC", "broker"))}
    for name, points in (("max_spread_points", 50), ("max_slippage_points", 30)):
        drawn.update({name: points} if dice.random() < 0.3 else {})
    if dice.random() < 0.2:
        drawn["filters"] = dice.choice(FILTERS)
    drawn.update({"reverse": True} if dice.random() < 0.2 else {})
    drawn.update({"signal_delay": {"min_ms": 300, "max_ms": 700}} if dice.random() < 0.1 else {})
    return _with_news(dice, drawn)


def needs_stops(settings: dict[str, Any]) -> bool:
    """Whether these make no sense where no stops are copied."""
    return "stops" in settings or settings.get("sizing") in BY_RISK


def some_news(dice: Random, utc_ms: int) -> tuple[NewsItem, ...]:
    """A news calendar around a story."""
    spans = ((-60_000, 60_000), (61_000, 80_000), (61_000, 120_000))
    ahead_ms = [dice.randint(*dice.choice(spans)) for _ in range(dice.randint(0, 3))]
    levels, currencies = ("high", "high", "medium", "low"), ("EUR", "USD", "USD", "XAU", "JPY")
    return tuple(
        NewsItem(utc_ms + BEGIN_MS + ms, dice.choice(currencies), dice.choice(levels), f"Figures {i}")
        for i, ms in enumerate(ahead_ms)
    )


def _with_news(dice: Random, drawn: dict[str, Any]) -> dict[str, Any]:
    if dice.random() < 0.2:
        drawn["filters"] = {**drawn.get("filters", {}), "news_filter": dice.choice(NEWS)}
    return drawn


def some_figures(dice: Random) -> Figures:
    """Money of an account."""
    return Figures(*(dice.choice((5_000, 10_000, 20_000)) for _ in range(3)))
