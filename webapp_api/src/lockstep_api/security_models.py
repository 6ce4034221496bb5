"""The bodies of requests and responses about sign-in: sessions, API tokens, the second factor, deleting the user."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from lockstep_api.models import Label, RequestModel, ResponseModel


class Me(ResponseModel):
    """The user who is signed in. `second_factor` is `required` if there is one that is not verified in this session yet.

    A client that opens `GET /v1/stream?after=<stream_id>` gets every change that the data it reads from now on lacks.
    """

    user_id: UUID
    email: str | None
    created_at: datetime
    is_staff: bool
    second_factor: Literal["none", "required", "verified"]
    scope: Literal["session", "read", "write"]
    stream_id: str


class DeleteMeRequest(RequestModel):
    """Deletes the user and everything that belongs to them. `confirm` is their e-mail address."""

    confirm: str = Field(min_length=3, max_length=320)


class SecondFactor(ResponseModel):
    """The state of the second factor."""

    enrolled: bool
    verified_this_session: bool
    backup_codes_left: int


class NewSecondFactor(ResponseModel):
    """A secret for an authenticator app, shown only once. It is used once its first code is confirmed."""

    secret: str
    otpauth_uri: str


class SecondFactorCode(RequestModel):
    """A code of the authenticator app, or a backup code."""

    code: Annotated[str, Field(min_length=6, max_length=32)]


class SignInChange(RequestModel):
    """What is to be changed through Supabase's auth service, or that everything is to be deleted. Who has a second factor
    must enter a code for it.
    """

    what: Literal["password", "email", "deletion"]
    code: Annotated[str, Field(min_length=6, max_length=32)] | None = None


class BackupCodes(ResponseModel):
    """Codes for a lost device. Each can be used once, and they are never shown again."""

    backup_codes: tuple[str, ...]


class SessionResponse(ResponseModel):
    """A session that has not ended."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    user_agent: str | None
    ip: str | None
    current: bool


class SessionList(ResponseModel):
    """All sessions, newest first."""

    items: tuple[SessionResponse, ...]


class NewApiToken(RequestModel):
    """An API token to make."""

    name: Label
    scope: Literal["read", "write"] = "read"
    expires_at: datetime | None = None


class ApiTokenResponse(ResponseModel):
    """An API token, without its secret."""

    id: UUID
    name: str
    scope: Literal["read", "write"]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class CreatedApiToken(ApiTokenResponse):
    """A new API token. Its secret `token` is never shown again."""

    token: str


class ApiTokenList(ResponseModel):
    """All API tokens that are not revoked, newest first."""

    items: tuple[ApiTokenResponse, ...]
