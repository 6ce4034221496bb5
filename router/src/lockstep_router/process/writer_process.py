"""Runs the process that knows the database. Its supervisor starts it: `python -m lockstep_router.process.writer_process`."""

import asyncio
import os
import signal
import sys

from lockstep_router.process.settings import from_environment
from lockstep_router.process.writer import Writer
from lockstep_service.errors import InvalidSettings
from lockstep_service.logs import configure_logs


def main() -> int:
    """The exit code."""
    configure_logs()
    try:
        settings = from_environment(os.environ)
    except InvalidSettings as error:
        sys.stderr.write(f"{error}\n")
        return 1
    asyncio.run(_run(Writer(settings, os.getppid())))
    return 0


async def _run(writer: Writer) -> None:
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, writer.end)
    await writer.run()


if __name__ == "__main__":
    sys.exit(main())
