"""What each frame of a terminal changes in its account, and which copies must be looked at because of it."""

from lockstep_core.accounts import AccountState, Environment, state_of
from lockstep_core.books.book import apply_order, apply_trade, is_ambiguous
from lockstep_core.books.mt4 import is_unnamed, with_link
from lockstep_core.books.tranches import keys_of
from lockstep_core.market.symbols import spec_of
from lockstep_core.resources.reasons import Reason
from lockstep_core.wire.frames import (
    AccountFrame,
    DealMoney,
    Frame,
    MoneyOperation,
    PendingOrder,
    PositionFrame,
    Result,
    SnapshotBegin,
    SnapshotEnd,
    State,
    StopsFrame,
    Symbol,
    SymbolPageEnd,
    SymbolSession,
    Tick,
    Trade,
)
from lockstep_router.accounts.believable import is_believable
from lockstep_router.accounts.identity import mismatch
from lockstep_router.accounts.left_out import left_out, positions_of
from lockstep_router.accounts.limits import has_room
from lockstep_router.accounts.snapshot import Assembly
from lockstep_router.accounts.tracked_account import NEVER_NS, TrackedAccount
from lockstep_router.engine.subscriptions import Subscriptions
from lockstep_router.engine.symbol_pages import SymbolPages
from lockstep_router.engine.take_over import TakeOver
from lockstep_router.execution.copy_manager import CopyManager
from lockstep_router.execution.order_results import OrderResults
from lockstep_router.journal.event_data import deal_data, late_deal_data
from lockstep_router.journal.outputs import Outputs
from lockstep_router.journal.records import AccountStateRow, DealMoneyRow, HistoryEvent

LONGEST_AGE_NS = 86_400_000_000_000


class FrameHandler:
    """Applies frames to accounts of one environment, and settles the copies that they may concern."""

    def __init__(
        self, copy_manager: CopyManager, environment: Environment, subscriptions: Subscriptions, pages: SymbolPages
    ) -> None:
        self._copy_manager = copy_manager
        self._environment = environment
        self._subscriptions = subscriptions
        self._pages = pages
        self._answers = OrderResults(copy_manager)

    def on_frame(self, tracked: TrackedAccount, frame: Frame, sent_ns: int, now_ns: int, out: Outputs) -> bool:
        """Takes a frame that its relay sent at `sent_ns` (the relay's clock). False if its numbers are impossible."""
        if isinstance(frame, State):
            return self._on_state(tracked, frame, now_ns, out)
        if not is_believable(frame):
            _on_unbelievable(tracked, frame)
            return False
        if isinstance(frame, AccountFrame) and not self._is_of(tracked, frame, now_ns, out):
            return False
        if isinstance(frame, SnapshotBegin):
            self._begin(tracked, frame, sent_ns, now_ns)
        elif tracked.assembly is not None:
            self._on_part(tracked, tracked.assembly, frame, now_ns, out)
        elif tracked.synced:
            # Before a whole snapshot events change nothing: the snapshot contains their effect (docs/protocol.md).
            self._on_event(tracked, frame, sent_ns, now_ns, out)
        return True

    def report_disconnected(self, tracked: TrackedAccount, now_ns: int, out: Outputs) -> None:
        """The account's relay is gone: its state becomes DISCONNECTED."""
        if tracked.reported_state not in (AccountState.FAILED, AccountState.STOPPED):
            _report_state(tracked, AccountState.DISCONNECTED, Reason.BRIDGE_LOST, "", now_ns, out)

    def report_ready(self, tracked: TrackedAccount, now_ns: int, out: Outputs) -> None:
        """The account's relay is there and its book is true: its state becomes READY."""
        shown = tracked.reported_state
        if tracked.state is None:
            due = shown in (None, AccountState.DISCONNECTED)
        else:
            due = tracked.state is AccountState.READY and shown is not AccountState.READY
        if due and tracked.synced:
            _report_state(tracked, AccountState.READY, Reason.READY, "", now_ns, out)

    def report_quarantined(self, tracked: TrackedAccount, now_ns: int, out: Outputs) -> None:
        """The account is shut out after a fault: its state becomes DISCONNECTED, which alerts its user."""
        _report_state(tracked, AccountState.DISCONNECTED, Reason.QUARANTINED, "", now_ns, out)

    def on_resumed(self, tracked: TrackedAccount) -> None:
        """The account's relay is back, and its book is true. What its terminal was asked meanwhile may be lost."""
        self._subscriptions.on_terminal(tracked)
        self._copy_manager.settle_all(tracked)

    def _on_event(self, tracked: TrackedAccount, frame: Frame, sent_ns: int, now_ns: int, out: Outputs) -> None:
        match frame:
            case Trade():
                self._on_trade(tracked, frame, sent_ns, now_ns, out)
            case StopsFrame():
                self._on_stops(tracked, frame, now_ns, out)
            case Result():
                self._answers.on_result(tracked, frame, now_ns, out)
            case AccountFrame():
                self._on_account(tracked, frame, now_ns, out)
            case PendingOrder():
                self._on_order(tracked, frame, sent_ns, now_ns, out)
            case DealMoney() | MoneyOperation():
                self._on_money(tracked, frame, now_ns, out)
            case _:
                self._on_market(tracked, frame, now_ns, out)

    def _on_market(self, tracked: TrackedAccount, frame: Frame, now_ns: int, out: Outputs) -> None:
        match frame:
            case Symbol():
                spec = spec_of(frame)
                if spec is not None:
                    tracked.put_spec(spec)
            case Tick():
                tracked.take_quote(frame, now_ns)
                self._copy_manager.on_quote(tracked.account.id, frame.request, now_ns, out)
            case SymbolSession():
                tracked.hours.take(frame)
            case SymbolPageEnd():
                if self._pages.on_end(tracked, frame, now_ns, out):
                    self._subscriptions.on_account(tracked.account.id)
                    self._copy_manager.settle_all(tracked)

    def _on_trade(self, tracked: TrackedAccount, trade: Trade, sent_ns: int, now_ns: int, out: Outputs) -> None:
        if tracked.is_mt4:
            trade = with_link(trade, tracked.book)
        if is_ambiguous(tracked.book, trade) or trade.position in tracked.unsure | tracked.left_out.tickets:
            # The snapshot may hold this deal already (terminals queue events but answer with the newest state). Later deals
            # of the position cannot be applied without it: all of them are left to the next snapshot.
            tracked.unsure.add(trade.position)
            tracked.want_snapshot()
            return
        if not has_room(tracked.book, trade):
            self._report_overfull(tracked, now_ns, out)
            return
        before, sharing = tracked.book.positions.get(trade.position), _sharing(tracked, trade.symbol)
        ordered = frozenset({trade.order} & tracked.book.orders.keys())
        happened_ns = _happened_ns(tracked, trade, sent_ns, now_ns)
        tracked.book = apply_trade(tracked.book, trade, happened_ns)
        self._name_orders(tracked, trade.magic)
        account, after = tracked.account.id, tracked.book.positions.get(trade.position)
        keys = sorted(keys_of(before) | keys_of(after) | ordered)
        self._copy_manager.on_tranches(account, keys, trade.seen_ns, now_ns, out)
        # The MT4 account's order may just have got its name. On a netting account the position's magic is not the deal's.
        link = after.magic if tracked.is_mt4 and after is not None else trade.magic
        magics = _concerned(tracked, trade.symbol, sharing, link, 0 if before is None else before.magic)
        self._copy_manager.on_slave_positions(account, magics, now_ns, out)
        if tracked.on_traded(trade.symbol):
            self._subscriptions.on_master(account)
        tracked.money.on_reported(trade.deal)
        out.journal.append(HistoryEvent("deal", now_ns, tracked.account.user_id, account, data=deal_data(trade)))

    def _on_account(self, tracked: TrackedAccount, frame: AccountFrame, now_ns: int, out: Outputs) -> None:
        tracked.set_figures(frame, self._copy_manager.contexts.utc_ms(now_ns), now_ns)
        if frame.connected and tracked.explains_figures:
            # Otherwise guards wait for the snapshot: without the payments that it reports, a withdrawal would look like a
            # loss.
            self._copy_manager.on_figures(tracked.account.id, now_ns, out)

    def _on_order(self, tracked: TrackedAccount, frame: PendingOrder, sent_ns: int, now_ns: int, out: Outputs) -> None:
        if frame.ticket in tracked.left_out.tickets:
            tracked.want_snapshot()
            return
        if not has_room(tracked.book, frame):
            self._report_overfull(tracked, now_ns, out)
            return
        if tracked.is_mt4:
            frame = with_link(frame, tracked.book)
        tracked.book = apply_order(tracked.book, frame, _happened_ns(tracked, frame, sent_ns, now_ns))
        self._name_orders(tracked, frame.magic)
        self._copy_manager.on_master_side(tracked.account.id, frame.ticket, frame.seen_ns, now_ns, out)
        order = tracked.book.orders.get(frame.ticket)
        magic = frame.magic if order is None else order.magic
        if magic:
            self._copy_manager.on_slave_position(tracked.account.id, magic, now_ns, out)
        if tracked.on_traded(frame.symbol):
            self._subscriptions.on_master(tracked.account.id)

    def _on_stops(self, tracked: TrackedAccount, frame: StopsFrame, now_ns: int, out: Outputs) -> None:
        slave_position = tracked.book.positions.get(frame.position)
        if slave_position is None:
            return
        tracked.set_stops(frame, now_ns)
        keys = sorted(keys_of(slave_position))
        self._copy_manager.on_tranches(tracked.account.id, keys, frame.seen_ns, now_ns, out)
        magics = _concerned(tracked, slave_position.symbol, frozenset(), slave_position.magic)
        self._copy_manager.on_slave_positions(tracked.account.id, magics, now_ns, out)

    def _name_orders(self, tracked: TrackedAccount, magic: int) -> None:
        """Names orders if an MT4 account has a new order without a known link, or one order less that could be mistaken for
        another.
        """
        if tracked.is_mt4 and (is_unnamed(magic) or tracked.book.doubted):
            self._copy_manager.name_orders(tracked)

    def _on_money(self, tracked: TrackedAccount, frame: DealMoney | MoneyOperation, now_ns: int, out: Outputs) -> None:
        """Writes what a deal earned or an operation moved, if it is new. Guards also read the moves."""
        account, figures = tracked.account, tracked.figures
        if figures is None:
            # The currency and its decimals are in the figures only. The next snapshot reports this money again.
            return
        if isinstance(frame, DealMoney):
            link = self._copy_manager.link_of_deal(account.id, frame)
            deal = tracked.money.on_deal(frame, link, account, figures, now_ns)
            if deal is not None:
                out.journal.append(deal)
                self._on_late_deal(tracked, frame, deal, out)
            return
        operation = tracked.money.on_operation(frame, account, figures, now_ns)
        out.journal.extend(() if operation is None else (operation,))

    def _on_late_deal(self, tracked: TrackedAccount, frame: DealMoney, row: DealMoneyRow, out: Outputs) -> None:
        """Writes a deal into the history that happened while its terminal was not connected."""
        offset_ns = self._copy_manager.contexts.utc_offset_ns
        if frame.volume == 0 or offset_ns is None or tracked.money.is_reported(frame.deal):
            return
        tracked.money.on_reported(frame.deal)
        happened_ns = row.utc_ms * 1_000_000 - offset_ns
        data = late_deal_data(frame, row.link)
        out.journal.append(HistoryEvent("deal", happened_ns, row.user, row.account, data=data))

    def _begin(self, tracked: TrackedAccount, frame: SnapshotBegin, sent_ns: int, now_ns: int) -> None:
        tracked.forget()
        tracked.snapshot_requested_ns = now_ns
        if now_ns < tracked.next_snapshot_ns:
            # To take it over so soon would delay other accounts. The book does not count until the next requested snapshot.
            tracked.want_snapshot()
            return
        tracked.assembly = Assembly(frame, _on_our_clock(frame.sent_ns, sent_ns, now_ns), now_ns)

    def _on_part(self, tracked: TrackedAccount, assembly: Assembly, frame: Frame, now_ns: int, out: Outputs) -> None:
        if isinstance(frame, Result | Tick | SymbolPageEnd | SymbolSession):
            # No part of a snapshot: Results and Ticks come on the terminal's other connection, and the others are reported
            # beside it.
            return
        if not isinstance(frame, SnapshotEnd):
            assembly.add(frame)
            return
        tracked.assembly = None
        if assembly.is_whole(frame):
            self._on_whole(tracked, assembly, now_ns)
            return
        if assembly.overfull:
            self._report_overfull(tracked, now_ns, out)
        tracked.want_snapshot()

    def _on_whole(self, tracked: TrackedAccount, assembly: Assembly, now_ns: int) -> None:
        """A snapshot is complete: from now on its account takes it over in its turns."""
        if assembly.account is not None:
            tracked.set_figures(assembly.account, self._copy_manager.contexts.utc_ms(now_ns), now_ns)
        if tracked.is_mt4:
            assembly.name(tracked.book)
            self._copy_manager.on_mt4_snapshot(tracked.account.id)
        tracked.taking_over = TakeOver(tracked, assembly, self._copy_manager, self._on_money, self._on_taken_over)

    def _on_taken_over(self, tracked: TrackedAccount, assembly: Assembly, now_ns: int, out: Outputs) -> None:
        """The book is now what the snapshot shows."""
        tracked.end_naming()
        self._copy_manager.name_orders_of_slaves(tracked.account.id)
        tracked.left_out = left_out(assembly.left_out, tracked.netting)
        tracked.set_symbols(assembly.index)
        tracked.synced, tracked.wants_snapshot, tracked.seen_again = True, False, False
        self._subscriptions.on_terminal(tracked)
        self._pages.on_snapshot(tracked, now_ns, out)
        tracked.unsure.clear()
        # A deal that comes now may be in this snapshot already. Only the next snapshot can tell, so it may be requested at
        # once.
        tracked.snapshot_requested_ns = NEVER_NS
        self.report_ready(tracked, now_ns, out)
        # Guards look at the figures before anything is opened, because they may have to stop it.
        self._copy_manager.on_figures(tracked.account.id, now_ns, out)
        self._copy_manager.on_relay_back(tracked.account.id, now_ns)
        self._copy_manager.settle_all(tracked)
        self._copy_manager.on_left_out(tracked, positions_of(assembly.left_out, now_ns))
        tracked.on_snapshot_taken(assembly.weight, now_ns)
        data = {"positions": len(assembly.positions), "symbols": assembly.symbols}
        out.journal.append(HistoryEvent("snapshot", now_ns, tracked.account.user_id, tracked.account.id, data=data))

    def _is_of(self, tracked: TrackedAccount, frame: AccountFrame, now_ns: int, out: Outputs) -> bool:
        """Whether a terminal is logged in to this account. If not, nothing that it sends counts until its next good
        snapshot.
        """
        wrong = mismatch(frame, tracked.account.login, self._environment)
        if wrong is None:
            return True
        tracked.forget()
        # A snapshot is requested again rarely, because a wrong account does not become right by itself.
        tracked.wants_snapshot = False
        _report_unusable(tracked, wrong, now_ns, out)
        return False

    def _report_overfull(self, tracked: TrackedAccount, now_ns: int, out: Outputs) -> None:
        tracked.forget()
        tracked.want_snapshot()
        _report_unusable(tracked, Reason.TOO_MUCH_OPEN, now_ns, out)

    def _on_state(self, tracked: TrackedAccount, frame: State, now_ns: int, out: Outputs) -> bool:
        state = state_of(frame.state)
        if state is None:
            return False
        tracked.state = state
        if state is AccountState.READY and not tracked.synced:
            # The agent's word is not enough: READY is reported once a snapshot was taken over (`report_ready`).
            return True
        _report_state(tracked, state, frame.reason, frame.message, now_ns, out)
        return True


def _on_unbelievable(tracked: TrackedAccount, frame: Frame) -> None:
    """Leaves out a single position or order of a snapshot. After an unbelievable event only a snapshot can tell what
    happened.
    """
    if isinstance(frame, DealMoney | MoneyOperation):
        return
    if tracked.assembly is not None and isinstance(frame, PositionFrame | PendingOrder):
        tracked.assembly.leave_out(frame)
        return
    tracked.want_snapshot()


def _sharing(tracked: TrackedAccount, symbol: str) -> frozenset[int]:
    """The magic numbers with an allocation in a netting account's position of a symbol, or with a position that its broker
    closes only after older ones of the symbol.
    """
    allocations = tracked.book.by_magic.values() if tracked.netting or tracked.closes_in_order else ()
    return frozenset(allocation.magic for allocation in allocations if allocation.symbol == symbol)


def _concerned(tracked: TrackedAccount, symbol: str, before: frozenset[int], *magics: int) -> list[int]:
    """The magic numbers whose copies a change concerns, its own first. On a netting account these are all allocations of the
    symbol, even those that just ended, because together they decide the position's stops. On an account that closes
    positions in their order, the next one is among them, because it may be closed now.
    """
    others = sorted((before | _sharing(tracked, symbol)).difference(magics))
    return [magic for magic in (*dict.fromkeys(magics), *others) if magic]


def _happened_ns(tracked: TrackedAccount, frame: Trade | PendingOrder, sent_ns: int, now_ns: int) -> int:
    """When a deal was made or an order placed, on our clock: before its terminal saw it, if its broker's clock proves so."""
    late_ns = tracked.clock.lateness_ns(frame.time_msc, now_ns)
    return min(_on_our_clock(frame.seen_ns, sent_ns, now_ns), now_ns - late_ns)


def _on_our_clock(seen_ns: int, sent_ns: int, now_ns: int) -> int:
    """When something was seen, on our clock. Both stamps are of the sender's node, so their difference is its age."""
    age_ns = sent_ns - seen_ns
    return now_ns - (age_ns if 0 <= age_ns <= LONGEST_AGE_NS else 0)


def _report_unusable(tracked: TrackedAccount, reason: Reason, now_ns: int, out: Outputs) -> None:
    """Reports why nothing of the account counts; the same reason only once in a row."""
    if tracked.reported_reason != reason:
        _report_state(tracked, AccountState.DISCONNECTED, reason, "", now_ns, out)


def _report_state(
    tracked: TrackedAccount, state: AccountState, reason: str, message: str, now_ns: int, out: Outputs
) -> None:
    tracked.reported_state, tracked.reported_reason = state, reason
    out.journal.append(AccountStateRow(tracked.account.id, tracked.epoch, state, reason, message, now_ns))
    data = {"state": str(state), "reason": reason}
    out.journal.append(HistoryEvent("state", now_ns, tracked.account.user_id, tracked.account.id, data=data))
