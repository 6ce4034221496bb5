"""What must hold between a netting master and its slaves once all is quiet, symbol by symbol."""

from lockstep_core.copiers import CopierMode
from lockstep_core.decision.plan import Copier
from lockstep_core.settings.limits import Limits
from tests.simulation.broker_data import BrokerPosition
from tests.simulation.evidence import Evidence
from tests.simulation.expected import OWN_LOTS, counterpart, target_lots


def net_problems(evidence: Evidence) -> list[str]:
    """What is wrong between netting masters and their slaves."""
    netting = [c for c in evidence.copiers if evidence.accounts[c.master].nets and c.mode is not CopierMode.OFF]
    found = []
    for copier in netting:
        for symbol in sorted({o.symbol for o in evidence.origins.by_link.values() if o.copier.id == copier.id}):
            problem = _problem(evidence, copier, symbol)
            if problem:
                found.append(f"{symbol} by copier {evidence.copiers.index(copier)}: {problem}")
    return found


def _problem(evidence: Evidence, copier: Copier, symbol: str) -> str:
    slave, master = evidence.accounts[copier.slave], evidence.accounts[copier.master]
    origins = evidence.origins.by_link.items()
    links = {link: o for link, o in origins if o.copier.id == copier.id and o.symbol == symbol}
    # The copy of a waiting order may have been filled before the order itself.
    begun = {link: o for link, o in links.items() if o.key not in master.pending_orders.waiting}
    net = next((position.signed for position in master.positions.values() if position.symbol == symbol), 0)
    parts = {link: evidence.origins.order_of(origin) for link, origin in begun.items()}
    certain = [link for link, o in begun.items() if not any(evidence.is_doubtful(part, o) for part in parts[link])]
    copies = [copy for link in certain for part in parts[link] for copy in slave.positions_of(part)]
    direction = -1 if copier.settings.reverse else 1
    if any(copy.signed * net * direction <= 0 for copy in copies):
        return f"{[copy.signed for copy in copies]} are open, the master has {net}"
    if len(certain) < len(begun):
        return ""
    excess = "" if len(begun) < len(links) else _excess(evidence, copier, symbol, copies, net)
    return _without_row(evidence, set(links), net) or excess


def _without_row(evidence: Evidence, links: set[int], net: int) -> str:
    """Whether the master has an open trade and none of its links has a row."""
    recorded = links & set(evidence.database.copies)
    return f"the master has {net}, and nothing says what became of it" if net and not recorded else ""


def _excess(evidence: Evidence, copier: Copier, symbol: str, copies: list[BrokerPosition], net: int) -> str:
    """What is too much: where lots are proportional, the copies together never exceed the target for the master's whole
    position.
    """
    if copier.settings.sizing.mode in OWN_LOTS or copier.settings.limits != Limits():
        return ""
    total = sum(copy.volume for copy in copies)
    limit = target_lots(copier, abs(net), evidence.accounts[copier.master], evidence.accounts[copier.slave], symbol)
    # A reduction below the smallest volume waits, and a rest is never below that volume: each copy may have that much more.
    listed = counterpart(evidence.accounts[copier.master], evidence.accounts[copier.slave], symbol)
    limit += 0 if listed is None or listed.volume_min == listed.volume_step else 2 * listed.volume_min * len(copies)
    # A rest that is too small for an order stays open until its master closes.
    smallest = 0 if listed is None else listed.volume_min * len(copies)
    is_excess = total > limit and total > smallest
    return f"{total} are open, {limit} for the master's {net} would be right" if is_excess else ""
