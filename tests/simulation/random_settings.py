"""Settings of copiers, drawn at random: sizing, limits, filters, hours, stops, guards, news."""

from random import Random
from typing import Any

from lockstep_core.decision.context import NewsItem
from tests.simulation.broker_data import AccountFigures
from tests.simulation.expected import FORMULAS

PENDING_ORDERS: tuple[dict[str, Any], ...] = (
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
    {"max_position_minutes": 1},
    {"min_position_seconds": 6},
    {"small_rest": "close"},
    {"above_broker_maximum": "cut"},
)
FILTERS: tuple[dict[str, Any], ...] = (
    {"symbol_filter": {"included": ["EUR*", "US500"]}},
    {"symbol_filter": {"excluded": ["XAU*"]}},
    {"allowed_sides": ["buy"]},
    {"magic_filter": {"included": [{"first": 1, "last": 100}]}},
    {"magic_filter": {"excluded": [{"first": 77, "last": 77}]}},
    {"comment_filter": {"excluded": ["scalp*"]}},
    {"lots_filter": {"fewest": "0.3"}},
    {"close_only_symbols": ["XAU*"]},
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
    {"min_stop_loss_points": 700},
    {"require_stop_loss": True},
)


WITHOUT_MONEY: tuple[dict[str, Any], ...] = (
    {"mode": "none"},
    {"mode": "contract_size"},
    {"mode": "formula", "expression": "providerVolume * 0.5 + 0.02"},
)
BEGIN_MS = 1_000_000
"""The world's time when a scenario begins."""
_PRECEDING, _FOLLOWING = (f"open_position_{which}_time_gap_in_minutes" for which in ("preceding", "following"))
NEWS: tuple[dict[str, Any], ...] = (
    {"priorities": ["high", "medium"], _PRECEDING: 1, _FOLLOWING: 0},
    {"priorities": ["high"], _PRECEDING: 0, _FOLLOWING: 1},
    {"priorities": ["high", "medium"], _PRECEDING: 1, _FOLLOWING: 0, "close_position_time_gap_in_minutes": 1},
    {"priorities": ["high", "low"], _PRECEDING: 2, _FOLLOWING: 1, "close_position_time_gap_in_minutes": 1},
)
INITIAL_BALANCE = "10000"
"""The money with which every slave's account begins."""
MANUAL = {"close_positions": True, "reset": "manual"}
GUARDS: tuple[dict[str, Any], ...] = (
    {"type": "day", "max_absolute_risk": "300", "warn_fraction": "0.5"},
    {"type": "week", "apply_to": "balance-difference", "max_relative_risk": "0.03", **MANUAL},
    {"type": "lifetime", "apply_to": "balance-minus-equity", "max_absolute_risk": "150", "warn_fraction": "0.8", **MANUAL},
    {"type": "day", "counts_from": "balance", "max_absolute_risk": "350", "close_positions": True, "reset": "locked"},
    {"kind": "drawdown", "type": "day", "max_relative_risk": "0.04", "close_positions": True},
    {"kind": "drawdown", "type": "lifetime", "max_absolute_risk": "500", "warn_fraction": "0.5", "reset": "manual"},
    {"kind": "equity_floor", "type": "lifetime", "max_absolute_risk": "9500", "close_positions": True},
    {"kind": "equity_floor", "type": "day", "max_absolute_risk": "9600", "warn_fraction": "0.98", "reset": "manual"},
    {"kind": "best_day", "apply_to": "balance-difference", "max_absolute_risk": "800", "max_relative_risk": "0.5"},
    {"kind": "profit_target", "type": "day", "max_absolute_risk": "400", "close_positions": True},
    {"type": "day", "max_absolute_risk": "250", "reset": "paused", "pause_minutes": 1},
    {"type": "lifetime", "max_absolute_risk": "200", "close_positions": True, "reset": "paused", "pause_until": "next_day"},
    {"kind": "drawdown", "type": "week", "max_absolute_risk": "200", "reset": "paused", "pause_until": "recovered"},
)


def random_settings(rng: Random, small: bool) -> dict[str, Any]:
    """Settings while prices stand still. Sizing by risk keeps the master's stops; `small`: the lots are fixed and few."""
    settings: dict[str, Any] = {"pending": rng.choice(PENDING_ORDERS)}
    chance = rng.random()
    if chance < 0.15:
        settings["sizing"], settings["pending"] = rng.choice(BY_RISK), rng.choice(PENDING_ORDERS[3:])
    elif chance < 0.6:
        settings["sizing"] = rng.choice(SIZINGS)
    limits = rng.choice(LIMITS)
    if rng.random() < 0.3 and not (small and "min_trade_volume" in limits and "sizing" not in settings):
        settings["limits"] = limits
    if rng.random() < 0.25:
        settings["filters"] = rng.choice(FILTERS)
    if rng.random() < 0.1:
        settings["signal_delay"] = {"min_ms": 300, "max_ms": 700}
    if chance >= 0.15:
        settings.update({"reverse": True} if rng.random() < 0.2 else {})
        settings.update({"stops": rng.choice(STOPS)} if rng.random() < 0.3 else {})
    return _with_news(rng, settings)


def random_settings_with_prices(rng: Random) -> dict[str, Any]:
    """Settings while prices and money move: guards, and only such sizing as does not depend on money."""
    settings: dict[str, Any] = {"pending": rng.choice(PENDING_ORDERS)}
    if rng.random() < 0.4:
        settings["sizing"] = rng.choice(WITHOUT_MONEY)
    if rng.random() < 0.7:
        limits = rng.sample(GUARDS, rng.randint(1, 2))
        zone = rng.choice(("UTC", "UTC", "broker"))
        settings["guards"] = {"risk_limits": limits, "time_zone": zone, "initial_balance": INITIAL_BALANCE}
    for name, points in (("max_spread_points", 50), ("max_slippage_points", 30)):
        settings.update({name: points} if rng.random() < 0.3 else {})
    if rng.random() < 0.2:
        settings["filters"] = rng.choice(FILTERS)
    settings.update({"reverse": True} if rng.random() < 0.2 else {})
    settings.update({"signal_delay": {"min_ms": 300, "max_ms": 700}} if rng.random() < 0.1 else {})
    return _with_weekend(rng, _with_news(rng, settings))


def needs_stops(settings: dict[str, Any]) -> bool:
    """Whether the settings are invalid where stops are not copied."""
    return "stops" in settings or settings.get("sizing") in BY_RISK


def random_news(rng: Random, utc_ms: int) -> tuple[NewsItem, ...]:
    """A news calendar around the time of a scenario."""
    spans = ((-60_000, 60_000), (61_000, 80_000), (61_000, 120_000))
    ahead_ms = [rng.randint(*rng.choice(spans)) for _ in range(rng.randint(0, 3))]
    levels, currencies = ("high", "high", "medium", "low"), ("EUR", "USD", "USD", "XAU", "JPY")
    return tuple(
        NewsItem(utc_ms + BEGIN_MS + ms, rng.choice(currencies), rng.choice(levels), f"Figures {i}")
        for i, ms in enumerate(ahead_ms)
    )


WEEKENDS: tuple[dict[str, Any], ...] = (
    {
        "closes_on": "mon",
        "closes_at": "00:19",
        "opens_on": "mon",
        "opens_at": "00:20",
        "time_zone": "UTC",
        "minutes_before": 1,
    },
    {
        "closes_on": "sun",
        "closes_at": "23:50",
        "opens_on": "mon",
        "opens_at": "00:17",
        "time_zone": "UTC",
        "minutes_before": 0,
    },
    {
        "closes_on": "mon",
        "closes_at": "00:18",
        "opens_on": "tue",
        "opens_at": "00:00",
        "time_zone": "UTC",
        "left_open": ["EUR*"],
    },
    {
        "closes_on": "mon",
        "closes_at": "01:18",
        "opens_on": "mon",
        "opens_at": "03:30",
        "time_zone": "broker",
        "minutes_before": 0,
    },
)
"""Weekends around the time of a scenario; a broker's clock is some hours ahead of UTC."""


def _with_weekend(rng: Random, settings: dict[str, Any]) -> dict[str, Any]:
    if rng.random() < 0.12:
        settings["filters"] = {**settings.get("filters", {}), "weekend": rng.choice(WEEKENDS)}
    return settings


def _with_news(rng: Random, settings: dict[str, Any]) -> dict[str, Any]:
    if rng.random() < 0.2:
        settings["filters"] = {**settings.get("filters", {}), "news_filter": rng.choice(NEWS)}
    return settings


def random_figures(rng: Random) -> AccountFigures:
    """Balance, equity and free margin of an account."""
    return AccountFigures(*(rng.choice((5_000, 10_000, 20_000)) for _ in range(3)))
