"""Hands mails to a mail server. The library blocks, so each attempt has a thread; connections are used again."""

import asyncio
import smtplib
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage

from lockstep_notifier.delivery import Delivery
from lockstep_notifier.errors import NotSent
from lockstep_notifier.mail import is_address, mail
from lockstep_notifier.outbox import attempt_s
from lockstep_notifier.settings import NotifierSettings
from lockstep_texts.errors import TextsError

_IDLE_S = 20.0
"""Servers close connections on which nothing is said; this is less than any of them waits."""

_PERMANENT = 500


@dataclass(frozen=True)
class _Idle:
    connection: smtplib.SMTP
    since_s: float


class MailServer:
    """The mail server of the settings."""

    def __init__(self, settings: NotifierSettings) -> None:
        self._settings = settings
        self._latest_s = attempt_s(settings.lease_s) - 2 * settings.smtp_timeout_s
        self._threads = ThreadPoolExecutor(settings.mails_at_once, "smtp")
        self._idle: list[_Idle] = []
        self._lock = threading.Lock()

    def close(self) -> None:
        """Closes the connections; attempts must be over."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for each in self._idle:
            each.connection.close()

    async def send(self, delivery: Delivery) -> None:
        """Hands one mail over. Raises NotSent."""
        message = self._message(delivery)
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._threads, self._hand_over, message, delivery.reader.address)

    def _message(self, delivery: Delivery) -> EmailMessage:
        if not is_address(delivery.reader.address):
            raise NotSent("bad_address", permanent=True)
        try:
            return mail(delivery, self._settings.sender, self._settings.site_url, datetime.now(UTC))
        except (ValueError, LookupError, TypeError, TextsError) as error:
            raise NotSent("cannot_be_said", permanent=True) from error

    def _hand_over(self, message: EmailMessage, address: str) -> None:
        begun_s = time.monotonic()
        connection = self._taken() or self._opened()
        try:
            _envelope(connection, message, address)
            # Nobody can interrupt a thread: one that is late must not hand over what the next attempt does.
            if time.monotonic() - begun_s > self._latest_s:
                raise NotSent("too_slow")
            _content(connection, message)
        except BaseException:
            connection.close()
            raise
        with self._lock:
            self._idle.append(_Idle(connection, time.monotonic()))

    def _taken(self) -> smtplib.SMTP | None:
        """A connection that still answers."""
        while True:
            with self._lock:
                if not self._idle:
                    return None
                idle = self._idle.pop()
            if time.monotonic() - idle.since_s < _IDLE_S:
                with suppress(OSError, smtplib.SMTPException):
                    if idle.connection.rset()[0] == 250:
                        return idle.connection
            idle.connection.close()

    def _opened(self) -> smtplib.SMTP:
        given = self._settings
        try:
            connection = _connected(given)
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent("mail_server_away") from error
        if given.smtp_user:
            try:
                connection.login(given.smtp_user, given.smtp_password.get_secret_value())
            except (OSError, smtplib.SMTPException) as error:
                connection.close()
                raise NotSent("mail_server_refuses_login") from error
        return connection


def _connected(given: NotifierSettings) -> smtplib.SMTP:
    where = (given.smtp_host, given.smtp_port)
    context = ssl.create_default_context()
    if given.smtp_tls == "whole":
        return smtplib.SMTP_SSL(*where, timeout=given.smtp_timeout_s, context=context)
    connection = smtplib.SMTP(*where, timeout=given.smtp_timeout_s)
    if given.smtp_tls == "start":
        try:
            connection.starttls(context=context)
        except BaseException:
            connection.close()
            raise
    connection.ehlo_or_helo_if_needed()
    return connection


def _envelope(connection: smtplib.SMTP, message: EmailMessage, address: str) -> None:
    """From whom and to whom. A failure here is no mail."""
    try:
        code, _ = connection.mail(message["From"].addresses[0].addr_spec)
        if code != 250:
            raise NotSent(f"sender_refused_{code}")
        code, _ = connection.rcpt(address)
        if code not in (250, 251):
            raise NotSent(f"recipient_refused_{code}", permanent=code >= _PERMANENT)
    except UnicodeEncodeError as error:
        raise NotSent("bad_address", permanent=True) from error
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent("mail_server_away") from error


def _content(connection: smtplib.SMTP, message: EmailMessage) -> None:
    """The mail itself. Where the server's last word is lost, it may have it."""
    try:
        code, _ = connection.data(message.as_bytes())
    except smtplib.SMTPDataError as error:
        raise NotSent(f"mail_refused_{error.smtp_code}", permanent=error.smtp_code >= _PERMANENT) from error
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent("mail_server_lost", unknown=True) from error
    if code != 250:
        raise NotSent(f"mail_refused_{code}", permanent=code >= _PERMANENT)
