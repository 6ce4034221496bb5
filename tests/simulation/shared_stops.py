"""The stops of a netting slave's position that several copies share, checked apart from the engine once all is quiet."""

from typing import NamedTuple

from lockstep_core.copiers import CopierMode
from tests.simulation.broker import BrokerAccount
from tests.simulation.broker_data import BrokerPosition, RequestKind
from tests.simulation.evidence import Evidence, master_trade
from tests.simulation.expected import levels

STOPS_TRIES = 5


class Wanted(NamedTuple):
    """The stops that one copy of a position needs."""

    side: int
    sl: float
    tp: float
    is_copied: bool


def problem_of_shared_stops(evidence: Evidence, name: str, account: BrokerAccount, copy: BrokerPosition) -> str:
    """What is wrong with the position's stops: they would close a copy too early, or are missing where they would not."""
    net = next((position for position in account.positions.values() if position.symbol == copy.symbol), None)
    wanted = [] if net is None else _wanted(evidence, account, net)
    if net is None or not wanted or not any(one.is_copied for one in wanted):
        return ""
    right = (0.0, 0.0) if len({one.side for one in wanted}) > 1 else _furthest(wanted)
    nothing = 10.0 ** -account.listed[net.symbol].digits / 2
    same = abs(net.sl - right[0]) < nothing and abs(net.tp - right[1]) < nothing
    return "" if same else f"{name}its position's stops are {net.sl}, {net.tp}, of {wanted} {right} are right"


def _wanted(evidence: Evidence, account: BrokerAccount, net: BrokerPosition) -> list[Wanted]:
    """The stops that the copies of a position need; empty if the position is not all copies, or if the stops are unknown."""
    found, total = [], 0
    for (magic, symbol), allocation in account.book.allocations.all().items():
        if symbol != net.symbol:
            continue
        origin = evidence.origins.of(account, magic)
        trade = None if origin is None else master_trade(evidence, origin)
        if origin is None or trade is None or evidence.is_doubtful(magic, origin):
            return []
        copier = evidence.now(origin)
        if copier.mode is CopierMode.OFF or account.refused_for_good(magic, RequestKind.STOPS, STOPS_TRIES):
            return []
        side = int(allocation.signed < 0)
        stops = levels(copier, trade.position.sl, trade.position.tp, side, account.listed[symbol])
        found.append(Wanted(side, *stops, copier.settings.copy_stops))
        total += allocation.signed
    return found if total == net.signed else []


def _furthest(wanted: list[Wanted]) -> tuple[float, float]:
    """A buy's lowest stop loss and highest take profit, a sell's the other way round; none where one copy wants none."""
    losses, gains = [one.sl for one in wanted], [one.tp for one in wanted]
    sells = wanted[0].side == 1
    loss = 0.0 if 0.0 in losses else max(losses) if sells else min(losses)
    gain = 0.0 if 0.0 in gains else min(gains) if sells else max(gains)
    return loss, gain
