"""Compiles the rows of copiers for the loop, in the process that may take its time: each row once for each change."""

from collections.abc import Callable
from uuid import UUID

import msgspec

from lockstep_core.copiers import BadSettings, stored_settings
from lockstep_core.rules.compile import compile_rules
from lockstep_core.rules.packed import pack
from lockstep_router.journal.ipc import CompiledCopier, CopierRow, PlanMessage, PlanRows, RefusedCopier

Compiled = CompiledCopier | RefusedCopier
BAD_SETTINGS = "bad_settings"
LONGEST_PROBLEM = 300


def compiled(row: CopierRow) -> CompiledCopier:
    """A copier with its rules. Raises `BadSettings`, or whatever else is wrong with its settings."""
    settings = stored_settings(msgspec.json.decode(row.settings))
    rules = pack(compile_rules(settings))
    return CompiledCopier(row.id, row.user_id, row.master, row.slave, row.mode, row.version, rules)


class PlanCompiler:
    """Remembers what became of each row. Whatever one row raises is that row's alone: its copier is refused."""

    def __init__(self, compile_row: Callable[[CopierRow], CompiledCopier] = compiled) -> None:
        self._compile = compile_row
        self._known: dict[UUID, tuple[CopierRow, Compiled]] = {}
        self._number = 0

    def message(self, rows: PlanRows) -> tuple[PlanMessage, dict[str, str]]:
        """The plan, whole, and by id why copiers are refused that were not so before."""
        before, self._known, problems = self._known, {}, dict[str, str]()
        for row in rows.copiers:
            known = before.get(row.id)
            if known is None or known[0] != row:
                known = (row, self._compiled(row, problems))
            self._known[row.id] = known
        results = [result for _, result in self._known.values()]
        copiers = [result for result in results if isinstance(result, CompiledCopier)]
        refused = [result for result in results if isinstance(result, RefusedCopier)]
        self._number += 1
        message = PlanMessage(self._number, rows.accounts, copiers, rows.links, rows.guards, rows.requests, refused)
        return message, problems

    def _compiled(self, row: CopierRow, problems: dict[str, str]) -> Compiled:
        try:
            return self._compile(row)
        except BadSettings as error:
            # It names fields and codes, never what was sent; other errors' texts may.
            problems[str(row.id)] = str(error)[:LONGEST_PROBLEM]
            return _refused(row, BAD_SETTINGS)
        except Exception as error:  # noqa: BLE001 - whatever one row raises, the plan goes on without its copier
            problems[str(row.id)] = type(error).__name__
            return _refused(row, type(error).__name__)


def _refused(row: CopierRow, reason: str) -> RefusedCopier:
    return RefusedCopier(row.id, row.user_id, row.slave, row.version, reason)
