"""`python -m lockstep_api.calendar FILE`: stores a news calendar, for those who run the service.

    kubectl -n lockstep exec -i deploy/lockstep-webapp-api -- python3 -m lockstep_api.calendar - --source NAME < FILE

It needs LOCKSTEP_DATABASE_URL. Valid lines are stored, and invalid ones are printed. The exit code is 0 if all lines were
valid, 1 if some were not, and 2 if nothing could be stored.
"""

import argparse
import asyncio
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg

from lockstep_api.calendar.entries import ParsedCalendar, as_rows
from lockstep_api.calendar.files import digest_of, read_calendar
from lockstep_api.database import ApiDatabase
from lockstep_api.errors import ApiError
from lockstep_texts import say
from lockstep_texts.catalogue import catalogue

_TIMEOUT_S = 30.0


async def take(url: str | None, source: str, reading: ParsedCalendar, reason: str, digest: str) -> dict[str, Any]:
    """Stores a parsed calendar. Returns how many entries changed. Raises ApiError, asyncpg.PostgresError."""
    database = ApiDatabase(url, _TIMEOUT_S)
    try:
        return await database.put_calendar(source, as_rows(reading.entries), len(reading.bad), reason, digest)
    finally:
        await database.close()


def main(arguments: list[str] | None = None) -> int:
    """Runs the command. Returns the exit code."""
    options = _parser().parse_args(arguments)
    words = catalogue("en")
    try:
        raw = sys.stdin.buffer.read() if options.file == "-" else Path(options.file).read_bytes()
        text = raw.decode("utf-8-sig")
        reading = read_calendar(text, datetime.now(UTC), options.format)
        url = os.environ.get("LOCKSTEP_DATABASE_URL")
        done = asyncio.run(take(url, options.source, reading, options.reason, digest_of(text)))
    except ApiError as error:
        sys.stderr.write(f"Nothing was done: {say.problem(words, error.code, error.params)}\n")
        return 2
    except (OSError, UnicodeDecodeError, asyncpg.PostgresError) as error:
        sys.stderr.write(f"Nothing was done: {error}\n")
        return 2
    for bad in reading.bad:
        sys.stderr.write(f"line {bad.line}: {say.calendar_problem(words, bad.code, bad.params)}\n")
    counts = ", ".join(f"{done[name]} {name}" for name in ("added", "changed", "removed", "unchanged"))
    sys.stdout.write(f"{counts}, {len(reading.bad)} bad. Covered until {done['covered_until'] or 'no time at all'}.\n")
    return 1 if reading.bad else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lockstep_api.calendar", description="Fills the news calendar.")
    parser.add_argument("file", help="CSV or iCalendar; - reads it from the standard input")
    parser.add_argument("--source", required=True, help="whose calendar it is: with its ids, what makes entries the same")
    parser.add_argument("--reason", default="by command", help="written down with the upload")
    parser.add_argument("--format", choices=("csv", "icalendar"), help="by default, by how the file begins")
    return parser


if __name__ == "__main__":
    sys.exit(main())
