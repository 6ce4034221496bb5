"""What a terminal's answer means for the command it belongs to."""

from typing import Any

from lockstep_core.decision.target import Target
from lockstep_core.market.retcodes import NO_CONNECTION, Verdict, refuses_these_stops, verdict
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.wire.frames import Action, Result, Stage
from lockstep_core.wire.frames import StopsFrame as StopsFrame
from lockstep_router.accounts.account_state import TrackedAccount
from lockstep_router.execution.copy import Copy, InFlightOrder, begins
from lockstep_router.execution.copy_manager import CopyManager
from lockstep_router.execution.latency import measure_spans
from lockstep_router.execution.status import history_event
from lockstep_router.journal.outputs import Outputs

OPEN_TRIES = 4
FIRST_PAUSE_NS = 100_000_000
LONGEST_PAUSE_NS = 30_000_000_000
ORDERS_END = frozenset({Action.PLACE, Action.SET_ORDER, Action.DELETE})
NEVER_SENT = Skip(SkipCode.OUT_OF_SYNC, "", "The order never reached the broker, and it is too late for it now.")


class OrderResults:
    """Applies Result frames to the copies they belong to."""

    def __init__(self, copy_manager: CopyManager) -> None:
        self._copy_manager = copy_manager

    def on_result(self, slave: TrackedAccount, result: Result, now_ns: int, out: Outputs) -> None:
        """An answer from a slave; one that belongs to no command under way is only kept for the history."""
        copy = self._copy_manager.copies.get(result.link)
        if copy is None or copy.copier.slave != slave.account.id:
            return
        out.journal.append(history_event("result", copy, now_ns, _data(result)))
        if measure_spans(copy, result) and copy.status == "open":
            out.journal.append(copy.row(now_ns))
        in_flight = copy.in_flight
        if in_flight is not None and _belongs(in_flight, result):
            self._apply(copy, in_flight, slave, result, now_ns, out)
        self._copy_manager.settle_number(result.link, now_ns, out)

    def _apply(
        self, copy: Copy, in_flight: InFlightOrder, slave: TrackedAccount, result: Result, now_ns: int, out: Outputs
    ) -> None:
        match result.stage:
            case Stage.PLACED:
                in_flight.placed = in_flight.sent = True
            case Stage.DONE:
                self._on_done(copy, in_flight, slave, result, now_ns)
            case Stage.REJECTED:
                self._on_rejected(copy, in_flight, result, now_ns, out)
            case Stage.ALREADY_OPEN:
                if not _is_on_slave(copy, slave):
                    slave.want_snapshot()
            case Stage.ALREADY_CLOSED:
                _on_closed(copy, slave, now_ns, out)
            case Stage.NOTHING:
                _on_nothing(copy, in_flight, slave, now_ns, out)
            case _:
                self._on_in_flight(copy, in_flight, result, now_ns)

    def _on_in_flight(self, copy: Copy, in_flight: InFlightOrder, result: Result, now_ns: int) -> None:
        """An opening barred by its link's pending order, which our book shows as gone, is not at the broker: it goes out
        again soon, while it is fresh. A snapshot may show the order's end before the terminal's program hears of it.
        """
        if in_flight.placed or in_flight.target.action == Action.PLACE or result.action not in ORDERS_END:
            in_flight.placed = True
            return
        in_flight.due_ns = min(in_flight.due_ns, now_ns + (FIRST_PAUSE_NS << min(in_flight.sends, 6)) // 2)
        self._copy_manager.wake(copy, in_flight.due_ns)

    def _on_rejected(self, copy: Copy, in_flight: InFlightOrder, result: Result, now_ns: int, out: Outputs) -> None:
        meaning = verdict(result.retcode)
        if meaning is Verdict.UNKNOWN or _is_inconclusive(copy, in_flight, result):
            in_flight.placed = True
            return
        if in_flight.target.action == Action.SET_STOPS and not result.command and not in_flight.sent:
            self._query_again(copy, in_flight, now_ns)
            return
        copy.in_flight = None
        copy.tries += 1
        copy.reason, copy.message = f"broker_{result.retcode}", _sentence(result)
        if _is_over(copy, in_flight.target, meaning, result.retcode):
            _refuse(copy, in_flight.target)
        else:
            copy.retry_ns = now_ns + min(FIRST_PAUSE_NS << min(copy.tries, 10), LONGEST_PAUSE_NS)
            self._copy_manager.wake(copy, copy.retry_ns)
        out.journal.append(copy.row(now_ns))

    def _on_done(self, copy: Copy, in_flight: InFlightOrder, slave: TrackedAccount, result: Result, now_ns: int) -> None:
        in_flight.placed = True
        slave_position = slave.book.by_magic.get(copy.link.id)
        if in_flight.target.action == Action.SET_NET and result.command:
            self._on_there_already(copy, now_ns)
        if in_flight.target.action != Action.SET_STOPS or slave_position is None:
            return
        if not result.command:
            self._query_again(copy, in_flight, now_ns)
            return
        slave.set_stops(
            StopsFrame(
                slave_position.ticket,
                slave_position.magic,
                in_flight.target.sl,
                in_flight.target.tp,
                0,
                0,
                slave_position.symbol,
            ),
            now_ns,
        )
        copy.in_flight = None

    def _on_there_already(self, copy: Copy, now_ns: int) -> None:
        """The net position is where it should be without this command: an order sent before did that, and its deal is about
        to be told; or somebody else did, and the share is still to be changed.
        """
        copy.in_flight = None
        copy.retry_ns = now_ns + FIRST_PAUSE_NS
        self._copy_manager.wake(copy, copy.retry_ns)

    def _query_again(self, copy: Copy, in_flight: InFlightOrder, now_ns: int) -> None:
        """An outcome that may be of earlier stops, since nothing in it says of which: the terminal says how they are now."""
        in_flight.due_ns = now_ns + FIRST_PAUSE_NS
        self._copy_manager.wake(copy, in_flight.due_ns)


def _belongs(in_flight: InFlightOrder, result: Result) -> bool:
    """By its number; an outcome that the terminal learned by itself has none and is told by what it did."""
    if result.command:
        return result.command == in_flight.command
    return result.action == in_flight.target.action or (
        result.action == Action.CLOSE and in_flight.target.action == Action.SET_VOLUME
    )


def _is_inconclusive(copy: Copy, in_flight: InFlightOrder, result: Result) -> bool:
    """A terminal without its broker knows nothing of a question, nor of the order an earlier repetition may have become."""
    if result.action == Action.QUERY:
        return True
    return begins(copy, in_flight.target) and result.retcode == NO_CONNECTION and in_flight.sends > 1


def _is_over(copy: Copy, target: Target, meaning: Verdict, retcode: int) -> bool:
    """Closing and reducing are never given up; an opening is after a final word or many tries, stops where they are bad."""
    if begins(copy, target):
        return meaning is Verdict.FINAL or (copy.tries >= OPEN_TRIES and retcode != NO_CONNECTION)
    return target.action in (Action.SET_STOPS, Action.SET_ORDER) and refuses_these_stops(retcode)


def _refuse(copy: Copy, target: Target) -> None:
    copy.tries = 0
    copy.refused = target
    if begins(copy, target):
        copy.end()
        copy.status = "rejected"


def _on_closed(copy: Copy, slave: TrackedAccount, now_ns: int, out: Outputs) -> None:
    copy.in_flight = None
    if _is_on_slave(copy, slave):
        slave.want_snapshot()
        return
    copy.end()
    if copy.status != "closed":
        copy.closed_ns = now_ns
        copy.explain("closed")
        out.journal.append(copy.row(now_ns))


def _on_nothing(copy: Copy, in_flight: InFlightOrder, slave: TrackedAccount, now_ns: int, out: Outputs) -> None:
    copy.in_flight = None
    if _is_on_slave(copy, slave):
        slave.want_snapshot()
    elif begins(copy, in_flight.target):
        copy.explain("skipped", NEVER_SENT)
        out.journal.append(copy.row(now_ns))


def _is_on_slave(copy: Copy, slave: TrackedAccount) -> bool:
    return copy.link.id in slave.book.by_magic or copy.link.id in slave.book.orders_by_magic


def _sentence(result: Result) -> str:
    reported_skip = f" ({result.comment})" if result.comment else ""
    return f"The slave's broker refused the order with code {result.retcode}{reported_skip}."


def _data(result: Result) -> dict[str, Any]:
    return {
        "stage": Stage(result.stage).name.lower(),
        "action": Action(result.action).name.lower(),
        "command": result.command,
        "retcode": result.retcode,
        "error": result.error,
        "order": result.order,
        "deal": result.deal,
        "position": result.position,
        "price": result.price,
        "lots": result.volume,
    }
