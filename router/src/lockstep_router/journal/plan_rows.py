"""Turns the database's rows into the plan for the loop. It runs in the writer, which may take its time: a copier's settings
are compiled once for each change. Rows that cannot be used are left out, and their owners are told (`plan_refusals`).
"""

from collections.abc import Callable, Mapping
from uuid import UUID

import msgspec

from lockstep_core.copiers import BadSettings, stored_settings
from lockstep_core.rules.compile import compile_rules
from lockstep_core.rules.packed import pack
from lockstep_core.skips import Shape
from lockstep_router.journal.ipc import AccountRow, CompiledCopier, CopierRow, PlanMessage, PlanRows, Refusal, RefusedCopier
from lockstep_router.journal.plan_reader import account_of, copier_of

Compiled = CompiledCopier | RefusedCopier
BAD_SETTINGS = "bad_settings"
COPIER_FAULT = "copier_fault"
PARAMS: Mapping[str, Shape] = {BAD_SETTINGS: {"setting": str}, COPIER_FAULT: {}}
"""The params of each code with which a copier is refused."""
LONGEST_PROBLEM = 300


def compiled(row: CopierRow) -> CompiledCopier:
    """A copier with its rules. Raises `BadSettings`, or whatever else its row causes."""
    settings = stored_settings(msgspec.json.decode(row.settings))
    rules = pack(compile_rules(settings))
    copier = CompiledCopier(row.id, row.user_id, row.master, row.slave, row.mode, row.version, rules)
    # The result is read once here as the loop will read it: the loop could not tell anybody about a fault.
    copier_of(copier)
    return copier


class PlanCompiler:
    """Remembers what became of each row. An exception that one row raises leaves only that row out of the plan.

    `unreadable`: the accounts of the last plan that were left out.
    """

    def __init__(self, compile_row: Callable[[CopierRow], CompiledCopier] = compiled) -> None:
        self.unreadable: set[UUID] = set()
        self._compile = compile_row
        self._known: dict[UUID, tuple[CopierRow, Compiled]] = {}
        self._number = 0

    def message(self, rows: PlanRows) -> tuple[PlanMessage, dict[str, str]]:
        """The whole plan, and the reasons, by id, of rows that are left out for the first time."""
        before, self._known, problems = self._known, {}, dict[str, str]()
        accounts = self._readable(rows.accounts, problems)
        for row in rows.copiers:
            known = before.get(row.id)
            if known is None or known[0] != row:
                known = (row, self._compiled(row, problems))
            self._known[row.id] = known
        results = [result for _, result in self._known.values()]
        copiers = [result for result in results if isinstance(result, CompiledCopier)]
        refused = [result for result in results if isinstance(result, RefusedCopier)]
        self._number += 1
        message = PlanMessage(self._number, accounts, copiers, rows.links, rows.guards, rows.requests, refused)
        return message, problems

    def _readable(self, rows: list[AccountRow], problems: dict[str, str]) -> list[AccountRow]:
        readable, before, self.unreadable = [], self.unreadable, set()
        for row in rows:
            try:
                account_of(row)
            except Exception as error:  # noqa: BLE001 - whatever one row raises, the plan goes on without its account
                self.unreadable.add(row.id)
                if row.id not in before:
                    problems[str(row.id)] = type(error).__name__
            else:
                readable.append(row)
        return readable

    def _compiled(self, row: CopierRow, problems: dict[str, str]) -> Compiled:
        try:
            return self._compile(row)
        except BadSettings as error:
            # This error names fields and codes, never what was sent; other errors' texts might.
            problems[str(row.id)] = str(error)[:LONGEST_PROBLEM]
            return _refused(row, Refusal(BAD_SETTINGS, {"setting": error.findings[0].path}))
        except Exception as error:  # noqa: BLE001 - whatever one row raises, the plan goes on without its copier
            problems[str(row.id)] = type(error).__name__
            return _refused(row, Refusal(COPIER_FAULT))


def _refused(row: CopierRow, refusal: Refusal) -> RefusedCopier:
    return RefusedCopier(row.id, row.user_id, row.slave, row.version, refusal)
