"""Makes the engine's plan of rows of the database."""

import msgspec

from lockstep_core.accounts import Role, TradingAccount
from lockstep_core.copiers import BadSettings, CopierMode, stored_settings
from lockstep_core.decision.plan import Copier, Plan
from lockstep_router.journal.ipc import AccountRow, CopierRow, PlanMessage


def plan_of(news: PlanMessage) -> tuple[Plan, dict[str, str]]:
    """The plan, and by id why copiers are left out of it: a copier whose settings cannot be read copies nothing."""
    accounts = {row.id: _account(row) for row in news.accounts}
    copiers, problems = {}, {}
    for row in news.copiers:
        try:
            copiers[row.id] = _copier(row, accounts.get(row.master))
        except (BadSettings, ValueError) as error:
            problems[str(row.id)] = str(error)
    return Plan(accounts, copiers), problems


def _account(row: AccountRow) -> TradingAccount:
    return TradingAccount(row.id, row.user_id, row.login, Role(row.role), row.epoch, CopierMode(row.mode))


def _copier(row: CopierRow, master: TradingAccount | None) -> Copier:
    settings = stored_settings(msgspec.json.decode(row.settings))
    leading = CopierMode.ON if master is None else master.mode
    return Copier(row.id, row.user_id, row.master, row.slave, CopierMode(row.mode), settings, row.version, leading)
