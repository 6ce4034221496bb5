"""The catalogue of brokers, as whoever runs the service wrote it. A fault is told in words that name the entry.

The product brings no entry of its own: what a broker's server is called, and when it is maintained, its operator knows.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import time
from ipaddress import ip_network
from typing import Annotated, Any, Self, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from lockstep_core.accounts import Environment, Platform
from lockstep_core.addresses import MAIL_PORTS
from lockstep_core.brokers.maintenance import DAYS, MaintenanceWindow
from lockstep_core.brokers.turns import Pace
from lockstep_core.errors import DomainError
from lockstep_core.text_limits import SERVER_BYTES, is_server

T = TypeVar("T")


class BadCatalogue(DomainError):
    """The catalogue cannot be used. Whoever runs the service must correct it; each line names an entry and its fault."""


def _server(text: str) -> str:
    if not is_server(text):
        raise ValueError(f"a server's name is one line of at most {SERVER_BYTES} bytes without blanks around it")
    return text


def _zone(text: str) -> str:
    if text not in available_timezones():
        raise ValueError("no such time zone; write it as the time zone database does, for example Europe/Athens")
    return text


def _day(text: str) -> str:
    if text not in DAYS:
        raise ValueError(f"a day is one of {', '.join(DAYS)}")
    return text


def _some(items: tuple[T, ...]) -> tuple[T, ...]:
    # Pydantic's own bound counts what is left once faulty items are dropped, and would tell of a fault that nobody made.
    if not items:
        raise ValueError("at least one is needed")
    return items


Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="A time as 22:30.")]


def _cidr(text: str) -> str:
    try:
        ip_network(text)
    except ValueError:
        raise ValueError("write a range of addresses as 203.0.113.0/24") from None
    return text


def _broker_port(port: int) -> int:
    if port in MAIL_PORTS:
        raise ValueError("this is a port of mail servers, which no terminal reaches")
    return port


Port = Annotated[int, Field(ge=1, le=65535), AfterValidator(_broker_port)]


def _probe(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 1 <= int(port) <= 65535 or int(port) in MAIL_PORTS:
        raise ValueError("write it as broker.example:443")
    return text


class _Entry(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True, hide_input_in_errors=True
    )


class Maintenance(_Entry):
    """A window of the week in which the server lets nobody in."""

    days: Annotated[tuple[Annotated[str, AfterValidator(_day)], ...], AfterValidator(_some)] = Field(
        description="On which it begins: mon, tue, …"
    )
    begin: Clock
    end: Clock = Field(description="The next time that the clock shows this; it may be on the day after.")
    zone: Annotated[str, AfterValidator(_zone)] = Field("UTC", description="The time zone of both, as Europe/Athens.")

    def window(self) -> MaintenanceWindow:
        """The same for reckoning."""
        days = frozenset(DAYS.index(day) for day in self.days)
        return MaintenanceWindow(days, time.fromisoformat(self.begin), time.fromisoformat(self.end), ZoneInfo(self.zone))


def _path(text: str) -> str:
    if text.startswith("/") or "\\" in text or any(part in ("", ".", "..") for part in text.split("/")):
        raise ValueError("write a path in the terminal's folder as config/servers.dat")
    return text


class BundledFile(_Entry):
    """A file of the terminal's folder, without which it does not find the server."""

    path: Annotated[str, AfterValidator(_path)] = Field(max_length=200, description="In the terminal's folder.")
    sha256: str = Field(pattern="^[0-9a-f]{64}$", description="Its SHA-256, as sha256sum prints it.")


class Logins(_Entry):
    """How often terminals may log in at one server, where it is not as often as elsewhere."""

    per_minute: float = Field(gt=0, le=6000, description="In the long run.")
    burst: int = Field(ge=1, le=1000, description="At once, after a quiet time.")
    refusals: int = Field(ge=1, le=1000, description="Refused people in a row that stop all logins for a while.")

    def pace(self) -> Pace:
        """The same for reckoning."""
        return Pace(self.per_minute, self.burst, self.refusals)


class Server(_Entry):
    """One server of a broker, for one platform."""

    server: Annotated[str, AfterValidator(_server)] = Field(description="Its name, as people choose it in a terminal.")
    platform: Platform
    environment: Environment
    maintenance: tuple[Maintenance, ...] = Field((), max_length=20, description="When it lets nobody in.")
    logins: Logins | None = Field(None, description="Only where the broker wants fewer logins than others, or bears more.")
    files: tuple[BundledFile, ...] = Field(
        (), max_length=8, description="What the terminal's image must hold, so that its terminals find this server."
    )
    cidrs: tuple[Annotated[str, AfterValidator(_cidr)], ...] = Field(
        (), description="All its addresses. Its terminals then reach these and nothing else."
    )
    ports: tuple[Port, ...] = Field((), description="Where it listens; without them, on any port but those of mail servers.")
    probe: Annotated[str, AfterValidator(_probe)] | None = Field(
        None, description="Where it answers, as broker.example:443: people are told at once whether it does."
    )

    @model_validator(mode="after")
    def _is_let_through(self) -> Self:
        if self.probe is not None and not self.cidrs:
            raise ValueError("a probe needs cidrs: nothing else lets it out of the cluster")
        if self.ports and not self.cidrs:
            raise ValueError("ports need cidrs")
        if self.ports and self.probed is not None and self.probed[1] not in self.ports:
            raise ValueError("the probe's port is not among the ports")
        return self

    @property
    def probed(self) -> tuple[str, int] | None:
        """Host and port at which it is looked for, None if nobody knows."""
        host, _, port = (self.probe or "").rpartition(":")
        return (host, int(port)) if host else None

    def windows(self) -> tuple[MaintenanceWindow, ...]:
        """Its windows of maintenance."""
        return tuple(each.window() for each in self.maintenance)


class Broker(_Entry):
    """A broker with its servers."""

    brand: str = Field(min_length=1, max_length=80, description="The name that people know it by.")
    region: str = Field("", max_length=40, description="Where its servers are, in words of your own.")
    servers: Annotated[tuple[Server, ...], AfterValidator(_some)]


_BROKERS = TypeAdapter(tuple[Broker, ...])
Key = tuple[str, str]
"""Platform, and the server's name without regard to case."""


class Catalogue:
    """The servers that are known, by platform and name. Names are compared without regard to case, as brokers do."""

    def __init__(self, brokers: tuple[Broker, ...] = ()) -> None:
        self.brokers = brokers
        self._servers: Mapping[Key, Server] = {_key(server): server for _, server in _all(brokers)}

    def server(self, platform: str, name: str) -> Server | None:
        """The entry of a server, None if nobody has written one."""
        return self._servers.get((platform, name.casefold()))

    def found(self, platform: str | None, typed: str) -> list[tuple[Broker, Server]]:
        """The servers of a platform, or of both, in whose name or brand this is what somebody has typed."""
        part = typed.casefold()
        return [
            (broker, server)
            for broker, server in _all(self.brokers)
            if platform in (None, server.platform) and (part in server.server.casefold() or part in broker.brand.casefold())
        ]

    def brand(self, server: Server) -> str:
        """The name of the broker that has this server."""
        return next((broker.brand for broker, each in _all(self.brokers) if each == server), "")


def parse_catalogue(text: str | bytes) -> Catalogue:
    """The catalogue in a JSON document: a list of brokers. Raises BadCatalogue, whose lines name each fault."""
    try:
        brokers = _BROKERS.validate_json(text)
    except ValidationError as error:
        raise BadCatalogue("\n".join(f"{_place(fault['loc'])}: {_words(fault)}" for fault in error.errors())) from None
    twice = _twice(brokers)
    if twice:
        raise BadCatalogue("\n".join(f"{platform} {name}: the server is listed twice" for platform, name in twice))
    return Catalogue(brokers)


def _place(path: tuple[int | str, ...]) -> str:
    """Where a fault is: `brokers[0].servers[2].zone`."""
    return "brokers" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)


_PLAIN: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "missing": lambda _: "is missing",
    "extra_forbidden": lambda _: "there is no such field",
    "json_invalid": lambda context: f"the document is no JSON: {context.get('error', '')}",
    "string_pattern_mismatch": lambda context: f"does not match {context.get('pattern', '')}",
    "value_error": lambda context: str(context.get("error", "")),
}


def _words(fault: Any) -> str:
    plain = _PLAIN.get(fault["type"])
    message = str(fault["msg"])
    return plain(fault.get("ctx", {})) if plain is not None else message[:1].lower() + message[1:]


def _twice(brokers: tuple[Broker, ...]) -> list[tuple[str, str]]:
    seen: set[Key] = set()
    found: list[tuple[str, str]] = []
    for _, server in _all(brokers):
        if _key(server) in seen:
            found.append((server.platform.value, server.server))
        seen.add(_key(server))
    return found


def _all(brokers: tuple[Broker, ...]) -> Iterator[tuple[Broker, Server]]:
    return ((broker, server) for broker in brokers for server in broker.servers)


def _key(server: Server) -> Key:
    return server.platform.value, server.server.casefold()
