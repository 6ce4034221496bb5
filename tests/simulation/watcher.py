"""The watching program of the bridge, step by step as in `bridge_ea/mql5`.

See `Bridge.mq5`, `Snapshot.mqh`, `Told.mqh` and `Trades.mqh` there.
"""

from typing import TYPE_CHECKING

from lockstep_core.wire.codec import encode
from lockstep_core.wire.frames import (
    AccountFrame,
    Action,
    DealEntry,
    Frame,
    MarginMode,
    PendingOrder,
    PositionFrame,
    Result,
    SnapshotBegin,
    SnapshotEnd,
    Stage,
    StopsFrame,
    Trade,
)
from tests.simulation.agenda import MS, SECOND
from tests.simulation.claims import matter_of
from tests.simulation.market import (
    CONNECTION,
    DONE,
    ERROR,
    NOTHING_SEEN,
    PARTIAL,
    PLACED,
    TIMEOUT,
    Answer,
    Ask,
    Deal,
    Dealt,
    FromBroker,
    Held,
    Kind,
    Moved,
    Waiting,
    Waits,
)

if TYPE_CHECKING:
    from tests.simulation.terminal import Terminal

SETTLE_NS = 300 * MS
BEAT_NS = SECOND
TRY_NS = 200 * MS
ASLEEP_NS = 3 * SECOND
PENDING = {Ask.PLACE: Action.PLACE, Ask.CHANGE: Action.SET_ORDER, Ask.DELETE: Action.DELETE}
NO_LAST_WORD = frozenset({PLACED, TIMEOUT, CONNECTION, ERROR})


class Watcher:
    """State of the program; `on_timer` is its OnTimer, `on_transaction` its OnTradeTransaction."""

    def __init__(self, terminal: "Terminal") -> None:
        self._terminal = terminal
        self._linked = False
        self._wanted = True
        self._was_connected = False
        self._settled_count = -1
        self._settled_ns = self._beaten_ns = 0
        self._tried_ns = -TRY_NS
        self._turned_ns = 0
        self._odd: set[tuple[int, int, int]] = set()
        self._told: dict[int, int] = {}
        self._told_orders: dict[int, int] = {}
        self._counted = 0

    def on_timer(self) -> None:
        """One turn; after a long sleep what is known may be old."""
        now_ns = self._terminal.now_ns()
        if self._turned_ns and now_ns - self._turned_ns > ASLEEP_NS:
            self._unsettle()
        self._turned_ns = now_ns
        if not self._linked:
            self._connect()
        good = self._is_settled()
        if not self._linked:
            return
        asked = self._terminal.pod.poll_events()
        if asked is None:
            self._lost()
        elif asked:
            self._wanted = True
        if good and self._wanted and self._linked and not self._terminal.unseen:
            self._snapshot()
        if self._linked:
            self._beat(good)

    def on_transaction(self, news: FromBroker) -> None:
        """Something happened to the account."""
        seen_ns = self._terminal.now_ns()
        sent = True
        match news:
            case Dealt():
                sent = self._on_deal(news, seen_ns)
            case Moved():
                sent = self._wanted or self._push(_stops(news.held, seen_ns))
            case Waits():
                sent = self._on_order(news.order)
            case Answer():
                sent = self._outcome(news)
        if not sent and self._linked:
            self._lost()

    def _connect(self) -> None:
        now_ns = self._terminal.now_ns()
        if now_ns - self._tried_ns < TRY_NS:
            return
        self._tried_ns = now_ns
        self._linked = self._terminal.pod.open_events(self._terminal)
        self._wanted = True

    def _lost(self) -> None:
        self._linked = False
        self._wanted = True
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
        if self._linked and not self._push(self._account(connected)):
            self._lost()

    def _unsettle(self) -> None:
        self._wanted = True
        self._settled_count = -1
        self._terminal.ready = False

    def _snapshot(self) -> None:
        self._wanted = not self._send_snapshot()
        self._beaten_ns = self._terminal.now_ns()

    def _send_snapshot(self) -> bool:
        terminal, now_ns = self._terminal, self._terminal.now_ns()
        self._told = {held.ticket: held.signed for held in terminal.positions.values()}
        self._told_orders = {order.ticket: order.left for order in terminal.orders.values()}
        self._counted = terminal.newest_deal
        listed, positions = terminal.account.listed, terminal.positions.values()
        sizes = (len(positions), len(listed))
        frames = [encode(SnapshotBegin(now_ns, *sizes)), encode(self._account(True))]
        frames += [symbol.frame() for symbol in listed.values()]
        frames += [encode(self._position(held)) for held in positions]
        frames += [encode(self._position(share, 1)) for share in terminal.shares_held()]
        frames += [encode(self._trade(deal, 0)) for deal in terminal.deals if deal.position in terminal.positions]
        frames += [encode(pending_frame(terminal, order, True)) for order in terminal.orders.values()]
        frames.append(encode(SnapshotEnd(now_ns, *sizes)))
        return terminal.pod.push_events(terminal, frames)

    def _beat(self, good: bool) -> None:
        now_ns = self._terminal.now_ns()
        if now_ns - self._beaten_ns < BEAT_NS:
            return
        self._beaten_ns = now_ns
        if good:
            self._compare()
        if not self._push(self._account(good)):
            self._lost()

    def _compare(self) -> None:
        """What stood elsewhere than was told at two looks in a row, and in the same way."""
        terminal = self._terminal
        now = {held.ticket: held.signed for held in terminal.positions.values()}
        now |= {-order.ticket: order.left for order in terminal.orders.values()}
        told = self._told | {-ticket: left for ticket, left in self._told_orders.items()}
        odd = {(t, told.get(t, 0), now.get(t, 0)) for t in told.keys() | now.keys() if told.get(t, 0) != now.get(t, 0)}
        if odd & self._odd:
            self._wanted = True
        self._odd = odd

    def _on_deal(self, news: Dealt, seen_ns: int) -> bool:
        terminal, deal = self._terminal, news.deal
        sent = True
        if not self._wanted and self._takes(deal):
            sent = self._push(self._trade(deal, seen_ns))
        terminal.claims.dealt(deal.magic)
        return sent

    def _trade(self, deal: Deal, seen_ns: int) -> Trade:
        """A deal that was just seen; 0: one that a snapshot tells."""
        held = self._terminal.positions.get(deal.position)
        stops = (deal.sl, deal.tp) if held is None else (held.sl, held.tp)
        at_msc = self._terminal.account.server_ms(deal.at_ms)
        head = (deal.number, deal.order, deal.position, deal.magic, deal.volume, deal.price, *stops, at_msc, seen_ns)
        return Trade(*head, deal.side, deal.entry, deal.symbol, self._comment(deal.position, deal.comment))

    def _on_order(self, order: Waiting) -> bool:
        """An order as it is by now, whatever happened to it; one that is in no list is told by a snapshot."""
        terminal = self._terminal
        now, past = terminal.orders.get(order.ticket), terminal.past.get(order.ticket)
        known = now or past
        if known is None:
            self._wanted = True
            return True
        if now is None and known.left == known.volume and order.magic not in terminal.dealt:
            terminal.claims.gone(order.magic)
        if self._wanted:
            return True
        self._told_orders.pop(order.ticket, None)
        if now is not None:
            self._told_orders[order.ticket] = now.left
        return self._push(pending_frame(terminal, known, now is not None))

    def _takes(self, deal: Deal) -> bool:
        """Whether this deal is news; if so it counts as told from now on. Where positions net, each is told for itself."""
        if self._terminal.account.nets:
            return self._takes_net(deal)
        told, held = self._told.get(deal.position), self._terminal.positions.get(deal.position)
        signed = -deal.volume if deal.side else deal.volume
        if told is None:
            if deal.entry == DealEntry.IN:
                self._told.pop(former(deal.comment), None)
                self._told[deal.position] = signed
            return deal.entry in (DealEntry.IN, DealEntry.INOUT)
        if told == (0 if held is None else held.signed):
            return False
        left = told + signed
        if left:
            self._told[deal.position] = left
        else:
            del self._told[deal.position]
        return True

    def _takes_net(self, deal: Deal) -> bool:
        if deal.number <= self._counted:
            return False
        left = self._told.get(deal.position, 0) + (-deal.volume if deal.side else deal.volume)
        self._told.pop(deal.position, None)
        if left:
            self._told[deal.position] = left
        return True

    def _outcome(self, answer: Answer) -> bool:
        request, claims = answer.request, self._terminal.claims
        if request.magic == 0 or answer.retcode in NO_LAST_WORD:
            return True
        stops, matter = request.ask is Ask.STOPS, matter_of(request.ask)
        held = self._terminal.positions.get(request.position or answer.order)
        left = 0 if held is None else held.volume
        action = PENDING.get(request.ask) or claims.pending(request.magic, matter) or _guess(request.ask, left)
        if self._terminal.account.nets and not stops and request.ask not in PENDING:
            action = Action.SET_NET
        done = answer.retcode in (DONE, PARTIAL)
        if done:
            claims.answered(request.magic, matter)
        else:
            claims.release(request.magic, matter)
        position = request.position or answer.order
        numbers = (0, request.magic, request.number, answer.order, answer.deal, position, left, 1.0)
        stage = Stage.DONE if done else Stage.REJECTED
        now_ns = self._terminal.now_ns()
        return self._push(Result(*numbers, 0, 0, now_ns, stage, action, answer.retcode, 0, ""))

    def _comment(self, ticket: int, comment: str) -> str:
        """MT4's program names the first ticket of all, by its history; MT4 itself only the one before."""
        root = self._terminal.account.books.roots.get(ticket)
        return comment if root is None else f"from #{root}"

    def _push(self, frame: Frame) -> bool:
        return self._linked and self._terminal.pod.push_events(self._terminal, [encode(frame)])

    def _account(self, connected: bool) -> AccountFrame:
        account = self._terminal.account
        money = account.figures if connected else NOTHING_SEEN
        figures = (float(money.balance), float(money.equity), float(money.margin_free))
        times = (self._terminal.server_ms(), self._terminal.now_ns())
        mode = MarginMode.NETTING if account.nets else MarginMode.HEDGING
        numbers = (100, mode, int(connected), 1, 4000, 4 if account.kind is Kind.MT4 else 5, 2, account.capabilities)
        return AccountFrame(account.login, *figures, *times, *numbers, "EUR", "Test", "")

    def _position(self, held: Held, allocation: int = 0) -> PositionFrame:
        opened_ms = self._terminal.account.server_ms(held.opened_ns // MS)
        age_ms = max(0, self._terminal.server_ms() - opened_ms)
        head = (held.ticket, held.magic, held.volume, held.price, held.sl, held.tp, opened_ms, age_ms)
        return PositionFrame(*head, held.side, allocation, held.symbol, self._comment(held.ticket, held.comment))


def _stops(held: Held, seen_ns: int) -> StopsFrame:
    return StopsFrame(held.ticket, held.magic, held.sl, held.tp, 0, seen_ns, held.symbol)


def pending_frame(terminal: "Terminal", order: Waiting, there: bool) -> PendingOrder:
    """A pending order as it is told."""
    account, now_ns = terminal.account, terminal.now_ns()
    placed_ms = account.server_ms(order.placed_ns // MS)
    expires_msc = account.server_ms(order.expires_ms) if order.expires_ms else 0
    times = (expires_msc, max(0, terminal.server_ms() - placed_ms), placed_ms, now_ns)
    head = (order.ticket, order.magic, order.volume, order.left, order.price, 0.0, order.sl, order.tp)
    return PendingOrder(*head, *times, order.kind, int(there), order.symbol, order.comment)


def former(comment: str) -> int:
    """The ticket that a position had before, by its comment; 0 where it always had the same."""
    return int(comment.removeprefix("from #")) if comment.startswith("from #") else 0


def _guess(ask: Ask, left: int) -> int:
    if ask is Ask.OPEN:
        return Action.OPEN
    if ask is Ask.STOPS:
        return Action.SET_STOPS
    return Action.SET_VOLUME if left else Action.CLOSE
