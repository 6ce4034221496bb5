"""Every frame that travels between a terminal and the router, in either direction.

Units: lots are int64 in 1e-8 (`…_volume`, `volume`), prices float64 of the symbol's digits, money float64 of the
account's digits, `…_msc` milliseconds since 1970 of the broker's server clock, `…_ns` nanoseconds of CLOCK_MONOTONIC_RAW
of the node the writer runs on (comparable only on one node), levels and deviations in points.
"""

from typing import ClassVar

import msgspec

from lockstep_core.wire.layout import F64, I64, U32, U64, Text16, Text32, Text64, Text160


class Frame(msgspec.Struct, frozen=True, gc=False):
    """A layout that only grows at its end; `KIND` is its number on the wire and never changes its meaning."""

    KIND: ClassVar[int] = 0


class UnknownFrame(Frame, frozen=True, gc=False):
    """A frame of a kind that only a later release knows. It is counted and passed over, and nobody sends one on purpose."""

    kind: int
    size: int


class AccountFrame(Frame, frozen=True, gc=False):
    """The account as its terminal sees it now; sent with each snapshot and as heartbeat. `capabilities`: `Capability`.

    `trade_mode`: `AccountTradeMode`. `connected` 0: the terminal does not see its broker, or is logged in to an account that
    it may not report, and the figures are old. `credit` is lent and part of `equity`; `permissions`: `Permission`. Members
    named `reserved` are 0 and keep the size a multiple of eight.
    """

    KIND: ClassVar[int] = 1
    login: I64
    balance: F64
    equity: F64
    margin_free: F64
    server_time_msc: I64
    sent_ns: I64
    leverage: U32
    margin_mode: U32
    connected: U32
    trade_allowed: U32
    build: U32
    platform: U32
    currency_digits: U32
    capabilities: U32
    trade_mode: U32
    reserved: U32
    currency: Text16
    server: Text64
    company: Text64
    credit: F64 = 0.0
    permissions: U32 = 0
    reserved_2: U32 = 0


class Symbol(Frame, frozen=True, gc=False):
    """Specification of one symbol, in a snapshot, in a page, or because it changed. `volume_limit`: the most lots in one
    direction, positions and pending orders together; 0: any. `calc_value`: what a tick of one lot is worth by the terminal's
    own reckoning of a profit (MQL5 `OrderCalcProfit`); 0.0: not said.
    """

    KIND: ClassVar[int] = 2
    contract_size: F64
    point: F64
    tick_size: F64
    tick_value: F64
    volume_min: I64
    volume_max: I64
    volume_step: I64
    digits: U32
    stops_level: U32
    freeze_level: U32
    trade_mode: U32
    filling: U32
    calc_mode: U32
    symbol: Text32
    currency_base: Text16
    currency_profit: Text16
    currency_margin: Text16
    volume_limit: I64 = 0
    calc_value: F64 = 0.0


class PositionFrame(Frame, frozen=True, gc=False):
    """One open position of a snapshot. `age_ms` is server time now minus opening time.

    `allocation` 1: not a position, but the lots of the netting position `ticket` that belong to `magic` by the account's
    history (`ticket` 0: the symbol is flat). `link`: MT4's programs tell it, since a magic has 31 bits there; 0: not said.
    """

    KIND: ClassVar[int] = 3
    ticket: U64
    magic: I64
    volume: I64
    price: F64
    sl: F64
    tp: F64
    time_msc: I64
    age_ms: I64
    side: U32
    allocation: U32
    symbol: Text32
    comment: Text32
    link: I64 = 0


class SnapshotBegin(Frame, frozen=True, gc=False):
    """All up to the next `SnapshotEnd` replaces what was known of this account."""

    KIND: ClassVar[int] = 4
    sent_ns: I64
    positions: U32
    symbols: U32


class SnapshotEnd(Frame, frozen=True, gc=False):
    """The snapshot is whole if as many positions came between as both ends say."""

    KIND: ClassVar[int] = 5
    sent_ns: I64
    positions: U32
    symbols: U32


class Trade(Frame, frozen=True, gc=False):
    """A deal. `volume` and `price` are the deal's own, `sl` and `tp` the position's after it."""

    KIND: ClassVar[int] = 6
    deal: U64
    order: U64
    position: U64
    magic: I64
    volume: I64
    price: F64
    sl: F64
    tp: F64
    time_msc: I64
    seen_ns: I64
    side: U32
    entry: U32
    symbol: Text32
    comment: Text32
    link: I64 = 0


class StopsFrame(Frame, frozen=True, gc=False):
    """The stops of an open position are now these; 0.0 means none."""

    KIND: ClassVar[int] = 7
    position: U64
    magic: I64
    sl: F64
    tp: F64
    time_msc: I64
    seen_ns: I64
    symbol: Text32


class Result(Frame, frozen=True, gc=False):
    """How far a command came. `volume` is the open lots of the link's position where known, else -1.

    `command` is 0 where the terminal learned of the outcome by itself (the answer to an asynchronous order). `action` is the
    command's; with `IN_FLIGHT` to an opening or a question it is what is under way for the link. `bid` and `ask`: the market
    just before an opening was sent or refused, 0.0 where they are not said.
    """

    KIND: ClassVar[int] = 8
    command: U64
    link: I64
    request: U64
    order: U64
    deal: U64
    position: U64
    volume: I64
    price: F64
    received_ns: I64
    called_ns: I64
    answered_ns: I64
    stage: U32
    action: U32
    retcode: U32
    error: U32
    comment: Text32
    bid: F64 = 0.0
    ask: F64 = 0.0


class Tick(Frame, frozen=True, gc=False):
    """The newest quote of a symbol. It was `server_time_msc` at the broker when the terminal read it, 0 where it does not
    say; less `time_msc` that is its age. `request`: the QuoteRequest that it answers, 0 for none.
    """

    KIND: ClassVar[int] = 9
    bid: F64
    ask: F64
    time_msc: I64
    seen_ns: I64
    symbol: Text32
    server_time_msc: I64 = 0
    request: U64 = 0


class State(Frame, frozen=True, gc=False):
    """What the agent knows of its terminal. `reason` is a stable CamelCase word, `message` a sentence for people."""

    KIND: ClassVar[int] = 10
    since_ns: I64
    state: U32
    reserved: U32
    reason: Text32
    message: Text160


class PendingOrder(Frame, frozen=True, gc=False):
    """A pending order as it is now, in a snapshot or because it changed; `working` 0: it is filled, deleted or expired.

    `left` of `volume` lots are not filled; `limit` is a stop-limit order's second price; `order_kind` is MQL5
    `ENUM_ORDER_TYPE`; `expires_msc` 0: never; `age_ms` server time now minus placing time.
    """

    KIND: ClassVar[int] = 11
    ticket: U64
    magic: I64
    volume: I64
    left: I64
    price: F64
    limit: F64
    sl: F64
    tp: F64
    expires_msc: I64
    age_ms: I64
    time_msc: I64
    seen_ns: I64
    order_kind: U32
    working: U32
    symbol: Text32
    comment: Text32
    link: I64 = 0


class SymbolSession(Frame, frozen=True, gc=False):
    """When a symbol can be traded on a day (MQL5 `ENUM_DAY_OF_WEEK`): from `from_s` to `to_s`, in seconds of the day by the
    broker's clock, beyond 24 hours where it ends on the next day. It is the session with the index `session` of `sessions`;
    a day without any is told as none of 0. `quotes` 1: not trades, but quotes only. All sessions of a symbol come together,
    from Sunday's first to Saturday's last.
    """

    KIND: ClassVar[int] = 12
    day: U32
    session: U32
    sessions: U32
    from_s: U32
    to_s: U32
    quotes: U32
    symbol: Text32


class DealMoney(Frame, frozen=True, gc=False):
    """What a deal earned and cost. It may come long after its Trade, and again: the newest of a deal counts.

    `closes`: the opposite position of a close by, 0 for none. `reason` is MQL5 `ENUM_DEAL_REASON`. `volume`: its lots, of a
    sell below zero; 0: not said. With `price` a deal can be told that nobody saw happen.
    """

    KIND: ClassVar[int] = 13
    deal: U64
    position: U64
    order: U64
    closes: U64
    magic: I64
    link: I64
    time_msc: I64
    profit: F64
    commission: F64
    swap: F64
    fee: F64
    entry: U32
    reason: U32
    symbol: Text32
    volume: I64 = 0
    price: F64 = 0.0


class MoneyOperation(Frame, frozen=True, gc=False):
    """Money that moved without a trade; negative amounts left the account. `operation`: `Operation`. It comes before the
    first Account frame whose figures have it.
    """

    KIND: ClassVar[int] = 14
    deal: U64
    amount: F64
    time_msc: I64
    operation: U32
    reserved: U32
    comment: Text32


class SymbolPageEnd(Frame, frozen=True, gc=False):
    """The Symbol frames that answer a SymbolPage have been sent: `count` of the broker's `total`, from `first` on."""

    KIND: ClassVar[int] = 15
    request: U64
    first: U32
    count: U32
    total: U32
    reserved: U32


class ProgramBeat(Frame, frozen=True, gc=False):
    """A program of the bridge is alive: sent each second by its own loop, whatever the market does. `program`: `Program`.

    `counter` grows with each beat. The relay listens to it and passes it on to nobody. `trade_context`: `TradeContext`.
    """

    KIND: ClassVar[int] = 16
    counter: U64
    sent_ns: I64
    program: U32
    chart: U32 = 0
    trade_context: U32 = 0
    reserved: U32 = 0


class Command(Frame, frozen=True, gc=False):
    """A target for one link (see `Action`). `volume`: lots to open, or lots left; `position` is a hint, 0 unknown: the
    ticket of the link's position or pending order.

    `side` is a position's side, or the order kind of a `PLACE`; `price` and `limit` are a pending order's; `expires_msc` on
    the broker's clock, 0 never; `expected` is the net position of a `SET_NET` before it. `target_id` is the
    idempotency key: the same for all repetitions of a target, another for the next target of its link, 0 where nothing is
    repeated.

    An opening at market is sent only within `limits` (bits of `Limit`), both in points: a spread of at most `max_spread`, a
    price at most `max_slippage` worse than `reference_price`.
    """

    KIND: ClassVar[int] = 32
    command: U64
    link: I64
    position: U64
    volume: I64
    price: F64
    sl: F64
    tp: F64
    limit: F64
    expected: I64
    expires_msc: I64
    sent_ns: I64
    action: U32
    side: U32
    deviation: U32
    target_id: U32
    symbol: Text32
    comment: Text32
    reference_price: F64 = 0.0
    max_spread: U32 = 0
    max_slippage: U32 = 0
    limits: U32 = 0
    reserved: U32 = 0


class SnapshotRequest(Frame, frozen=True, gc=False):
    """The terminal shall send a snapshot at its next turn."""

    KIND: ClassVar[int] = 33
    request: U64


class QuoteRequest(Frame, frozen=True, gc=False):
    """The terminal shall answer at once with a Tick that has this `request`, without prices if the symbol has none."""

    KIND: ClassVar[int] = 35
    request: U64
    symbol: Text32


class SymbolPage(Frame, frozen=True, gc=False):
    """The terminal shall tell the broker's symbols from the one with index `first` on, at most `most`; with `most` 0 the one
    that is named, which it selects. It answers with Symbol frames and a SymbolPageEnd.
    """

    KIND: ClassVar[int] = 36
    request: U64
    first: U32
    most: U32
    symbol: Text32


class Subscribe(Frame, frozen=True, gc=False):
    """The terminal shall select a symbol and tell its quotes from now on (`wanted` 1), or no longer (0)."""

    KIND: ClassVar[int] = 34
    wanted: U32
    reserved: U32
    symbol: Text32
