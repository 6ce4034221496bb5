"""`python -m lockstep_agent`: run a terminal pod. The settings are `LOCKSTEP_…` variables, see docs/contracts.md."""

import asyncio
import contextlib
import os
import sys
from pathlib import Path

import structlog

from lockstep_agent.ending import report_ending
from lockstep_agent.errors import SystemRefused
from lockstep_agent.health import Health
from lockstep_agent.settings import TERMINATION_LOG, AgentSettings, read_settings
from lockstep_agent.supervisor import Supervisor
from lockstep_core.resources.reasons import Reason
from lockstep_service.errors import InvalidSettings
from lockstep_service.logs import configure_logs
from lockstep_service.probes import ProbeServer

FAILED = 1
BAD_SETTINGS = 2


def main() -> int:
    """Runs the agent and returns its exit code."""
    configure_logs()
    try:
        settings = read_settings()
    except InvalidSettings as error:
        structlog.get_logger().error("end", code=BAD_SETTINGS, reason=Reason.BAD_SETTINGS, message=str(error))
        place = os.environ.get("LOCKSTEP_TERMINATION_LOG", TERMINATION_LOG)
        report_ending(Path(place), Reason.BAD_SETTINGS, str(error))
        return BAD_SETTINGS
    return run(settings)


def run(settings: AgentSettings) -> int:
    """Runs the agent with these settings and returns its exit code."""
    log = structlog.get_logger(account=str(settings.account), epoch=settings.epoch)
    health = Health()
    try:
        server = ProbeServer(health.routes(), settings.health_port)
    except OSError as error:
        refused = SystemRefused(f"port {settings.health_port}", error)
        log.error("end", code=FAILED, reason=refused.reason, message=refused.detail)
        report_ending(settings.paths.termination_log, refused.reason, refused.detail)
        return FAILED
    try:
        return asyncio.run(Supervisor(settings, health, log).run())
    except Exception as error:  # noqa: BLE001 - an error of any kind must be told before the pod ends
        # Only the type is told: the text of an unknown error may contain a secret.
        log.error("end", code=FAILED, error=type(error).__name__)
        report_ending(settings.paths.termination_log, Reason.TERMINAL_CRASHED, type(error).__name__)
        return FAILED
    finally:
        with contextlib.suppress(OSError):
            server.close()


if __name__ == "__main__":
    sys.exit(main())
