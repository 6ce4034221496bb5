"""What may be sent, and what is answered. Unknown fields are refused; a password in the clear gets an answer of its own."""

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from lockstep_api.sealing import KEY_ID
from lockstep_core.copiers import CopierMode, CopierSettings
from lockstep_core.skips import Params
from lockstep_core.units import lots_text

PLAINTEXT_PASSWORD = "plaintext_password"  # noqa: S105 (the name of an error)
_SEALED_BYTES = range(49, 1073)  # 32 of encapsulated key, 16 of tag, 1 to 1024 of password

Platform = Literal["MT4", "MT5"]
Environment = Literal["demo", "live"]
Role = Literal["master", "slave", "both"]
OperatingMode = Literal["running", "suspended"]
CopyStatus = Literal["sent", "open", "closed", "rejected", "skipped", "unresolved", "released"]


def _one_line(text: str) -> str:
    if not text.isprintable() or text != text.strip():
        raise PydanticCustomError("one_line", "Must be one line of visible characters without spaces around it")
    return text


def _sealed_base64(text: str) -> str:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise PydanticCustomError("base64", "Must be base64") from None
    if len(raw) not in _SEALED_BYTES:
        raise PydanticCustomError("sealed_size", "Has a length that no sealed password has")
    return text


Label = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_one_line)]
Server = Annotated[str, Field(min_length=1, max_length=128), AfterValidator(_one_line)]
Login = Annotated[int, Field(gt=0, lt=2**63)]
LotsText = Annotated[str, BeforeValidator(lots_text)]


class Sent(BaseModel):
    """Something a client sends."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _no_passwords(cls, data: Any) -> Any:
        if isinstance(data, dict) and any("passw" in str(name).lower() for name in data):
            raise PydanticCustomError(
                PLAINTEXT_PASSWORD,
                "Never send a broker password: seal it in the browser and send the sealed bytes. This one was not stored.",
            )
        return data


class Change(Sent):
    """A change: at least one field, and none is set to null."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set or any(getattr(self, name) is None for name in self.model_fields_set):
            raise PydanticCustomError("nothing_to_change", "Name at least one field, with a value")
        return self


class Sealed(Sent):
    """A broker password sealed to the sealing key: HPKE `enc‖ciphertext` in base64."""

    key_id: Annotated[str, Field(pattern=KEY_ID)]
    ciphertext: Annotated[str, Field(max_length=2048), AfterValidator(_sealed_base64)]


class NewAccount(Sent):
    """A trading account to add. The client makes `id` and seals the password for it; sending it again is harmless."""

    id: UUID
    label: Label
    platform: Platform
    environment: Environment
    login: Login
    server: Server
    role: Role
    sealed: Sealed


class AccountChange(Change):
    """What may change of an account; its login may not."""

    label: Label | None = None
    role: Role | None = None
    operating_mode: OperatingMode | None = None
    mode: CopierMode | None = None


class NewCredentials(Sent):
    """Another sealed password for an account."""

    sealed: Sealed


class NewCopier(Sent):
    """A link from a master to a slave, both the caller's own."""

    master_id: UUID
    slave_id: UUID
    mode: CopierMode = CopierMode.ON
    settings: CopierSettings


class CopierChange(Change):
    """What may change of a copier. `settings` replaces all settings."""

    mode: CopierMode | None = None
    settings: CopierSettings | None = None


class NewTemplate(Sent):
    """A set of rules to keep under a name."""

    name: Label
    settings: CopierSettings


class TemplateChange(Change):
    """What may change of a template. `settings` replaces all settings."""

    name: Label | None = None
    settings: CopierSettings | None = None


class Shown(BaseModel):
    """Something a client is shown; columns that are not named are left out."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Account(Shown):
    """A trading account. `operating_mode` is wished, `state` is what its terminal last told; `mode` is what may be copied
    from it and to it.
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
    state_message: str | None
    state_at: datetime | None
    credentials_version: int
    created_at: datetime
    updated_at: datetime


class Notice(Shown):
    """Something a person should know of a copier that is set up as it is. `at` is the moment it speaks of; `params` are what
    the words of `code` are filled with.
    """

    code: Literal["calendar_empty", "calendar_ended", "calendar_ends_soon"]
    setting: str
    params: Params
    at: datetime | None


class Copier(Shown):
    """A copier. `settings` are as stored: those of an older version may be shown in its form. `notices` come where the
    caller's own copiers are read.
    """

    id: UUID
    master_id: UUID
    slave_id: UUID
    mode: CopierMode
    settings: dict[str, JsonValue]
    version: int
    created_at: datetime
    updated_at: datetime
    notices: tuple[Notice, ...] = ()


class Template(Shown):
    """A set of rules that its owner has saved. Copiers that began with it do not change with it."""

    id: UUID
    name: str
    settings: dict[str, JsonValue]
    created_at: datetime
    updated_at: datetime


class Copy(Shown):
    """A copied trade. Lots are decimal text, spans are in µs, `link_id` is text because it has 63 bits; `params` fill the
    words of `reason`.

    `slippage_bp` is below zero where the copy had a worse price than its master; `result_bp` is what the price did for the
    copy from opening to closing. Both in basis points of the price.
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


class Accounts(Shown):
    """All trading accounts of the caller, oldest first."""

    items: tuple[Account, ...]


class Copiers(Shown):
    """All copiers of the caller, oldest first."""

    items: tuple[Copier, ...]


class Templates(Shown):
    """All templates of the caller, by name."""

    items: tuple[Template, ...]


class Copies(Shown):
    """Copies of the caller, the last changed first. `next_cursor` is null on the last page, `total` counts all pages."""

    items: tuple[Copy, ...]
    next_cursor: str | None = None
    total: int | None = None
