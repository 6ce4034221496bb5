"""Brokers that let a symbol only be closed, bought or sold for a while, and the rules for copies meanwhile."""

from random import Random

from lockstep_core.market.symbols import SymbolTradeMode
from lockstep_core.wire.enums import Capability
from tests.simulation.broker import BrokerAccount
from tests.simulation.evidence import Evidence
from tests.simulation.scenario import Step
from tests.simulation.scheduler import SECOND

CHANCE = 0.15
TOLD_NS = 2 * SECOND
"""How soon after a change of a symbol its router knows it."""
MODES = (
    SymbolTradeMode.CLOSE_ONLY,
    SymbolTradeMode.CLOSE_ONLY,
    SymbolTradeMode.LONG_ONLY,
    SymbolTradeMode.SHORT_ONLY,
    SymbolTradeMode.DISABLED,
)


def with_restrictions(seed: int, slaves: frozenset[int], steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Adds steps in some scenarios: a slave's broker restricts a symbol and later lifts the restriction."""
    rng = Random(f"restrictions {seed}")  # noqa: S311 - a seeded scenario, no secret
    if rng.random() >= CHANCE:
        return steps
    account, symbol, mode = rng.choice(sorted(slaves)), rng.choice(("EURUSD", "EURUSD", "XAUUSD")), rng.choice(MODES)
    begins, ends = sorted(rng.randint(5_000, max(5_001, steps[-1].at_ms)) for _ in range(2))
    changes = (
        Step(begins, "restrict", account, amount=mode, symbol=symbol),
        Step(ends, "restrict", account, amount=SymbolTradeMode.FULL, symbol=symbol),
    )
    return tuple(sorted((*steps, *changes), key=lambda step: step.at_ms))


def was_restricted(account: BrokerAccount, symbol: str) -> bool:
    """Whether a broker restricted a symbol at any time."""
    return any(of == symbol and mode != SymbolTradeMode.FULL for _, of, mode in account.restricted)


def restriction_problem(evidence: Evidence) -> str:
    """What was sent although a terminal had reported that its broker would refuse it; empty if nothing was."""
    if not evidence.fault_free or not evidence.well_behaved:
        return ""
    told = (account for account in evidence.accounts.values() if account.capabilities & Capability.QUOTES)
    for account in told:
        for at_ns, request in account.refused_restricted:
            changed = (since_ns for since_ns, symbol, _ in account.restricted if symbol == request.symbol)
            since_ns = max(since_ns for since_ns in changed if since_ns <= at_ns)
            if evidence.origins.of(account, request.magic) is not None and at_ns > since_ns + TOLD_NS:
                return f"link {request.magic} is sent {(at_ns - since_ns) // SECOND} s after {request.symbol} was restricted"
    return ""
