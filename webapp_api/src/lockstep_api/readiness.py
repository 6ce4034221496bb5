"""The effective readiness of accounts and copiers, and who must act. The database decides it (`readiness`)."""

from typing import Literal
from uuid import UUID

from lockstep_api.models import ResponseModel

Turn = Literal["person", "broker", "service"]
TerminalStatus = Literal["paused", "failed", "disconnected", "starting", "cannot_trade"]


class AccountReadiness(ResponseModel):
    """What keeps an account from working; null `turn`: nobody has to act.

    `reason` is the account's, or the switch that is off where it cannot trade. `matters` is false where nothing is copied to
    the account: an investor's login is enough for a master.
    """

    account_id: UUID
    status: Literal[TerminalStatus, "working"]
    turn: Turn | None
    reason: str | None
    matters: bool


class CopierReadiness(ResponseModel):
    """The effective status of a copier, with the account and the reason that it is due to, if any."""

    copier_id: UUID
    status: Literal[TerminalStatus, "off", "refused", "closing", "rehearsing", "halted", "removing", "working"]
    turn: Turn | None
    account_id: UUID | None
    reason: str | None


class Readiness(ResponseModel):
    """All accounts and copiers."""

    accounts: tuple[AccountReadiness, ...]
    copiers: tuple[CopierReadiness, ...]
