"""Passes the notifications of the database to the hub."""

import asyncio

import asyncpg
import structlog

from lockstep_api.database import ApiDatabase
from lockstep_api.errors import FeatureOff, StoreUnavailable
from lockstep_api.hub import KINDS, Hub
from lockstep_service.errors import PooledByTransaction

_SHORTEST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 10.0
_log = structlog.get_logger("lockstep.api")


async def feed(database: ApiDatabase, hub: Hub) -> None:
    """Listens, and connects again after each loss, until it is cancelled."""
    pause_s = _SHORTEST_PAUSE_S
    while True:
        try:
            await _listen(database, hub)
            pause_s = _SHORTEST_PAUSE_S
        except FeatureOff:
            return
        except PooledByTransaction as error:
            _log.error("cannot listen to the database", detail=str(error), retry_s=pause_s)
        except (StoreUnavailable, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            _log.warning("cannot listen to the database", retry_s=pause_s)
        hub.lost()
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)


async def _listen(database: ApiDatabase, hub: Hub) -> None:
    gone = asyncio.Event()
    async with database.listening() as connection:
        connection.add_termination_listener(lambda _: gone.set())
        for channel in KINDS:
            await connection.add_listener(channel, lambda _c, _p, name, payload: hub.publish(name, str(payload)))
        hub.lost()
        await gone.wait()
