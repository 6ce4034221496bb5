"""A request whose body does not come, or whose answer does not begin, is ended in time; one that is answered is not."""

import asyncio
import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from lockstep_api.deadline import Deadline

HEAD = "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\n"


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers after the body; `/long` goes on answering for longer than a request may take."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(4 if scope["path"] == "/long" else 1):
        await send({"type": "http.response.body", "body": b"part\n", "more_body": True})
        await asyncio.sleep(0.5 if scope["path"] == "/long" else 0)
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Where the application serves, for at most a second per request."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        config = uvicorn.Config(Deadline(application, limit_s=1.0), log_level="warning", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join(20)


def answer(port: int, path: str, body: bytes) -> tuple[int, bytes]:
    """Status and all that came, until the server ended the connection."""
    with socket.create_connection(("127.0.0.1", port), 20) as connection:
        connection.sendall(HEAD.format(path=path).encode() + body)
        stream = connection.makefile("rb")
        return int(stream.readline().split()[1]), stream.read()


def test_a_body_that_does_not_come_is_not_waited_for(port: int) -> None:
    status, text = answer(port, "/", b"1")
    assert (status, b'"code":"too_slow"' in text) == (408, True)


def test_a_body_that_comes_is_answered(port: int) -> None:
    assert answer(port, "/", b"123")[0] == 200


def test_an_answer_that_has_begun_may_take_its_time(port: int) -> None:
    status, text = answer(port, "/long", b"123")
    assert (status, text.count(b"part")) == (200, 4)
