"""The router without I/O: sessions, books, decisions.

Every call is given the time (ns of one monotonic clock) and returns what to send and what to write down. The loop around
it owns sockets and clocks.

Accounts take turns: of each message only a slice is handled at once, and what is left waits in its session's backlog. An
exception that nobody foresaw shuts out the account that it came with, and no other.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, MutableMapping
from pathlib import Path
from uuid import UUID

from lockstep_core.accounts import Environment
from lockstep_core.decision.context import NewsItem
from lockstep_core.decision.plan import Plan
from lockstep_core.market.money import Quote
from lockstep_core.wire.envelope import Refusal
from lockstep_router.accounts.admission import TicketCheck
from lockstep_router.accounts.busy import BusyAccounts
from lockstep_router.accounts.quarantine import Quarantine
from lockstep_router.accounts.session import Session
from lockstep_router.accounts.tracked_account import TrackedAccount
from lockstep_router.engine.canary import Canary, CanaryPair
from lockstep_router.engine.departures import NOBODY, Departures, copiers_of
from lockstep_router.engine.frame_handler import FrameHandler
from lockstep_router.engine.receiver import Receiver
from lockstep_router.engine.sessions import Sessions
from lockstep_router.engine.subscriptions import Subscriptions
from lockstep_router.engine.symbol_pages import SymbolPages
from lockstep_router.engine.turns import Turns
from lockstep_router.execution.copy_manager import CopyManager
from lockstep_router.execution.manual_requests import ManualRequests
from lockstep_router.execution.task_runner import TaskRunner
from lockstep_router.journal.outputs import Outputs
from lockstep_router.journal.records import AccountReleased, HistoryEvent, KnownGuard, KnownLink, ManualRequest

QuotesOf = Callable[[UUID], MutableMapping[str, Quote]]
"""Returns an account's newest quotes by symbol. The mapping changes as ticks come in."""

SWEEP_NS = 100_000_000


def no_quotes(_account: UUID) -> MutableMapping[str, Quote]:
    """For an engine that receives no ticks."""
    return {}


class Engine:
    """The accounts of one shard, all of one environment. `faults` counts unexpected exceptions. `is_written` says whether
    nearly all of the journal is written.
    """

    def __init__(
        self,
        check_ticket: TicketCheck,
        environment: Environment,
        outputs: Callable[[], Outputs] = Outputs,
        quotes: QuotesOf = no_quotes,
        is_written: Callable[[], bool] = lambda: True,
        canary: CanaryPair | None = None,
    ) -> None:
        self.accounts: dict[UUID, TrackedAccount] = {}
        self.faults = 0
        self._quarantine = Quarantine()
        self._sessions = Sessions(self.accounts, check_ticket, self._quarantine)
        self._quotes = quotes
        self._outputs = outputs
        self._swept_ns = 0
        self._unix_offset_ns: int | None = None
        busy = BusyAccounts()
        self._copy_manager = CopyManager(self.accounts, self._quarantine, busy, self._on_fault)
        self._manual_requests = ManualRequests(self._copy_manager, self.accounts, self._on_fault)
        self._subscriptions = Subscriptions(self.accounts, self._copy_manager.index, self._on_fault)
        self._pages = SymbolPages()
        self._frames = FrameHandler(self._copy_manager, environment, self._subscriptions, self._pages)
        tasks = TaskRunner(self.accounts, self._copy_manager)
        self._turns = Turns(self.accounts, self._frames, tasks, busy, self._on_fault)
        self._receiver = Receiver(
            self.accounts, self._sessions, self._frames, self._copy_manager, self._turns, self._on_fault
        )
        self._sent_before: dict[UUID, list[tuple[int, int]]] = {}
        self._canary = None if canary is None else Canary(self.accounts, canary, self._on_fault)
        self._plan = Plan({}, {})
        self._departures = Departures(self.accounts, self._copy_manager.index, is_written)

    def on_sent_before(self, items: Iterable[tuple[UUID, int, int]]) -> None:
        """How many orders earlier routers sent, as (account, Unix time in ms, number). They are for accounts that are new in
        the next plan.
        """
        for account, at_ms, count in items:
            self._sent_before.setdefault(account, []).append((at_ms, count))

    def on_plan(
        self,
        plan: Plan,
        known: Iterable[KnownLink],
        now_ns: int,
        guards: Iterable[KnownGuard] = (),
        requests: Iterable[ManualRequest] = (),
        leaving: Mapping[UUID, int] = NOBODY,
    ) -> Outputs:
        """A new plan, whole, with rows of links and guards (those of copies that are followed already are ignored) and the
        users' manual requests. `leaving`: its accounts that are to go to another shard, each with the number of its move.
        """
        out = self._outputs()
        gone = self._departures.on_plan(leaving, now_ns)
        if gone:
            # They left before the database knew of it, or they leave before this new router has served them.
            requests = [request for request in requests if not _concerns(plan, request, gone)]
            plan = _without(plan, gone)
        self._take(plan, known, guards, now_ns, out)
        self._sent_before.clear()
        self._sessions.wants_plan = False
        self._release(gone, now_ns, out)
        self._manual_requests.on_plan(requests, now_ns, out)
        return out

    def _take(self, plan: Plan, known: Iterable[KnownLink], guards: Iterable[KnownGuard], now_ns: int, out: Outputs) -> None:
        self._plan = plan
        for number in [n for n in self.accounts if n not in plan.accounts]:
            self._sessions.end(self.accounts.pop(number), Refusal.UNKNOWN_ACCOUNT, now_ns, out)
            self._quarantine.forget(number)
        for account in plan.accounts.values():
            tracked = self.accounts.get(account.id)
            if tracked is None:
                self.accounts[account.id] = TrackedAccount(
                    account, self._quotes(account.id), self._sent_before.get(account.id, ())
                )
            else:
                tracked.account = account
        self._copy_manager.on_plan(plan, known, guards, now_ns, out)
        self._subscriptions.on_plan()

    def _let_go(self, going: Mapping[UUID, int], now_ns: int, out: Outputs) -> None:
        """Releases accounts that leave. After that nothing is commanded or written for them."""
        for number in going:
            self._sessions.end(self.accounts[number], Refusal.MOVED, now_ns, out)
        self._manual_requests.leave(copiers_of(self._copy_manager.index, going))
        self._take(_without(self._plan, going), (), (), now_ns, out)
        self._release(going, now_ns, out)

    def _release(self, going: Mapping[UUID, int], now_ns: int, out: Outputs) -> None:
        for number, move in going.items():
            self._sessions.on_moved(number, now_ns)
            out.journal.append(AccountReleased(number, move))

    def on_calendar(self, news: tuple[NewsItem, ...], now_ns: int) -> Outputs:
        """The economic calendar around now, whole, sorted by time."""
        out = self._outputs()
        self._copy_manager.on_calendar(news, now_ns)
        return out

    def on_message(self, peer: bytes, message: bytes, user_key: bytes | None, now_ns: int) -> Outputs:
        """A message of a peer; `user_key` is the CURVE public key its connection was made with."""
        out = self._outputs()
        self._receiver.on_message(peer, message, user_key, now_ns, out)
        return out

    @property
    def is_busy(self) -> bool:
        """Whether frames of some account wait for their turn. The loop then calls `on_backlog` soon."""
        return self._turns.is_busy

    def on_backlog(self, now_ns: int) -> Outputs:
        """Handles a slice of the account whose turn it is."""
        out = self._outputs()
        self._turns.next(now_ns, out)
        return out

    def on_clock(self, now_ns: int) -> Outputs:
        """Does what has become due. The loop calls this many times a second."""
        out = self._outputs()
        self._turns.wake()
        self._copy_manager.on_clock(now_ns)
        self._subscriptions.turn(now_ns, out)
        if going := self._departures.due(now_ns):
            self._let_go(going, now_ns, out)
        if now_ns - self._swept_ns >= SWEEP_NS:
            self._swept_ns = now_ns
            self._sweep(now_ns, out)
            self._manual_requests.on_clock(now_ns, out)
            if self._canary is not None:
                self._canary.turn(now_ns, out)
            self._release(self._departures.unconfirmed(now_ns), now_ns, out)
        return out

    def set_utc_offset(self, offset_ns: int) -> None:
        """Sets what is added to the engine's clock to get Unix time."""
        self._unix_offset_ns = offset_ns
        self._copy_manager.contexts.set_utc_offset(offset_ns)

    def on_unreachable(self, peer: bytes, now_ns: int) -> Outputs:
        """A message could not be handed to a peer."""
        out = self._outputs()
        session = self._sessions.by_peer.get(peer)
        if session is not None:
            self._receiver.lose(session, now_ns, out)
        return out

    def on_sent(self, link: int, now_ns: int) -> int:
        """The command that opens a link was handed to its socket. Returns how long the router took for it, in ns."""
        copy = self._copy_manager.index.copies.get(link)
        return 0 if copy is None else copy.on_handed_over(now_ns)

    @property
    def dropped(self) -> int:
        """How many frames and messages could not be used."""
        return self._receiver.malformed + self._turns.dropped

    @property
    def passed_over(self) -> int:
        """How many frames and messages were of kinds that only a later release knows."""
        return self._receiver.unknown + self._turns.passed_over

    @property
    def sessions(self) -> Mapping[bytes, Session]:
        """The sessions by peer."""
        return self._sessions.by_peer

    def take_wants_plan(self) -> bool:
        """Whether, since the last call, a relay spoke for an account that is not in the plan."""
        wants, self._sessions.wants_plan = self._sessions.wants_plan, False
        return wants

    @property
    def canary_rounds(self) -> int | None:
        """In how many minutes the canary was to trade; None if there is no canary."""
        return None if self._canary is None else self._canary.rounds

    def quarantined(self, now_ns: int) -> int:
        """How many accounts are shut out."""
        return self._quarantine.size(now_ns)

    @property
    def followed(self) -> int:
        """How many copies are followed."""
        return len(self._copy_manager.index.copies)

    def acks(self, now_ns: int) -> Outputs:
        """Acknowledges the frames of this turn. The loop calls this after each turn."""
        out = self._outputs()
        self._turns.acknowledge(now_ns, out)
        return out

    def account_of(self, user_key: bytes | None) -> UUID | None:
        """The account whose live session was made with this CURVE key."""
        return self._sessions.account_of(user_key)

    def on_quotes(self, account: UUID | None, now_ns: int) -> Outputs | None:
        """Handles new quotes of an account, which are in its mapping already. Returns None if nobody waits for them."""
        if account is None or account not in self.accounts or not self._copy_manager.watches(account):
            return None
        out = self._outputs()
        self._copy_manager.on_quotes(account, now_ns, out)
        return out

    def on_fault_beside(self, account: UUID | None, error: Exception, now_ns: int) -> Outputs:
        """Handles an unforeseen exception in work for an account outside this engine: with its ticks or figures."""
        out = self._outputs()
        self._on_fault(account, error, now_ns, out)
        return out

    def _sweep(self, now_ns: int, out: Outputs) -> None:
        """Ends sessions that are silent or whose ticket is over, and requests snapshots again that have not come."""
        for session in self._sessions.silent(now_ns):
            self._receiver.lose(session, now_ns, out)
        if self._unix_offset_ns is not None:
            for tracked in self._sessions.expired((now_ns + self._unix_offset_ns) // 1_000_000_000):
                self._sessions.end(tracked, Refusal.EXPIRED_TICKET, now_ns, out)
                self._frames.report_disconnected(tracked, now_ns, out)
        self._sessions.forget_strangers(now_ns)
        for tracked in self.accounts.values():
            tracked.drop_endless_snapshot(now_ns)
            self._turns.request_snapshot(tracked, now_ns, out)
            self._pages.sweep(tracked, now_ns, out)

    def _on_fault(self, account: UUID | None, error: Exception, now_ns: int, out: Outputs) -> None:
        """Shuts out the account whose data raised an unforeseen exception. Its book may be half changed, so only a new
        snapshot of its terminal counts.
        """
        self.faults += 1
        tracked = None if account is None else self.accounts.get(account)
        if tracked is None:
            return
        self._quarantine.on_fault(tracked.account.id, now_ns)
        tracked.forget()
        tracked.tasks.clear()
        data = {"error": type(error).__name__, "at": _innermost_line(error)}
        out.journal.append(HistoryEvent("fault", now_ns, tracked.account.user_id, tracked.account.id, data=data))
        self._sessions.end(tracked, Refusal.QUARANTINED, now_ns, out)
        self._frames.report_quarantined(tracked, now_ns, out)
        self._copy_manager.on_quarantine(tracked.account.id, now_ns, out)


def _without(plan: Plan, accounts: Collection[UUID]) -> Plan:
    """A plan without these accounts. Their copiers stay in it, and do nothing without their accounts."""
    return Plan({number: account for number, account in plan.accounts.items() if number not in accounts}, plan.copiers)


def _concerns(plan: Plan, request: ManualRequest, accounts: Collection[UUID]) -> bool:
    copier = plan.copiers.get(request.copier)
    return copier is not None and (copier.master in accounts or copier.slave in accounts)


def _innermost_line(error: Exception) -> str:
    """`file.py:line` where an exception was raised. Its text is left out, because it may hold what a stranger typed."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return "" if traceback is None else f"{Path(traceback.tb_frame.f_code.co_filename).name}:{traceback.tb_lineno}"
