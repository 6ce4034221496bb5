"""The real API on a real socket, for tests."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from lockstep_api.app import make_app
from lockstep_api.observe import Metrics
from lockstep_api.settings import Settings


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """The base URL of the API while it serves."""
    metrics = Metrics()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(make_app(settings, metrics), log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(20)
