"""Probes and metrics over HTTP."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from lockstep_operator.metrics import OperatorMetrics


@asynccontextmanager
async def serving(
    port: int, metrics: OperatorMetrics, is_alive: Callable[[], bool], is_ready: Callable[[], bool]
) -> AsyncIterator[None]:
    """Serve `/livez`, `/readyz` and `/metrics` while the block runs."""

    async def livez(_: web.Request) -> web.Response:
        return _answer(is_alive(), "no relist for too long")

    async def readyz(_: web.Request) -> web.Response:
        return _answer(is_ready(), "not relisted yet")

    async def scrape(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app = web.Application()
    app.add_routes([web.get("/livez", livez), web.get("/readyz", readyz), web.get("/metrics", scrape)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, port=port).start()
        yield
    finally:
        await runner.cleanup()


def _answer(good: bool, otherwise: str) -> web.Response:
    return web.Response(text="ok") if good else web.Response(text=otherwise, status=503)
