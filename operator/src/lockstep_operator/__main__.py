"""`python -m lockstep_operator`: run until SIGTERM."""

import asyncio
import os
import signal
import sys

import structlog

from lockstep_operator.app import PartEnded, run
from lockstep_operator.errors import KindMissing
from lockstep_operator.settings import OperatorSettings
from lockstep_service.errors import InvalidSettings
from lockstep_service.logs import configure_logs
from lockstep_service.settings import read_settings


async def run_until_stopped(settings: OperatorSettings) -> None:
    """Run until SIGTERM or SIGINT."""
    stop = asyncio.Event()

    def catch_signals() -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)

    catch_signals()
    await run(settings, stop, catch_signals)


def main() -> int:
    """Returns the exit status: 0 after SIGTERM, 1 if a part ended by itself, 2 if the settings are invalid, 3 if the kind
    CopierAccount is not installed.
    """
    configure_logs()
    log = structlog.get_logger("lockstep.operator")
    try:
        asyncio.run(run_until_stopped(read_settings(OperatorSettings, os.environ)))
    except InvalidSettings as error:
        log.error("cannot start", detail=str(error))
        return 2
    except KindMissing as error:
        log.error("cannot run", detail=str(error))
        return 3
    except PartEnded:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
