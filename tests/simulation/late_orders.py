"""Pending orders at the master's price, which replace openings that were late, checked apart from the engine."""

from collections.abc import Mapping
from random import Random
from typing import Any

import msgspec

from lockstep_core.decision.plan import Copier
from lockstep_core.market.money import Quote
from tests.simulation.broker import BrokerAccount
from tests.simulation.broker_data import BrokerOrder, ListedSymbol
from tests.simulation.evidence import MasterTrade
from tests.simulation.expected import levels
from tests.simulation.link_origins import LinkOrigin
from tests.simulation.scenario import CopierSpec, Step
from tests.simulation.scheduler import MS

LATE: tuple[dict[str, Any], ...] = (
    {"points": 20, "minutes": 1, "further_away": "order", "order_minutes": 1},
    {"points": 60, "minutes": 2, "further_away": "order", "order_minutes": 1_000},
)
CHANCE = 0.45
SLACK_MS = 2_000
BUYS = frozenset({2, 4})


def with_late_openings(
    seed: int, specs: tuple[CopierSpec, ...], steps: tuple[Step, ...]
) -> tuple[tuple[CopierSpec, ...], tuple[Step, ...]]:
    """Some copiers place orders for late openings, and at some moments the market reaches these orders."""
    rng = Random(f"late orders {seed}")  # noqa: S311 - a seeded scenario, no secret
    drawn = [(rng.random() < CHANCE, rng.choice(LATE)) for _ in specs]
    last_ms = max((step.at_ms for step in steps), default=0)
    moments = sorted(rng.randint(5_000, max(5_000, last_ms)) for _ in range(15))
    changed = tuple(
        msgspec.structs.replace(spec, settings={**spec.settings, "late_openings": late}) if is_drawn else spec
        for spec, (is_drawn, late) in zip(specs, drawn, strict=True)
    )
    slaves = [spec.slave for spec, (is_drawn, _) in zip(specs, drawn, strict=True) if is_drawn]
    fills = [Step(at_ms, "fill_late", rng.choice(slaves)) for at_ms in moments if slaves]
    return changed, tuple(sorted((*steps, *fills), key=lambda step: step.at_ms))


def is_late_order(copier: Copier, master: BrokerAccount, origin: LinkOrigin) -> bool:
    """Whether a pending order of a link replaces a late opening: the master had no such order."""
    return places_late(copier) and origin.key not in master.pending_orders.ordered


def places_late(copier: Copier) -> bool:
    """Whether a copier places orders for late openings."""
    late = copier.settings.late_openings
    return late is not None and late.further_away == "order"


def wrong_late_order(
    copier: Copier, trade: MasterTrade | None, copy: BrokerOrder, listed: ListedSymbol, is_refused: bool
) -> str:
    """What is wrong with such an order, once all is quiet."""
    late = copier.settings.late_openings
    if trade is None or late is None:
        return "its order at the master's price waits, the master is not in"
    followed = trade.position
    side = 1 - followed.side if copier.settings.reverse else followed.side
    if (copy.kind in BUYS) != (side == 0):
        return f"its order {copy} is on the wrong side"
    lasts_ms = copy.expires_ms - copy.placed_ns // MS
    if not 0 < lasts_ms <= late.order_minutes * 60_000:
        return f"its order {copy} lasts for {lasts_ms} ms"
    right = levels(copier, followed.sl, followed.tp, side, listed, copy.price)
    same = all(abs(a - b) <= listed.point for a, b in zip((copy.sl, copy.tp), right, strict=True))
    return "" if same or is_refused else f"its order's stops are {copy.sl}, {copy.tp}, the master's {right}"


def is_too_far(
    copier: Copier, origin: LinkOrigin, clock_ms: int, price: float | None, listed: ListedSymbol, quotes: Mapping[str, Quote]
) -> bool:
    """Whether an opening at market is late now and the price too far from the master's, or unknown."""
    late, quote = copier.settings.late_openings, quotes.get(listed.name)
    is_late = clock_ms - origin.began_ms > copier.settings.max_signal_age_ms + SLACK_MS
    if late is None or price is None or not is_late:
        return False
    if quote is None:
        return True
    at = quote.bid if bool(origin.side) != copier.settings.reverse else quote.ask
    return round(abs(at - price) / listed.point) > late.points
