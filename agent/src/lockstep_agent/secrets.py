"""What a terminal logs in with. It is wiped as soon as it is in the start file."""

from dataclasses import dataclass, field

from lockstep_core.proxies import Proxy


@dataclass(frozen=True, slots=True)
class ProxyAccess:
    """A proxy, and the password of its login; empty where the proxy asks for none. `offered`: it is one of the service."""

    proxy: Proxy
    password: bytearray = field(default_factory=bytearray, repr=False)
    offered: bool = False


@dataclass(frozen=True, slots=True)
class LoginSecrets:
    """The account's password, and the proxy through which alone its terminal may reach the broker; None for no proxy."""

    password: bytearray = field(repr=False)
    proxy: ProxyAccess | None = None

    def wipe(self) -> None:
        """Overwrites both passwords in place."""
        wipe(self.password)
        if self.proxy is not None:
            wipe(self.proxy.password)


def wipe(secret: bytearray) -> None:
    """Overwrites a secret in place."""
    secret[:] = bytes(len(secret))
