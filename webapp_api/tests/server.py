"""The real API on a real socket, for tests."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from lockstep_api.app import make_app
from lockstep_api.metrics import ApiMetrics
from lockstep_api.settings import ApiSettings


@contextmanager
def serving(settings: ApiSettings) -> Iterator[str]:
    """The base URL of the API while it serves."""
    metrics = ApiMetrics()
    # asyncio sends without delay only on sockets that say they are TCP: https://github.com/python/cpython/issues/148783
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = uvicorn.Server(_config(settings, metrics))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(20)


def _config(settings: ApiSettings, metrics: ApiMetrics) -> uvicorn.Config:
    return uvicorn.Config(make_app(settings, metrics), log_level="warning", access_log=False, proxy_headers=False)
