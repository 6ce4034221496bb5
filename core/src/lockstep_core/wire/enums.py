"""What numbers in frames mean. The numbers are MetaTrader's own where it has them."""

from enum import IntEnum


class Side(IntEnum):
    """Direction of a position or deal; the numbers are MetaTrader's own."""

    BUY = 0
    SELL = 1


class DealEntry(IntEnum):
    """What a deal did to its position (MQL5 `ENUM_DEAL_ENTRY`)."""

    IN = 0
    OUT = 1
    INOUT = 2
    OUT_BY = 3


class Action(IntEnum):
    """The target that a command names. Repeating a command changes nothing.

    `SET_NET`: the symbol's net position shall be `volume` (sells negative) if it is `expected` now. `PLACE`: the link's
    pending order shall be there, unless the link ever had an order or position; `SET_ORDER`: with these prices; `DELETE`:
    it shall not be there.
    """

    OPEN = 1
    SET_VOLUME = 2
    SET_STOPS = 3
    CLOSE = 4
    SET_NET = 5
    QUERY = 6
    PLACE = 7
    SET_ORDER = 8
    DELETE = 9


class Stage(IntEnum):
    """How far a command came.

    `PLACED` awaits the broker; `DONE` and `REJECTED` are the broker's last word; `ALREADY_OPEN` and `ALREADY_CLOSED` mean
    that the link had its position before; `IN_FLIGHT` that an earlier order of this link is still unanswered;
    `NOTHING` that the link has no open position to change.
    """

    PLACED = 1
    DONE = 2
    REJECTED = 3
    ALREADY_OPEN = 4
    ALREADY_CLOSED = 5
    IN_FLIGHT = 6
    NOTHING = 7


class Capability(IntEnum):
    """What else than positions of a hedging account a terminal's programs can be commanded; bits to be added up.

    `QUOTES`: they tell the quotes of symbols that are subscribed, and one at once where it is asked for; hold the limits of
    an opening's price; and tell all of the broker's symbols in pages, and each one again when it changes.
    """

    NET = 1
    ORDERS = 2
    QUOTES = 4


class Limit(IntEnum):
    """Which limits of its price an opening has; bits to be added up."""

    SPREAD = 1
    SLIPPAGE = 2


class LimitCode(IntEnum):
    """Return codes of the terminal's own programs, beside MetaTrader's: why they sent no opening. `QUOTE`: there is no quote
    that its limits could be held by.
    """

    SPREAD = 9001
    SLIPPAGE = 9002
    QUOTE = 9003


class Permission(IntEnum):
    """What `AccountFrame.permissions` says; bits to be added up. Without `SAID` none of them means anything.

    The account, programs on it, the terminal and this program may trade; `FIFO`: positions close in the order they opened.
    """

    SAID = 1
    ACCOUNT = 2
    EXPERTS = 4
    AUTOTRADING = 8
    PROGRAM = 16
    FIFO = 32


class Program(IntEnum):
    """Which program of the bridge sends a beat: the one that watches the account, or the one that executes commands."""

    WATCHES = 1
    EXECUTES = 2


class TradeContext(IntEnum):
    """Bits of `ProgramBeat.trade_context`. `BUSY`: an order waits for its broker's answer, and until then the program that
    sent it does nothing else (MT4).
    """

    SAID = 1
    BUSY = 2


class Operation(IntEnum):
    """What moved money without a trade (MQL5 `ENUM_DEAL_TYPE`)."""

    BALANCE = 2
    CREDIT = 3
    CHARGE = 4
    CORRECTION = 5
    BONUS = 6
    COMMISSION = 7
    COMMISSION_DAILY = 8
    COMMISSION_MONTHLY = 9
    COMMISSION_AGENT_DAILY = 10
    COMMISSION_AGENT_MONTHLY = 11
    INTEREST = 12
    BUY_CANCELED = 13
    SELL_CANCELED = 14
    DIVIDEND = 15
    DIVIDEND_FRANKED = 16
    TAX = 17


class MarginMode(IntEnum):
    """MQL5 `ENUM_ACCOUNT_MARGIN_MODE`; MT4 is always hedging."""

    NETTING = 0
    EXCHANGE = 1
    HEDGING = 2


NETTING_MODES = frozenset({MarginMode.NETTING, MarginMode.EXCHANGE})
"""Accounts with one position for each symbol."""


class AccountTradeMode(IntEnum):
    """MQL5 `ENUM_ACCOUNT_TRADE_MODE`."""

    DEMO = 0
    CONTEST = 1
    REAL = 2


class TerminalState(IntEnum):
    """What the agent says of its terminal; only ever one of these, with a reason where it is not the way to READY."""

    PREPARING = 1
    STARTING = 2
    AUTHORIZING = 3
    CONNECTED = 4
    READY = 5
    DISCONNECTED = 6
    FAILED = 7
    STOPPED = 8


ENUMS: tuple[type[IntEnum], ...] = (
    Side,
    DealEntry,
    Action,
    Stage,
    Capability,
    Limit,
    LimitCode,
    Permission,
    Program,
    TradeContext,
    Operation,
    MarginMode,
    AccountTradeMode,
    TerminalState,
)
