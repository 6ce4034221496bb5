"""What a terminal's answer means for the command it belongs to."""

from typing import Any

from lockstep_core.decision.decide import Wish
from lockstep_core.market.retcodes import NO_CONNECTION, Verdict, refuses_these_stops, verdict
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.wire.frames import Action, Result, Stage
from lockstep_core.wire.frames import Stops as StopsFrame
from lockstep_router.accounts.account_state import Mind
from lockstep_router.execution.copy import Copy, Flight, begins
from lockstep_router.execution.copy_manager import Copying
from lockstep_router.execution.latency import take_legs
from lockstep_router.execution.status import happening
from lockstep_router.journal.outputs import Outputs

OPEN_TRIES = 4
FIRST_PAUSE_NS = 100_000_000
LONGEST_PAUSE_NS = 30_000_000_000
ORDERS_END = frozenset({Action.PLACE, Action.SET_ORDER, Action.DELETE})
NEVER_SENT = Skip(SkipCode.OUT_OF_SYNC, "", "The order never reached the broker, and it is too late for it now.")


class Answers:
    """Applies Result frames to the copies they belong to."""

    def __init__(self, copying: Copying) -> None:
        self._copying = copying

    def on_result(self, slave: Mind, result: Result, now_ns: int, out: Outputs) -> None:
        """An answer from a slave; one that belongs to no command under way is only kept for the history."""
        copy = self._copying.copies.get(result.link)
        if copy is None or copy.copier.slave != slave.account.id:
            return
        out.journal.append(happening("result", copy, now_ns, _data(result)))
        if take_legs(copy, result) and copy.status == "open":
            out.journal.append(copy.row(now_ns))
        flight = copy.flight
        if flight is not None and _belongs(flight, result):
            self._apply(copy, flight, slave, result, now_ns, out)
        self._copying.settle_number(result.link, now_ns, out)

    def _apply(self, copy: Copy, flight: Flight, slave: Mind, result: Result, now_ns: int, out: Outputs) -> None:
        match result.stage:
            case Stage.PLACED:
                flight.placed = flight.sent = True
            case Stage.DONE:
                self._on_done(copy, flight, slave, result, now_ns)
            case Stage.REJECTED:
                self._on_rejected(copy, flight, result, now_ns, out)
            case Stage.ALREADY_OPEN:
                if not _is_held(copy, slave):
                    slave.want_snapshot()
            case Stage.ALREADY_CLOSED:
                _on_closed(copy, slave, now_ns, out)
            case Stage.NOTHING:
                _on_nothing(copy, flight, slave, now_ns, out)
            case _:
                self._on_in_flight(copy, flight, result, now_ns)

    def _on_in_flight(self, copy: Copy, flight: Flight, result: Result, now_ns: int) -> None:
        """An opening barred by its link's pending order, which our book shows as gone, is not at the broker: it goes out
        again soon, while it is fresh. A snapshot may show the order's end before the terminal's program hears of it.
        """
        if flight.placed or flight.wish.action == Action.PLACE or result.action not in ORDERS_END:
            flight.placed = True
            return
        flight.due_ns = min(flight.due_ns, now_ns + (FIRST_PAUSE_NS << min(flight.sends, 6)) // 2)
        self._copying.wake(copy, flight.due_ns)

    def _on_rejected(self, copy: Copy, flight: Flight, result: Result, now_ns: int, out: Outputs) -> None:
        meaning = verdict(result.retcode)
        if meaning is Verdict.UNKNOWN or _says_nothing(copy, flight, result):
            flight.placed = True
            return
        if flight.wish.action == Action.SET_STOPS and not result.command and not flight.sent:
            self._ask_again(copy, flight, now_ns)
            return
        copy.flight = None
        copy.tries += 1
        copy.reason, copy.message = f"broker_{result.retcode}", _sentence(result)
        if _is_over(copy, flight.wish, meaning, result.retcode):
            _refuse(copy, flight.wish)
        else:
            copy.retry_ns = now_ns + min(FIRST_PAUSE_NS << min(copy.tries, 10), LONGEST_PAUSE_NS)
            self._copying.wake(copy, copy.retry_ns)
        out.journal.append(copy.row(now_ns))

    def _on_done(self, copy: Copy, flight: Flight, slave: Mind, result: Result, now_ns: int) -> None:
        flight.placed = True
        held = slave.book.by_magic.get(copy.link.id)
        if flight.wish.action == Action.SET_NET and result.command:
            self._on_there_already(copy, now_ns)
        if flight.wish.action != Action.SET_STOPS or held is None:
            return
        if not result.command:
            self._ask_again(copy, flight, now_ns)
            return
        slave.set_stops(StopsFrame(held.ticket, held.magic, flight.wish.sl, flight.wish.tp, 0, 0, held.symbol), now_ns)
        copy.flight = None

    def _on_there_already(self, copy: Copy, now_ns: int) -> None:
        """The net position is where it should be without this command: an order sent before did that, and its deal is about
        to be told; or somebody else did, and the share is still to be changed.
        """
        copy.flight = None
        copy.retry_ns = now_ns + FIRST_PAUSE_NS
        self._copying.wake(copy, copy.retry_ns)

    def _ask_again(self, copy: Copy, flight: Flight, now_ns: int) -> None:
        """An outcome that may be of earlier stops, since nothing in it says of which: the terminal says how they are now."""
        flight.due_ns = now_ns + FIRST_PAUSE_NS
        self._copying.wake(copy, flight.due_ns)


def _belongs(flight: Flight, result: Result) -> bool:
    """By its number; an outcome that the terminal learned by itself has none and is told by what it did."""
    if result.command:
        return result.command == flight.command
    return result.action == flight.wish.action or (result.action == Action.CLOSE and flight.wish.action == Action.SET_VOLUME)


def _says_nothing(copy: Copy, flight: Flight, result: Result) -> bool:
    """A terminal without its broker knows nothing of a question, nor of the order an earlier repetition may have become."""
    if result.action == Action.QUERY:
        return True
    return begins(copy, flight.wish) and result.retcode == NO_CONNECTION and flight.sends > 1


def _is_over(copy: Copy, wish: Wish, meaning: Verdict, retcode: int) -> bool:
    """Closing and reducing are never given up; an opening is after a final word or many tries, stops where they are bad."""
    if begins(copy, wish):
        return meaning is Verdict.FINAL or (copy.tries >= OPEN_TRIES and retcode != NO_CONNECTION)
    return wish.action in (Action.SET_STOPS, Action.SET_ORDER) and refuses_these_stops(retcode)


def _refuse(copy: Copy, wish: Wish) -> None:
    copy.tries = 0
    copy.refused = wish
    if begins(copy, wish):
        copy.end()
        copy.status = "rejected"


def _on_closed(copy: Copy, slave: Mind, now_ns: int, out: Outputs) -> None:
    copy.flight = None
    if _is_held(copy, slave):
        slave.want_snapshot()
        return
    copy.end()
    if copy.status != "closed":
        copy.closed_ns = now_ns
        copy.explain("closed")
        out.journal.append(copy.row(now_ns))


def _on_nothing(copy: Copy, flight: Flight, slave: Mind, now_ns: int, out: Outputs) -> None:
    copy.flight = None
    if _is_held(copy, slave):
        slave.want_snapshot()
    elif begins(copy, flight.wish):
        copy.explain("skipped", NEVER_SENT)
        out.journal.append(copy.row(now_ns))


def _is_held(copy: Copy, slave: Mind) -> bool:
    return copy.link.id in slave.book.by_magic or copy.link.id in slave.book.orders_by_magic


def _sentence(result: Result) -> str:
    said = f" ({result.comment})" if result.comment else ""
    return f"The slave's broker refused the order with code {result.retcode}{said}."


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
