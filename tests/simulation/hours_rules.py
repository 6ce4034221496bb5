"""Rules for orders that a closed market refused, checked apart from the engine: which wait, and which go first."""

from collections import Counter

from lockstep_core.wire.enums import Capability
from tests.simulation.broker import BrokerAccount
from tests.simulation.broker_data import RequestKind, TradeRequest
from tests.simulation.evidence import Evidence
from tests.simulation.market_hours import is_open
from tests.simulation.scheduler import MS, SECOND

MOST_REFUSED = 2
"""Requests of a link while a market is closed: the first may be sent before its terminal has reported the hours."""
SOON_NS = SECOND
OPENS = frozenset({RequestKind.OPEN, RequestKind.PLACE})
CLOSES = frozenset({RequestKind.REDUCE, RequestKind.STOPS, RequestKind.DELETE})


def hours_problem(evidence: Evidence) -> str:
    """What was wrong about closed markets where there was no fault; empty if nothing was. A market closes at most once in a
    scenario.
    """
    if not evidence.fault_free or not evidence.well_behaved:
        return ""
    return next((problem for account in evidence.accounts.values() if (problem := _problem(evidence, account))), "")


def _problem(evidence: Evidence, account: BrokerAccount) -> str:
    if not account.capabilities & Capability.QUOTES:
        # Its programs are not asked for quotes, so they do not report hours either.
        return ""
    refused = [(at_ns, request) for at_ns, request in account.refused_closed if account.listed[request.symbol].tells_hours]
    counts = Counter(request.magic for _, request in refused)
    for link, count in counts.items():
        if count > MOST_REFUSED:
            return f"link {link} was refused {count} times by one closed market"
    for symbol in sorted({request.symbol for _, request in refused}):
        opens_ns = _opens_ns(account, symbol, max(at_ns for at_ns, request in refused if request.symbol == symbol))
        problem = _problem_of_opening(evidence, account, symbol, opens_ns, refused)
        if problem:
            return problem
    return ""


def _opens_ns(account: BrokerAccount, symbol: str, closed_ns: int) -> int:
    """The world's time of the first full second at which a market is open again."""
    second = closed_ns // SECOND + 1
    while not is_open(account.listed[symbol], account.server_ms(second * 1000)):
        second += 1
    return second * SECOND


def _problem_of_opening(
    evidence: Evidence,
    account: BrokerAccount,
    symbol: str,
    opens_ns: int,
    refused: list[tuple[int, TradeRequest]],
) -> str:
    """Checks the first second after a market opened: which of the refused orders came, and in which order."""
    waited = {request.magic for _, request in refused if request.symbol == symbol}
    closing = {request.magic for _, request in refused if request.symbol == symbol and request.kind in CLOSES}
    came = [
        (at_ns, request)
        for at_ns, request in account.taken
        if opens_ns <= at_ns < opens_ns + SOON_NS and request.symbol == symbol and request.magic in waited
    ]
    closings = _first_of_each([(at_ns, sent) for at_ns, sent in came if sent.magic in closing])
    openings = [at_ns for at_ns, request in came if request.kind in OPENS]
    if closings and openings and min(openings) < max(closings):
        return f"{symbol}: something was opened before all that closes and protects had gone out"
    if evidence.modes_changed or evidence.clock_ms() * MS < opens_ns + SOON_NS:
        return ""
    for _, request in refused:
        is_needed = request.kind is RequestKind.REDUCE and request.magic not in evidence.changed_by_hand
        if is_needed and request.symbol == symbol and request.magic not in {sent.magic for _, sent in came}:
            return f"link {request.magic} is not closed a second after {symbol} opened"
    return ""


def _first_of_each(came: list[tuple[int, TradeRequest]]) -> list[int]:
    """When each link's first request came, of those that close or protect."""
    first: dict[int, int] = {}
    for at_ns, request in came:
        if request.kind in CLOSES:
            first.setdefault(request.magic, at_ns)
    return list(first.values())
