"""What the processes of one router tell each other: the loop that copies, the writer that knows the database."""

from uuid import UUID

import msgspec

from lockstep_core.books.positions import Position
from lockstep_core.decision.context import NewsItem
from lockstep_router.journal.records import Ask, KnownGuard, KnownLink, Record


class Batch(msgspec.Struct, frozen=True, gc=False, tag="batch"):
    """Loop to writer: records `first`, `first + 1`… of a run. Adding `utc_offset_ns` to their times gives Unix time."""

    run: int
    first: int
    utc_offset_ns: int
    records: list[Record]


class WantPlan(msgspec.Struct, frozen=True, gc=False, tag="want_plan"):
    """Loop to writer: read the plan again. `first`: there was none yet, so what was sent before is to be known as well."""

    first: bool = False


class LiveTick(msgspec.Struct, frozen=True, gc=False):
    """A quote and when we got it."""

    symbol: str
    bid: float
    ask: float
    at_ns: int


class LiveRow(msgspec.Struct, frozen=True, gc=False):
    """An account as it is now. Money in its currency; `beat_ns`: when its terminal last told figures.

    `quotes` are bid and ask of the symbols held, `ticks` what a tick of theirs is and what it is worth.
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


class Live(msgspec.Struct, frozen=True, gc=False, tag="live"):
    """Loop to writer: accounts that changed, times as in a batch. The next one is sent when this one is taken."""

    utc_offset_ns: int
    rows: list[LiveRow]


class LiveTaken(msgspec.Struct, frozen=True, gc=False, tag="live_taken"):
    """Writer to loop: the next rows may come."""


class Hello(msgspec.Struct, frozen=True, gc=False, tag="hello"):
    """Writer to loop: a writer is here and knows of nothing yet."""


class Written(msgspec.Struct, frozen=True, gc=False, tag="written"):
    """Writer to loop: all records of this run up to `last` are in the database for good."""

    run: int
    last: int


class AccountRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `trading_accounts` as far as copying needs it."""

    id: UUID
    user_id: UUID
    login: int
    role: str
    epoch: int
    mode: str = "on"


class CopierRow(msgspec.Struct, frozen=True, gc=False):
    """A row of `copiers`; `settings` is JSON text."""

    id: UUID
    user_id: UUID
    master: UUID
    slave: UUID
    mode: str
    settings: str
    version: int


class PlanNews(msgspec.Struct, frozen=True, gc=False, tag="plan"):
    """Writer to loop: the plan, whole, with the links that are not over, what guards remember and what users ask for."""

    accounts: list[AccountRow]
    copiers: list[CopierRow]
    links: list[KnownLink]
    guards: list[KnownGuard] = []
    asks: list[Ask] = []


class SentNews(msgspec.Struct, frozen=True, gc=False, tag="sent"):
    """Writer to loop, before its first plan: how many orders went to whose broker in the quarter of an hour from when
    (Unix time in ms), in the last day.
    """

    items: list[tuple[UUID, int, int]]


class CalendarNews(msgspec.Struct, frozen=True, gc=False, tag="calendar"):
    """Writer to loop: the news that copiers may keep away from now or soon, whole, sorted by time."""

    items: list[NewsItem]


class LoopNumbers(msgspec.Struct, frozen=True, gc=False, tag="loop"):
    """Loop to supervisor, once a second: counters since its start and what is so now."""

    has_plan: bool
    sessions: int
    accounts: int
    synced: int
    copies: int
    messages: int
    sent: int
    dropped: int
    faults: int
    unroutable: int
    ticks: int
    unwritten: int
    lost_records: int
    turn_max_us: int
    router_us: list[int]


class WriterNumbers(msgspec.Struct, frozen=True, gc=False, tag="writer"):
    """Writer to supervisor, once a second. `problems` are copiers that cannot be used, with the reason."""

    database_up: bool
    written: int
    refused: int
    reason: str = ""


ToWriter = Batch | WantPlan | Live
ToLoop = Hello | Written | SentNews | PlanNews | CalendarNews | LiveTaken
ToSupervisor = LoopNumbers | WriterNumbers

encode = msgspec.msgpack.Encoder().encode
to_writer: msgspec.msgpack.Decoder[Batch | WantPlan | Live] = msgspec.msgpack.Decoder(ToWriter)
to_loop: msgspec.msgpack.Decoder[Hello | Written | SentNews | PlanNews | CalendarNews | LiveTaken] = msgspec.msgpack.Decoder(
    ToLoop
)
to_supervisor: msgspec.msgpack.Decoder[LoopNumbers | WriterNumbers] = msgspec.msgpack.Decoder(ToSupervisor)

WRITER_SOCKET = "writer.sock"
NUMBERS_SOCKET = "numbers.sock"
