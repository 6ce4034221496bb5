"""Records and plans for tests of what is kept of them."""

from typing import Any
from uuid import UUID

import msgspec

from lockstep_router.journal.ipc import AccountRow, Batch, CopierRow, PlanRows
from lockstep_router.journal.records import CopyRow, GuardRow, HistoryEvent, KnownGuard, KnownLink, Record

USER, MASTER, SLAVE, COPIER = (UUID(int=n) for n in range(1, 5))
OFFSET_NS = 1_795_000_000_000_000_000
NOW_S = OFFSET_NS / 1e9
SETTINGS = '{"sizing": {"mode": "multiplier", "factor": "0.5"}}'


def plan_rows(links: list[KnownLink] | None = None, guards: list[KnownGuard] | None = None) -> PlanRows:
    """One copier between two accounts."""
    accounts = [AccountRow(MASTER, USER, 1, "master", 1), AccountRow(SLAVE, USER, 2, "slave", 1)]
    return PlanRows(accounts, [CopierRow(COPIER, USER, MASTER, SLAVE, "on", SETTINGS, 1)], links or [], guards or [])


def copy_row(link: int, status: str = "open", open_lots: int = 50, **more: Any) -> CopyRow:
    """The row of a link that was for 50 lots."""
    row = CopyRow(
        link, USER, COPIER, MASTER, SLAVE, 9, 7, "EURUSD", "EURUSD.x", "buy", 100, 50, open_lots, status, None, None, {},
        {"router_us": 100}, 1_000, None, 2_000, False, False, "50/1", 0,
    )  # fmt: skip
    return msgspec.structs.replace(row, **more)


def guard_row(**more: Any) -> GuardRow:
    """The row of a guard that has fired."""
    row = GuardRow(COPIER, "loss/day", "2026-11-23", "10000", "10100", True, False, 0, 3_000)
    return msgspec.structs.replace(row, **more)


def command(at_ns: int = 0, action: str = "open") -> HistoryEvent:
    """The event of a command to the slave."""
    return HistoryEvent("command", at_ns, USER, SLAVE, COPIER, 5, {"action": action})


def batch(first: int, *records: Record, run: int = 1) -> Batch:
    """Records of a run from number `first` on."""
    return Batch(run, first, OFFSET_NS, list(records))
