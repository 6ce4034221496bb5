"""Break-even and trailing of a copy, checked against the broker's book and prices, apart from the engine."""

from math import ceil, floor
from random import Random
from typing import Any

import msgspec

from lockstep_core.decision.plan import Copier
from tests.simulation.broker import BrokerAccount
from tests.simulation.broker_data import AccountKind, BrokerPosition, ListedSymbol, TradeRequest
from tests.simulation.expected import levels
from tests.simulation.scenario import CopierSpec

OWN_STOPS: tuple[dict[str, Any], ...] = (
    {"break_even": {"after_points": 20, "offset_points": 5}},
    {"break_even": {"after_risk": "0.005"}},
    {"trailing": {"after_points": 30, "distance_points": 20, "step_points": 7}},
    {"break_even": {"after_points": 25}, "trailing": {"after_points": 90, "distance_points": 60}},
)
CHANCE = 0.3
Stops = tuple[float, float]


def with_own_stops(seed: int, specs: tuple[CopierSpec, ...], kinds: tuple[AccountKind, ...]) -> tuple[CopierSpec, ...]:
    """Some copiers move the stop loss of their copies, where each copy has a position of its own and nobody follows it."""
    rng = Random(f"own stops {seed}")  # noqa: S311 - a seeded scenario, no secret
    drawn = [(rng.random() < CHANCE, rng.choice(OWN_STOPS)) for _ in specs]
    masters = {spec.master for spec in specs}
    return tuple(
        msgspec.structs.replace(spec, settings={**spec.settings, "stops": stops})
        if is_drawn and spec.copy_stops and kinds[spec.slave] is not AccountKind.NETTING and spec.slave not in masters
        else spec
        for spec, (is_drawn, stops) in zip(specs, drawn, strict=True)
    )


def protects(copier: Copier) -> bool:
    """Whether copies move their own stop loss."""
    stops = copier.settings.stops
    return copier.settings.copy_stops and (stops.break_even is not None or stops.trailing is not None)


def is_protected(copier: Copier, account: BrokerAccount, copy: BrokerPosition) -> bool:
    """Whether a copy's stop loss is in profit."""
    return protects(copier) and copy.sl > 0 and _points(copy, copy.sl, account.listed[copy.symbol]) >= 0


def is_taken_back(copier: Copier, account: BrokerAccount, copy: BrokerPosition, request: TradeRequest) -> bool:
    """Whether a change moves a stop loss back that is at the entry or in profit."""
    if account.nets or not is_protected(copier, account, copy):
        return False
    listed = account.listed[copy.symbol]
    return request.sl <= 0 or _points(copy, request.sl, listed) < _points(copy, copy.sl, listed)


def problem_of_own_stops(
    name: str, copier: Copier, account: BrokerAccount, followed: BrokerPosition, copy: BrokerPosition, past: set[Stops]
) -> str:
    """Checks that a copy has the tighter of its master's stop loss and its own, and its master's take profit. `past`: all
    stops that the master ever had.
    """
    listed = account.listed[copy.symbol]
    market = _points(copy, account.prices.exit(copy.symbol, copy.side), listed)
    held = _points(copy, copy.sl, listed) if copy.sl else None
    if held is not None and held >= market:
        # The market is beyond the stop, and this broker does not carry it out: no change is possible.
        return ""
    loss, gain = levels(copier, followed.sl, followed.tp, copy.side, listed)
    due = _due(copier, market, _points(copy, loss, listed) if loss else held)
    wanted = [one for one in (_points(copy, loss, listed) if loss else None, due) if one is not None]
    least = max(wanted) if wanted else None
    if least is not None and (held is None or held < least):
        return f"{name}its stop loss is {copy.sl}, {held} points won, and {least} were right"
    if abs(copy.tp - gain) > listed.point / 2:
        return f"{name}its take profit is {copy.tp}, the master's {gain}"
    if held is None or held == least:
        return ""
    formers = {_points(copy, levels(copier, *stops, copy.side, listed)[0], listed) for stops in past}
    best = max(_points(copy, price, listed) for price in account.prices.extremes(copy.symbol))
    was_right = held >= 0 and (held in formers or held in _reachable(copier, best))
    return "" if was_right else f"{name}its stop loss is {copy.sl}, {held} points won, which nothing asked for"


def _due(copier: Copier, profit: int, loss: int | None) -> int | None:
    """How many points of profit the stop loss must secure; None if it must not move."""
    even, trailing, found = copier.settings.stops.break_even, copier.settings.stops.trailing, []
    if even is not None:
        risk = 0 if loss is None else max(0, -loss)
        after = even.after_points or ceil(float(even.after_risk or 0) * risk)
        if after and profit >= max(after, even.offset_points):
            found.append(even.offset_points)
    if trailing is not None and profit >= trailing.after_points:
        steps = floor((profit - trailing.after_points) / trailing.step_points)
        found.append(trailing.after_points - trailing.distance_points + steps * trailing.step_points)
    return max(found) if found else None


def _reachable(copier: Copier, best: int) -> set[int]:
    """The points that break-even and trailing could have reached by the best profit so far."""
    even, trailing, found = copier.settings.stops.break_even, copier.settings.stops.trailing, set[int]()
    if even is not None and best >= (even.after_points or even.offset_points):
        found.add(even.offset_points)
    if trailing is not None:
        first, step = trailing.after_points - trailing.distance_points, trailing.step_points
        found |= set(range(first, max(first, best - trailing.distance_points + 1), step))
    return found


def _points(copy: BrokerPosition, price: float, listed: ListedSymbol) -> int:
    """How many points a position has won at a price."""
    points = round((price - copy.price) / listed.point)
    return -points if copy.side else points
