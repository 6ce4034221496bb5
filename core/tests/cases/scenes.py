"""A whole situation out of the few words a case says of it; the rest is what the tables' introduction says."""

from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import msgspec

from lockstep_core.books.book import Book
from lockstep_core.books.links import Link, link_id
from lockstep_core.books.positions import Position
from lockstep_core.copiers import CopierMode, parse_settings
from lockstep_core.decision.context import (
    ALL_CAPABILITIES,
    NO_STOPS,
    DecisionContext,
    Floor,
    Halt,
    MasterView,
    NewsItem,
    OpenedToday,
    SlaveView,
)
from lockstep_core.decision.guards import describe
from lockstep_core.decision.plan import Copier
from lockstep_core.decision.stops import HiddenLevels
from lockstep_core.market.money import Figures, Prices, reported_quote
from lockstep_core.market.symbol_matching import index_of
from lockstep_core.market.symbols import SymbolSpec
from lockstep_core.rules.compile import guard_limit
from lockstep_core.rules.rules import WeekendRule
from lockstep_core.settings.guards import RiskLimit
from lockstep_core.units import ONE_LOT
from lockstep_core.wire.enums import Capability
from lockstep_core.wire.frames import Tick

from .texts import MS, lots, moment_ms, order, position, words_of

NOW_NS = 10**15
TICKET = 1000
DAY_MS = 86_400_000
MASTER, SLAVE, COPIER, USER = (UUID(int=n) for n in range(1, 5))
LINK = link_id(COPIER, TICKET)
_SPEC: dict[str, Any] = {
    "digits": 5,
    "contract": 100_000,
    "min": "0.01",
    "max": "100",
    "step": "0.01",
    "limit": "0",
    "tick": 0.00001,
    "stops_level": 0,
    "freeze_level": 0,
    "base": "EUR",
    "profit": "USD",
    "trade": 4,
    "calc": 0,
}
_FIGURES: dict[str, Any] = {"currency": "USD", "balance": 10_000, "leverage": 100, "clock": 2}
GUARD = guard_limit(RiskLimit(max_absolute_risk=Decimal(500)))


def copier(settings: dict[str, Any], mode: str = "on", master_mode: str = "on") -> Copier:
    """A copier with these settings; sizing is `none` unless they say otherwise."""
    data = {"sizing": {"mode": "none"}, **settings}
    leading = CopierMode(master_mode)
    return Copier(COPIER, USER, MASTER, SLAVE, CopierMode(mode), parse_settings(data), master_mode=leading)


def spec(name: str, given: dict[str, Any] | None = None) -> SymbolSpec:
    """A symbol's spec; EURUSD's but for what is given. A tick is worth what the contract makes of it."""
    cell = {**_SPEC, **(given or {})}
    reckoned = round(float(cell["contract"]) * float(cell["tick"]), 12) or 1.0
    return SymbolSpec(
        name,
        cell["digits"],
        float(f"1e-{cell['digits']}"),
        float(cell["contract"]),
        lots(cell["min"]),
        lots(cell["max"]),
        lots(cell["step"]),
        cell["trade"],
        float(cell["tick"]),
        float(cell.get("tick_value", reckoned)),
        cell["stops_level"],
        cell["freeze_level"],
        cell["base"],
        cell["profit"],
        calc_mode=cell["calc"],
        volume_limit=lots(cell["limit"]),
        calc_value=float(cell.get("calc_value", 0)),
    )


def specs(given: dict[str, Any] | None) -> dict[str, SymbolSpec]:
    """The specs of a side; only EURUSD unless the case names some."""
    return {name: spec(name, cell) for name, cell in ({"EURUSD": {}} if given is None else given).items()}


def figures(given: dict[str, Any] | str | None) -> Figures | None:
    """An account's figures; `unknown` for none."""
    if isinstance(given, str):
        return None
    cell = {**_FIGURES, **(given or {})}
    balance = Fraction(str(cell["balance"]))
    equity = Fraction(str(cell.get("equity", balance)))
    clock_ms = None if cell["clock"] is None else int(cell["clock"] * 3_600_000)
    free = Fraction(str(cell.get("free_margin", equity)))
    credit = Fraction(str(cell.get("credit", 0)))
    return Figures(cell["currency"], balance, equity, free, cell["leverage"], clock_ms, credit=credit)


def link(given: dict[str, Any], master: Position | None) -> Link:
    """The link of the case."""
    cell = given.get("link", {})
    began = lots(cell["master_opened"]) if "master_opened" in cell else (master.opened if master else lots(1))
    stops_ns = NOW_NS - cell["stops_changed_ms_ago"] * MS if "stops_changed_ms_ago" in cell else 0
    ended, opened = cell.get("ended", False), lots(cell.get("opened", 0))
    requested_ns = NOW_NS - cell["asked_ms_ago"] * MS if "asked_ms_ago" in cell else 0
    found = Link(LINK, COPIER, TICKET, "EURUSD", "", 0, began, opened, ended, stops_ns=stops_ns)
    exact = (Fraction(cell.get("exact", 0)) * ONE_LOT).as_integer_ratio()
    return msgspec.structs.replace(found, requested_ns=requested_ns, flat=cell.get("flat", False), exact=exact)


def book(given: dict[str, Any]) -> Book:
    """The slave's book: the copy's own position and order, and the user's other positions."""
    others = {n: position(text, n, NOW_NS - 60_000 * MS) for n, text in enumerate(given.get("also_open", ()), 1)}
    held_ns = NOW_NS - given.get("held_ms", 5_000) * MS
    held = position(given["held"], TICKET + 1, held_ns, LINK) if "held" in given else None
    if held is not None and "held_stops_ms" in given:
        held = msgspec.structs.replace(held, stops_ns=NOW_NS - given["held_stops_ms"] * MS)
    own_order = order(given["own_order"], TICKET + 2, NOW_NS - 5_000 * MS, LINK) if "own_order" in given else None
    waiting = {n: order(text, n, NOW_NS - 60_000 * MS) for n, text in enumerate(given.get("also_waiting", ()), 1)}
    return Book(
        others if held is None else {**others, held.ticket: held},
        {} if held is None else {LINK: held},
        orders=waiting if own_order is None else {**waiting, own_order.ticket: own_order},
        orders_by_magic={} if own_order is None else {LINK: own_order},
        doubted=frozenset({LINK} if given.get("doubted") else ()),
    )


def _traded(given: dict[str, Any]) -> dict[str, Any]:
    """EURUSD and what the master trades, of which its broker tells no currencies."""
    words = words_of(given.get("master_has") or given.get("master_order") or "buy 1.00 EURUSD")
    return {words["symbol"]: {"base": "", "profit": ""}, "EURUSD": {}}


def _quote(bid: float, ask: float, told_ms_ago: int = 0, tick_age_ms: int = 0) -> Prices:
    """A quote that the slave's terminal told so long ago, of a tick that was so old then."""
    tick = Tick(float(bid), float(ask), DAY_MS, 0, "", DAY_MS + tick_age_ms)
    return reported_quote(tick, NOW_NS - told_ms_ago * MS)


def _opened_today(cell: list[Any] | str) -> OpenedToday:
    """Trades and lots, or `unknown` for an account whose day is not known."""
    return OpenedToday(0, 0, is_known=False) if isinstance(cell, str) else OpenedToday(cell[0], lots(cell[1]))


def _halt(cell: str) -> Halt:
    """A guard that stops, closes or pauses."""
    if cell != "pause":
        return Halt(cell == "close", "guards.risk_limits.0", describe(GUARD))
    ends = {"ends": "time", "until": "2026-03-02 15:30", "zone": "Europe/Prague", "share": ""}
    return Halt(closes=False, setting="guards.risk_limits.0", params={**describe(GUARD), **ends}, pauses=True)


def context(given: dict[str, Any]) -> DecisionContext:
    """Everything else."""
    quotes = {"EURUSD": [1.1, 1.1001], **given.get("quotes", {})}
    priced = {name: _quote(*q) for name, q in quotes.items() if q}
    slave_specs, master_specs = specs(given.get("slave_symbols")), specs(given.get("master_symbols", _traded(given)))
    slave = SlaveView(
        book(given),
        slave_specs,
        given.get("slave_ready", True),
        index_of(slave_specs),
        figures(given.get("slave")),
        priced,
        mode=CopierMode(given.get("account_mode", "on")),
        messages_today=given.get("messages_today", 0),
        stops={LINK: HiddenLevels(**{"sl": 0.0, "tp": 0.0, **given["noted"]})} if "noted" in given else NO_STOPS,
        closes_in_order=given.get("closes_in_order", False),
        capabilities=ALL_CAPABILITIES if given.get("holds_limits", True) else Capability.NET | Capability.ORDERS,
    )
    halt = given.get("halt")
    return DecisionContext(
        slave,
        NOW_NS,
        MasterView(master_specs, figures(given.get("master"))),
        moment_ms(given["utc"]) if "utc" in given else None,
        tuple(NewsItem(moment_ms(n["at"]), n["currency"], n["priority"], "news") for n in given.get("news", ())),
        None if halt is None else _halt(halt),
        given.get("chance", 0.0),
        given.get("may_ask", False),
        Floor(Fraction(given["floor"])) if "floor" in given else None,
        _opened_today(given["today"]) if "today" in given else None,
        _weekends(given["account_weekend"]) if "account_weekend" in given else (),
    )


def _weekends(cell: dict[str, Any]) -> tuple[WeekendRule, ...]:
    """The weekend of the slave's whole account, which another copier has."""
    filters = copier({"filters": {"weekend": {**cell, "whole_account": True}}}).rules.filters
    return () if filters is None or filters.weekend is None else (filters.weekend,)
