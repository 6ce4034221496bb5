"""Serves a registry of metrics to Prometheus."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, start_http_server


@contextmanager
def serving_metrics(registry: CollectorRegistry, port: int) -> Iterator[None]:
    """Answer on this port, from a thread, while the block runs."""
    server, thread = start_http_server(port, registry=registry)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
