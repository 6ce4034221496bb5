"""What is sent and shown about sign-in: sessions, API tokens, the second factor, leaving."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from lockstep_api.models import Label, Sent, Shown


class Me(Shown):
    """Who is signed in. `second_factor` is `required` where it was set up and not shown in this session.

    `stream_id`: what is read from now on and `GET /v1/stream?after=` this together miss no change.
    """

    user_id: UUID
    email: str | None
    created_at: datetime
    is_staff: bool
    second_factor: Literal["none", "required", "verified"]
    scope: Literal["session", "read", "write"]
    stream_id: str


class Leaving(Sent):
    """Deletes the account and everything in it. `confirm` is its e-mail address."""

    confirm: str = Field(min_length=3, max_length=320)


class SecondFactor(Shown):
    """The state of the second factor."""

    enrolled: bool
    verified_this_session: bool
    backup_codes_left: int


class NewSecondFactor(Shown):
    """A secret for an authenticator app. Shown once; it counts from the first confirmed code on."""

    secret: str
    otpauth_uri: str


class Code(Sent):
    """A code of the app, or a backup code."""

    code: Annotated[str, Field(min_length=6, max_length=32)]


class BackupCodes(Shown):
    """Codes for when the device is lost, each good once. Never shown again."""

    backup_codes: tuple[str, ...]


class SessionShown(Shown):
    """A sign-in that has not ended."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    user_agent: str | None
    ip: str | None
    current: bool


class Sessions(Shown):
    """All sign-ins, newest first."""

    items: tuple[SessionShown, ...]


class NewToken(Sent):
    """An API token to make."""

    name: Label
    scope: Literal["read", "write"] = "read"
    expires_at: datetime | None = None


class TokenShown(Shown):
    """An API token, without the token."""

    id: UUID
    name: str
    scope: Literal["read", "write"]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class TokenMade(TokenShown):
    """A new API token. `token` is never shown again."""

    token: str


class Tokens(Shown):
    """All API tokens that are not revoked, newest first."""

    items: tuple[TokenShown, ...]
