"""What must never happen, checked at every change of a position or order before any other part sees it."""

from collections.abc import Callable, Mapping
from uuid import UUID

from lockstep_core.decision.plan import Copier
from tests.simulation.books import PositionChange
from tests.simulation.broker import BrokerAccount
from tests.simulation.broker_data import AccountKind, BrokerOrder, BrokerPosition, RequestKind, TradeRequest
from tests.simulation.database import RouterTables
from tests.simulation.evidence import Evidence, InvariantViolated
from tests.simulation.expected import ONE_LOT, counterpart
from tests.simulation.guard_invariants import GuardInvariants
from tests.simulation.hours_rules import hours_problem
from tests.simulation.late_orders import is_late_order
from tests.simulation.link_origins import LinkOrigin, LinkOrigins
from tests.simulation.mt4_orders import folded
from tests.simulation.own_stops import is_taken_back
from tests.simulation.restrictions import restriction_problem
from tests.simulation.scenario import FAULTS, Step
from tests.simulation.setting_reasons import filter_reasons, is_filtered, possible_sizes
from tests.simulation.settled_links import problem_of
from tests.simulation.settled_netting import net_problems
from tests.simulation.weekend_rules import weekend_problem


class Invariants:
    """The checks of a world. `decision_order` numbers the router's openings in the order of their decisions."""

    def __init__(self, decision_order: Mapping[int, int], unrecorded: set[int], clock_ms: Callable[[], int]) -> None:
        self.evidence: Evidence
        self.guard_invariants: GuardInvariants
        self._decision_order = decision_order
        self._unrecorded = unrecorded
        self._clock_ms = clock_ms
        self.foreign_positions: dict[tuple[int, int], BrokerPosition] = {}
        self._allocations: dict[tuple[int, int], int] = {}
        self._opened: dict[int, int] = {}
        self._placed: dict[int, int] = {}

    def begin(self, copiers: list[Copier], accounts: Mapping[UUID, BrokerAccount], database: RouterTables) -> None:
        """Sets the world to check."""
        origins = LinkOrigins(copiers, accounts, self._clock_ms)
        self.evidence = Evidence(copiers, accounts, database, origins, self._unrecorded, self._clock_ms)
        self.guard_invariants = GuardInvariants(copiers, accounts, database, self._clock_ms)

    def on_step(self, step: Step) -> None:
        """Notes what a step does."""
        evidence = self.evidence
        evidence.fault_free = evidence.fault_free and step.kind not in FAULTS
        evidence.undisturbed = evidence.undisturbed and step.kind not in (*FAULTS, "behaviour", "restrict")
        evidence.well_behaved = evidence.well_behaved and step.kind != "behaviour"
        evidence.modes_changed = evidence.modes_changed or step.kind == "mode"

    def on_closed_market(self) -> None:
        """A broker takes no orders for a symbol at times. A refused opening may be too late when the market opens."""
        self.evidence.undisturbed = False

    def on_foreign_position(self, account: BrokerAccount, ticket: int) -> None:
        """A position that only its owner may change."""
        if not account.nets:
            self.foreign_positions[account.login, ticket] = account.positions[ticket]

    def on_change(self, account: BrokerAccount, request: TradeRequest, change: PositionChange) -> None:
        """Checks a change of a position by a request."""
        evidence, position = self.evidence, change.after or change.before
        evidence.origins.on_change(account, request, change)
        if request.number == 0 and not (request.filled and evidence.origins.of(account, request.magic)):
            if position is not None:
                evidence.changed_by_hand.add(position.magic)
        elif account.nets:
            self._on_allocation(account, request, change)
        elif request.kind is RequestKind.OPEN and position is not None:
            self._on_copy_opened(account, request.magic, position.ticket, position.volume)
        elif request.kind is RequestKind.STOPS and position is not None and self._takes_back(account, request, position):
            raise InvariantViolated(f"{position} gets the stop loss {request.sl}, which is further from the market")
        elif position is not None and self._is_closed_as_orphan(account, request, position):
            return
        elif position is None or position.magic != request.magic or evidence.origins.of(account, request.magic) is None:
            raise InvariantViolated(f"{position} was changed for link {request.magic}")

    def _takes_back(self, account: BrokerAccount, request: TradeRequest, position: BrokerPosition) -> bool:
        origin = self.evidence.origins.of(account, position.magic)
        return origin is not None and is_taken_back(self.evidence.now(origin), account, position, request)

    def _is_closed_as_orphan(self, account: BrokerAccount, request: TradeRequest, position: BrokerPosition) -> bool:
        """Whether a copy on MT4 is closed under its magic number alone: it appeared when nobody knew its link any more, and
        its master has no open trade that it could be a copy of (ADR 30).
        """
        origin = self.evidence.origins.of(account, position.magic)
        if origin is None or account.kind is not AccountKind.MT4 or request.magic != folded(position.magic):
            return False
        master = self.master_of(origin)
        firsts = {master.book.first_tickets.get(ticket, ticket) for ticket in master.positions}
        return origin.first_ticket not in firsts and origin.key not in master.pending_orders.waiting

    def _on_allocation(self, account: BrokerAccount, request: TradeRequest, change: PositionChange) -> None:
        """On a netting account each link has one allocation, which keeps its side and is opened by one order."""
        magic, allocation = request.magic, account.book.allocations.of(request.magic)
        if change.deal is None or allocation is None or allocation.symbol in account.book.allocations.disturbed:
            return
        before, now = self._allocations.get((account.login, magic), 0), allocation.signed
        self._allocations[account.login, magic] = now
        if before * now < 0 or (before == 0 and request.kind is RequestKind.NET):
            raise InvariantViolated(f"link {magic} had {before} and has {now}: it took what is not its own")
        if abs(now) > abs(before):
            self._on_copy_opened(account, magic, change.deal.order, abs(now))

    def _on_copy_opened(self, account: BrokerAccount, magic: int, order: int, volume: int) -> None:
        origin = self.evidence.origins.of(account, magic)
        if origin is None:
            raise InvariantViolated(f"an order was opened for {magic}, which is no link of this account")
        self.evidence.opened_ms.setdefault(magic, self._clock_ms())
        orders = self.evidence.opening_orders.setdefault(magic, set())
        orders.add(order)
        if len(orders) > 1:
            raise InvariantViolated(f"link {magic} was opened {len(orders)} times: #{origin.key}")
        self._opened[magic] = max(volume, self._opened.get(magic, 0))
        links = self.evidence.origins.order_of(origin)
        self._check_size(origin, magic, sum(self._opened.get(link, 0) for link in links), self.evidence.origins.lots(origin))
        if self.evidence.undisturbed:
            self._check_splitting(account, origin, self._opened)
        if magic == links[0]:
            self._check_counts(account, origin, magic, order)
        row = self.evidence.database.copies.get(magic)
        if row is not None and row.reason == "pending_skipped":
            raise InvariantViolated(f"link {magic} was opened, and is of a pending order, which its copier skips")
        delay, ordered = origin.copier.settings.signal_delay, self.master_of(origin).pending_orders.volumes
        if delay is not None and origin.key not in ordered and self._clock_ms() < origin.began_ms + delay.min_ms:
            raise InvariantViolated(f"link {magic} was opened before its pause was over")

    def master_of(self, origin: LinkOrigin) -> BrokerAccount:
        """The account that a link's trades come from."""
        return self.evidence.accounts[origin.copier.master]

    def _check_size(self, origin: LinkOrigin, magic: int, volume: int, lots: list[int]) -> None:
        master, slave = self.master_of(origin), self.evidence.accounts[origin.copier.slave]
        largest = max(size for size, _ in possible_sizes(origin.copier, origin, master, slave, lots))
        if volume > largest:
            raise InvariantViolated(f"link {magic} has {volume}, and its target was never more than {largest}")
        if is_filtered(origin.copier, origin, master, slave, lots):
            reasons = filter_reasons(origin.copier, origin, master, slave, lots)
            raise InvariantViolated(f"link {magic} was opened, and {reasons} should have held it back")

    def _check_counts(self, account: BrokerAccount, origin: LinkOrigin, magic: int, order: int) -> None:
        """Checks limits of the whole account while there is no fault: only then the copies alone make up its counts."""
        if (
            account.nets
            or not self.evidence.fault_free
            or self.evidence.links_with_orders
            or len(self.evidence.opening_orders[magic]) > 1
        ):
            return
        copy = account.positions[order]
        # An opening with a later decision may have been filled before this one.
        before = self._decision_order[magic]
        others = [
            other
            for other in account.positions.values()
            if other.ticket != order
            and self.evidence.origins.of(account, other.magic)
            and self._decision_order.get(other.magic, 0) < before
        ]
        rule = origin.copier.settings.limits
        # The parts of one copy are one trade: they do not count against each other.
        besides = [other for other in others if not self._is_of(account, other, origin)]
        counts = (
            (rule.max_open_positions, self._trades(account, besides)),
            (rule.max_open_positions_per_symbol, self._trades(account, [o for o in besides if o.symbol == copy.symbol])),
            (rule.max_open_positions_per_side, self._trades(account, [o for o in besides if o.side == copy.side])),
        )
        if any(limit is not None and count >= limit for limit, count in counts):
            raise InvariantViolated(f"link {magic} was opened beside {counts}")
        total = sum(o.volume for o in others) + copy.volume
        if rule.max_total_lots is not None and total > rule.max_total_lots * ONE_LOT:
            raise InvariantViolated(f"link {magic} was opened: {total} lots are more than {rule.max_total_lots}")

    def _is_of(self, account: BrokerAccount, copy: BrokerPosition, origin: LinkOrigin) -> bool:
        found = self.evidence.origins.of(account, copy.magic)
        return found is not None and (found.copier.id, found.key) == (origin.copier.id, origin.key)

    def _trades(self, account: BrokerAccount, copies: list[BrokerPosition]) -> int:
        origins = (self.evidence.origins.of(account, copy.magic) for copy in copies)
        return len({(origin.copier.id, origin.key) for origin in origins if origin is not None})

    def _check_splitting(self, account: BrokerAccount, origin: LinkOrigin, lots: dict[int, int]) -> None:
        """A copy may have more parts than the master's order has deals only if the other parts are as large as an order can
        be.
        """
        origins, symbol = self.evidence.origins, counterpart(self.master_of(origin), account, origin.symbol)
        links = origins.order_of(origin)
        begun, fills = [lots[link] for link in links if link in lots], origins.fills.get(links[0], 0)
        if symbol is None or len(begun) <= 1 + fills:
            return
        full = [volume for volume in begun if volume > symbol.volume_max - symbol.volume_min - symbol.volume_step]
        if len(full) < len(begun) - 1 - fills:
            raise InvariantViolated(f"{begun} were opened for #{origin.key}, and {symbol.volume_max} are one order")

    def on_order(self, account: BrokerAccount, order: BrokerOrder) -> None:
        """Checks a pending order before an account gets it."""
        evidence = self.evidence
        origin = evidence.origins.of(account, order.magic)
        if origin is not None:
            if order.magic in evidence.links_with_orders or order.magic in evidence.opening_orders:
                raise InvariantViolated(f"link {order.magic} gets a pending order, and it had something before")
            ordered = self.master_of(origin).pending_orders.volumes.get(origin.key)
            lots = evidence.origins.lots(origin) if ordered is None else [ordered]
            self._placed[order.magic] = order.volume
            placed = sum(self._placed.get(link, 0) for link in evidence.origins.order_of(origin))
            self._check_size(origin, order.magic, placed, lots)
            self._check_splitting(account, origin, self._placed)
            if ordered is None and not is_late_order(origin.copier, self.master_of(origin), origin):
                raise InvariantViolated(f"link {order.magic} gets a pending order, and its master has none")
            evidence.links_with_orders.add(order.magic)
        elif order.magic:
            raise InvariantViolated(f"an order was placed for {order.magic}, which is no link of this account")
        evidence.origins.on_order(account, order)

    def problems(self) -> list[str]:
        """What is wrong once everything is quiet."""
        evidence = self.evidence
        found = [
            problem for link, origin in evidence.origins.by_link.items() if (problem := problem_of(evidence, link, origin))
        ]
        held = (weekend_problem(evidence), hours_problem(evidence), restriction_problem(evidence))
        found += [problem for problem in held if problem]
        return found + net_problems(evidence) + self._foreign_problems() + self.guard_invariants.problems(evidence)

    def _foreign_problems(self) -> list[str]:
        logins = {account.login: account for account in self.evidence.accounts.values()}
        now = {key: logins[key[0]].positions.get(key[1]) for key in self.foreign_positions}
        return [
            f"foreign position {key} became {now[key]}"
            for key, before in self.foreign_positions.items()
            if now[key] != before
        ]
