"""Tries an account's proxy as its terminal will: connects, logs in, and asks for the broker if its address is known.

A proxy that does not work must be reported before the terminal starts, because the terminal only says that it has no
connection.
"""

import asyncio
import base64
import os
from ipaddress import AddressValueError, IPv4Address

from lockstep_agent.errors import OfferedProxyUnusable, ProxyRefused, ProxyUnreachable
from lockstep_agent.secrets import ProxyAccess
from lockstep_core.proxies import Proxy, ProxyType

CHECK_S = 10.0
"""How long one try may take."""
LONGEST_HEAD = 16_384
Address = tuple[str, int]

_VERSION, _PASSWORD_VERSION, _CONNECT = 5, 1, 1
_NO_LOGIN, _PASSWORD = 0, 2
_IPV4, _NAME = 1, 3
_PASSING_REPLIES = frozenset((1, 3, 4, 5, 6))
"""General failure, network or host unreachable, connection refused, TTL expired. The same codes come while the broker is
away, so they may pass.
"""
_REFUSING_STATUSES = range(400, 500)
_PASSING_STATUSES = frozenset((408, 425, 429))


async def check_proxy(access: ProxyAccess, broker: Address | None) -> None:
    """Tries once, for a bounded time. Raises `ProxyUnreachable` (it may pass), `ProxyRefused` (the account's owner must act)
    and `OfferedProxyUnusable` (the service must).

    Where the broker's address is not known, SOCKS5 is spoken as far as the login. An HTTP proxy is only connected to then.
    """
    proxy = access.proxy
    try:
        async with asyncio.timeout(CHECK_S):
            reader, writer = await asyncio.open_connection(proxy.address, proxy.port, limit=LONGEST_HEAD)
            try:
                await (_socks5 if proxy.type is ProxyType.SOCKS5 else _http)(reader, writer, access, broker)
            finally:
                writer.close()
    except TimeoutError:
        raise ProxyUnreachable("no answer in time") from None
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        raise ProxyUnreachable("the connection was closed") from None
    except OSError as error:
        raise ProxyUnreachable(_words_of(error)) from None
    except ProxyRefused as refused:
        if access.offered:
            # Only the service knows the login of its proxies, so only it can act.
            raise OfferedProxyUnusable(refused.detail) from None
        raise


async def trouble_with(proxy: Proxy) -> str:
    """Why a proxy takes no connections; empty if it does. Nobody logs in for that, so no password is needed."""
    try:
        async with asyncio.timeout(CHECK_S):
            _, writer = await asyncio.open_connection(proxy.address, proxy.port)
    except TimeoutError:
        return "no answer in time"
    except OSError as error:
        return _words_of(error)
    writer.close()
    return ""


def _words_of(error: OSError) -> str:
    # Not the error's own words: asyncio puts the address into them, and where a proxy of the service is, nobody is told.
    return os.strerror(error.errno) if error.errno else type(error).__name__


async def _socks5(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, access: ProxyAccess, broker: Address | None
) -> None:
    methods = (_NO_LOGIN, _PASSWORD) if access.proxy.login else (_NO_LOGIN,)
    writer.write(bytes((_VERSION, len(methods), *methods)))
    version, chosen = await reader.readexactly(2)
    if version != _VERSION:
        raise ProxyRefused("it does not speak SOCKS5")
    if chosen not in methods:
        raise ProxyRefused("it takes no login with a password" if access.proxy.login else "it asks for a login")
    if chosen == _PASSWORD:
        login = access.proxy.login.encode()
        writer.write(bytes((_PASSWORD_VERSION, len(login))) + login + bytes((len(access.password),)) + access.password)
        if (await reader.readexactly(2))[1] != 0:
            raise ProxyRefused("login or password")
    if broker is not None:
        await _socks5_connect(reader, writer, broker)


async def _socks5_connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, broker: Address) -> None:
    host, port = broker
    writer.write(bytes((_VERSION, _CONNECT, 0)) + _socks5_address(host) + port.to_bytes(2))
    _, reply, _, _ = await reader.readexactly(4)
    if reply in _PASSING_REPLIES:
        raise ProxyUnreachable(f"SOCKS5 reply {reply}")
    if reply != 0:
        raise ProxyRefused(f"SOCKS5 reply {reply}")


def _socks5_address(host: str) -> bytes:
    try:
        return bytes((_IPV4,)) + IPv4Address(host).packed
    except AddressValueError:
        name = host.encode("idna")
        return bytes((_NAME, len(name))) + name


async def _http(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, access: ProxyAccess, broker: Address | None
) -> None:
    if broker is None:
        return
    where = f"{broker[0]}:{broker[1]}"
    lines = [f"CONNECT {where} HTTP/1.1", f"Host: {where}", *_authorization(access)]
    writer.write("".join(f"{line}\r\n" for line in [*lines, ""]).encode("ascii"))
    words = (await reader.readuntil(b"\r\n")).decode("latin-1").split(maxsplit=2)
    if len(words) < 2 or not words[0].startswith("HTTP/1.") or not words[1].isdecimal():
        raise ProxyRefused("it does not speak HTTP")
    status = int(words[1])
    if status in _REFUSING_STATUSES and status not in _PASSING_STATUSES:
        raise ProxyRefused(f"HTTP status {status}")
    if not 200 <= status < 300:
        raise ProxyUnreachable(f"HTTP status {status}")


def _authorization(access: ProxyAccess) -> tuple[str, ...]:
    if not access.proxy.login:
        return ()
    both = access.proxy.login.encode() + b":" + access.password
    return (f"Proxy-Authorization: Basic {base64.b64encode(both).decode()}",)
