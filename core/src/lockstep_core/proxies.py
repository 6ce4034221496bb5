"""A proxy through which a terminal reaches its broker: what one may be, for every place that takes one."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from lockstep_core.text_limits import is_password

PROXY_PASSWORD_BYTES: Final = 255
"""A proxy's password in UTF-8. SOCKS5 has one byte for its length."""

ADDRESS_PATTERN: Final = (
    r"^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])$"
)
LOGIN_PATTERN: Final = r"^[!-9;-~]{1,128}$"
"""A login at a proxy: visible ASCII. HTTP ends it at the first colon."""
NAME_PATTERN: Final = r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"
"""The name of a proxy that the service offers."""

_LOGIN = re.compile(LOGIN_PATTERN)


class ProxyType(StrEnum):
    """How a proxy is spoken to."""

    SOCKS5 = "SOCKS5"
    HTTP = "HTTP"


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy by its IPv4 address. `login` is empty where it asks for none; with one there is a password too."""

    type: ProxyType
    address: str
    port: int
    login: str = ""

    @property
    def server(self) -> str:
        """Address and port as terminals write them."""
        return f"{self.address}:{self.port}"


def is_proxy_login(text: str) -> bool:
    """Whether this can be a login at a proxy."""
    return _LOGIN.fullmatch(text) is not None


def is_proxy_password(text: str) -> bool:
    """Whether this can be the password of a login at a proxy."""
    return is_password(text) and len(text.encode()) <= PROXY_PASSWORD_BYTES


def proxy_seal_info(account: UUID, platform: str, login: str, proxy: Proxy) -> bytes:
    """The HPKE info of a proxy's sealed password: the account, and the proxy that is told it.

    Only the login at the proxy may hold a `|`, and it comes last, so that no two of them share one.
    """
    where = f"{proxy.type}|{proxy.address}|{proxy.port}|{proxy.login}"
    return f"lockstep proxy v1|{account}|{platform}|{login}|{where}".encode()
