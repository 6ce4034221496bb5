"""Runs a router: `python -m lockstep_router`. Everything it needs to know is in its environment (see `settings`)."""

import os
import sys

from lockstep_router.errors import RouterError
from lockstep_router.process.settings import from_environment, read_secret_key
from lockstep_router.process.supervisor import supervise
from lockstep_service.errors import InvalidSettings
from lockstep_service.logs import configure_logs


def main() -> int:
    """The exit code: 0 after SIGTERM, 1 where it cannot be started like this."""
    configure_logs()
    try:
        settings = from_environment(os.environ)
        read_secret_key(settings.secret_key_path)
    except (RouterError, InvalidSettings) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    supervise(settings, os.environ)
    return 0


if __name__ == "__main__":
    sys.exit(main())
