"""What is known of brokers' servers: the mounted catalogue, suggestions from it, and whether a server answers."""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from lockstep_api.models import Platform
from lockstep_api.remembered import Remembered
from lockstep_core.brokers.catalogue import Catalogue, Server
from lockstep_core.brokers.maintenance import closed_until
from lockstep_service.brokers_file import BrokersFile

MOST_SUGGESTED = 20
PROBE_S = 0.7
"""People wait for the answer while they type."""

_ANSWER_KEPT_S = 15.0
_MOST_KEPT = 1000


class KnownServer(BaseModel):
    """A broker's server. `brand` is the broker's name where the catalogue has it."""

    model_config = ConfigDict(frozen=True)

    server: str
    platform: Literal["MT4", "MT5"]
    environment: Literal["demo", "live"]
    brand: str | None = None


class ServerCheck(BaseModel):
    """What is known of a server before anybody logs in there. `known` is null where the catalogue does not name it.

    `answers` is null where nobody knows at which address it is. `maintained_until` is null outside of its maintenance.
    """

    model_config = ConfigDict(frozen=True)

    known: KnownServer | None
    answers: bool | None
    maintained_until: datetime | None


class KnownServers:
    """The catalogue from a file, and the servers that answered lately."""

    def __init__(self, file: Path) -> None:
        self._file = BrokersFile(file)
        self._answers: Remembered[bool] = Remembered(_MOST_KEPT)

    def suggested(self, platform: Platform | None, typed: str, used: list[dict[str, Any]]) -> tuple[KnownServer, ...]:
        """The catalogue's servers that match a text, and those that people `used`, each once."""
        catalogue = self._file.catalogue()
        listed = [_known(catalogue, server) for _, server in catalogue.found(platform, typed)]
        names = {(each.platform, each.server.casefold()) for each in listed}
        others = [each for row in used if _name(each := KnownServer.model_validate(row)) not in names]
        found = sorted([*listed, *others], key=lambda each: each.server.casefold())
        return tuple(found[:MOST_SUGGESTED])

    async def check(self, platform: Platform, name: str) -> ServerCheck:
        """What is known of a server. Takes less than a second."""
        catalogue = self._file.catalogue()
        server = catalogue.server(platform, name.strip())
        if server is None:
            return ServerCheck(known=None, answers=None, maintained_until=None)
        until = closed_until(server.windows(), datetime.now(UTC))
        return ServerCheck(known=_known(catalogue, server), answers=await self._answers_at(server), maintained_until=until)

    async def _answers_at(self, server: Server) -> bool | None:
        probed = server.probed
        if probed is None:
            return None
        # Many people may type the same name: the broker is asked only once in a while.
        key = f"{probed[0]}:{probed[1]}".encode()
        known = self._answers.get(key, time.monotonic())
        if known is None:
            known = await answers(*probed)
            self._answers.put(key, known, time.monotonic() + _ANSWER_KEPT_S)
        return known


async def answers(host: str, port: int) -> bool:
    """Whether the address accepts a connection in time. Nothing is sent."""
    try:
        async with asyncio.timeout(PROBE_S):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return True


def _known(catalogue: Catalogue, server: Server) -> KnownServer:
    fields = {"server": server.server, "platform": server.platform.value, "environment": server.environment.value}
    return KnownServer.model_validate({**fields, "brand": catalogue.brand(server)})


def _name(server: KnownServer) -> tuple[str, str]:
    return server.platform, server.server.casefold()
