"""What the status page reads from and writes to Postgres, as the role `lockstep_status`."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import asyncpg

from lockstep_api.status_page.history import DAYS, Figures, History, Incident, Outage, Recent

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
SOON = timedelta(minutes=15)
WHOLE = timedelta(hours=6)
"""How far back the canary's copies are looked for: usually, and where Postgres or this process was away."""
OUTAGE_MINUTES = 3
"""So many bad minutes in a row are an outage."""
_CONNECT_S = 5
_COMMAND_S = 30

_DAYS = """
select part, (minute at time zone 'UTC')::date as day, count(*)::int as minutes, (count(*) filter (where ok))::int as good,
  percentile_disc(array[0.5, 0.95, 0.99]) within group (order by took_us) as took
from private.status_minutes where minute >= $1 group by 1, 2
"""
_RECENT = """
select part, count(*)::int as minutes, (count(*) filter (where ok))::int as good,
  percentile_disc(array[0.5, 0.95, 0.99]) within group (order by took_us) as took,
  bool_or(ok) filter (where minute >= now() - interval '5 minutes') as works
from private.status_minutes where minute >= now() - interval '1 day' group by 1
"""
_OUTAGES = """
select part, min(minute) as began, count(*)::int as minutes from (
  select part, minute, minute - row_number() over (partition by part order by minute) * interval '1 minute' as island
  from private.status_minutes where not ok and minute >= $1) x
group by part, island having count(*) >= $2 order by 2 desc limit 200
"""
_INCIDENTS = """
select fingerprint, began_at, affects, ended_at from private.incidents
where coalesce(ended_at, now()) >= $1 order by began_at desc limit 500
"""
_PUT_MINUTE = """
insert into private.status_minutes as old (part, minute, ok) values ($1, $2, $3)
on conflict (part, minute) do update set ok = true where excluded.ok and not old.ok
"""
_PUT_INCIDENT = """
insert into private.incidents as old (fingerprint, began_at, affects, ended_at) values ($1, $2, $3, $4)
on conflict (fingerprint, began_at) do update set ended_at = excluded.ended_at where old.ended_at is null
"""


class Minute(NamedTuple):
    """Whether a part answered in a minute."""

    part: str
    minute: datetime
    ok: bool


async def connect(url: str) -> "Connection":
    """A connection. Raises one of `AWAY`."""
    return await asyncpg.connect(url, timeout=_CONNECT_S, command_timeout=_COMMAND_S)


async def put(connection: "Connection", minutes: Iterable[Minute], incidents: Iterable[Incident]) -> None:
    """Writes what this process has seen and been told. Writing it twice changes nothing."""
    await connection.executemany(_PUT_MINUTE, [tuple(each) for each in minutes])
    told = [(each.fingerprint, each.began, each.affects, each.ended) for each in incidents]
    await connection.executemany(_PUT_INCIDENT, told)


async def read(connection: "Connection", before: History, now: datetime, since: timedelta) -> History:
    """The history by now. Days that had ended before it was last read are not read again."""
    await connection.execute("select private.fold_status($1)", since)
    oldest = datetime.combine((now - timedelta(days=DAYS - 1)).date(), datetime.min.time(), UTC)
    first = oldest if before.read_at is None else max(oldest, _day_before(before.read_at))
    days = _by_part(await connection.fetch(_DAYS, first))
    recent = {
        row["part"]: Recent(_figures(row), row["works"])
        for row in sorted(await connection.fetch(_RECENT), key=lambda row: str(row["part"]))
    }
    outages = tuple(Outage(*row) for row in await connection.fetch(_OUTAGES, oldest, OUTAGE_MINUTES))
    incidents = [Incident(*row) for row in await connection.fetch(_INCIDENTS, oldest)]
    seen = History(now, recent, before.days, outages, before.incidents)
    return seen.with_days(days, now).with_incidents(incidents, now)


def _day_before(moment: datetime) -> datetime:
    """The beginning of the day before: of a minute that was written late, the figures are still changed."""
    return datetime.combine((moment - timedelta(days=1)).date(), datetime.min.time(), UTC)


def _by_part(rows: list[asyncpg.Record]) -> Mapping[str, Mapping[date, Figures]]:
    days: dict[str, dict[date, Figures]] = {}
    for row in rows:
        days.setdefault(row["part"], {})[row["day"]] = _figures(row)
    return days


def _figures(row: asyncpg.Record) -> Figures:
    return Figures(row["minutes"], row["good"], *(row["took"] or (None, None, None)))
