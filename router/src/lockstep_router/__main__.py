"""Runs a router.

usage: python -m lockstep_router [loop|writer]

Without an argument: the whole router. `loop` and `writer` are its two processes; it starts them itself.
"""

import asyncio
import os
import signal
import sys

import structlog

from lockstep_router.engine import Engine
from lockstep_router.errors import RouterError
from lockstep_router.loop import Loop
from lockstep_router.settings import from_environment, read_secret_key
from lockstep_router.supervisor import parent, supervise
from lockstep_router.tickets import TicketGate
from lockstep_router.writer import Writer


def main(arguments: list[str]) -> int:
    """The exit code of the router or of one of its processes."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    roles = {(): run_all, ("loop",): run_loop, ("writer",): run_writer}
    run = roles.get(tuple(arguments))
    if run is None:
        sys.stderr.write(__doc__ or "")
        return 2
    try:
        run()
    except RouterError as error:
        structlog.get_logger("router").error(str(error))
        return 1
    return 0


def run_all() -> None:
    """The supervisor."""
    settings = from_environment(os.environ)
    read_secret_key(settings.secret_key_path)
    supervise(settings, os.environ)


def run_loop() -> None:
    """The process that copies."""
    settings = from_environment(os.environ, with_database=False)
    _, secret = read_secret_key(settings.secret_key_path)
    loop = Loop(settings, secret, Engine(TicketGate(settings.ticket_keys_path).check), parent())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, loop.stop)
    loop.run()


def run_writer() -> None:
    """The process that knows the database."""
    settings = from_environment(os.environ)
    public, _ = read_secret_key(settings.secret_key_path)
    asyncio.run(_write(Writer(settings, public, parent())))


async def _write(writer: Writer) -> None:
    task = asyncio.ensure_future(writer.run())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        return


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
