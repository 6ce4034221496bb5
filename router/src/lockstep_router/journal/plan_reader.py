"""Turns the writer's messages into the engine's plan. What did not change stays the same object."""

from uuid import UUID

import msgspec

from lockstep_core.accounts import Role, TradingAccount
from lockstep_core.decision.plan import Copier, Plan
from lockstep_core.rules.packed import unpack
from lockstep_core.settings.mode import CopierMode
from lockstep_router.journal.ipc import AccountRow, CompiledCopier, PlanMessage

# OSError, because a time zone's file may be unreadable.
UNREADABLE = (ValueError, OSError, msgspec.DecodeError)


def account_of(row: AccountRow) -> TradingAccount:
    """The account of a row. Raises one of `UNREADABLE` if this version does not know such a row."""
    return TradingAccount(row.id, row.user_id, row.login, Role(row.role), row.epoch, CopierMode(row.mode))


def copier_of(row: CompiledCopier) -> Copier:
    """The copier of a row. Raises one of `UNREADABLE` if this version does not know such a row."""
    ids = (row.id, row.user_id, row.master, row.slave)
    return Copier(*ids, CopierMode(row.mode), version=row.version, rules=unpack(row.rules))


class PlanReader:
    """Reads one plan after the other.

    `unreadable`: rows of the present plan that cannot be used; only they are left out. The writer leaves such rows out
    already and tells their owners, so here they would be a fault. `leaving`: the accounts that are to go to another shard,
    with the number of the move.
    """

    def __init__(self) -> None:
        self.unreadable: set[UUID] = set()
        self.leaving: dict[UUID, int] = {}
        self._number: int | None = None
        self._accounts: dict[UUID, tuple[AccountRow, TradingAccount]] = {}
        self._copiers: dict[UUID, tuple[CompiledCopier, Copier]] = {}

    def read(self, message: PlanMessage) -> Plan | None:
        """The plan of a message. None if it changes another plan than the one that was read last."""
        if message.after is None:
            gone = (self._accounts.keys() | self._copiers.keys() | self.unreadable) - _ids(message)
        elif message.after == self._number:
            gone = set(message.gone)
        else:
            return None
        self._number = message.number
        for number in gone:
            self._forget(number)
        for account_row in message.accounts:
            self._read_account(account_row)
        for copier_row in message.copiers:
            self._read_copier(copier_row)
        self._follow_masters()
        self.leaving = {number: row.move for number, (row, _) in self._accounts.items() if row.move}
        accounts = {number: account for number, (_, account) in self._accounts.items()}
        return Plan(accounts, {number: copier for number, (_, copier) in self._copiers.items()})

    def _forget(self, number: UUID) -> None:
        self._accounts.pop(number, None)
        self._copiers.pop(number, None)
        self.unreadable.discard(number)

    def _read_account(self, row: AccountRow) -> None:
        known = self._accounts.get(row.id)
        if known is not None and known[0] == row:
            return
        self._forget(row.id)
        try:
            # A move changes nothing in the account, and what did not change must stay the same object.
            account = account_of(row)
            self._accounts[row.id] = (row, known[1] if known is not None and known[1] == account else account)
        except UNREADABLE:
            self.unreadable.add(row.id)

    def _read_copier(self, row: CompiledCopier) -> None:
        known = self._copiers.get(row.id)
        if known is not None and known[0] == row:
            return
        self._forget(row.id)
        try:
            self._copiers[row.id] = (row, copier_of(row))
        except UNREADABLE:
            self.unreadable.add(row.id)

    def _follow_masters(self) -> None:
        """Gives each copier the mode of its master's account."""
        for number, (row, copier) in self._copiers.items():
            master = self._accounts.get(copier.master)
            mode = CopierMode.ON if master is None else master[1].mode
            if copier.master_mode is not mode:
                self._copiers[number] = (row, msgspec.structs.replace(copier, master_mode=mode))


def _ids(message: PlanMessage) -> set[UUID]:
    return {row.id for row in message.accounts} | {row.id for row in message.copiers}
