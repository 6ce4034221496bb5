"""The bodies of responses that combine many rows, and of the requests for them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, JsonValue, ValidationInfo, model_validator

from lockstep_api.known_servers import KnownServer
from lockstep_api.models import (
    CopyResponse,
    LotsText,
    RequestModel,
    ResponseModel,
    with_words,
)
from lockstep_core.copiers import CopierMode, CopierSettings
from lockstep_core.errors import BadLots
from lockstep_core.settings.findings import refusal
from lockstep_core.skips import Params
from lockstep_core.units import lots_text, parse_lots


def _lots_left(lots: object) -> str | None:
    return None if lots is None else lots_text(int(str(lots)))


def _checked_lots(text: object) -> str:
    try:
        if parse_lots(str(text)) > 0:
            return str(text)
    except BadLots as error:
        raise refusal("lots") from error
    raise refusal("lots")


class HistoryEventResponse(ResponseModel):
    """An event in the history of a copy, as the router wrote it."""

    kind: str
    occurred_at: datetime
    data: dict[str, JsonValue]


class BrokerDeal(ResponseModel):
    """A deal at the broker. `entry` is 0 if it opened or increased a position, other values if it reduced or closed one."""

    role: Literal["master", "slave"]
    deal: str
    entry: int
    side: str
    lots: LotsText
    price: float
    symbol: str
    at: datetime


class MoneySums(ResponseModel):
    """Money as a broker booked it, as decimal text in `currency`. Costs are below zero; `net` is profit and all costs."""

    currency: str
    profit: str
    commission: str
    swap: str
    fee: str
    net: str


class CopyMoney(MoneySums):
    """What a copy earned. `master`: the whole position of its master. `against_master`: `net` less what the same lots earned
    at the master, where both accounts have one currency.
    """

    master: MoneySums | None
    against_master: str | None


class EarnedMoney(MoneySums):
    """What copies earned in one currency, and over how many deals."""

    deals: int


class CopyDetails(CopyResponse):
    """A copy with its history and its deals, and with what it earned. A broker may still book costs of it later."""

    events: tuple[HistoryEventResponse, ...]
    deals: tuple[BrokerDeal, ...]
    money: CopyMoney | None = None


class OutOfSyncCopy(CopyResponse):
    """A copy whose position on the slave does not match the master's."""

    difference: Literal["only_master", "only_slave", "closed_on_slave", "partly_closed_on_slave", "unanswered"]
    master_left_lots: Annotated[str | None, BeforeValidator(_lots_left)]


class OutOfSyncList(ResponseModel):
    """All copies that are out of sync, the last changed first, 200 at most."""

    items: tuple[OutOfSyncCopy, ...]


class SpanLatency(ResponseModel):
    """Latency of one span in ms over `n` copies."""

    span: str
    n: int
    p50_ms: float
    p95_ms: float
    p99_ms: float


class HistogramBin(ResponseModel):
    """The number of copies whose slippage is between two bounds, in basis points. A bound of null is infinite."""

    from_bp: float | None
    to_bp: float | None
    n: int


class AccountCounts(ResponseModel):
    """The numbers of accounts, by state."""

    total: int
    connected: int
    paused: int
    needs_you: int


class CopierCounts(ResponseModel):
    """The numbers of copiers, by mode. `halted`: those that are on, and that a guard keeps from opening anything.
    `blocked`: those whose slave cannot trade.
    """

    total: int
    on: int
    halted: int
    close_only: int
    off: int
    dry_run: int
    blocked: int


class CopyCounts(ResponseModel):
    """The numbers of copies, by outcome."""

    copied: int
    skipped: int
    rejected: int
    unresolved: int


class NetMoney(ResponseModel):
    """What came of deals in one currency, profit and all costs, as decimal text."""

    currency: str
    net: str


class Dashboard(ResponseModel):
    """The overview. Spans and slippage are of the last 1,000 copies of 30 days; lists show their newest only. `earned_today`
    is what brokers have booked on all accounts since the day began.
    """

    accounts: AccountCounts
    copiers: CopierCounts
    copies_today: CopyCounts
    earned_today: tuple[NetMoney, ...] = ()
    open_copies: tuple[CopyResponse, ...]
    recent: tuple[CopyResponse, ...]
    spans: tuple[SpanLatency, ...]
    slippage_histogram: tuple[HistogramBin, ...]
    out_of_sync: tuple[OutOfSyncCopy, ...]
    out_of_sync_total: int
    alerts_unread: int


class GroupStatistics(CopyCounts):
    """Statistics of a group of copies. Results are in basis points of the price. `profit_factor` is null without losses."""

    key: str | None = None
    lots: LotsText
    wins: int
    losses: int
    even: int
    won_bp: float
    lost_bp: float
    average_slippage_bp: float | None
    win_rate: float | None = None
    profit_factor: float | None = None
    payoff_ratio: float | None = None
    expectancy_bp: float | None = None


class Streaks(ResponseModel):
    """Wins and losses in a row. Even copies do not count. The current streak is the one that the last copy belongs to."""

    longest_wins: int
    longest_losses: int
    current_wins: int
    current_losses: int


class Statistics(ResponseModel):
    """Figures of a time. Spans, slippage and streaks are of its last 2,000 copies."""

    since: datetime
    until: datetime
    totals: GroupStatistics
    by_symbol: tuple[GroupStatistics, ...]
    by_hour: tuple[GroupStatistics, ...]
    by_day: tuple[GroupStatistics, ...]
    by_month: tuple[GroupStatistics, ...]
    streaks: Streaks
    money: tuple[EarnedMoney, ...] = ()
    spans: tuple[SpanLatency, ...]
    slippage_histogram: tuple[HistogramBin, ...]


class ActivityEntry(ResponseModel):
    """An action in the activity log: what was changed, and by whom. `reason` is set if it was an action of support."""

    id: str
    at: datetime
    actor: Literal["you", "support", "system"]
    action: str
    subject_kind: Literal["account", "copier", "copiers", "security", "user"]
    subject_id: UUID | None
    subject_label: str | None
    reason: str | None
    details: dict[str, JsonValue]


class Activity(ResponseModel):
    """A page of the activity log, newest first."""

    items: tuple[ActivityEntry, ...]
    next_cursor: str | None = None


class AccountHistoryEntry(ResponseModel):
    """A state that a terminal was in from `at` on. `words` is the text of `reason` in the language of the request. `message`
    is what the terminal or the broker said, word for word.
    """

    state: str
    reason: str | None
    words: str | None
    message: str | None
    epoch: int | None
    at: datetime

    @model_validator(mode="before")
    @classmethod
    def _told(cls, row: Any, info: ValidationInfo) -> Any:
        return with_words(row, "reason", "words", info)


class AccountHistory(ResponseModel):
    """The last 200 states of an account's terminal, newest first."""

    items: tuple[AccountHistoryEntry, ...]


class KnownServerList(ResponseModel):
    """Servers to suggest, 20 at most."""

    items: tuple[KnownServer, ...]


class TrialTrade(RequestModel):
    """A trade of the master for a preview. `price` is 0 if it is not known; stops are 0 for none."""

    symbol: str = Field(min_length=1, max_length=64)
    side: Literal["buy", "sell"]
    lots: Annotated[str, BeforeValidator(_checked_lots)]
    price: float = Field(default=0.0, ge=0, le=1e12)
    sl: float = Field(default=0.0, ge=0, le=1e12)
    tp: float = Field(default=0.0, ge=0, le=1e12)


class PreviewRequest(RequestModel):
    """Settings for a preview. Without `trades`, the preview is of the last trades that the master opened; without a master,
    of one usual trade (a EURUSD buy with a stop loss). The accounts `master_id` and `slave_id` have the money that their
    terminals last reported. The guards of `copier_id`, where the caller has it, go on from where they stand.
    """

    settings: CopierSettings
    mode: CopierMode = CopierMode.ON
    master_id: UUID | None = None
    slave_id: UUID | None = None
    copier_id: UUID | None = None
    trades: tuple[TrialTrade, ...] | None = Field(default=None, max_length=50)


class ExplanationPart(ResponseModel):
    """A part of an explanation: a code and what its words are filled with."""

    code: str
    params: Params


class PreviewItem(ResponseModel):
    """What would come of a trade. `parts` are the trade and each reason for its lots; of a skip only the trade, since its
    `reason` and `params` say why.
    """

    symbol: str
    side: Literal["buy", "sell"]
    master_lots: str
    outcome: Literal["copy", "skip"]
    lots: str
    reason: str | None
    setting: str | None
    params: Params
    parts: tuple[ExplanationPart, ...]
    at: datetime | None = None


class PreviewResponse(ResponseModel):
    """Each trade in turn. `assumed` says what was taken for granted."""

    items: tuple[PreviewItem, ...]
    assumed: tuple[ExplanationPart, ...]
