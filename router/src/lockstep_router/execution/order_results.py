"""What a terminal's answer means for its order. docs/orders-in-flight.md has the same as a table."""

from lockstep_core.books.mt4 import is_mistaken
from lockstep_core.decision.decide import doubt
from lockstep_core.decision.price_limits import beyond, no_quote
from lockstep_core.decision.target import PriceLimits
from lockstep_core.market.money import Prices
from lockstep_core.market.retcodes import NO_CONNECTION, Verdict, policy_of, verdict
from lockstep_core.wire.enums import Action, LimitCode, Stage
from lockstep_core.wire.frames import Result, StopsFrame, Tick
from lockstep_router.accounts.tracked_account import TrackedAccount
from lockstep_router.execution.copy import Copy
from lockstep_router.execution.copy_manager import CopyManager
from lockstep_router.execution.copy_rows import row_of
from lockstep_router.execution.copy_status import CopyStatus
from lockstep_router.execution.inflight import FIRST_PAUSE_NS, InFlightOrder, OrderEvent, OrderState
from lockstep_router.execution.latency import measure_spans
from lockstep_router.execution.market_now import market_of
from lockstep_router.execution.observed import is_on_slave
from lockstep_router.execution.reasons import NEVER_SENT, of_refusal
from lockstep_router.execution.status import history_event, report_doubt, report_waiting
from lockstep_router.journal.event_data import result_data
from lockstep_router.journal.outputs import Outputs

LIMIT_CODES = frozenset(map(int, LimitCode))
ORDER_ACTIONS = frozenset({Action.PLACE, Action.SET_ORDER, Action.DELETE})


class OrderResults:
    """Applies Result frames to the copies they belong to."""

    def __init__(self, copy_manager: CopyManager) -> None:
        self._copy_manager = copy_manager

    def on_result(self, slave: TrackedAccount, result: Result, now_ns: int, out: Outputs) -> None:
        """A result from a slave. If it belongs to no order in flight, it only goes into the history."""
        copy = self._copy_manager.index.copies.get(result.link)
        if copy is None or copy.copier.slave != slave.account.id:
            return
        out.journal.append(history_event("result", copy, now_ns, result_data(result)))
        if measure_spans(copy, result) and copy.status is CopyStatus.OPEN:
            out.journal.append(row_of(copy, now_ns))
        order = copy.in_flight
        if order is not None and _belongs(order, result):
            self._apply(copy, order, slave, result, now_ns, out)
        self._copy_manager.settle_number(result.link, now_ns, out)
        self._copy_manager.make_room_after(copy, order)

    def _apply(
        self, copy: Copy, order: InFlightOrder, slave: TrackedAccount, result: Result, now_ns: int, out: Outputs
    ) -> None:
        match result.stage:
            case Stage.PLACED:
                order.on_acknowledged()
            case Stage.DONE:
                self._on_done(copy, order, slave, result, now_ns)
            case Stage.REJECTED:
                self._on_rejected(copy, order, slave, result, now_ns, out)
            case Stage.ALREADY_OPEN:
                _on_already_open(copy, slave, now_ns, out)
            case Stage.ALREADY_CLOSED:
                _on_already_closed(copy, slave, now_ns, out)
            case Stage.NOTHING:
                _on_nothing(copy, order, slave, now_ns, out)
            case _:
                self._on_in_flight(copy, order, result, now_ns)

    def _on_in_flight(self, copy: Copy, order: InFlightOrder, result: Result, now_ns: int) -> None:
        is_blocked_by_order = order.target.action != Action.PLACE and result.action in ORDER_ACTIONS
        if order.state is not OrderState.SENT or not is_blocked_by_order:
            order.on(OrderEvent.MAY_BE_PLACED)
            return
        # The link's own pending order blocks the opening. A snapshot showed us its end before the terminal's program heard
        # of it. So the opening is not at the broker, and is sent again while it is fresh.
        order.retry_soon(now_ns)
        self._copy_manager.index.wake(copy, order.due_ns)

    def _on_rejected(
        self, copy: Copy, order: InFlightOrder, slave: TrackedAccount, result: Result, now_ns: int, out: Outputs
    ) -> None:
        if result.retcode in LIMIT_CODES:
            # In any other state an earlier command may be at the broker, so the terminal is asked what became of it.
            if order.target.limits is not None and order.state is OrderState.SENT:
                self._on_held_back(copy, order, order.target.limits, slave, result, now_ns, out)
        elif verdict(result.retcode) is Verdict.UNKNOWN or _is_inconclusive(order, result):
            order.on(OrderEvent.MAY_BE_PLACED)
        elif order.target.action == Action.SET_STOPS and not result.command and not order.acknowledged:
            self._query_again(copy, order, now_ns)
        else:
            self._on_refused(copy, order, slave, result, now_ns)
            out.journal.append(row_of(copy, now_ns))

    def _on_refused(self, copy: Copy, order: InFlightOrder, slave: TrackedAccount, result: Result, now_ns: int) -> None:
        symbol, utc_ms = order.target.symbol or copy.link.slave_symbol, self._copy_manager.contexts.utc_ms(now_ns)
        market = market_of(slave, symbol, utc_ms, now_ns, by_hours=policy_of(result.retcode).by_hours)
        refusal = of_refusal(result, is_mt4=slave.is_mt4, until=market.until)
        if not order.opens and market.opens_ns is None:
            slave.pauses.on_refused(symbol, policy_of(result.retcode), order.sent_ns, market.quote, now_ns)
        if not copy.on_refused(order, result.retcode, refusal, market, now_ns):
            self._copy_manager.index.wake(copy, copy.own_refusals().look_ns(now_ns))

    def _on_held_back(
        self,
        copy: Copy,
        order: InFlightOrder,
        limits: PriceLimits,
        slave: TrackedAccount,
        result: Result,
        now_ns: int,
        out: Outputs,
    ) -> None:
        """The terminal read the market and sent no order. The prices that it read count as a quote, so that the next
        decision agrees with it.
        """
        target = order.target
        spec = slave.specs.get(target.symbol)
        slave.take_quote(Tick(result.bid, result.ask, 0, 0, target.symbol), now_ns)
        skip = no_quote(limits, target.symbol)
        if spec is not None and result.retcode != LimitCode.QUOTE:
            skip = beyond(limits, spec, target.side, Prices(result.bid, result.ask)) or skip
        copy.on_held_back(order, now_ns)
        self._copy_manager.index.wait(copy, report_waiting(copy, skip, now_ns, out))

    def _on_done(self, copy: Copy, order: InFlightOrder, slave: TrackedAccount, result: Result, now_ns: int) -> None:
        order.on(OrderEvent.MAY_BE_PLACED)
        if order.target.action == Action.SET_NET and result.command:
            # The net position is as it should be without this command. Either an order sent earlier did that, and its deal
            # will soon be reported; or somebody else did, and the allocation must still be changed.
            self._copy_manager.index.wake(copy, copy.pause_after_order(now_ns))
        position = slave.book.by_magic.get(copy.link.id)
        if order.target.action != Action.SET_STOPS or position is None:
            return
        if not result.command:
            self._query_again(copy, order, now_ns)
            return
        stops = StopsFrame(position.ticket, position.magic, order.target.sl, order.target.tp, 0, 0, position.symbol)
        slave.set_stops(stops, now_ns)
        copy.end_order()

    def _query_again(self, copy: Copy, order: InFlightOrder, now_ns: int) -> None:
        """Asks the terminal for the present stops. An outcome does not say of which stops it is, so it may be that of
        earlier ones.
        """
        order.look_again(now_ns + FIRST_PAUSE_NS)
        self._copy_manager.index.wake(copy, order.due_ns)


def _belongs(order: InFlightOrder, result: Result) -> bool:
    """Whether a result is about this order, by its command's number. If the terminal learned an outcome by itself, there is
    no number, and the action counts.
    """
    if result.command:
        return result.command == order.command
    wanted = order.target.action
    return result.action == wanted or (result.action == Action.CLOSE and wanted == Action.SET_VOLUME)


def _is_inconclusive(order: InFlightOrder, result: Result) -> bool:
    """Whether a result leaves open what became of the order. Without its broker a terminal cannot answer a query, nor say
    what became of an earlier command of this opening.
    """
    if result.action == Action.QUERY:
        return True
    return order.opens and result.retcode == NO_CONNECTION and order.sends > 1


def _on_already_open(copy: Copy, slave: TrackedAccount, now_ns: int, out: Outputs) -> None:
    if is_on_slave(copy, slave):
        return
    if slave.is_mt4 and is_mistaken(slave.book, copy.link.id):
        report_doubt(copy, doubt(copy.link), now_ns, out)
    else:
        slave.want_snapshot()


def _on_already_closed(copy: Copy, slave: TrackedAccount, now_ns: int, out: Outputs) -> None:
    copy.end_order()
    if is_on_slave(copy, slave):
        slave.want_snapshot()
        return
    copy.end_link()
    if copy.status is not CopyStatus.CLOSED:
        copy.on_gone(now_ns)
        out.journal.append(row_of(copy, now_ns))


def _on_nothing(copy: Copy, order: InFlightOrder, slave: TrackedAccount, now_ns: int, out: Outputs) -> None:
    if slave.is_mt4 and order.opens and order.may_come_unseen(now_ns) and not is_on_slave(copy, slave):
        # An MT4 terminal does not see what its predecessor has at the broker. While that may still be filled, it is asked
        # again: if the copy were given up after its master closed, nobody would know to which link the fill belongs.
        return
    was_out = slave.is_mt4 and order.state is not OrderState.SENT
    copy.end_order()
    if is_on_slave(copy, slave):
        slave.want_snapshot()
    elif order.opens:
        if was_out:
            copy.end_link()
        copy.on_skipped(NEVER_SENT)
        out.journal.append(row_of(copy, now_ns))
