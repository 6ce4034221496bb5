"""The application, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from lockstep_api.context import Context
from lockstep_api.observe import BodyLimit, Metrics, Observe
from lockstep_api.problems import add_problem_handlers
from lockstep_api.routes import accounts, copiers, copies, health, keys
from lockstep_api.settings import Settings


def make_app(settings: Settings, metrics: Metrics) -> FastAPI:
    """The API for these settings. It holds connections to Supabase while it runs."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with httpx.AsyncClient(timeout=settings.store_timeout_s) as http:
            app.state.context = Context(settings, http)
            yield

    app = FastAPI(
        title="Lockstep",
        version="1",
        description="Accounts, copiers and copies. Sign in at Supabase and send its access token.",
        lifespan=lifespan,
        redoc_url=None,
    )
    # The last one added is the outermost.
    app.add_middleware(BodyLimit, limit=settings.max_body_bytes)
    app.add_middleware(Observe, metrics=metrics)
    add_problem_handlers(app)
    for routes in (keys, accounts, copiers, copies, health):
        app.include_router(routes.router)
    return app
