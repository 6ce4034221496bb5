"""Positions, symbols and copiers for tests."""

from typing import Any
from uuid import UUID

from lockstep_core.books.book import Book
from lockstep_core.books.links import link_id, link_tag
from lockstep_core.books.positions import Position
from lockstep_core.copiers import CopierMode, parse_settings
from lockstep_core.decision.context import DecisionContext, MasterView, SlaveView
from lockstep_core.decision.plan import Copier
from lockstep_core.market.symbols import SymbolSpec
from lockstep_core.units import ONE_LOT, Lots
from lockstep_core.wire.enums import DealEntry
from lockstep_core.wire.frames import PendingOrder, Trade

COPIER = UUID("aaaaaaaa-0000-0000-0000-000000000001")
MICRO = ONE_LOT // 100
SPEC = SymbolSpec("EURUSD", 5, 1e-5, 1e5, Lots(MICRO), Lots(100 * ONE_LOT), Lots(MICRO), 4)
MS = 1_000_000
NOW = 10**12


def a_copier(mode: str = "on", **settings: object) -> Copier:
    chosen = {"sizing": {"mode": "multiplier", "factor": "1"}, **settings}
    return Copier(COPIER, UUID(int=9), UUID(int=1), UUID(int=2), CopierMode(mode), parse_settings(chosen))


def a_position(ticket: int = 7, lots: int = ONE_LOT, opened: int | None = None, age_ms: int = 0, **rest: Any) -> Position:
    opened = lots if opened is None else opened
    values: dict[str, Any] = {"symbol": "EURUSD", "side": 0, "sl": 0.0, "tp": 0.0, "magic": 0, "comment": "", **rest}
    return Position(ticket=ticket, volume=Lots(lots), opened=Lots(opened), opened_ns=NOW - age_ms * MS, **values)


def a_copy(of: int = 7, lots: int = ONE_LOT, opened: int | None = None, **rest: Any) -> Position:
    ours: dict[str, Any] = {"magic": link_id(COPIER, of), "comment": link_tag(COPIER), **rest}
    return a_position(1000 + of, lots, opened, 0, **ours)


def a_book(*positions: Position) -> Book:
    return Book({p.ticket: p for p in positions}, {p.magic: p for p in positions if p.magic})


def a_slave(*positions: Position, spec: SymbolSpec = SPEC, ready: bool = True) -> SlaveView:
    return SlaveView(a_book(*positions), {spec.name: spec}, ready)


def a_context(slave: SlaveView) -> DecisionContext:
    """A slave beside a master whose broker has the same symbol."""
    return DecisionContext(slave, NOW, MasterView({SPEC.name: SPEC}))


def order_frame(ticket: int = 7, left: int = ONE_LOT, working: int = 1, age_ms: int = 0) -> PendingOrder:
    return PendingOrder(ticket, 5, ONE_LOT, left, 1.09, 0.0, 0.0, 0.0, 0, age_ms, 0, 0, 2, working, "EURUSD", "")


def a_trade(
    position: int = 7, lots: int = ONE_LOT, entry: DealEntry = DealEntry.IN, side: int = 0, seen_ns: int = 0
) -> Trade:
    return Trade(1, 1, position, 0, lots, 1.1, 0.0, 0.0, 0, seen_ns, side, entry, "EURUSD", "")
