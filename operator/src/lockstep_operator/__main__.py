"""`python -m lockstep_operator`: run until told to stop."""

import asyncio
import os
import signal
import sys

import structlog

from lockstep_operator.app import PartEnded, run
from lockstep_operator.settings import Settings
from lockstep_service.errors import InvalidSettings
from lockstep_service.logs import configure_logs
from lockstep_service.settings import read_settings


async def run_until_told(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await run(settings, stop)


def main() -> int:
    """Exit status: 0 after a wished end, 1 if a part ended by itself, 2 if somebody must correct the settings."""
    configure_logs()
    log = structlog.get_logger("lockstep.operator")
    try:
        asyncio.run(run_until_told(read_settings(Settings, os.environ)))
    except InvalidSettings as error:
        log.error("cannot start", detail=str(error))
        return 2
    except PartEnded:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
