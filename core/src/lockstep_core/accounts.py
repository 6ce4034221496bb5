"""Trading accounts as the rest of the domain speaks of them."""

from enum import StrEnum
from uuid import UUID

import msgspec

from lockstep_core.settings.mode import CopierMode
from lockstep_core.wire.enums import AccountTradeMode, Permission, TerminalState


class Platform(StrEnum):
    """Which terminal the account needs."""

    MT4 = "MT4"
    MT5 = "MT5"


class Role(StrEnum):
    """What an account may be in a copier."""

    MASTER = "master"
    SLAVE = "slave"
    BOTH = "both"


class Environment(StrEnum):
    """Where an account trades; neither pods nor routers serve both."""

    DEMO = "demo"
    LIVE = "live"


class AccountState(StrEnum):
    """Where an account's terminal is on its way; `QUEUED` until its first terminal reports."""

    QUEUED = "queued"
    PREPARING = "preparing"
    STARTING = "starting"
    AUTHORIZING = "authorizing"
    CONNECTED = "connected"
    READY = "ready"
    DISCONNECTED = "disconnected"
    FAILED = "failed"
    STOPPED = "stopped"


class Trading(StrEnum):
    """Whether programs may trade an account; where not, the first switch on the way to the broker that is off."""

    UNKNOWN = "unknown"
    ALLOWED = "allowed"
    ACCOUNT_OFF = "trading_off_account"
    EXPERTS_OFF = "trading_off_experts"
    AUTOTRADING_OFF = "trading_off_autotrading"
    PROGRAM_OFF = "trading_off_program"


_SWITCHES = (
    (Permission.ACCOUNT, Trading.ACCOUNT_OFF),
    (Permission.EXPERTS, Trading.EXPERTS_OFF),
    (Permission.AUTOTRADING, Trading.AUTOTRADING_OFF),
    (Permission.PROGRAM, Trading.PROGRAM_OFF),
)


def trading_of(permissions: int) -> Trading:
    """What bits of `Permission` come to. The broker's switches are looked at first: without them ours are of no use."""
    if not permissions & Permission.SAID:
        return Trading.UNKNOWN
    return next((off for bit, off in _SWITCHES if not permissions & bit), Trading.ALLOWED)


class TradingAccount(msgspec.Struct, frozen=True, gc=False):
    """An account of the plan; `login` is what its terminal must be logged in to, `epoch` the newest known of its pods.
    `mode` is what may be copied from it and to it.
    """

    id: UUID
    user_id: UUID
    login: int
    role: Role
    epoch: int = 0
    mode: CopierMode = CopierMode.ON


def environment_of(trade_mode: int) -> Environment | None:
    """The environment of an account of this `AccountTradeMode`; None where the number means nothing to us.

    Contests are played with the broker's money, as demo accounts are.
    """
    if trade_mode == AccountTradeMode.REAL:
        return Environment.LIVE
    return Environment.DEMO if trade_mode in (AccountTradeMode.DEMO, AccountTradeMode.CONTEST) else None


def state_of(number: int) -> AccountState | None:
    """The account state a terminal's State frame names; None where the number means nothing to us."""
    try:
        return AccountState(TerminalState(number).name.lower())
    except ValueError:
        return None
