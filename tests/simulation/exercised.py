"""What a story really made happen, counted: a rule that is never at work proves nothing."""

from collections import Counter

from lockstep_core.decision.plan import Copier
from lockstep_core.settings.guards import GuardKind
from lockstep_core.wire.frames import Entry
from tests.simulation.broker import Account
from tests.simulation.drawn import BY_RISK, FILTERS, LIMITS, SIZINGS, STOPS
from tests.simulation.guarded import Guarded
from tests.simulation.market import Kind
from tests.simulation.scenes import Scene

KINDS = tuple(Kind)
ORDERS = ("placed", "changed", "deleted", "expired", "filled", "filled in part")
SINGLE = ("reverse", "signal_delay", "max_spread_points", "max_slippage_points")
SKIPPED = (
    *("symbol_filtered", "side_filtered", "magic_filtered", "comment_filtered", "outside_hours", "stop_needed"),
    *("volume_below_min", "volume_above_max", "risk_coefficient", "too_many_positions", "too_many_lots"),
    *("pending_waits", "pending_skipped", "guard", "spread", "slippage", "quote_unknown", "news"),
)
REQUIRED = frozenset(
    {f"{master} followed by {slave}" for master in KINDS for slave in KINDS}
    | {f"a master's order {what}" for what in ORDERS}
    | {f"a copy's order {what}" for what in ORDERS}
    | {f"sizing {one['mode']}" for one in (*SIZINGS, *BY_RISK)}
    | {"sizing fixed", "sizing multiplier", *SINGLE}
    | {f"guard {kind} fired" for kind in GuardKind}
    | {"filters news_filter", "news closed a copy"}
    | {"a guard warned", "guard reset", "guard resumed", "a guard closed a copy", "a guard stayed tripped over a restart"}
    | {f"limits {name}" for one in LIMITS for name in one if name != "max_risk_coefficient"}
    | {f"filters {name}" for one in FILTERS for name in one if name != "time_zone"}
    | {f"stops {name}" for one in STOPS for name in one}
    | {f"skipped {code}" for code in SKIPPED}
    | {"added to a netting master", "turned a netting master", "closed by another", "MT4 master renamed", "MT4 copy renamed"}
    | {"a pending order's copy opened at market", "a netting master followed through faults"}
)
"""What must have been at work somewhere in a million events."""


def exercised(scene: Scene, guarded: Guarded) -> Counter[str]:
    """How often each thing was at work: settings count where a copy was opened or placed under them."""
    found: Counter[str] = Counter(guarded.counts)
    for number, known in scene.links.known.items():
        theirs, slave = scene.accounts[known.copier.master], scene.accounts[known.copier.slave]
        if number in scene.orders or number in scene.placed:
            found.update(_settings(known.copier))
            found[f"{theirs.kind} followed by {slave.kind}"] += 1
        if number in scene.orders and number not in scene.placed and known.key in theirs.pendings.volumes:
            found["a pending order's copy opened at market"] += 1
        if theirs.nets and not scene.whole:
            found["a netting master followed through faults"] += 1
    found.update(f"skipped {row.reason}" for row in scene.database.copies.values() if row.status == "skipped")
    masters = {copier.master for copier in scene.copiers}
    for owner, account in scene.accounts.items():
        found.update(_trades(account, owner in masters))
        found.update(account.pendings.counts)
    return found


def _settings(copier: Copier) -> list[str]:
    settings = copier.settings
    groups = (("limits", settings.limits), ("filters", settings.filters), ("stops", settings.stops))
    names = [f"{name} {field}" for name, group in groups for field in group.model_dump(exclude_defaults=True)]
    more = [name for name in SINGLE if getattr(settings, name)]
    return [f"sizing {settings.sizing.mode}", *names, *more]


def _trades(account: Account, leads: bool) -> Counter[str]:
    found: Counter[str] = Counter()
    deals, books = account.deals, account.books
    found["closed by another"] = sum(deal.entry == Entry.OUT_BY for deal in deals)
    if account.nets and leads:
        found["turned a netting master"] = sum(deal.entry == Entry.INOUT for deal in deals)
        found["added to a netting master"] = sum(deal.entry == Entry.IN and deal.order != deal.position for deal in deals)
    renamed = {deal.position: deal.magic for deal in deals if deal.position in books.roots}
    found["MT4 copy renamed"] = sum(magic > 2**32 for magic in renamed.values())
    found["MT4 master renamed"] = sum(leads and magic <= 2**32 for magic in renamed.values())
    return found
