"""Messages between the processes of one router: loop, writer, supervisor."""

from typing import Any
from uuid import UUID

import msgspec

from lockstep_core.accounts import Trading
from lockstep_core.books.positions import Position
from lockstep_core.decision.context import NewsItem
from lockstep_router.journal.records import KnownGuard, KnownLink, ManualRequest, Record


class Batch(msgspec.Struct, frozen=True, gc=False, tag="batch"):
    """Loop to writer: the records number `first`, `first + 1`… of a run. Their times plus `utc_offset_ns` are Unix time."""

    run: int
    first: int
    utc_offset_ns: int
    records: list[Record]


class WantPlan(msgspec.Struct, frozen=True, gc=False, tag="want_plan"):
    """Loop to writer: read the plan again. `first`: the loop has no plan yet, and also needs the orders sent earlier.
    `whole`: the loop lacks the plan from which the changes are reckoned.
    """

    first: bool = False
    whole: bool = False


class LiveTick(msgspec.Struct, frozen=True, gc=False):
    """A quote and when it was received."""

    symbol: str
    bid: float
    ask: float
    at_ns: int


class LiveRow(msgspec.Struct, frozen=True, gc=False):
    """An account as it is now. Money in its currency; `beat_ns`: when its terminal last reported figures.

    `credit` is part of the equity; `permissions` are bits of `lockstep_core.wire.enums.Permission`, and `trading` is what
    they come to while the terminal sees its broker (`lockstep_core.accounts.Trading`).
    By symbol of the open positions: `quotes` are (bid, ask), `ticks` are (tick size, tick value).
    """

    account: UUID
    currency: str
    balance: float
    equity: float
    margin_free: float
    leverage: int
    connected: bool
    beat_ns: int
    first_tick: LiveTick | None
    positions: list[Position]
    quotes: dict[str, tuple[float, float]] = {}
    ticks: dict[str, tuple[float, float]] = {}
    credit: float = 0.0
    permissions: int = 0
    trading: str = Trading.UNKNOWN.value


class SymbolRow(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What does not change about a symbol while its price moves, as in `SymbolSpec`; lots in 1e-8."""

    digits: int
    contract_size: float
    volume_min: int
    volume_max: int
    volume_step: int
    trade_mode: int
    currency_base: str
    currency_profit: str
    calc_mode: int


class SymbolPortion(msgspec.Struct, frozen=True, gc=False):
    """Some of an account's symbols by name. The `first` portion starts the account anew, the `last` one completes it."""

    account: UUID
    first: bool
    last: bool
    symbols: dict[str, SymbolRow]


class LiveRows(msgspec.Struct, frozen=True, gc=False, tag="live"):
    """Loop to writer: accounts that changed; times as in a batch. The next is sent once the writer has taken this one."""

    utc_offset_ns: int
    rows: list[LiveRow]
    portion: SymbolPortion | None = None


class LiveTaken(msgspec.Struct, frozen=True, gc=False, tag="live_taken"):
    """Writer to loop: it took the rows, so the next ones may come."""


class WriterHello(msgspec.Struct, frozen=True, gc=False, tag="hello"):
    """Writer to loop: a new writer has started and has received nothing yet."""


class Written(msgspec.Struct, frozen=True, gc=False, tag="written"):
    """Writer to loop: all records of this run up to `last` are in the database, or in the file on the shard's volume.
    `waiting`: how many batches still wait for the database.
    """

    run: int
    last: int
    waiting: int = 0


class AccountRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `trading_accounts` as far as copying needs it. `move`: the number of a move to another shard, or 0."""

    id: UUID
    user_id: UUID
    login: int
    role: str
    epoch: int
    mode: str = "on"
    move: int = 0


class CopierRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `copiers`; `settings` is JSON text."""

    id: UUID
    user_id: UUID
    master: UUID
    slave: UUID
    mode: str
    settings: str
    version: int


class Refusal(msgspec.Struct, frozen=True, gc=False):
    """Why a copier's row cannot be used: a code of the catalogue, and the params of its words."""

    code: str
    params: dict[str, str] = {}


class PlanRows(msgspec.Struct, frozen=True, gc=False):
    """The plan as the database has it, with the rows of links that have not ended, of guards and of manual requests.

    `refusals`: what the owners of copiers are told about rows that cannot be used, as JSON. `unreadable`: accounts with such
    rows.
    """

    accounts: list[AccountRow]
    copiers: list[CopierRow]
    links: list[KnownLink] = []
    guards: list[KnownGuard] = []
    requests: list[ManualRequest] = []
    refusals: dict[UUID, Any] = {}
    unreadable: set[UUID] = set()


class CompiledCopier(msgspec.Struct, frozen=True, gc=False):
    """A copier as the loop gets it; `rules` as `lockstep_core.rules.packed` writes them."""

    id: UUID
    user_id: UUID
    master: UUID
    slave: UUID
    mode: str
    version: int
    rules: bytes


class RefusedCopier(msgspec.Struct, frozen=True, gc=False):
    """A copier that copies nothing, because its row cannot be used."""

    id: UUID
    user_id: UUID
    slave: UUID
    version: int
    refusal: Refusal


class PlanMessage(msgspec.Struct, frozen=True, gc=False, tag="plan"):
    """Writer to loop: the whole plan with the number `number`; or, if `after` is a number, what differs from that plan. Then
    the accounts and copiers are those that changed, and `gone` has the ids of those that were removed.
    """

    number: int
    accounts: list[AccountRow]
    copiers: list[CompiledCopier]
    links: list[KnownLink] = []
    guards: list[KnownGuard] = []
    requests: list[ManualRequest] = []
    refused: list[RefusedCopier] = []
    after: int | None = None
    gone: list[UUID] = []


class SentOrdersMessage(msgspec.Struct, frozen=True, gc=False, tag="sent"):
    """Writer to loop, before its first plan: orders sent in the last day, as (account, start of a quarter of an hour as Unix
    time in ms, number). Before a later plan: those of accounts that are new in it and may come from another shard.
    """

    items: list[tuple[UUID, int, int]]


class CalendarMessage(msgspec.Struct, frozen=True, gc=False, tag="calendar"):
    """Writer to loop: the economic news around now, whole, sorted by time."""

    items: list[NewsItem]


class LoopNumbers(msgspec.Struct, frozen=True, gc=False, tag="loop"):
    """Loop to supervisor, once a second: counters since its start, and current values."""

    has_plan: bool
    sessions: int
    accounts: int
    synced: int
    copies: int
    messages: int
    sent: int
    dropped: int
    passed_over: int
    faults: int
    quarantined: int
    unroutable: int
    ticks: int
    unwritten: int
    lost_records: int
    turn_max_us: int
    router_us: list[int]
    canary_rounds: int | None = None


class WriterNumbers(msgspec.Struct, frozen=True, gc=False, tag="writer"):
    """Writer to supervisor, once a second. `refused`: records that could not be written, by kind; `copiers_refused` and
    `accounts_refused`: how many rows of these cannot be used; `reason`: why the database cannot be reached; `copied_us`: how
    long openings took since the last message; `missed`: openings that were not copied since its start, by reason; `doubled`:
    those that were copied twice; `store_works`: whether the file on the shard's volume takes what comes, None where there
    is none; `stored`: batches that wait for the database; `canary_us`: how long the canary's openings took, as `copied_us`.
    """

    database_up: bool
    written: int
    refused: dict[str, int]
    copiers_refused: int = 0
    accounts_refused: int = 0
    reason: str = ""
    copied_us: list[int] = []
    missed: dict[str, int] = {}
    doubled: int = 0
    store_works: bool | None = None
    stored: int = 0
    canary_us: list[int] = []


ToWriter = Batch | WantPlan | LiveRows
ToLoop = WriterHello | Written | SentOrdersMessage | PlanMessage | CalendarMessage | LiveTaken
ToSupervisor = LoopNumbers | WriterNumbers

encode = msgspec.msgpack.Encoder().encode
to_writer: msgspec.msgpack.Decoder[Batch | WantPlan | LiveRows] = msgspec.msgpack.Decoder(ToWriter)
to_loop: msgspec.msgpack.Decoder[WriterHello | Written | SentOrdersMessage | PlanMessage | CalendarMessage | LiveTaken] = (
    msgspec.msgpack.Decoder(ToLoop)
)
to_supervisor: msgspec.msgpack.Decoder[LoopNumbers | WriterNumbers] = msgspec.msgpack.Decoder(ToSupervisor)

WRITER_SOCKET = "writer.sock"
NUMBERS_SOCKET = "numbers.sock"
