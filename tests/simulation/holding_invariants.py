"""The least time for which copies are held, computed from the brokers' deals and apart from the engine."""

from lockstep_core.decision.plan import Copier
from tests.simulation.evidence import Evidence, InvariantViolated

ROUNDING_MS = 50


def check_closing(evidence: Evidence, copier: Copier, link: int) -> None:
    """Checks a router's command that closes a copy, or a part of it, because its master has closed that."""
    least_s, opened_ms = copier.settings.limits.min_position_seconds, evidence.opened_ms.get(link)
    if least_s is None or opened_ms is None:
        return
    if evidence.clock_ms() + ROUNDING_MS < opened_ms + least_s * 1_000:
        raise InvariantViolated(f"link {link} is to be closed at {evidence.clock_ms()}, though it was opened at {opened_ms}")
