"""Checks commands and rows at the moment a router sends or writes them: no forbidden opening, no false reason."""

from collections.abc import Callable, Mapping
from uuid import UUID

from lockstep_core.decision.plan import Copier
from lockstep_core.market.money import Quote
from lockstep_core.wire.enums import Capability
from lockstep_router.journal.records import CopyRow, GuardRow, HistoryEvent, Record
from tests.simulation.broker_data import ListedSymbol
from tests.simulation.evidence import Evidence, InvariantViolated
from tests.simulation.expected import counterpart
from tests.simulation.guard_invariants import GuardInvariants
from tests.simulation.holding_invariants import check_closing
from tests.simulation.late_orders import is_too_far
from tests.simulation.link_origins import LinkOrigin
from tests.simulation.market_reasons import MARKET_CODES, market_reasons, master_price
from tests.simulation.news_invariants import NewsInvariants
from tests.simulation.weekend_rules import is_weekend

QuotesOf = Callable[[UUID], Mapping[str, Quote]]


class RouterMonitor:
    """Checks what routers write. `quotes_of` returns an account's quotes that the running router got."""

    def __init__(
        self, evidence: Evidence, guard_invariants: GuardInvariants, news_invariants: NewsInvariants, quotes_of: QuotesOf
    ) -> None:
        self.guard_invariants = guard_invariants
        self._news_invariants = news_invariants
        self._evidence = evidence
        self._quotes_of = quotes_of
        self._rows: dict[int, CopyRow] = {}
        self._stopped: set[int] = set()

    def on_start(self) -> None:
        """A new router reads what was written."""
        self._rows = dict(self._evidence.database.copies)
        self.guard_invariants.on_start()

    def on_records(self, records: list[Record]) -> None:
        """Checks records in the order in which the router writes them."""
        for record in records:
            match record:
                case HistoryEvent(kind="command"):
                    self._on_command(record)
                case HistoryEvent(kind="stop_reached"):
                    self._stopped.add(record.link or 0)
                case HistoryEvent() if record.kind.startswith("guard_"):
                    self.guard_invariants.on_event(record)
                case GuardRow():
                    self.guard_invariants.on_row(record)
                case CopyRow():
                    self._on_row(record)

    def _on_command(self, event: HistoryEvent) -> None:
        link, action = event.link or 0, event.data["action"]
        copier = self._copier(event.copier)
        row = self._rows.get(link)
        is_open = row is not None and row.open_lots > 0
        if action in ("open", "place") or (action == "set_net" and not is_open):
            self._check_opening(copier, link, action)
        elif action in ("close", "set_volume", "set_net", "delete"):
            self._on_closing(copier, link, action)

    def _on_closing(self, copier: Copier, link: int, action: str) -> None:
        listed = self._listed(copier, link)
        reasons = {
            "a guard closed a copy": any(one.close_positions for one in self.guard_invariants.stops(copier.id)),
            "the weekend closed a copy": listed is not None and self._is_weekend(copier, listed),
            "news closed a copy": listed is not None and self._news_invariants.closes(copier, listed),
        }
        if any(reasons.values()):
            self.guard_invariants.counts.update(what for what, is_so in reasons.items() if is_so)
            self._evidence.closed_by_rule.update([] if action == "set_volume" else [link])
        elif action != "delete" and link not in self._stopped:
            check_closing(self._evidence, copier, link)

    def _is_weekend(self, copier: Copier, listed: ListedSymbol) -> bool:
        slave = self._evidence.accounts[copier.slave]
        return is_weekend(copier, listed.name, slave, self._evidence.clock_ms())

    def _listed(self, copier: Copier, link: int) -> ListedSymbol | None:
        """The slave's symbol of a link, as its broker lists it."""
        master, slave = self._evidence.accounts[copier.master], self._evidence.accounts[copier.slave]
        origin = self._evidence.origins.of(slave, link)
        return None if origin is None else counterpart(master, slave, origin.symbol)

    def _check_opening(self, copier: Copier, link: int, action: str) -> None:
        if self.guard_invariants.stops(copier.id):
            raise InvariantViolated(
                f"link {link} is to be opened, though {self.guard_invariants.stops(copier.id)} stopped its copier"
            )
        listed = self._listed(copier, link)
        if listed is not None and self._news_invariants.forbids(copier, listed):
            raise InvariantViolated(f"link {link} is to be opened, though news forbid it")
        if listed is not None and self._is_weekend(copier, listed):
            raise InvariantViolated(f"link {link} is to be opened, though it is the weekend")
        origin = self._evidence.origins.of(self._evidence.accounts[copier.slave], link)
        found = set() if origin is None or action == "place" else self._market_reasons(copier, origin)
        if self._evidence.accounts[copier.slave].capabilities & Capability.QUOTES:
            # Where the router has no quote, the terminal checks the limits.
            found.discard("quote_unknown")
        if found:
            raise InvariantViolated(f"link {link} is to be opened, though {found} forbid it")
        if origin is not None and listed is not None and action != "place":
            self._check_late(copier, link, origin, listed)

    def _check_late(self, copier: Copier, link: int, origin: LinkOrigin, listed: ListedSymbol) -> None:
        master = self._evidence.accounts[copier.master]
        # Nobody noted when an order filled.
        price = None if origin.key in master.pending_orders.ordered else master_price(master, origin)
        quotes = self._quotes_of(copier.slave)
        if is_too_far(copier, origin, self._evidence.clock_ms(), price, listed, quotes):
            raise InvariantViolated(f"link {link} is to be opened late at {quotes.get(listed.name)}, far from {price}")

    def _on_row(self, row: CopyRow) -> None:
        before = self._rows.get(row.link)
        self._rows[row.link] = row
        if row.reason == "held_too_short" and (before is None or before.reason != row.reason):
            self.guard_invariants.counts["a copy was held for its least time"] += 1
        if (
            row.status not in ("waiting", "skipped")
            or row.reason is None
            or (before is not None and before.reason == row.reason)
        ):
            return
        copier = self._copier(row.copier)
        if row.reason in ("guard", "guard_paused") and not self.guard_invariants.stops(copier.id):
            raise InvariantViolated(f"link {row.link} was skipped for a guard, and none had stopped its copier")
        listed = self._listed(copier, row.link)
        if row.reason == "news" and listed is not None and not self._news_invariants.forbids(copier, listed):
            raise InvariantViolated(f"link {row.link} was skipped for news, and there were none")
        if row.reason == "weekend" and listed is not None and not self._is_weekend(copier, listed):
            raise InvariantViolated(f"link {row.link} was skipped for the weekend, and it was none")
        if row.reason in MARKET_CODES:
            self._check_reason(copier, row)

    def _check_reason(self, copier: Copier, row: CopyRow) -> None:
        origin = self._evidence.origins.of(self._evidence.accounts[copier.slave], row.link)
        if origin is None:
            return
        found = self._market_reasons(copier, origin)
        listed = self._listed(copier, row.link)
        if copier.settings.late_openings is not None and listed and listed.name not in self._quotes_of(copier.slave):
            found.add("quote_unknown")
        if row.reason not in found:
            raise InvariantViolated(f"link {row.link} was skipped for its {row.reason}, but the reasons were {found}")

    def _market_reasons(self, copier: Copier, origin: LinkOrigin) -> set[str]:
        master, slave = self._evidence.accounts[copier.master], self._evidence.accounts[copier.slave]
        return market_reasons(copier, origin, master, slave, self._quotes_of(copier.slave))

    def _copier(self, copier_id: UUID | None) -> Copier:
        return next(copier for copier in self._evidence.copiers if copier.id == copier_id)
