"""The bodies of requests and responses. Binary fields are raw bytes in base64, and every field has a bound."""

import base64
import binascii
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from lockstep_core.proxies import ProxyType
from lockstep_core.text_limits import SEALED_BYTES

MAX_EPOCH = 2**63 - 1


def _from_base64(value: object) -> bytes:
    # The error texts never repeat the value: it may be a password that somebody sent by mistake.
    if not isinstance(value, str):
        raise ValueError("not a string")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("not base64") from None


PublicKey = Annotated[bytes, BeforeValidator(_from_base64), Field(min_length=32, max_length=32)]
Sealed = Annotated[bytes, BeforeValidator(_from_base64), Field(min_length=SEALED_BYTES[0], max_length=SEALED_BYTES[-1])]
KeyId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class TicketRequest(_Body):
    """The account and epoch of the caller, and the CURVE public key to bind the ticket to."""

    account: UUID
    epoch: Annotated[int, Field(strict=True, ge=1, le=MAX_EPOCH)]
    curve_key: PublicKey


class CredentialsRequest(TicketRequest):
    """A ticket request with the sealed password and the pod's X25519 key, to which the password is sealed again. `turn`: the
    slip of the pod's booked turn to log in, empty without one.

    `proxy_sealed`: the sealed password of the account's proxy, if it has one. `knows_proxies`: the agent never starts a
    terminal without the account's proxy. Agents of earlier releases leave these out.
    """

    delivery_key: PublicKey
    sealed: Sealed
    sealed_key_id: KeyId
    turn: Annotated[str, StringConstraints(max_length=128)] | None = None
    knows_proxies: Annotated[bool, Field(strict=True)] = False
    proxy_sealed: Sealed | None = None
    proxy_sealed_key_id: KeyId | None = None


class LoginRequest(_Body):
    """What the broker's server answered to the terminal of the caller."""

    account: UUID
    epoch: Annotated[int, Field(strict=True, ge=1, le=MAX_EPOCH)]
    let_in: Annotated[bool, Field(strict=True)]


class Router(_Body):
    """The router that the ticket is for: its endpoints, and its CURVE public key in base64."""

    trades_endpoint: str
    ticks_endpoint: str
    curve_public_key: str


class TicketResponse(_Body):
    """A ticket in base64, its end as Unix time in s, and the router to show it to."""

    ticket: str
    ticket_expires_s: int
    router: Router


class DeliveredProxy(_Body):
    """The account's proxy. `password_sealed` is sealed like the account's; empty where there is no login. `offered`: it is
    one of the service, so its faults are the service's.
    """

    type: ProxyType
    address: str
    port: int
    login: str
    password_sealed: str
    offered: bool = False


class CredentialsResponse(TicketResponse):
    """A ticket, the password sealed to the pod's key (`enc‖ciphertext`, base64), and the account's proxy if it has one."""

    password_sealed: str
    proxy: DeliveredProxy | None = None
