"""The watching program of the bridge, step by step as `bridge_ea/mql5/Bridge.mq5` and its include files."""

from typing import TYPE_CHECKING

from lockstep_core.wire.codec import encode
from lockstep_core.wire.enums import Action, DealEntry, Stage
from lockstep_core.wire.frames import Frame, Result, SnapshotRequest, Subscribe, SymbolPage
from tests.simulation.broker_data import (
    DONE,
    INCONCLUSIVE,
    PARTIAL,
    BrokerDeal,
    BrokerEvent,
    BrokerOrder,
    DealDone,
    ListedSymbol,
    OrderChanged,
    RequestKind,
    StopsMoved,
    TradeResult,
)
from tests.simulation.inflight_claims import ClaimSubject, subject_of
from tests.simulation.scheduler import MS, SECOND
from tests.simulation.terminal_frames import (
    account_frame,
    operation_frames,
    page_frames,
    pending_frame,
    snapshot_frames,
    stops_frame,
    trade_frame,
)

if TYPE_CHECKING:
    from tests.simulation.terminal import TerminalProcess

SETTLE_NS = 300 * MS
BEAT_NS = SECOND
TRY_NS = 200 * MS
ASLEEP_NS = 3 * SECOND
ORDER_ACTIONS = {RequestKind.PLACE: Action.PLACE, RequestKind.CHANGE: Action.SET_ORDER, RequestKind.DELETE: Action.DELETE}


class Watcher:
    """The program's state; `on_timer` is its OnTimer, `on_transaction` its OnTradeTransaction."""

    def __init__(self, terminal: "TerminalProcess") -> None:
        self._terminal = terminal
        self._linked = False
        self._snapshot_wanted = True
        self._was_connected = False
        self._settled_count = -1
        self._settled_ns = self._beaten_ns = 0
        self._tried_ns = -TRY_NS
        self._turned_ns = 0
        self._mismatches: set[tuple[int, int, int]] = set()
        self._reported: dict[int, int] = {}
        self._reported_orders: dict[int, int] = {}
        self._newest_reported = 0
        self.subscribed: set[str] = set()
        self._told_hours: dict[str, tuple[tuple[int, int, int], ...]] = {}
        self._payment_reported = 0
        self._told: dict[str, ListedSymbol] = {}

    def on_timer(self) -> None:
        """One turn. After a long sleep the terminal's lists may be stale, and must settle again."""
        now_ns = self._terminal.now_ns()
        if self._turned_ns and now_ns - self._turned_ns > ASLEEP_NS:
            self._unsettle()
        self._turned_ns = now_ns
        if not self._linked:
            self.connect()
        good = self._is_settled()
        if not self._linked:
            return
        asked = self._terminal.host.take_requests()
        if asked is None:
            self._lost()
        for request in asked or ():
            self.on_request(request)
        if good and self._snapshot_wanted and self._linked and not self._terminal.expected_tickets:
            self.send_snapshot()
        if self._linked:
            self._beat(good)
        if good and self._linked and not self._snapshot_wanted:
            self.tell_hours()
            self.tell_changed_symbols()

    def on_request(self, request: Frame) -> None:
        """Handles a request of the router."""
        match request:
            case SnapshotRequest():
                self._snapshot_wanted = True
            case SymbolPage():
                self._told = dict(self._terminal.account.listed)
                self._push_all(page_frames(self._terminal, request))
            case Subscribe():
                (self.subscribed.add if request.wanted else self.subscribed.discard)(request.symbol)
                self._told_hours.pop(request.symbol, None)

    def tell_hours(self) -> None:
        """Sends when subscribed symbols can be traded: after a snapshot, after the subscription, and when that changes."""
        listed = self._terminal.account.listed
        for symbol in sorted(self.subscribed & listed.keys()):
            if self._told_hours.get(symbol) != listed[symbol].sessions:
                self._told_hours[symbol] = listed[symbol].sessions
                self._push_all(listed[symbol].session_frames())

    def tell_changed_symbols(self) -> None:
        """Sends the symbols that differ from what was sent in pages."""
        for name, listed in self._terminal.account.listed.items():
            if self._told.get(name, listed) != listed:
                self._told[name] = listed
                self._push_all([listed.frame()])

    def on_transaction(self, event: BrokerEvent) -> None:
        """Reports an event of the account."""
        seen_ns = self._terminal.now_ns()
        sent = True
        match event:
            case DealDone():
                sent = self._on_deal(event, seen_ns)
            case StopsMoved():
                sent = self._snapshot_wanted or self._push(stops_frame(self._terminal, event.position, seen_ns))
            case OrderChanged():
                sent = self._on_order(event.order)
            case TradeResult():
                sent = self._on_result(event)
        if not sent and self._linked:
            self._lost()

    def connect(self) -> None:
        """Connects to the relay, unless that failed a moment ago."""
        now_ns = self._terminal.now_ns()
        if now_ns - self._tried_ns < TRY_NS:
            return
        self._tried_ns = now_ns
        self._linked = self._terminal.host.open_events(self._terminal)
        self.subscribed.clear()
        self._snapshot_wanted = True

    def _lost(self) -> None:
        self._linked = False
        self._snapshot_wanted = True
        self._tried_ns = self._terminal.now_ns()

    def _is_settled(self) -> bool:
        terminal = self._terminal
        if terminal.connected != self._was_connected:
            self._changed(terminal.connected)
        if not terminal.connected:
            return False
        if terminal.ready:
            return True
        now_ns = terminal.now_ns()
        if len(terminal.positions) != self._settled_count:
            self._settled_count, self._settled_ns = len(terminal.positions), now_ns
        if now_ns - self._settled_ns < SETTLE_NS:
            return False
        terminal.ready = True
        return True

    def _changed(self, connected: bool) -> None:
        self._was_connected = connected
        self._unsettle()
        if self._linked and not self._push_account(connected):
            self._lost()

    def _unsettle(self) -> None:
        self._snapshot_wanted = True
        self._settled_count = -1
        self._terminal.ready = False

    def send_snapshot(self) -> None:
        """Sends everything that the terminal's lists have."""
        self._snapshot_wanted = not self._send_snapshot()
        self._beaten_ns = self._terminal.now_ns()

    def _send_snapshot(self) -> bool:
        terminal = self._terminal
        self._reported = {position.ticket: position.signed for position in terminal.positions.values()}
        self._reported_orders = {order.ticket: order.remaining for order in terminal.orders.values()}
        self._newest_reported = terminal.newest_deal
        self._payment_reported = len(terminal.account.figures_history.payments)
        self._told_hours.clear()
        return terminal.host.push_events(terminal, snapshot_frames(terminal))

    def _beat(self, good: bool) -> None:
        now_ns = self._terminal.now_ns()
        if now_ns - self._beaten_ns < BEAT_NS:
            return
        self._beaten_ns = now_ns
        if good:
            self._compare()
        if not self._push_account(good):
            self._lost()

    def _compare(self) -> None:
        """Asks for a snapshot if the lists differ from what was reported in the same way twice in a row."""
        terminal = self._terminal
        now = {position.ticket: position.signed for position in terminal.positions.values()}
        now |= {-order.ticket: order.remaining for order in terminal.orders.values()}
        reported = self._reported | {-ticket: left for ticket, left in self._reported_orders.items()}
        mismatches = {
            (t, reported.get(t, 0), now.get(t, 0))
            for t in reported.keys() | now.keys()
            if reported.get(t, 0) != now.get(t, 0)
        }
        if mismatches & self._mismatches:
            self._snapshot_wanted = True
        self._mismatches = mismatches

    def _on_deal(self, event: DealDone, seen_ns: int) -> bool:
        terminal, deal = self._terminal, event.deal
        sent = True
        if not self._snapshot_wanted and self._is_new(deal):
            sent = self._push(trade_frame(terminal, deal, seen_ns))
        link = terminal.link_of(deal.position, deal.magic)
        terminal.claims.dealt(link)
        if terminal.is_mt4:
            # MT4 shows a change as a whole, so it is the broker's last word. No later answer will come.
            terminal.claims.answered(link, ClaimSubject.VOLUME)
        return sent

    def _on_order(self, order: BrokerOrder) -> bool:
        """Reports a pending order as it is now. One that is in no list is left to a snapshot."""
        terminal = self._terminal
        now, past = terminal.orders.get(order.ticket), terminal.ended_orders.get(order.ticket)
        known = now or past
        if known is None:
            self._snapshot_wanted = True
            return True
        link = terminal.link_of(order.ticket, order.magic)
        if terminal.is_mt4:
            terminal.claims.answered(link, ClaimSubject.ORDER)
        if now is None and known.remaining == known.volume and not terminal.had_deal(link):
            terminal.claims.order_ended(link)
        if self._snapshot_wanted:
            return True
        self._reported_orders.pop(order.ticket, None)
        if now is not None:
            self._reported_orders[order.ticket] = now.remaining
        return self._push(pending_frame(terminal, known, now is not None))

    def _is_new(self, deal: BrokerDeal) -> bool:
        """Whether a deal was not reported yet; if so, it counts as reported from now on."""
        if self._terminal.account.nets:
            return self._is_new_on_net(deal)
        reported, position = self._reported.get(deal.position), self._terminal.positions.get(deal.position)
        signed = -deal.volume if deal.side else deal.volume
        if reported is None:
            if deal.entry == DealEntry.IN:
                self._reported[deal.position] = signed
            return deal.entry in (DealEntry.IN, DealEntry.INOUT)
        if self._terminal.is_mt4 and deal.entry != DealEntry.IN:
            # What a partial close leaves has another ticket, whether or not it was reported before this one's end.
            del self._reported[deal.position]
            return True
        if reported == (0 if position is None else position.signed):
            return False
        left = reported + signed
        if left:
            self._reported[deal.position] = left
        else:
            del self._reported[deal.position]
        return True

    def _is_new_on_net(self, deal: BrokerDeal) -> bool:
        if deal.number <= self._newest_reported:
            return False
        left = self._reported.get(deal.position, 0) + (-deal.volume if deal.side else deal.volume)
        self._reported.pop(deal.position, None)
        if left:
            self._reported[deal.position] = left
        return True

    def _on_result(self, result: TradeResult) -> bool:
        request, claims = result.request, self._terminal.claims
        if request.magic == 0 or result.retcode in INCONCLUSIVE:
            return True
        stops, subject = request.kind is RequestKind.STOPS, subject_of(request.kind)
        position = self._terminal.positions.get(request.position or result.order)
        if self._terminal.is_mt4:
            # What a partial close leaves has another ticket.
            position = self._terminal.position_of(request.magic)
        left = 0 if position is None else position.volume
        action = ORDER_ACTIONS.get(request.kind) or claims.pending(request.magic, subject) or _guess(request.kind, left)
        if self._terminal.account.nets and not stops and request.kind not in ORDER_ACTIONS:
            action = Action.SET_NET
        done, called_ns = result.retcode in (DONE, PARTIAL), claims.claimed_ns(request.magic, subject)
        if done:
            claims.answered(request.magic, subject)
        else:
            claims.release(request.magic, subject)
        ticket = request.position or result.order
        numbers = (0, request.magic, request.number, result.order, result.deal, ticket, left, 1.0)
        stage = Stage.DONE if done else Stage.REJECTED
        now_ns = self._terminal.now_ns()
        return self._push(Result(*numbers, 0, called_ns, now_ns, stage, action, result.retcode, 0, ""))

    def _push_account(self, connected: bool) -> bool:
        """Reports the figures, after the payments that they include and no snapshot had."""
        frames: list[Frame] = []
        if connected and not self._snapshot_wanted:
            frames += operation_frames(self._terminal, self._payment_reported)
            self._payment_reported += len(frames)
        frames.append(account_frame(self._terminal, connected))
        return self._linked and self._terminal.host.push_events(self._terminal, [encode(frame) for frame in frames])

    def _push(self, frame: Frame) -> bool:
        return self._push_all([encode(frame)])

    def _push_all(self, frames: list[bytes]) -> bool:
        return self._linked and self._terminal.host.push_events(self._terminal, frames)


def _guess(kind: RequestKind, left: int) -> int:
    if kind is RequestKind.OPEN:
        return Action.OPEN
    if kind is RequestKind.STOPS:
        return Action.SET_STOPS
    return Action.SET_VOLUME if left else Action.CLOSE
