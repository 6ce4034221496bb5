"""The bodies of requests and responses. A request with an unknown field is refused, and one with a password in the clear has
an error of its own.
"""

import base64
import binascii
import json
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    ValidationInfo,
    model_validator,
)

from lockstep_api.sealing import KEY_ID
from lockstep_core.addresses import is_port_for_terminals, is_public
from lockstep_core.copiers import CopierMode, CopierSettings
from lockstep_core.proxies import ADDRESS_PATTERN, LOGIN_PATTERN, NAME_PATTERN, ProxyType
from lockstep_core.resources.reasons import Reason
from lockstep_core.settings.findings import refusal
from lockstep_core.skips import Params
from lockstep_core.text_limits import MOST_LOGIN, SEALED_BYTES, SERVER_CHARACTERS, TAG_CHARACTERS, TAGS, is_server
from lockstep_core.units import lots_text
from lockstep_texts import say

PLAINTEXT_PASSWORD = "plaintext_password"  # noqa: S105 (the name of an error)

Platform = Literal["MT4", "MT5"]
Environment = Literal["demo", "live"]
Role = Literal["master", "slave", "both"]
OperatingMode = Literal["running", "suspended"]
CopyStatus = Literal["waiting", "sent", "open", "closed", "rejected", "skipped", "unresolved", "released"]


def _one_line(text: str) -> str:
    if not text.isprintable() or text != text.strip():
        raise refusal("one_line")
    return text


def _server(text: str) -> str:
    if not is_server(text):
        raise refusal("one_line")
    return text


def _once_each(tags: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(tags)))


def _public(address: str) -> str:
    if not is_public(address):
        raise refusal("not_public")
    return address


def _proxy_port(port: int) -> int:
    if not is_port_for_terminals(port):
        raise refusal("mail_port")
    return port


def _sealed_base64(text: str) -> str:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise refusal("base64") from None
    if len(raw) not in SEALED_BYTES:
        raise refusal("sealed_size")
    return text


Label = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_one_line)]
Server = Annotated[str, Field(min_length=1, max_length=SERVER_CHARACTERS), AfterValidator(_server)]
Login = Annotated[int, Field(gt=0, le=MOST_LOGIN)]
LotsText = Annotated[str, BeforeValidator(lots_text)]
Tag = Annotated[str, Field(min_length=1, max_length=TAG_CHARACTERS), AfterValidator(_one_line)]
Tags = Annotated[tuple[Tag, ...], Field(max_length=TAGS), AfterValidator(_once_each)]


class RequestModel(BaseModel):
    """The base of request bodies. Unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _no_passwords(cls, data: Any) -> Any:
        if isinstance(data, dict) and any("passw" in str(name).lower() for name in data):
            raise refusal(PLAINTEXT_PASSWORD)
        return data


class ChangeRequest(RequestModel):
    """The base of changes: at least one field is set, and none to null."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set or any(getattr(self, name) is None for name in self.model_fields_set):
            raise refusal("nothing_to_change")
        return self


class SealedCredentials(RequestModel):
    """A broker password, sealed to the keyring's public key: HPKE `enc‖ciphertext` in base64."""

    key_id: Annotated[str, Field(pattern=KEY_ID)]
    ciphertext: Annotated[str, Field(max_length=2048), AfterValidator(_sealed_base64)]


class NewProxy(RequestModel):
    """The proxy through which alone an account's terminal shall reach its broker. `login` only where the proxy asks for one;
    `sealed` is then its password, sealed for this account and this proxy.
    """

    type: ProxyType
    address: Annotated[str, Field(max_length=15, pattern=ADDRESS_PATTERN), AfterValidator(_public)]
    port: Annotated[int, Field(ge=1, le=65535), AfterValidator(_proxy_port)]
    login: Annotated[str, Field(max_length=128, pattern=LOGIN_PATTERN)] | None = None
    sealed: SealedCredentials | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.login is None) != (self.sealed is None):
            raise refusal("proxy_login_and_password")
        return self

    def as_json(self) -> str:
        """The proxy in the form that the database takes."""
        plain = self.model_dump(mode="json", include={"type", "address", "port", "login"})
        sealed = {} if self.sealed is None else {"key_id": self.sealed.key_id, "sealed": self.sealed.ciphertext}
        return json.dumps({**plain, **sealed})


class OfferedProxy(RequestModel):
    """A proxy that the service offers, by its name."""

    name: Annotated[str, Field(max_length=63, pattern=NAME_PATTERN)]

    def as_json(self) -> str:
        """The proxy in the form that the database takes."""
        return self.model_dump_json()


class NewAccount(RequestModel):
    """A trading account to add. The client chooses `id` and binds the sealed password to it. The request may be repeated.
    Its terminal reaches the broker through `proxy`, or one that the service offers, alone.
    """

    id: UUID
    label: Label
    platform: Platform
    environment: Environment
    login: Login
    server: Server
    role: Role
    sealed: SealedCredentials
    proxy: NewProxy | None = None
    offered_proxy: OfferedProxy | None = None

    @model_validator(mode="after")
    def _one_proxy(self) -> Self:
        if self.proxy is not None and self.offered_proxy is not None:
            raise refusal("two_proxies")
        return self


class AccountChange(ChangeRequest):
    """Changes to an account. Its login cannot be changed, and its server only with a password."""

    label: Label | None = None
    role: Role | None = None
    operating_mode: OperatingMode | None = None
    mode: CopierMode | None = None
    tags: Tags | None = None


class NewCredentials(RequestModel):
    """A new sealed password for an account."""

    sealed: SealedCredentials


class NewServer(RequestModel):
    """The name that an account's broker has given its server, with the password sealed for it."""

    server: Server
    sealed: SealedCredentials


class NewCopier(RequestModel):
    """A copier to add, from a master to a slave. Both must be accounts of the caller."""

    master_id: UUID
    slave_id: UUID
    mode: CopierMode = CopierMode.ON
    settings: CopierSettings


class CopierChange(ChangeRequest):
    """Changes to a copier. `settings` replaces all settings. With `version`, which the copier had when it was read, the
    change is refused where somebody else has changed the copier since.
    """

    mode: CopierMode | None = None
    settings: CopierSettings | None = None
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None

    @model_validator(mode="after")
    def _more_than_a_version(self) -> Self:
        if self.model_fields_set == {"version"}:
            raise refusal("nothing_to_change")
        return self


class ResponseModel(BaseModel):
    """The base of response bodies. Columns of a row that have no field here are left out."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def with_words(row: Any, reason: str, words: str, info: ValidationInfo) -> Any:
    """A row of a state with the words of its reason, which the catalogue that is the context of the validation has."""
    if not isinstance(row, dict) or words in row:
        return row
    catalogue: Any = info.context
    return {**row, words: say.account(catalogue, row[reason]) if row.get(reason) else None}


class AccountProxy(ResponseModel):
    """An account's proxy, without its password."""

    type: ProxyType
    address: str
    port: int
    login: str | None


class AccountResponse(ResponseModel):
    """A trading account. `operating_mode` is what its owner set, and `state` what its terminal last reported. `mode` limits
    what is copied from it and to it. `state_words` say `state_reason` in the language of the request; `state_message` is
    what the terminal or the broker said itself, to be quoted. `tags` are the groups that its owner has it in. An account
    that waits for room has a place in a queue of `queue_length`, others have none. It has a `proxy` of its own, or one of
    the service with `proxy_name`, or none.
    """

    id: UUID
    label: str
    platform: Platform
    environment: Environment
    login: int
    server: str
    role: Role
    operating_mode: OperatingMode
    mode: CopierMode = CopierMode.ON
    state: str
    state_reason: str | None
    state_words: str | None
    state_message: str | None
    state_at: datetime | None
    queue_place: int | None = None
    queue_length: int | None = None
    proxy: AccountProxy | None = None
    tags: tuple[str, ...] = ()
    proxy_name: str | None = None
    credentials_version: int
    created_at: datetime
    updated_at: datetime

    @model_validator(mode="before")
    @classmethod
    def _told(cls, row: Any, info: ValidationInfo) -> Any:
        told = with_words(_with_proxy(row), "state_reason", "state_words", info)
        if not isinstance(told, dict) or told.get("state_reason") == Reason.POD_UNSCHEDULABLE:
            return told
        # A row keeps its last place in the queue when it leaves the queue.
        return {**told, "queue_place": None, "queue_length": None}


def _with_proxy(row: Any) -> Any:
    """Combines the row's columns of a proxy to one field."""
    if not isinstance(row, dict) or row.get("proxy_type") is None:
        return row
    return {**row, "proxy": {name: row[f"proxy_{name}"] for name in AccountProxy.model_fields}}


class CopierNotice(ResponseModel):
    """Something a person should know of a copier that is set up as it is. `at` is the moment it speaks of; `params` are what
    the words of `code` are filled with.
    """

    code: Literal["calendar_empty", "calendar_ended", "calendar_ends_soon", "closes_in_order"]
    setting: str
    params: Params
    at: datetime | None


class CopierRefusal(ResponseModel):
    """Why a copier copies nothing: the router cannot use it as it is set up. `params` fill the words of `code`."""

    code: str
    params: Params


class CopierResponse(ResponseModel):
    """A copier. `settings` are as they were stored, perhaps in the form of an older version. `refusal` is null while the
    copier can be used. `removing`: it goes when its copies are closed. `notices` are filled in only where callers read their
    own copiers.
    """

    id: UUID
    master_id: UUID
    slave_id: UUID
    mode: CopierMode
    settings: dict[str, JsonValue]
    version: int
    refusal: CopierRefusal | None = None
    removing: Literal["close", "follow"] | None = None
    created_at: datetime
    updated_at: datetime
    notices: tuple[CopierNotice, ...] = ()


class CopyResponse(ResponseModel):
    """A copied trade. Lots are decimal text, spans are in µs, `link_id` is text because it has 63 bits; `params` fill the
    words of `reason`.

    `slippage_bp` is below zero where the copy had a worse price than its master; `result_bp` is what the price did for the
    copy from opening to closing. Both in basis points of the price.

    `stop_loss` and `take_profit` are what the copy wants where its slave nets or its stops are hidden, 0 for none;
    `stops_kept` says who closes it there: its broker, or the service, which watches what the broker does not hold.

    `part`: one order of the master may be copied in several parts, each a copy of its own; the first is 0.
    """

    link_id: Annotated[str, BeforeValidator(str)]
    copier_id: UUID
    master_account_id: UUID
    slave_account_id: UUID
    master_position: int
    slave_position: int | None
    symbol: str
    slave_symbol: str | None
    side: Literal["buy", "sell"]
    master_lots: LotsText
    target_lots: LotsText
    open_lots: LotsText
    status: CopyStatus
    reason: str | None
    setting: str | None
    params: Params
    spans: dict[str, JsonValue]
    opened_at: datetime | None
    closed_at: datetime | None
    updated_at: datetime
    master_price: float | None = None
    open_price: float | None = None
    close_price: float | None = None
    slippage_bp: float | None = None
    result_bp: float | None = None
    stop_loss: float | None = None
    take_profit: float | None = None
    stops_kept: Literal["broker", "service"] | None = None
    part: int = 0


class CopyList(ResponseModel):
    """Copies of the caller, the last changed first. `next_cursor` is null on the last page, `total` counts all pages."""

    items: tuple[CopyResponse, ...]
    next_cursor: str | None = None
    total: int | None = None
