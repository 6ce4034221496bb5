"""The proxies that whoever runs the service offers to all accounts, by name. A fault is told in words that name the entry.

What a proxy is logged in with is in a Secret that the keyring alone has.
"""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from lockstep_core.addresses import is_port_for_terminals, is_public
from lockstep_core.errors import DomainError
from lockstep_core.proxies import Proxy, ProxyType
from lockstep_core.resources.copier_account import ProxyName


class BadProxies(DomainError):
    """The list cannot be used. Whoever runs the service must correct it; each line names an entry and its fault."""


def _public(address: str) -> str:
    if not is_public(address):
        raise ValueError("write a public IPv4 address as 203.0.113.7")
    return address


def _port(port: int) -> int:
    if not is_port_for_terminals(port):
        raise ValueError("this is a port of mail servers, which no terminal reaches")
    return port


class OfferedProxy(BaseModel):
    """A proxy of the service. `secret` names the Secret with `login` and `password`; none where it asks for no login."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: ProxyName
    type: ProxyType
    address: Annotated[str, AfterValidator(_public)]
    port: Annotated[int, Field(strict=True, ge=1, le=65535), AfterValidator(_port)]
    secret: str | None = None

    def proxy(self, login: str = "") -> Proxy:
        """The same for the rest of the domain, with its login where that is known."""
        return Proxy(self.type, self.address, self.port, login)


class OfferedProxies:
    """The proxies by name."""

    def __init__(self, proxies: tuple[OfferedProxy, ...] = ()) -> None:
        self._proxies: Mapping[str, OfferedProxy] = {each.name: each for each in proxies}

    @property
    def names(self) -> tuple[str, ...]:
        """What people may choose."""
        return tuple(sorted(self._proxies))

    def named(self, name: str) -> OfferedProxy | None:
        """The proxy of this name, None if none is offered."""
        return self._proxies.get(name)


_PROXIES = TypeAdapter(tuple[OfferedProxy, ...])


def parse_offered_proxies(text: str | bytes) -> OfferedProxies:
    """The proxies in a JSON document: a list. Raises BadProxies, whose lines name each fault."""
    try:
        proxies = _PROXIES.validate_json(text)
    except ValidationError as error:
        raise BadProxies("\n".join(f"{_place(fault['loc'])}: {fault['msg']}" for fault in error.errors())) from None
    names = [each.name for each in proxies]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadProxies("\n".join(f"{name}: the proxy is listed twice" for name in twice))
    return OfferedProxies(proxies)


def _place(path: tuple[int | str, ...]) -> str:
    """Where a fault is: `proxies[0].port`."""
    return "proxies" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
