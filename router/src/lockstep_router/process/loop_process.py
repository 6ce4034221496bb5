"""Runs the process that copies. Its supervisor starts it: `python -m lockstep_router.process.loop_process`."""

import os
import signal
import sys

from lockstep_router.accounts.tickets import TicketGate
from lockstep_router.errors import RouterError
from lockstep_router.process.loop import Loop
from lockstep_router.process.settings import from_environment, read_secret_key
from lockstep_service.errors import InvalidSettings


def main() -> int:
    """The exit code."""
    try:
        settings = from_environment(os.environ, with_database=False)
        _, secret = read_secret_key(settings.secret_key_path)
    except (RouterError, InvalidSettings) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    loop = Loop(settings, secret, TicketGate(settings.ticket_keys_path).check, os.getppid())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, loop.stop)
    loop.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
