"""Bodies of the requests that support sends, and of their responses."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field

from lockstep_api.models import AccountResponse, CopierResponse, CopyResponse, RequestModel, ResponseModel
from lockstep_api.pages import AccountHistoryEntry, ActivityEntry, HistoryEventResponse


class StaffAccount(AccountResponse):
    """An account as support sees it, with its owner."""

    user_id: UUID
    email: str | None


class StaffUser(ResponseModel):
    """A user as support sees it."""

    id: UUID
    email: str | None
    created_at: datetime
    suspended: bool


class StaffCopy(CopyResponse):
    """A copy that support found by a ticket, with its owner's e-mail address and the logins of both accounts. They are null
    where the owner or the account was removed.
    """

    email: str | None
    master_login: int | None
    slave_login: int | None


class StaffSearchResult(ResponseModel):
    """The result of a search by support."""

    users: tuple[StaffUser, ...]
    accounts: tuple[StaffAccount, ...]
    copies: tuple[StaffCopy, ...]


class StaffActivityEntry(ActivityEntry):
    """An action in the activity log, with the e-mail address of who did it: the person, or a member of support."""

    id: Annotated[str, BeforeValidator(str)]
    actor_id: UUID | None
    actor_email: str | None


class StaffPerson(StaffUser):
    """A user with accounts, copiers and activity log."""

    second_factor: bool
    accounts: tuple[StaffAccount, ...]
    copiers: tuple[CopierResponse, ...]
    activity: tuple[StaffActivityEntry, ...]


class StaffAccountPage(StaffAccount):
    """An account with its history, the accounts it is linked with, copies from it and to it that were not made, and its
    activity log. It never contains a password.
    """

    history: tuple[AccountHistoryEntry, ...]
    linked: tuple[StaffAccount, ...]
    copiers: tuple[CopierResponse, ...]
    skipped: tuple[CopyResponse, ...]
    events: tuple[HistoryEventResponse, ...]
    activity: tuple[StaffActivityEntry, ...]


class ReasonCount(ResponseModel):
    """How many accounts are in a state for a reason, and since when the first of them."""

    environment: Literal["demo", "live"]
    state: str
    reason: str | None
    accounts: int
    since: datetime | None


class ShardRoom(ResponseModel):
    """A shard, its room, and its canary in the last hour. `capacity` is null without a limit; without a canary, what is
    about it is null.
    """

    name: str
    environment: Literal["demo", "live"]
    seen_at: datetime
    capacity: int | None
    accounts: int
    ready: int
    leaving: int
    minutes: int | None
    copied: int | None
    p50_us: int | None
    p95_us: int | None
    p99_us: int | None
    newest: datetime | None


class Queue(ResponseModel):
    """Accounts that wait for room."""

    waiting: int
    longest_since: datetime | None


class IncidentNow(ResponseModel):
    """An alert that the status page shows; `ended_at` is null while it lasts."""

    began_at: datetime
    ended_at: datetime | None
    affects: Literal["copying", "accounts", "website", "history"]


class StaffOverview(ResponseModel):
    """How the service is as a whole."""

    reasons: tuple[ReasonCount, ...]
    shards: tuple[ShardRoom, ...]
    queue: Queue
    quarantined: tuple[StaffAccount, ...]
    incidents: tuple[IncidentNow, ...]


class StaffActionRequest(RequestModel):
    """An action of support on an account. The owner can read the reason."""

    action: Literal["suspend", "resume", "restart", "retry"]
    reason: str = Field(min_length=3, max_length=500)


class StaffPersonActionRequest(RequestModel):
    """An action of support on a user. The reason is kept in the activity log."""

    action: Literal["suspend", "resume"]
    reason: str = Field(min_length=3, max_length=500)
