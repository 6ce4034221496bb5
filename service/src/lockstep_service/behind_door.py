"""HTTP behind a door: the container beside it that does TLS and bounds slow peers and the number of connections."""

import asyncio
from typing import Any

import uvicorn


def server_of(app: Any, host: str, port: int, drain_s: int = 10) -> uvicorn.Server:
    """A server for an ASGI app. Only the door reaches its port, on the pod's loopback. After SIGTERM it serves what has
    begun for `drain_s` seconds at most.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=drain_s,
    )
    return uvicorn.Server(config)


async def serve_beside(server: uvicorn.Server, *tasks: asyncio.Task[None]) -> None:
    """Serves until SIGTERM, and then cancels the tasks that run beside it."""
    try:
        await server.serve()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
