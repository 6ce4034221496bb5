"""Counts which rules and settings scenarios exercised: a rule that never applies proves nothing."""

from collections import Counter

from lockstep_core.decision.plan import Copier
from lockstep_core.settings.guards import GuardKind
from lockstep_core.wire.enums import DealEntry
from tests.simulation.broker import BrokerAccount
from tests.simulation.broker_data import AccountKind
from tests.simulation.evidence import Evidence
from tests.simulation.guard_invariants import GuardInvariants
from tests.simulation.late_orders import is_late_order
from tests.simulation.own_stops import OWN_STOPS, is_protected
from tests.simulation.random_settings import BY_RISK, FILTERS, LIMITS, SIZINGS, STOPS

KINDS = tuple(AccountKind)
ORDERS = ("placed", "changed", "deleted", "expired", "filled", "filled in part")
SWITCHES = ("reverse", "signal_delay", "max_spread_points", "max_slippage_points")
SKIPPED = (
    *("symbol_filtered", "side_filtered", "magic_filtered", "comment_filtered", "outside_hours", "stop_needed"),
    "spec_doubtful",
    *("volume_below_min", "volume_above_max", "risk_coefficient", "too_many_positions", "too_many_lots"),
    *("pending_waits", "pending_skipped", "guard", "guard_paused", "spread", "slippage", "quote_unknown", "news", "weekend"),
)
REQUIRED = frozenset(
    {f"{master} followed by {slave}" for master in KINDS for slave in KINDS}
    | {f"a master's order {what}" for what in ORDERS}
    | {f"a copy's order {what}" for what in ORDERS}
    | {f"sizing {one['mode']}" for one in (*SIZINGS, *BY_RISK)}
    | {"sizing fixed", "sizing multiplier", *SWITCHES}
    | {f"guard {kind} fired" for kind in GuardKind}
    | {"filters news_filter", "news closed a copy", "filters weekend", "the weekend closed a copy"}
    | {
        "a payment moved a guard",
        "a guard locked its account",
        "a guard warned",
        "guard reset",
        "guard resumed",
        "a guard closed a copy",
        "a guard stayed tripped over a restart",
        *(f"a guard paused copying until {end}" for end in ("minutes", "next_day", "recovered")),
        *(f"a pause until {end} was over" for end in ("minutes", "next_day", "recovered")),
        "a pause outlived the router",
        "a copy was held for its least time",
    }
    | {f"limits {name}" for one in LIMITS for name in one if name != "max_risk_coefficient"}
    | {f"filters {name}" for one in FILTERS for name in one if name != "time_zone"}
    | {f"stops {name}" for one in STOPS for name in one}
    | {f"skipped {code}" for code in SKIPPED}
    | {
        "added to a netting master",
        "reversed a netting master",
        "closed by another",
        "MT4 master renamed",
        "MT4 copy renamed",
    }
    | {"a pending order's copy opened at market", "a netting master followed through faults"}
    | {f"stops {name}" for one in OWN_STOPS for name in one}
    | {"an order was placed for a late opening", "an order for a late opening filled"}
    | {
        "a copy's stop loss was moved into profit",
        "a copy was opened in several orders",
        "a copy was opened after it had waited",
        "a closed market refused an order",
        "a restricted symbol's opening was refused",
        "skipped symbol_not_tradable",
        "a copy was opened under a volume limit",
        "MT4 copy told without its link",
    }
)
"""Rules that must have applied at least once in a million events."""


def coverage(evidence: Evidence, guard_invariants: GuardInvariants) -> Counter[str]:
    """How often each rule applied. A setting counts where a copy was opened or placed under it."""
    found: Counter[str] = Counter(guard_invariants.counts)
    for link, origin in evidence.origins.by_link.items():
        master, slave = evidence.accounts[origin.copier.master], evidence.accounts[origin.copier.slave]
        if link in evidence.opening_orders or link in evidence.links_with_orders:
            found.update(_settings(origin.copier))
            found[f"{master.kind} followed by {slave.kind}"] += 1
        if (
            link in evidence.opening_orders
            and link not in evidence.links_with_orders
            and origin.key in master.pending_orders.volumes
        ):
            found["a pending order's copy opened at market"] += 1
        if link in evidence.links_with_orders and is_late_order(origin.copier, master, origin):
            found["an order was placed for a late opening"] += 1
            found["an order for a late opening filled"] += link in evidence.opening_orders
        if any(is_protected(origin.copier, slave, copy) for copy in slave.positions_of(link)):
            found["a copy's stop loss was moved into profit"] += 1
        found["a copy was opened in several orders"] += _is_split(evidence, link)
        found["a copy was opened under a volume limit"] += link in slave.fitted and link in evidence.opening_orders
        if master.nets and not evidence.fault_free:
            found["a netting master followed through faults"] += 1
    found.update(f"skipped {row.reason}" for row in evidence.database.copies.values() if row.status == "skipped")
    found["a copy was opened after it had waited"] += evidence.database.opened_after_waiting
    found["MT4 copy doubted"] += evidence.database.doubted
    masters = {copier.master for copier in evidence.copiers}
    for account_id, account in evidence.accounts.items():
        found.update(_trades(account, account_id in masters))
        found.update(account.pending_orders.counts)
        found["MT4 copy told without its link"] += account.untold
        found["a closed market refused an order"] += len(account.refused_closed)
        found["a restricted symbol's opening was refused"] += len(account.refused_restricted)
    return found


def _is_split(evidence: Evidence, link: int) -> bool:
    """Whether a copy has more parts than its master's order has deals."""
    parts = [part for part in evidence.origins.parts.get(link, ()) if part in evidence.opening_orders]
    return len(parts) > evidence.origins.fills.get(link, 0)


def _settings(copier: Copier) -> list[str]:
    settings = copier.settings
    groups = (("limits", settings.limits), ("filters", settings.filters), ("stops", settings.stops))
    names = [f"{name} {field}" for name, group in groups for field in group.model_dump(exclude_defaults=True)]
    more = [name for name in SWITCHES if getattr(settings, name)]
    return [f"sizing {settings.sizing.mode}", *names, *more]


def _trades(account: BrokerAccount, is_master: bool) -> Counter[str]:
    found: Counter[str] = Counter()
    deals, book = account.deals, account.book
    found["closed by another"] = sum(deal.entry == DealEntry.OUT_BY for deal in deals)
    if account.nets and is_master:
        found["reversed a netting master"] = sum(deal.entry == DealEntry.INOUT for deal in deals)
        found["added to a netting master"] = sum(
            deal.entry == DealEntry.IN and deal.order != deal.position for deal in deals
        )
    renamed = {deal.position: deal.magic for deal in deals if deal.position in book.first_tickets}
    found["MT4 copy renamed"] = sum(magic > 2**32 for magic in renamed.values())
    found["MT4 master renamed"] = sum(is_master and magic <= 2**32 for magic in renamed.values())
    return found
