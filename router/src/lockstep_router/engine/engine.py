"""The router without I/O: sessions, books, decisions.

Every call is given the time (ns of one monotonic clock) and returns what to send and what to write down. The loop around
it owns sockets and clocks.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from uuid import UUID

from lockstep_core.decision.context import NO_QUOTES, NewsItem
from lockstep_core.decision.plan import Plan
from lockstep_core.market.money import Quote
from lockstep_core.wire.codec import decode_all
from lockstep_core.wire.envelope import ENVELOPE, SNAPSHOT_WANTED, Envelope, Kind, Refusal, decode_envelope, decode_hello
from lockstep_core.wire.errors import WireError
from lockstep_core.wire.frames import Frame, SnapshotRequest
from lockstep_core.wire.ticket import Ticket
from lockstep_router.accounts.admission import TicketCheck, admit, resumes
from lockstep_router.accounts.sending import send_envelope, send_frame
from lockstep_router.accounts.session import Session
from lockstep_router.accounts.tracked_account import TrackedAccount
from lockstep_router.engine.frame_handler import FrameHandler
from lockstep_router.execution.copy_manager import CopyManager
from lockstep_router.execution.manual_requests import ManualRequests
from lockstep_router.journal.outputs import Outputs
from lockstep_router.journal.records import HistoryEvent, KnownGuard, KnownLink, ManualRequest

QuotesOf = Callable[[UUID], Mapping[str, Quote]]
"""Returns an account's newest quotes by symbol, a mapping that is kept up to date."""

SILENCE_NS = 5_000_000_000
SWEEP_NS = 100_000_000
ACK_FRAMES = 32
BAD_MESSAGES = 16
REQUEST_AGAIN_NS = 1_000_000_000
FIRST_SNAPSHOT_NS = 10_000_000_000
NEW_ACCOUNT_NS = 10_000_000_000


def no_quotes(_account: UUID) -> Mapping[str, Quote]:
    """For an engine that receives no ticks."""
    return NO_QUOTES


class Engine:
    """The accounts of one shard.

    `wants_plan`: a relay speaks for an account that is not in the plan, perhaps not yet. `dropped`: frames and messages that
    could not be used. `faults`: messages that raised an unforeseen exception.
    """

    def __init__(
        self, check_ticket: TicketCheck, outputs: Callable[[], Outputs] = Outputs, quotes: QuotesOf = no_quotes
    ) -> None:
        self.accounts: dict[UUID, TrackedAccount] = {}
        self.sessions: dict[bytes, Session] = {}
        self.dropped = 0
        self.faults = 0
        self.wants_plan = False
        self._check_ticket = check_ticket
        self._quotes = quotes
        self._outputs = outputs
        self._swept_ns = 0
        self._copy_manager = CopyManager(self.accounts)
        self._manual_requests = ManualRequests(self._copy_manager, self.accounts)
        self._frames = FrameHandler(self._copy_manager)
        self._by_key: dict[bytes, UUID] = {}
        self._strangers: dict[UUID, int] = {}
        self._to_ack: set[UUID] = set()
        self._sent_before: dict[UUID, list[tuple[int, int]]] = {}

    def on_sent_before(self, items: Iterable[tuple[UUID, int, int]]) -> None:
        """How many orders earlier routers sent, as (account, Unix time in ms, number): for accounts that are new in the next
        plan.
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
    ) -> Outputs:
        """A new plan, whole, with rows of links and guards (those of copies that are followed already are ignored) and the
        users' manual requests.
        """
        out = self._outputs()
        for number in [n for n in self.accounts if n not in plan.accounts]:
            self._end(self.accounts.pop(number), Refusal.UNKNOWN_ACCOUNT, now_ns, out)
        for account in plan.accounts.values():
            tracked = self.accounts.get(account.id)
            if tracked is None:
                self.accounts[account.id] = TrackedAccount(
                    account, self._quotes(account.id), self._sent_before.get(account.id, ())
                )
            else:
                tracked.account = account
        self._sent_before.clear()
        self.wants_plan = False
        self._copy_manager.on_plan(plan, known, guards, now_ns, out)
        self._manual_requests.on_plan(requests, now_ns, out)
        return out

    def on_calendar(self, news: tuple[NewsItem, ...], now_ns: int) -> Outputs:
        """The economic calendar around now, whole, sorted by time."""
        out = self._outputs()
        self._copy_manager.on_calendar(news, now_ns, out)
        return out

    def on_message(self, peer: bytes, message: bytes, user_key: bytes | None, now_ns: int) -> Outputs:
        """A message of a peer; `user_key` is the CURVE public key its connection was made with."""
        out = self._outputs()
        session = self.sessions.get(peer)
        try:
            envelope = decode_envelope(message)
            if envelope.kind == Kind.HELLO:
                self._on_hello(peer, message, user_key, now_ns, out)
            elif session is None:
                send_envelope(peer, Kind.RESET, 0, 0, now_ns, out)
            else:
                self._on_session(session, envelope, message, now_ns, out)
        except WireError:
            self._on_malformed(session, now_ns, out)
        except Exception as error:  # noqa: BLE001 - whatever one account sends, the loop goes on for all others
            self._on_fault(self.sessions.get(peer), error, now_ns, out)
        return out

    def on_clock(self, now_ns: int) -> Outputs:
        """Does what has become due. The loop calls this many times a second."""
        out = self._outputs()
        self._copy_manager.on_clock(now_ns, out)
        if now_ns - self._swept_ns >= SWEEP_NS:
            self._swept_ns = now_ns
            self._sweep(now_ns, out)
            self._manual_requests.on_clock(now_ns, out)
        return out

    def set_utc_offset(self, offset_ns: int) -> None:
        """Sets what is added to the engine's clock to get Unix time."""
        self._copy_manager.contexts.set_utc_offset(offset_ns)

    def on_unreachable(self, peer: bytes, now_ns: int) -> Outputs:
        """A message could not be handed to a peer."""
        out = self._outputs()
        session = self.sessions.get(peer)
        if session is not None:
            self._lose(session, now_ns, out)
        return out

    def on_sent(self, link: int, now_ns: int) -> int:
        """The command that opens a link was handed to its socket; returns how long the router took for it, in ns."""
        copy = self._copy_manager.index.copies.get(link)
        return 0 if copy is None else copy.on_handed_over(now_ns)

    @property
    def followed(self) -> int:
        """How many copies are followed."""
        return len(self._copy_manager.index.copies)

    def acks(self, now_ns: int) -> Outputs:
        """Acknowledges the frames of this turn. The loop calls this after each turn."""
        out = self._outputs()
        for account in self._to_ack:
            tracked = self.accounts.get(account)
            if tracked is not None and tracked.session is not None and tracked.unacked:
                tracked.unacked = 0
                send_envelope(tracked.session.peer, Kind.ACK, 0, tracked.received, now_ns, out)
        self._to_ack.clear()
        return out

    def account_of(self, user_key: bytes | None) -> UUID | None:
        """The account whose live session was made with this CURVE key."""
        return None if user_key is None else self._by_key.get(user_key)

    def _sweep(self, now_ns: int, out: Outputs) -> None:
        """Ends silent sessions, and requests snapshots again that have not come."""
        for session in [s for s in self.sessions.values() if now_ns - s.heard_ns > SILENCE_NS]:
            self._lose(session, now_ns, out)
        for tracked in self.accounts.values():
            self._request_snapshot(tracked, now_ns, out)

    def _on_hello(self, peer: bytes, message: bytes, user_key: bytes | None, now_ns: int, out: Outputs) -> None:
        hello = decode_hello(message)
        ticket = self._check_ticket(hello.ticket)
        if isinstance(ticket, Refusal):
            send_envelope(peer, Kind.REFUSED, ticket, 0, now_ns, out)
            return
        tracked = self.accounts.get(ticket.account)
        if tracked is None:
            self._on_stranger(peer, ticket, now_ns, out)
            return
        refusal = admit(ticket, user_key, tracked)
        if refusal is not None:
            send_envelope(peer, Kind.REFUSED, refusal, 0, now_ns, out)
            return
        if ticket.epoch > tracked.epoch:
            self._copy_manager.on_other_pod(tracked.account.id, now_ns)
        self._welcome(peer, ticket, tracked, now_ns, out)
        resumed = resumes(hello, tracked)
        if not resumed:
            tracked.forget()
            tracked.received = tracked.received if hello.incarnation == tracked.incarnation else 0
            tracked.incarnation = hello.incarnation
            tracked.snapshot_requested_ns = now_ns
        send_envelope(peer, Kind.WELCOME, 0 if resumed else SNAPSHOT_WANTED, tracked.received, now_ns, out)
        if resumed:
            self._frames.report_ready(tracked, now_ns, out)
            self._copy_manager.on_relay_back(tracked.account.id, now_ns)
            self._copy_manager.on_book(tracked.account.id, now_ns, out)

    def _welcome(self, peer: bytes, ticket: Ticket, tracked: TrackedAccount, now_ns: int, out: Outputs) -> None:
        """Begins a session and ends the one that spoke for the account before."""
        before = self.sessions.get(peer)
        if before is not None:
            self._drop(before)
        if tracked.session is not None:
            newer = ticket.epoch > tracked.session.epoch
            self._end(tracked, Refusal.STALE_EPOCH if newer else None, now_ns, out)
        tracked.epoch = ticket.epoch
        tracked.session = Session(peer, ticket.account, ticket.epoch, ticket.curve_key, now_ns)
        self.sessions[peer] = tracked.session
        self._by_key[ticket.curve_key] = ticket.account

    def _on_stranger(self, peer: bytes, ticket: Ticket, now_ns: int, out: Outputs) -> None:
        """The account may be so new that its plan is still on its way: it is refused only after `NEW_ACCOUNT_NS`."""
        first_ns = self._strangers.setdefault(ticket.account, now_ns)
        self.wants_plan = True
        if now_ns - first_ns >= NEW_ACCOUNT_NS:
            del self._strangers[ticket.account]
            send_envelope(peer, Kind.REFUSED, Refusal.UNKNOWN_ACCOUNT, 0, now_ns, out)

    def _on_session(self, session: Session, envelope: Envelope, message: bytes, now_ns: int, out: Outputs) -> None:
        session.heard_ns = now_ns
        tracked = self.accounts[session.account]
        if envelope.kind == Kind.EVENTS:
            self._on_events(tracked, session, envelope, message, now_ns, out)
        elif envelope.kind == Kind.BEAT:
            send_envelope(session.peer, Kind.ACK, 0, tracked.received, now_ns, out)
        elif envelope.kind == Kind.BYE:
            self._lose(session, now_ns, out)
        else:
            self._on_malformed(session, now_ns, out)

    def _on_events(
        self, tracked: TrackedAccount, session: Session, envelope: Envelope, message: bytes, now_ns: int, out: Outputs
    ) -> None:
        frames: list[Frame] = list(decode_all(message, ENVELOPE.size))
        if envelope.seq > tracked.received + 1 or envelope.seq == 0:
            self._reset(session, now_ns, out)
            return
        fresh = frames[tracked.received + 1 - envelope.seq :]
        tracked.received += len(fresh)
        for frame in fresh:
            self.dropped += not self._frames.on_frame(tracked, frame, envelope.sent_ns, now_ns, out)
        self._request_snapshot(tracked, now_ns, out)
        # A repetition means that its acknowledgement was lost: it is acknowledged again.
        tracked.unacked += len(frames)
        if tracked.unacked >= ACK_FRAMES and tracked.session is not None:
            tracked.unacked = 0
            send_envelope(session.peer, Kind.ACK, 0, tracked.received, now_ns, out)
        elif tracked.unacked:
            self._to_ack.add(tracked.account.id)

    def _on_malformed(self, session: Session | None, now_ns: int, out: Outputs) -> None:
        self.dropped += 1
        if session is None:
            return
        session.bad += 1
        if session.bad >= BAD_MESSAGES:
            self._reset(session, now_ns, out)

    def _on_fault(self, session: Session | None, error: Exception, now_ns: int, out: Outputs) -> None:
        """Ends the session whose message raised an unforeseen exception. Its book may be half changed: only a new snapshot
        of its terminal counts.
        """
        self.faults += 1
        if session is None:
            return
        tracked = self.accounts.get(session.account)
        if tracked is not None:
            tracked.forget()
            data = {"error": type(error).__name__, "at": _innermost_line(error)}
            out.journal.append(HistoryEvent("fault", now_ns, tracked.account.user_id, tracked.account.id, data=data))
        self._reset(session, now_ns, out)

    def _reset(self, session: Session, now_ns: int, out: Outputs) -> None:
        send_envelope(session.peer, Kind.RESET, 0, 0, now_ns, out)
        self._lose(session, now_ns, out)

    def _lose(self, session: Session, now_ns: int, out: Outputs) -> None:
        tracked = self._drop(session)
        if tracked is not None:
            self._frames.report_disconnected(tracked, now_ns, out)

    def _drop(self, session: Session) -> TrackedAccount | None:
        """Forgets a session; returns its account if it was the account's present one."""
        self.sessions.pop(session.peer, None)
        self._by_key.pop(session.curve_key, None)
        tracked = self.accounts.get(session.account)
        if tracked is None or tracked.session is not session:
            return None
        tracked.session = None
        return tracked

    def _end(self, tracked: TrackedAccount, refusal: Refusal | None, now_ns: int, out: Outputs) -> None:
        if tracked.session is None:
            return
        if refusal is not None:
            send_envelope(tracked.session.peer, Kind.REFUSED, refusal, 0, now_ns, out)
        self.sessions.pop(tracked.session.peer, None)
        self._by_key.pop(tracked.session.curve_key, None)
        tracked.session = None

    def _request_snapshot(self, tracked: TrackedAccount, now_ns: int, out: Outputs) -> None:
        """Requests a snapshot where one is wanted or overdue, with a pause between requests."""
        if tracked.session is None or (tracked.synced and not tracked.wants_snapshot):
            return
        pause_ns = REQUEST_AGAIN_NS if tracked.wants_snapshot else FIRST_SNAPSHOT_NS
        if now_ns - tracked.snapshot_requested_ns >= pause_ns:
            tracked.snapshot_requested_ns = now_ns
            send_frame(tracked, SnapshotRequest(now_ns), now_ns, out)


def _innermost_line(error: Exception) -> str:
    """`file.py:line` where an exception was raised. Its text is left out: it may hold what a stranger typed."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return "" if traceback is None else f"{Path(traceback.tb_frame.f_code.co_filename).name}:{traceback.tb_lineno}"
