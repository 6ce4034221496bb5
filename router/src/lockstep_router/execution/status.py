"""What the user of a copy sees, and what its history keeps."""

from typing import Any

from lockstep_core.skips import PASSING, Skip, SkipCode
from lockstep_router.execution.copy import Copy
from lockstep_router.execution.copy_rows import row_of
from lockstep_router.execution.copy_status import HOLDING, NOT_BEGUN, UNDECIDED, CopyStatus
from lockstep_router.execution.reasons import FOUND_OPEN
from lockstep_router.journal.outputs import Outputs
from lockstep_router.journal.records import HistoryEvent, OrderFilled


def history_event(kind: str, copy: Copy, now_ns: int, data: dict[str, Any]) -> HistoryEvent:
    """An event of one copy on its slave."""
    copier = copy.copier
    return HistoryEvent(kind, now_ns, copier.user_id, copier.slave, copier.id, copy.link.id, data)


def report_filled(copy: Copy, out: Outputs) -> None:
    """The master's pending order has filled something. It is recorded for a router that restarts."""
    if copy.on_master_filled():
        out.journal.append(OrderFilled(copy.link.id, copy.copier.slave))


def report_skip(copy: Copy, skip: Skip, now_ns: int, out: Outputs) -> None:
    """Reports why nothing is done about a copy; the same reason only once in a row."""
    if copy.in_flight is not None:
        return
    if copy.status in UNDECIDED and not copy.link.placed:
        give_up(copy, skip, now_ns, out)
    elif copy.status is CopyStatus.WAITING:
        _skip_waiting(copy, skip, now_ns, out)
    elif copy.is_new_skip(skip):
        if copy.status in NOT_BEGUN and copy.reason in (None, SkipCode.PENDING_WAITS):
            _write_skip(copy, skip, now_ns, out)
        elif copy.status is CopyStatus.OPEN:
            if skip.code in HOLDING:
                copy.hold_open(skip)
                out.journal.append(row_of(copy, now_ns))
            out.journal.append(history_event("skipped", copy, now_ns, _skip_data(skip)))


def report_doubt(copy: Copy, skip: Skip, now_ns: int, out: Outputs) -> None:
    """Reports once that nobody can tell which of the slave's orders is this copy's."""
    if not copy.was_doubted:
        copy.on_doubted(skip)
        out.journal.append(row_of(copy, now_ns))
        out.journal.append(history_event("skipped", copy, now_ns, _skip_data(skip)))


def give_up(copy: Copy, skip: Skip, now_ns: int, out: Outputs) -> None:
    """It is too late for another try to open a copy."""
    copy.give_up(skip)
    out.journal.append(row_of(copy, now_ns))


def may_wait(copy: Copy, skip: Skip) -> bool:
    """Whether a copy that is not begun may wait until a reason has passed, as long as its signal is fresh."""
    return skip.code in PASSING and copy.status in NOT_BEGUN and copy.in_flight is None and not copy.link.placed


def report_waiting(copy: Copy, skip: Skip, now_ns: int, out: Outputs) -> int:
    """Reports why a copy is not opened yet; the same reason only once in a row. Returns when to settle the copy again."""
    is_new = copy.is_new_skip(skip)
    look_ns = copy.wait(skip, now_ns)
    if is_new:
        out.journal.append(row_of(copy, now_ns))
        out.journal.append(history_event("waiting", copy, now_ns, _skip_data(skip)))
    return look_ns


def end_waiting(copy: Copy, now_ns: int, out: Outputs) -> None:
    """A copy waited for too long, or its master has closed. It is skipped, with the reason for which it waited."""
    copy.stop_waiting()
    out.journal.append(row_of(copy, now_ns))


def _skip_waiting(copy: Copy, skip: Skip, now_ns: int, out: Outputs) -> None:
    """Skips a waiting copy: a reason has come up that will not pass, or it is too late."""
    if copy.is_new_skip(skip):
        if skip.code is SkipCode.SIGNAL_TOO_OLD and copy.reason is not None:
            end_waiting(copy, now_ns, out)
        else:
            _write_skip(copy, skip, now_ns, out)


def _write_skip(copy: Copy, skip: Skip, now_ns: int, out: Outputs) -> None:
    if copy.in_ns == 0 and skip.code is SkipCode.SIGNAL_TOO_OLD:
        # Nobody saw the master open: a snapshot showed it. So the copy is not late, but out of sync.
        skip = FOUND_OPEN
    copy.on_skipped(skip)
    out.journal.append(row_of(copy, now_ns))
    out.journal.append(history_event("skipped", copy, now_ns, _skip_data(skip)))


def _skip_data(skip: Skip) -> dict[str, Any]:
    return {"code": str(skip.code), "setting": skip.setting, "params": dict(skip.params)}
