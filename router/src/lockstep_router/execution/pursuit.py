"""Sends targets to slaves, and their commands again where `inflight` allows it, until the orders have ended."""

from lockstep_core.books.positions import Position
from lockstep_core.decision.target import Decision, Target
from lockstep_core.wire.enums import Action
from lockstep_router.accounts.limits import MAX_AWAITED, MAX_OPENING_ON_MT4
from lockstep_router.accounts.sending import send_frame
from lockstep_router.accounts.tracked_account import TrackedAccount
from lockstep_router.execution.commands import command_of
from lockstep_router.execution.copy import Copy
from lockstep_router.execution.copy_index import CopyIndex
from lockstep_router.execution.copy_rows import row_of
from lockstep_router.execution.decision_context import ContextBuilder
from lockstep_router.execution.inflight import RESEND_NS, InFlightOrder, Refusals, may_resend, may_send
from lockstep_router.execution.market_now import market_of
from lockstep_router.execution.status import history_event
from lockstep_router.journal.outputs import Outputs

NET_BUSY_NS = 20_000_000
_QUERY = Action.QUERY
QUERY = Target(_QUERY)
_NAMES = {action: action.name.lower() for action in Action}
"""The names of actions in events. Read once, because an enum builds a name each time, and this is on the path of every
trade.
"""
WAITS_FOR = {Action.SET_NET: (Action.SET_NET,), Action.SET_STOPS: (Action.SET_NET, Action.SET_STOPS)}
"""By a target's action: the actions in flight, for other trades of the same net position, that it must wait for."""


class Pursuit:
    """The commands of one router, numbered."""

    def __init__(self, index: CopyIndex, contexts: ContextBuilder) -> None:
        self._index = index
        self._contexts = contexts
        self._commands = 0

    def begin(
        self, copy: Copy, target: Target, master: Position | None, slave: TrackedAccount, now_ns: int, out: Outputs
    ) -> None:
        """Sends a target if nothing forbids it now. Otherwise the copy is settled again when that may have passed."""
        refusals, symbol = copy.refusals, target.symbol or copy.link.slave_symbol
        if refusals is not None:
            self._look_at(refusals, target, symbol, slave, now_ns)
        if not may_send(copy.in_flight, refusals, target, now_ns):
            if refusals is not None and copy.in_flight is None and not refusals.forbids(target):
                self._index.wake(copy, refusals.look_ns(now_ns))
        elif not slave.ready or slave.leaving:
            self._index.wake(copy, now_ns + RESEND_NS)
        elif copy.opens(target) and self._is_crowded(slave):
            self._index.queue(copy, now_ns + RESEND_NS)
        elif slave.netting and self._is_net_busy(copy, target):
            self._index.wake(copy, now_ns + NET_BUSY_NS)
        elif refusals is not None and refusals.tries and self._is_held(copy, target, symbol, slave, now_ns):
            self._index.wake(copy, now_ns + RESEND_NS)
        else:
            allocation = slave.book.by_magic.get(copy.link.id)
            order = copy.begin_order(target, master, 0 if allocation is None else allocation.signed, now_ns)
            self._send(copy, order, target, slave, now_ns, out)
            if order.opens:
                out.journal.append(row_of(copy, now_ns))

    def _is_held(self, copy: Copy, target: Target, symbol: str, slave: TrackedAccount, now_ns: int) -> bool:
        """Whether a target whose order was refused before must wait for another copy's try. If not, it is itself that try.
        Each copy tries once by itself, so that its row says what is the matter.
        """
        if copy.opens(target):
            return False
        if slave.pauses.until_ns(symbol, slave.quotes.get(symbol), now_ns):
            return True
        slave.pauses.on_try(symbol, now_ns)
        return False

    def _is_crowded(self, slave: TrackedAccount) -> bool:
        """Whether another opening must wait until some of a slave's orders have ended."""
        number = slave.account.id
        if slave.is_mt4 and self._index.awaits(number, MAX_OPENING_ON_MT4, openings=True):
            return True
        return self._index.awaits(number, MAX_AWAITED)

    def _look_at(self, refusals: Refusals, target: Target, symbol: str, slave: TrackedAccount, now_ns: int) -> None:
        by_hours = refusals.waits_for_hours
        market = market_of(slave, symbol, self._contexts.utc_ms(now_ns), now_ns, by_hours=by_hours)
        refusals.look(target, market, now_ns)

    def go_on(
        self,
        copy: Copy,
        order: InFlightOrder,
        newest: Decision,
        slave: TrackedAccount | None,
        now_ns: int,
        out: Outputs,
        *,
        master_synced: bool,
    ) -> None:
        """A command has waited long enough: it is sent again, or the terminal is asked what became of it. `newest` is what
        would be decided now.
        """
        if slave is None or not slave.ready:
            order.look_again(now_ns + RESEND_NS)
            self._index.wake(copy, order.due_ns)
            return
        if order.has_no_end(now_ns):
            copy.become_unresolved(order)
            slave.want_snapshot()
            out.journal.append(row_of(copy, now_ns))
        if order.opens:
            # Meanwhile the decision may have changed, for example from a late market order to a pending order at the
            # master's price.
            again = may_resend(order, now_ns) and isinstance(newest, Target) and newest.action == order.target.action
            self._send(copy, order, order.target if again else QUERY, slave, now_ns, out)
            return
        # While the master is offline, its last target stays.
        if master_synced and isinstance(newest, Target) and newest != order.target and order.target.action != Action.SET_NET:
            order.retarget(newest, opens=copy.opens(newest))
        self._send(copy, order, order.target, slave, now_ns, out)

    def _is_net_busy(self, copy: Copy, target: Target) -> bool:
        """Whether another order for the same net position is in flight. Each such order names the whole position before and
        after it. Lots do not wait for stops, which are set once for all trades of the position.
        """
        blocking = WAITS_FOR.get(target.action, ())
        for other in self._index.of_slave(copy.copier.slave) if blocking else ():
            order = other.in_flight
            if other is copy or order is None or order.target.action not in blocking:
                continue
            if order.target.symbol == target.symbol:
                return True
        return False

    def _send(
        self, copy: Copy, order: InFlightOrder, target: Target, slave: TrackedAccount, now_ns: int, out: Outputs
    ) -> None:
        self._commands += 1
        order.on_sent(self._commands, is_query=target.action == _QUERY, now_ns=now_ns)
        self._index.wake(copy, order.due_ns)
        opens = copy.opens(target)
        first = copy.link.id if opens and copy.out_ns == 0 else 0
        copy.on_command(target, now_ns)
        waits = slave.book.orders_by_magic.get(copy.link.id)
        command = command_of(copy, order, target, 0 if waits is None else waits.ticket, now_ns, opens=opens)
        if send_frame(slave, command, now_ns, out, first):
            if target.action != _QUERY:
                slave.count_message(self._contexts.utc_ms(now_ns))
            data = {"action": _NAMES[target.action], "command": self._commands, "lots": target.volume}
            out.journal.append(history_event("command", copy, now_ns, data))
