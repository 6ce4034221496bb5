"""Answers of a slave's terminal, worded as in docs/orders-in-flight.md, and what each makes of an order."""

from collections.abc import Callable, Mapping
from uuid import UUID

from lockstep_core.accounts import Role, TradingAccount
from lockstep_core.books.links import Link
from lockstep_core.books.positions import Position
from lockstep_core.decision.target import Target
from lockstep_core.units import Lots
from lockstep_core.wire.enums import Action, Stage
from lockstep_core.wire.frames import Result
from lockstep_router.accounts.busy import BusyAccounts
from lockstep_router.accounts.quarantine import Quarantine
from lockstep_router.accounts.tracked_account import TrackedAccount
from lockstep_router.execution.copy import Copy
from lockstep_router.execution.copy_manager import CopyManager
from lockstep_router.execution.copy_status import CopyStatus
from lockstep_router.execution.inflight import UNRESOLVED_NS, InFlightOrder, OrderEvent, OrderState
from lockstep_router.execution.order_results import OrderResults
from lockstep_router.journal.outputs import Outputs

from .engine_harness import SLAVE, USER, copier

NOW_NS = 10**12
LINK = 5
LOT = 10**8
COMMAND = 7
POSITION = Position(900, "EURUSD", 0, Lots(LOT), Lots(LOT), 0.0, 0.0, LINK, "", 0)

OPENING = Target(Action.OPEN, "EURUSD", Lots(LOT))
REDUCTION = Target(Action.SET_VOLUME, "EURUSD", Lots(LOT // 2))
STOPS = Target(Action.SET_STOPS, "EURUSD", Lots(LOT), 1.0, 1.2)
COLUMNS: Mapping[str, tuple[Target, OrderState]] = {
    "opening, sent": (OPENING, OrderState.SENT),
    "opening, placed": (OPENING, OrderState.PLACED),
    "opening, unresolved": (OPENING, OrderState.UNRESOLVED),
    "reduction or close, sent": (REDUCTION, OrderState.SENT),
    "stops, sent": (STOPS, OrderState.SENT),
}


def result(stage: Stage, retcode: int = 0, action: int | None = None, command: int = COMMAND) -> Callable[[Target], Result]:
    """A Result frame about a target; with `action` it names that instead of the target's own."""

    def about(target: Target) -> Result:
        said = target.action if action is None else action
        return Result(command, LINK, 0, 0, 0, 0, -1, 0.0, 0, 0, 0, stage, said, retcode, 0, "")

    return about


ANSWERS: Mapping[str, Callable[[Target], Result]] = {
    "`PLACED`": result(Stage.PLACED),
    "`DONE`": result(Stage.DONE, 10009),
    "`REJECTED`, may do better in a moment (10004 requote)": result(Stage.REJECTED, 10004),
    "`REJECTED`, may do better while it is fresh (10018 market closed)": result(Stage.REJECTED, 10018),
    "`REJECTED`, for good (10014 invalid lots)": result(Stage.REJECTED, 10014),
    "`REJECTED`, these stops never (10016)": result(Stage.REJECTED, 10016),
    "`REJECTED`, may have been carried out (10012 timeout)": result(Stage.REJECTED, 10012),
    "`REJECTED`, the terminal has no broker (10031)": result(Stage.REJECTED, 10031),
    "`REJECTED`, held back for its price (9002)": result(Stage.REJECTED, 9002),
    "`REJECTED` to a query": result(Stage.REJECTED, 10031, Action.QUERY),
    "`ALREADY_OPEN`": result(Stage.ALREADY_OPEN),
    "`ALREADY_CLOSED`": result(Stage.ALREADY_CLOSED),
    "`IN_FLIGHT`, an opening": result(Stage.IN_FLIGHT, 0, Action.OPEN),
    "`IN_FLIGHT`, the deletion of the link's pending order": result(Stage.IN_FLIGHT, 0, Action.DELETE),
    "`NOTHING`": result(Stage.NOTHING),
    "an answer to an earlier command": result(Stage.REJECTED, 10019, command=COMMAND - 1),
}


def no_fault(_account: UUID | None, error: Exception, *_: object) -> None:
    """No answer raises anything."""
    raise error


def outcome(answer: Callable[[Target], Result], target: Target, state: OrderState) -> str:
    """What an answer makes of an order: its state, and what the router does next."""
    manager = CopyManager({}, Quarantine(), BusyAccounts(), no_fault)
    slave = TrackedAccount(TradingAccount(SLAVE, USER, SLAVE.int, Role.SLAVE))
    copy, order = an_order(target, state)
    manager.index.add(copy)
    OrderResults(manager).on_result(slave, answer(target), NOW_NS, Outputs())
    over = order.state in (OrderState.DONE, OrderState.REJECTED)
    after = {
        "tried again": order.state is OrderState.REJECTED and not copy.own_refusals().forbids(target),
        "never again": copy.own_refusals().forbids(target),
        "due soon": not over and order.due_ns < DUE_NS,
        "snapshot": slave.wants_snapshot,
        "copy skipped": order.opens and copy.status is CopyStatus.SKIPPED,
    }
    return ", ".join([order.state.value, *(words for words, happens in after.items() if happens)])


DUE_NS = NOW_NS + 2 * UNRESOLVED_NS


def an_order(target: Target, state: OrderState) -> tuple[Copy, InFlightOrder]:
    """A copy with an order in flight in this state; where the target is a change, its position is open."""
    link = Link(LINK, UUID(int=1), 7, "EURUSD", "EURUSD", 0, Lots(LOT), Lots(LOT))
    copy = Copy(copier(), link)
    if target.action != Action.OPEN:
        copy.on_open(POSITION, 0)
    order = copy.begin_order(target, None, 0, NOW_NS)
    order.on_sent(COMMAND, is_query=False, now_ns=NOW_NS)
    order.look_again(DUE_NS)
    events = {OrderState.PLACED: OrderEvent.MAY_BE_PLACED, OrderState.UNRESOLVED: OrderEvent.NO_END}
    if state in events:
        order.on(events[state])
    return copy, order
