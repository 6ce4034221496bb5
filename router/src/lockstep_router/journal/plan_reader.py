"""Makes the engine's plan of the writer's messages. What did not change stays the object that it was."""

from uuid import UUID

import msgspec

from lockstep_core.accounts import Role, TradingAccount
from lockstep_core.decision.plan import Copier, Plan
from lockstep_core.rules.packed import unpack
from lockstep_core.settings.mode import CopierMode
from lockstep_router.journal.ipc import AccountRow, CompiledCopier, PlanMessage


class PlanReader:
    """Reads one plan after the other. A row that cannot be used is left out alone; `refused` are the ids of those."""

    def __init__(self) -> None:
        self.refused: frozenset[UUID] = frozenset()
        self._accounts: dict[UUID, tuple[AccountRow, TradingAccount]] = {}
        self._copiers: dict[UUID, tuple[CompiledCopier, Copier]] = {}

    def read(self, message: PlanMessage) -> Plan:
        """The plan of a message."""
        before, self._accounts = self._accounts, {}
        refused = {copier.id for copier in message.refused}
        for row in message.accounts:
            known = before.get(row.id)
            account = known[1] if known is not None and known[0] == row else _account(row)
            if account is None:
                refused.add(row.id)
            else:
                self._accounts[row.id] = (row, account)
        self._read_copiers(message.copiers, refused)
        self.refused = frozenset(refused)
        accounts = {number: account for number, (_, account) in self._accounts.items()}
        return Plan(accounts, {number: copier for number, (_, copier) in self._copiers.items()})

    def _read_copiers(self, rows: list[CompiledCopier], refused: set[UUID]) -> None:
        before, self._copiers = self._copiers, {}
        for row in rows:
            known, leading = before.get(row.id), self._leading(row.master)
            if known is not None and known[0] == row and known[1].master_mode is leading:
                self._copiers[row.id] = known
                continue
            copier = _copier(row, leading)
            if copier is None:
                refused.add(row.id)
            else:
                self._copiers[row.id] = (row, copier)

    def _leading(self, master: UUID) -> CopierMode:
        known = self._accounts.get(master)
        return CopierMode.ON if known is None else known[1].mode


def _account(row: AccountRow) -> TradingAccount | None:
    try:
        return TradingAccount(row.id, row.user_id, row.login, Role(row.role), row.epoch, CopierMode(row.mode))
    except ValueError:
        return None


def _copier(row: CompiledCopier, leading: CopierMode) -> Copier | None:
    try:
        ids = (row.id, row.user_id, row.master, row.slave)
        return Copier(*ids, CopierMode(row.mode), version=row.version, master_mode=leading, rules=unpack(row.rules))
    except (ValueError, OSError, msgspec.DecodeError):
        # An OSError is that of a time zone whose file cannot be read.
        return None
