"""`python -m lockstep_notifier`: send until SIGTERM."""

import asyncio
import os
import signal
import sys

import structlog

from lockstep_notifier.delivery import Channel, Send
from lockstep_notifier.metrics import NotifierMetrics
from lockstep_notifier.outbox import Outbox
from lockstep_notifier.settings import NotifierSettings
from lockstep_notifier.smtp import MailServer
from lockstep_notifier.webhooks import WebhookCalls
from lockstep_notifier.worker import Worker
from lockstep_service.errors import InvalidSettings
from lockstep_service.logs import configure_logs
from lockstep_service.settings import read_settings
from lockstep_service.vitals import Pulse, serving_vitals

_log = structlog.get_logger("lockstep.notifier")


async def serve(settings: NotifierSettings) -> None:
    """Sends until SIGTERM, and then ends the attempts that have begun."""
    ending = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ending.set)
    outbox = Outbox(settings.database_url.get_secret_value(), settings.lease_s)
    mails, webhooks, metrics, pulse = MailServer(settings), WebhookCalls(settings), NotifierMetrics(), Pulse()
    channels: dict[Channel, tuple[Send, int]] = {"webhook": (webhooks.send, settings.webhooks_at_once)}
    if settings.smtp_host:
        channels["email"] = (mails.send, settings.mails_at_once)
    else:
        _log.warning("no mails are sent", detail="LOCKSTEP_SMTP_HOST is empty: mails wait until there is a mail server.")
    worker = Worker(outbox, channels, metrics)
    with serving_vitals(metrics.registry, settings.metrics_port, pulse.is_alive, worker.is_up):
        beat = asyncio.create_task(pulse.beat())
        try:
            await worker.run(ending)
        finally:
            beat.cancel()
            mails.close()
            await webhooks.close()
            await outbox.close()


def main() -> int:
    """Sends until SIGTERM. Returns the exit status: 2 if the settings are invalid."""
    configure_logs()
    try:
        settings = read_settings(NotifierSettings, os.environ)
    except InvalidSettings as error:
        _log.error("cannot start", detail=str(error))
        return 2
    asyncio.run(serve(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
