"""`python -m lockstep_agent`: run a terminal pod. The settings are `LOCKSTEP_…` variables, see docs/contracts.md."""

import asyncio
import contextlib
import json
import sys

import structlog

from lockstep_agent.errors import AgentError
from lockstep_agent.health import Health
from lockstep_agent.settings import AgentSettings, read_settings
from lockstep_agent.supervisor import Supervisor
from lockstep_service.errors import InvalidSettings
from lockstep_service.logs import configure_logs
from lockstep_service.probes import ProbeServer

BAD_SETTINGS = 2


def main() -> int:
    """Runs the agent and returns its exit code."""
    try:
        settings = read_settings()
    except InvalidSettings as error:
        sys.stderr.write(json.dumps({"reason": AgentError.reason, "message": str(error)}) + "\n")
        return BAD_SETTINGS
    return run(settings)


def run(settings: AgentSettings) -> int:
    """Runs the agent with these settings and returns its exit code."""
    configure_logs()
    log = structlog.get_logger(account=str(settings.account), epoch=settings.epoch)
    health = Health()
    try:
        server = ProbeServer(health.routes(), settings.health_port)
    except OSError as error:
        log.error("health", port=settings.health_port, error=error.strerror)
        return BAD_SETTINGS
    try:
        return asyncio.run(Supervisor(settings, health, log).run())
    finally:
        with contextlib.suppress(OSError):
            server.close()


if __name__ == "__main__":
    sys.exit(main())
