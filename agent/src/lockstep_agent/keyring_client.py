"""Fetches the password, sealed to this pod, and tickets for the router from the keyring."""

import asyncio
import base64
import binascii
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, TypeVar
from uuid import UUID

import httpx
import msgspec
from zmq.utils import z85

from lockstep_agent.errors import AgentError, CredentialsAbsent, Ending, KeyringRefused, KeyringUnavailable, TurnAwaited
from lockstep_agent.pod_keys import PodKeys
from lockstep_core.proxies import Proxy, ProxyType, is_proxy_login
from lockstep_core.resources.reasons import Reason, parse_reason
from lockstep_core.wire.errors import MalformedTicket
from lockstep_core.wire.ticket import decode_ticket

TIMEOUT_S = 10.0
REFUSALS = frozenset((400, 401, 403, 404, 413, 422))
"""The statuses of a refusal. A refusal without a reason is not the keyring's own: something in between answered."""
TOO_EARLY = 429
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 15.0
TIMES_BELIEVED = 5
"""A doubtful error counts after it has come this often in a row."""
CURVE_KEY_SIZE = 32
T = TypeVar("T")
_Endpoint = Annotated[str, msgspec.Meta(pattern=r"^tcp://[^\s:]+:[0-9]{1,5}$")]


class _Router(msgspec.Struct, frozen=True):
    trades_endpoint: _Endpoint
    ticks_endpoint: _Endpoint
    curve_public_key: str


@dataclass(frozen=True, slots=True)
class RouterAddress:
    """Where the router is, and its CURVE public key (Z85)."""

    trades_endpoint: str
    ticks_endpoint: str
    key: str


@dataclass(frozen=True, slots=True)
class TicketGrant:
    """A ticket, its end as Unix time in s, and the router to show it to."""

    ticket: bytes
    expires_s: int
    router: RouterAddress


class _Proxy(msgspec.Struct, frozen=True):
    type: ProxyType
    address: Annotated[str, msgspec.Meta(pattern=r"^[0-9.]{7,15}$")]
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)]
    login: str = ""
    password_sealed: str = ""
    offered: bool = False


@dataclass(frozen=True, slots=True)
class SealedProxy:
    """The account's proxy, and the password of its login, still sealed to this pod. `offered`: it is one of the service."""

    proxy: Proxy
    password_sealed: bytes = field(repr=False)
    offered: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """The password, still sealed to this pod, a ticket, and the account's proxy if it has one."""

    password_sealed: bytes = field(repr=False)
    grant: TicketGrant
    proxy: SealedProxy | None = None


class KeyringClient:
    """Calls the keyring as this pod."""

    def __init__(self, url: str, mounts: Path, account: UUID, epoch: int) -> None:
        self._url = url.rstrip("/")
        self._mounts = mounts
        self._who = {"account": str(account), "epoch": epoch}

    async def credentials(self, keys: PodKeys, turn: str = "") -> Delivery:
        """Calls once, with the slip of the turn that was given before. Raises `TurnAwaited`, `KeyringUnavailable` (retry),
        `KeyringRefused` and `CredentialsAbsent`.
        """
        sealed, key_id = self._sealed()
        request = {
            **self._who,
            "delivery_key": _b64(keys.delivery_public),
            "curve_key": _b64(keys.curve_public_raw),
            "sealed": _b64(sealed),
            "sealed_key_id": key_id,
            "turn": turn,
            "knows_proxies": True,
            **self._sealed_of_proxy(),
        }
        answer = _decoded(await self._post("/v1/credentials", request))
        return Delivery(_bytes(answer, "password_sealed"), _grant(answer), _proxy(answer))

    async def ticket(self, keys: PodKeys) -> TicketGrant:
        """Calls once for another ticket. Raises `KeyringUnavailable` (retry) and `KeyringRefused`."""
        return _grant(_decoded(await self._post("/v1/tickets", {**self._who, "curve_key": _b64(keys.curve_public_raw)})))

    async def report_login(self, *, let_in: bool) -> None:
        """Tells once what the broker's server answered. Raises `KeyringUnavailable` (retry) and `KeyringRefused`."""
        await self._post("/v1/logins", {**self._who, "let_in": let_in})

    def _sealed(self) -> tuple[bytes, str]:
        folder = self._mounts / "sealed"
        try:
            return (folder / "sealed").read_bytes(), (folder / "key_id").read_text().strip()
        except (OSError, UnicodeDecodeError):
            raise CredentialsAbsent from None

    def _sealed_of_proxy(self) -> dict[str, object]:
        """The sealed password of the account's proxy, as a field of the request. Many accounts have no proxy, and many
        proxies need no password.
        """
        folder = self._mounts / "sealed"
        try:
            sealed, key_id = (folder / "proxy_sealed").read_bytes(), (folder / "proxy_key_id").read_text().strip()
        except (OSError, UnicodeDecodeError):
            return {}
        return {"proxy_sealed": _b64(sealed), "proxy_sealed_key_id": key_id} if sealed else {}

    async def _post(self, path: str, body: dict[str, object]) -> httpx.Response:
        try:
            response = await self._send(path, body)
        except (httpx.HTTPError, OSError, ssl.SSLError) as error:
            raise KeyringUnavailable(type(error).__name__) from None
        word = _reason(response) if response.status_code in REFUSALS else ""
        if word:
            raise KeyringRefused(word)
        awaited = _awaited(response)
        if awaited is not None:
            raise awaited
        if not response.is_success:
            raise KeyringUnavailable(f"status {response.status_code}")
        return response

    async def _send(self, path: str, body: dict[str, object]) -> httpx.Response:
        # The token is read for each request, because kubelet rotates it.
        token = (self._mounts / "identity" / "token").read_text().strip()
        trust = ssl.create_default_context(cafile=str(self._mounts / "ca" / "ca.crt"))
        async with httpx.AsyncClient(verify=trust, timeout=TIMEOUT_S, trust_env=False) as client:
            return await client.post(self._url + path, json=body, headers={"Authorization": f"Bearer {token}"})


async def until_answered(ask: Callable[[], Awaitable[T]], on_trouble: Callable[[AgentError], None]) -> T:
    """Calls with growing pauses until there is an answer, however long it takes. `on_trouble` gets the error of each failed
    call.

    Raises an `Ending` that is final, or that was doubtful and has come `TIMES_BELIEVED` times in a row.
    """
    pause_s, endings = FIRST_PAUSE_S, 0
    while True:
        try:
            return await ask()
        except KeyringUnavailable as trouble:
            endings = 0
            on_trouble(trouble)
        except Ending as ending:
            endings += 1
            if not ending.doubtful or endings >= TIMES_BELIEVED:
                raise
            on_trouble(ending)
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 2, LONGEST_PAUSE_S)


def half_life_s(expires_s: int, now_s: float) -> float:
    """The seconds before the next ticket is fetched: half of the lifetime that is left."""
    return max(5.0, (expires_s - now_s) / 2)


def _grant(answer: dict[str, object]) -> TicketGrant:
    raw = _bytes(answer, "ticket")
    try:
        ticket, _, _ = decode_ticket(raw)
    except MalformedTicket:
        raise KeyringUnavailable("a ticket that is none") from None
    return TicketGrant(raw, ticket.expires_s, _router(answer))


def _router(answer: dict[str, object]) -> RouterAddress:
    """The router in an answer. It can be trusted, because it came from the keyring, whose certificate was checked."""
    try:
        router = msgspec.convert(answer.get("router"), type=_Router)
        key = base64.b64decode(router.curve_public_key, validate=True)
    except (msgspec.ValidationError, binascii.Error):
        raise KeyringUnavailable("an answer without a router") from None
    if len(key) != CURVE_KEY_SIZE:
        raise KeyringUnavailable("a router's key that is none")
    return RouterAddress(router.trades_endpoint, router.ticks_endpoint, z85.encode(key).decode())


def _proxy(answer: dict[str, object]) -> SealedProxy | None:
    """The proxy in an answer, None if there is none. Raises KeyringUnavailable if it cannot be read: the terminal must not
    start without it.
    """
    told = answer.get("proxy")
    if told is None:
        return None
    try:
        read = msgspec.convert(told, type=_Proxy)
        sealed = base64.b64decode(read.password_sealed, validate=True)
    except (msgspec.ValidationError, binascii.Error):
        raise KeyringUnavailable("a proxy that is none") from None
    if read.login and not is_proxy_login(read.login):
        raise KeyringUnavailable("a proxy that is none")
    return SealedProxy(Proxy(read.type, read.address, read.port, read.login), sealed, read.offered)


def _bytes(answer: dict[str, object], name: str) -> bytes:
    try:
        return base64.b64decode(str(answer.get(name, "")), validate=True)
    except (binascii.Error, ValueError):
        raise KeyringUnavailable(f"an answer without {name}") from None


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _decoded(response: httpx.Response) -> dict[str, object]:
    try:
        return msgspec.json.decode(response.content, type=dict[str, object])
    except msgspec.MsgspecError:
        raise KeyringUnavailable("an answer that is no JSON object") from None


class _Awaited(msgspec.Struct, frozen=True):
    reason: str
    pause_s: Annotated[float, msgspec.Meta(ge=0, le=86_400)]
    turn: Annotated[str, msgspec.Meta(max_length=128)] = ""


def _awaited(response: httpx.Response) -> TurnAwaited | None:
    """The keyring's answer that it is not this terminal's turn. The door before it may send this status without a body."""
    if response.status_code != TOO_EARLY:
        return None
    try:
        told = msgspec.json.decode(response.content, type=_Awaited)
    except msgspec.MsgspecError:
        return None
    # A keyring of another version may give an unknown reason. It still means that the terminal must wait.
    return TurnAwaited(parse_reason(told.reason) or Reason.WAITING_FOR_TURN, told.pause_s, told.turn)


def _reason(response: httpx.Response) -> str:
    try:
        reason = msgspec.json.decode(response.content, type=dict[str, object]).get("reason")
    except msgspec.MsgspecError:
        reason = None
    return reason if isinstance(reason, str) and reason.isalnum() else ""
