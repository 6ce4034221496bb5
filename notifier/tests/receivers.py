"""Real receivers on loopback: a mail server and an HTTP server, which note what they get and may be told how to answer."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

OK = "250 taken"


@dataclass
class Mailbox:
    """What a mail server got. `on` names the step at which `then` is called: `EHLO`, `RCPT`, `DATA` or `sent`."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    arrived: dict[str, float] = field(default_factory=dict)
    logins: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    on: str = ""
    then: Callable[[], None] = lambda: None

    def reached(self, step: str) -> None:
        """The client has come so far."""
        if self.on == step:
            self.on = ""
            self.then()


class _Handler:
    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def _reached(self, step: str) -> None:
        if self._mailbox.on == step:
            await asyncio.to_thread(self._mailbox.reached, step)

    async def handle_EHLO(  # noqa: N802 - the library calls it
        self, _s: SMTP, session: Session, _e: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self._mailbox.logins += 1
        session.host_name = hostname
        await self._reached("EHLO")
        return responses

    async def handle_RCPT(  # noqa: N802 - the library calls it
        self, _s: SMTP, _session: Session, envelope: Envelope, address: str, _o: list[str]
    ) -> str:
        await self._reached("RCPT")
        answer = self._mailbox.answers.get("RCPT", OK)
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802 - the library calls it
        self, _s: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        answer = self._mailbox.answers.get("DATA", OK)
        if answer == OK:
            content = envelope.content or b""
            raw = content if isinstance(content, bytes) else content.encode()
            mail = message_from_bytes(raw, policy=default)
            assert isinstance(mail, EmailMessage)
            self._mailbox.mails.append(mail)
            self._mailbox.recipients += envelope.rcpt_tos
            self._mailbox.arrived |= dict.fromkeys(envelope.rcpt_tos, time.monotonic())
        await self._reached("DATA")
        if self._mailbox.on == "sent":
            self._mailbox.on = ""
            threading.Timer(0.001, self._mailbox.then).start()
        return answer


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """A mail server, as a library brings it, in a thread of its own."""
    mailbox, loop = Mailbox(), asyncio.new_event_loop()
    handler = _Handler(mailbox)
    serving = loop.create_server(lambda: SMTP(handler, hostname="mailbox.test", loop=loop), "127.0.0.1", 0)
    server = loop.run_until_complete(serving)
    mailbox.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield mailbox
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        _end(loop, server)


def _end(loop: asyncio.AbstractEventLoop, server: asyncio.Server) -> None:
    """Ends what still runs: sessions of clients that left without a word."""

    async def cancelled() -> None:
        server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    loop.run_until_complete(cancelled())
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


@dataclass(frozen=True)
class Call:
    """One call that a receiver got."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What an HTTP server got, and how it answers: `answers` by path, else 204."""

    port: int = 0
    calls: list[Call] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)
    pause_s: dict[str, float] = field(default_factory=dict)
    on: str = ""
    then: Callable[[], None] = lambda: None

    def url(self, path: str = "/") -> str:
        """An address of this receiver."""
        return f"http://127.0.0.1:{self.port}{path}"

    def reached(self, step: str) -> None:
        """The client has come so far."""
        if self.on == step:
            self.on = ""
            self.then()


@contextmanager
def receiver() -> Iterator[Receiver]:
    """An HTTP server."""
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            found.calls.append(Call(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            found.reached("request")
            time.sleep(found.pause_s.get(self.path, 0))
            self.send_response(found.answers.get(self.path, 204))
            self.send_header("Location", found.url("/elsewhere"))
            self.send_header("Content-Length", "0")
            self.end_headers()
            self.wfile.flush()
            found.reached("answered")

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's signature
            """Writes nothing."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 128
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that was killed is no error here."""

    server = Server(("127.0.0.1", 0), Handler)
    found.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
