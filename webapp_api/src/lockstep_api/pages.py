"""What pages show that is put together from many rows."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, JsonValue

from lockstep_api.models import Account, Copier, Copy, LotsText, Sent, Shown
from lockstep_core.copiers import CopierMode, CopierSettings
from lockstep_core.errors import BadLots
from lockstep_core.skips import Params
from lockstep_core.units import lots_text, parse_lots


def _lots_left(lots: object) -> str | None:
    return None if lots is None else lots_text(int(str(lots)))


def _checked_lots(text: object) -> str:
    try:
        if parse_lots(str(text)) > 0:
            return str(text)
    except BadLots as error:
        raise ValueError(str(error)) from error
    raise ValueError("must be more than zero")


Kind = Literal["disconnected", "needs_you", "rejected", "out_of_sync", "guard_warning", "guard_fired"]


class Event(Shown):
    """Something of the history, as the router wrote it."""

    kind: str
    occurred_at: datetime
    data: dict[str, JsonValue]


class Deal(Shown):
    """What a broker did. `entry` is 0 for in, others for out."""

    role: Literal["master", "slave"]
    deal: str
    entry: int
    side: str
    lots: LotsText
    price: float
    symbol: str
    at: datetime


class CopyLife(Copy):
    """A copy with all that is known of it."""

    events: tuple[Event, ...]
    deals: tuple[Deal, ...]


class OutOfSync(Copy):
    """Where a slave does not hold what its master does."""

    difference: Literal["only_master", "only_slave", "unanswered"]
    master_left_lots: Annotated[str | None, BeforeValidator(_lots_left)]


class OutOfSyncList(Shown):
    """All of them, the last changed first, 200 at most."""

    items: tuple[OutOfSync, ...]


class Span(Shown):
    """Latency of one span in ms over `n` copies."""

    span: str
    n: int
    p50_ms: float
    p95_ms: float
    p99_ms: float


class Bin(Shown):
    """Copies whose slippage lies between two bounds, in basis points; null: no bound."""

    from_bp: float | None
    to_bp: float | None
    n: int


class AccountCounts(Shown):
    """How many accounts are how."""

    total: int
    connected: int
    paused: int
    needs_you: int


class CopierCounts(Shown):
    """How many copiers are in which mode."""

    total: int
    on: int
    close_only: int
    off: int
    dry_run: int


class CopyCounts(Shown):
    """How many copies came to what."""

    copied: int
    skipped: int
    rejected: int
    unresolved: int


class Dashboard(Shown):
    """The overview. Spans and slippage are of the last 1,000 copies of 30 days; lists show their newest only."""

    accounts: AccountCounts
    copiers: CopierCounts
    copies_today: CopyCounts
    open_copies: tuple[Copy, ...]
    recent: tuple[Copy, ...]
    spans: tuple[Span, ...]
    slippage_histogram: tuple[Bin, ...]
    out_of_sync: tuple[OutOfSync, ...]
    out_of_sync_total: int
    alerts_unread: int


class Figures(CopyCounts):
    """Figures of a group. Results are in basis points of the price; `profit_factor` is null where nothing was lost."""

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


class Streaks(Shown):
    """How many copies in a row were won and lost; even ones do not count. `current`: the run that the last copy is in."""

    longest_wins: int
    longest_losses: int
    current_wins: int
    current_losses: int


class Statistics(Shown):
    """Figures of a time. Spans, slippage and streaks are of its last 2,000 copies."""

    since: datetime
    until: datetime
    totals: Figures
    by_symbol: tuple[Figures, ...]
    by_hour: tuple[Figures, ...]
    by_day: tuple[Figures, ...]
    by_month: tuple[Figures, ...]
    streaks: Streaks
    spans: tuple[Span, ...]
    slippage_histogram: tuple[Bin, ...]


class Alert(Shown):
    """Something to know. `severity` says how soon a person must act; the words of `kind` are filled with `data`."""

    id: UUID
    kind: Kind
    severity: Literal["info", "soon", "now"]
    account_id: UUID | None
    copier_id: UUID | None
    link_id: str | None
    data: dict[str, JsonValue]
    created_at: datetime
    read_at: datetime | None


class Alerts(Shown):
    """A page of alerts, newest first, and how many are unread in all."""

    items: tuple[Alert, ...]
    unread: int
    next_cursor: str | None = None


class AlertsRead(Sent):
    """Which alerts were read; null: all."""

    ids: tuple[UUID, ...] | None = Field(default=None, max_length=1000)


class Unread(Shown):
    """How many alerts are unread."""

    unread: int


class Deed(Shown):
    """Something that was changed, and by whom. `reason` is what support wrote."""

    id: str
    at: datetime
    actor: Literal["you", "support", "system"]
    action: str
    subject_kind: Literal["account", "copier", "security", "user"]
    subject_id: UUID | None
    subject_label: str | None
    reason: str | None
    details: dict[str, JsonValue]


class Activity(Shown):
    """A page of deeds, newest first."""

    items: tuple[Deed, ...]
    next_cursor: str | None = None


class AccountState(Shown):
    """What a terminal was from `at` on."""

    state: str
    reason: str | None
    message: str | None
    epoch: int | None
    at: datetime


class AccountHistory(Shown):
    """The last 200 states, newest first."""

    items: tuple[AccountState, ...]


class KnownServer(Shown):
    """A broker's server that a terminal has reached."""

    server: str
    platform: Literal["MT4", "MT5"]
    environment: Literal["demo", "live"]


class KnownServers(Shown):
    """Suggestions, 20 at most."""

    items: tuple[KnownServer, ...]


class TrialTrade(Sent):
    """A trade of the master to try. `price` 0 is not known; stops are 0 for none."""

    symbol: str = Field(min_length=1, max_length=64)
    side: Literal["buy", "sell"]
    lots: Annotated[str, BeforeValidator(_checked_lots)]
    price: float = Field(default=0.0, ge=0, le=1e12)
    sl: float = Field(default=0.0, ge=0, le=1e12)
    tp: float = Field(default=0.0, ge=0, le=1e12)


class PreviewRequest(Sent):
    """Rules to try. Without `trades`, the master's last openings are taken; without a master, one usual trade (a
    EURUSD buy with a stop loss). The money of
    `master_id` and `slave_id` counts as their terminals told it last.
    """

    settings: CopierSettings
    mode: CopierMode = CopierMode.ON
    master_id: UUID | None = None
    slave_id: UUID | None = None
    trades: tuple[TrialTrade, ...] | None = Field(default=None, max_length=50)


class Part(Shown):
    """A part of an explanation: a code and what its words are filled with."""

    code: str
    params: Params


class PreviewItem(Shown):
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
    parts: tuple[Part, ...]
    at: datetime | None = None


class PreviewAnswer(Shown):
    """Each trade in turn. `assumed` says what was taken for granted."""

    items: tuple[PreviewItem, ...]
    assumed: tuple[Part, ...]


class StaffAccount(Account):
    """An account as support sees it."""

    user_id: UUID
    email: str | None


class StaffUser(Shown):
    """A person as found."""

    id: UUID
    email: str | None
    created_at: datetime
    suspended: bool


class Found(Shown):
    """What support's search found."""

    users: tuple[StaffUser, ...]
    accounts: tuple[StaffAccount, ...]


class StaffDeed(Deed):
    """A deed with who of support did it."""

    id: Annotated[str, BeforeValidator(str)]
    actor_id: UUID | None


class StaffPerson(StaffUser):
    """A person with all that is theirs."""

    second_factor: bool
    accounts: tuple[StaffAccount, ...]
    copiers: tuple[Copier, ...]
    activity: tuple[StaffDeed, ...]


class StaffAccountPage(StaffAccount):
    """An account with its history, what was not copied, and what was done to it. Never a password."""

    history: tuple[AccountState, ...]
    copiers: tuple[Copier, ...]
    skipped: tuple[Copy, ...]
    events: tuple[Event, ...]
    activity: tuple[StaffDeed, ...]


class StaffAction(Sent):
    """What support does to an account; the person reads the reason."""

    action: Literal["suspend", "resume", "restart", "retry"]
    reason: str = Field(min_length=3, max_length=500)


class StaffPersonAction(Sent):
    """What support does to a person, and why; it is written down."""

    action: Literal["suspend", "resume"]
    reason: str = Field(min_length=3, max_length=500)
