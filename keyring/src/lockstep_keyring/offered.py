"""What the proxies that the service offers are logged in with. Only the keyring has it, and gives it to the pods alone."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from lockstep_core.proxies import Proxy, is_proxy_login, is_proxy_password
from lockstep_core.resources.offered_proxies import OfferedProxies
from lockstep_keyring.errors import OfferedProxyUnusable


@dataclass(frozen=True, slots=True)
class ProxyLogin:
    """A proxy, and the password of its login; empty where it asks for none."""

    proxy: Proxy
    password: bytes = field(default=b"", repr=False)


class OfferedLogins:
    """The proxies that are offered, and the Secrets of their logins in a folder for each. Both may change at any time."""

    def __init__(self, offered: Callable[[], OfferedProxies], folder: Path) -> None:
        self._offered = offered
        self._folder = folder

    def named(self, name: str) -> ProxyLogin:
        """The proxy of this name with its login. Raises OfferedProxyUnusable."""
        found = self._offered().named(name)
        if found is None:
            raise OfferedProxyUnusable(f"No proxy {name} is offered.")
        if found.secret is None:
            return ProxyLogin(found.proxy())
        login, password = (self._read(name, part) for part in ("login", "password"))
        if not is_proxy_login(login) or not is_proxy_password(password):
            raise OfferedProxyUnusable(f"The Secret of the proxy {name} has no login, or no password, that a proxy takes.")
        return ProxyLogin(found.proxy(login), password.encode())

    def address(self, name: str) -> str | None:
        """The address of the proxy of this name, None if none is offered."""
        found = self._offered().named(name)
        return None if found is None else found.address

    def _read(self, name: str, part: str) -> str:
        # A Secret made from a file often ends in that file's newline.
        try:
            return (self._folder / name / part).read_text().removesuffix("\n")
        except (OSError, UnicodeDecodeError):
            return ""
