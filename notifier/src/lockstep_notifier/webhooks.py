"""Calls webhooks by the rules of Standard Webhooks, and nothing that is not public."""

import json
import socket
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Network
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from standardwebhooks import Webhook as Signer

from lockstep_core.addresses import is_public
from lockstep_notifier.delivery import Delivery, Told, Webhook
from lockstep_notifier.errors import NotSent, ReceiverGone
from lockstep_notifier.settings import NotifierSettings

GONE = 410
PORTS = (443, 8443)
"""Of receivers. The network policy of the chart has the same."""

AGENT = "Lockstep-Webhooks/1"


class _NotPublic(OSError):
    """The address that a receiver's name has now is not public."""


class WebhookCalls:
    """Calls receivers: public IPv4 addresses alone, by https, because whoever names a receiver chooses where this process
    connects. What a name leads to is looked at when the socket is made, so a name that changes meanwhile leads nowhere else.
    """

    def __init__(self, settings: NotifierSettings) -> None:
        self._networks = settings.webhook_networks
        self._timeout = aiohttp.ClientTimeout(total=settings.webhook_timeout_s)
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Closes all connections."""
        if self._session is not None:
            await self._session.close()

    async def send(self, delivery: Delivery) -> None:
        """Makes one call. Raises NotSent, ReceiverGone."""
        webhook, (told,) = delivery.webhook, delivery.told
        if webhook is None:
            raise NotSent("no_webhook", permanent=True)
        self._check(webhook.url)
        body = payload(told)
        status = await self._status(webhook.url, body, headers(webhook, told, body, datetime.now(UTC)))
        if status == GONE:
            raise ReceiverGone
        if not 200 <= status < 300:
            raise NotSent(f"answered_{status}")

    async def _status(self, url: str, body: str, with_headers: dict[str, str]) -> int:
        try:
            # A redirect could lead anywhere, so none is followed. What the receiver says is not read.
            async with self._opened().post(url, data=body.encode(), headers=with_headers, allow_redirects=False) as answer:
                return answer.status
        except aiohttp.ClientConnectorError as error:
            code = "not_public" if isinstance(error.os_error, _NotPublic) else "not_reached"
            raise NotSent(code) from error
        except (TimeoutError, aiohttp.ClientError, ValueError) as error:
            raise NotSent("no_answer", unknown=True) from error

    def _check(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError as error:
            raise NotSent("bad_address", permanent=True) from error
        if parts.username is not None or not _is_host(host):
            raise NotSent("bad_address", permanent=True)
        if (parts.scheme != "https" or port not in PORTS) and not self._is_allowed_network(host):
            raise NotSent("not_https", permanent=True)

    def _is_allowed_network(self, host: str) -> bool:
        try:
            return any(IPv4Address(host) in network for network in self._networks)
        except ValueError:
            return False

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                family=socket.AF_INET,
                # A connection that is kept would be used without another look at where it leads.
                force_close=True,
                use_dns_cache=False,
                limit=0,
                socket_factory=checked_sockets(self._networks),
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=self._timeout,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": AGENT},
                trust_env=False,
            )
        return self._session


def _is_host(host: str) -> bool:
    """Whether this is an IPv4 address in its usual form, or a name. `0x7f.1`, `2130706433` and IPv6 are neither."""
    try:
        return IPv4Address(host) is not None
    except ValueError:
        return host.isascii() and host.rstrip(".").rpartition(".")[2][:1].isalpha() and ":" not in host


def checked_sockets(networks: Iterable[IPv4Network]) -> Callable[[Any], socket.socket]:
    """Makes sockets for addresses that are public, or in one of these networks, and raises OSError for others."""
    allowed = tuple(networks)

    def make(found: tuple[int, int, int, str, tuple[Any, ...]]) -> socket.socket:
        family, kind, protocol, _, address = found
        host = str(address[0])
        if family != socket.AF_INET or not (is_public(host) or any(IPv4Address(host) in each for each in allowed)):
            raise _NotPublic("not a public address")
        return socket.socket(family, kind, protocol)

    return make


def payload(told: Told) -> str:
    """What a receiver gets. The same thing is told in the same words at every attempt."""
    data = {**told.data, "account_id": told.account_id and str(told.account_id), "urgent": told.urgent}
    body = {"type": f"lockstep.{told.event}", "timestamp": told.created_at.astimezone(UTC).isoformat(), "data": data}
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False, sort_keys=True)


def headers(webhook: Webhook, told: Told, body: str, now: datetime) -> dict[str, str]:
    """The headers by which a receiver knows who calls and whether it has been told before."""
    name = f"msg_{told.id}"
    signatures = (Signer(secret).sign(name, now, body) for secret in webhook.secrets)
    return {
        "Content-Type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
