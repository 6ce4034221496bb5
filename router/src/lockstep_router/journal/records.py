"""Records that the engine wants written to the database. Times are the engine's clock in ns; the writer makes them UTC."""

from typing import Any
from uuid import UUID

import msgspec


class HistoryEvent(msgspec.Struct, frozen=True, gc=False, tag="event"):
    """An event of the history. `data` is plain JSON."""

    kind: str
    at_ns: int
    user: UUID | None = None
    account: UUID | None = None
    copier: UUID | None = None
    link: int | None = None
    data: dict[str, Any] = {}


class CopyRow(msgspec.Struct, frozen=True, gc=False, tag="copy"):
    """The whole state of one link. Lots in 1e-8; `spans` are latencies in µs by name. `from_order`: its master's side began
    as a pending order; `waits`: that order has filled nothing yet. `exact_lots`: the lots before rounding, as a fraction
    such as `81000000/7`, empty if they are not known. `part`: which part it is in the copy of an order that is copied in
    parts. `stop_loss` and `take_profit`: what it wants on a netting account (0.0: none), and `stops_kept`: who keeps them.
    """

    link: int
    user: UUID
    copier: UUID
    master_account: UUID
    slave_account: UUID
    master_position: int
    slave_position: int | None
    symbol: str
    slave_symbol: str | None
    side: str
    master_lots: int
    target_lots: int
    open_lots: int
    status: str
    reason: str | None
    setting: str | None
    params: dict[str, str | int]
    spans: dict[str, int]
    opened_ns: int | None
    closed_ns: int | None
    at_ns: int
    from_order: bool
    waits: bool
    exact_lots: str
    part: int
    stop_loss: float | None = None
    take_profit: float | None = None
    stops_kept: str | None = None


class AccountStateRow(msgspec.Struct, frozen=True, gc=False, tag="account"):
    """The state of an account's terminal, as its agent reports it, or as it follows from a relay that went away."""

    account: UUID
    epoch: int
    state: str
    reason: str
    message: str
    at_ns: int


class GuardRow(msgspec.Struct, frozen=True, gc=False, tag="guard"):
    """The state of a copier's guard, whole. `start`, `peak`, `last` and `paid` are exact fractions of money as text."""

    copier: UUID
    guard: str
    period: str
    start: str
    peak: str
    tripped: bool
    warned: bool
    resets: int
    at_ns: int
    moved_msc: int = 0
    day: str = ""
    last: str = "0"
    locked_ms: int = 0
    paused_ms: int = 0
    paid: str = "0"


class ManualRequestResult(msgspec.Struct, frozen=True, gc=False, tag="answer"):
    """The outcome of a manual request: `done`, `refused` or `expired`."""

    ask: UUID
    state: str
    reason: str | None
    setting: str | None
    params: dict[str, str | int]
    at_ns: int


class DealMoneyRow(msgspec.Struct, frozen=True, gc=False, tag="money"):
    """What a deal earned and cost, whole; money in 1e-8 of `currency`. `link`: the magic of its order. `utc_ms`: when it
    happened, as Unix time.
    """

    account: UUID
    user: UUID
    deal: int
    position: int
    order: int
    closes: int
    link: int
    entry: int
    reason: int
    symbol: str
    currency: str
    profit: int
    commission: int
    swap: int
    fee: int
    utc_ms: int
    at_ns: int


class MoneyOperationRow(msgspec.Struct, frozen=True, gc=False, tag="operation"):
    """Money that moved without a trade, in 1e-8 of `currency`. `operation`: `lockstep_core.wire.enums.Operation`;
    `utc_ms`: when it happened, as Unix time.
    """

    account: UUID
    user: UUID
    deal: int
    operation: int
    currency: str
    amount: int
    comment: str
    utc_ms: int
    at_ns: int


class OrderFilled(msgspec.Struct, frozen=True, gc=False, tag="filled"):
    """The master's pending order of a link has filled something; nothing else of its row changes. `account`: the slave."""

    link: int
    account: UUID


class AccountReleased(msgspec.Struct, frozen=True, gc=False, tag="released"):
    """This router no longer commands an account, and writes nothing of it after this. With this move another router may take
    it.
    """

    account: UUID
    move: int


Record = (
    HistoryEvent
    | CopyRow
    | AccountStateRow
    | GuardRow
    | ManualRequestResult
    | OrderFilled
    | DealMoneyRow
    | MoneyOperationRow
    | AccountReleased
)


class ManualRequest(msgspec.Struct, frozen=True, gc=False):
    """A row of manual requests that is not answered; `link` None means all copies of the copier. Unix times in ms."""

    id: UUID
    copier: UUID
    link: int | None
    kind: str
    created_ms: int
    expires_ms: int


class KnownGuard(msgspec.Struct, frozen=True, gc=False):
    """A row of `guard_states`. With more `requested_resets` than `resets` the user has reset the guard."""

    copier: UUID
    guard: str
    period: str
    start: str
    peak: str
    tripped: bool
    warned: bool
    resets: int
    requested_resets: int
    moved_msc: int = 0
    day: str = ""
    last: str = "0"
    locked_ms: int = 0
    paused_ms: int = 0
    paid: str = "0"


class KnownLink(msgspec.Struct, frozen=True, gc=False):
    """A row of `copies` that a router must know when it starts. `opened_ms`: Unix time, 0 if it is not open."""

    link: int
    copier: UUID
    master_position: int
    slave_position: int | None
    symbol: str
    slave_symbol: str | None
    side: str
    master_lots: int
    target_lots: int
    open_lots: int
    status: str
    from_order: bool = False
    waits: bool = False
    exact_lots: str = ""
    part: int = 0
    stop_loss: float | None = None
    take_profit: float | None = None
    spans: dict[str, int] = {}
    opened_ms: int = 0
