"""Creates the application from its routes and middleware."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from lockstep_api.content_length import ContentLengthLimit
from lockstep_api.context import Context
from lockstep_api.database import ApiDatabase
from lockstep_api.deadline import Deadline
from lockstep_api.headers import SafeHeaders
from lockstep_api.hub import Hub
from lockstep_api.idempotency import IdempotencyKeys
from lockstep_api.limits import AddressLimit
from lockstep_api.listen import feed
from lockstep_api.metrics import ApiMetrics
from lockstep_api.problems import add_problem_handlers, documented
from lockstep_api.request_logging import RequestLogging
from lockstep_api.routes import (
    accounts,
    alerts,
    calendar,
    copiers,
    copies,
    environments,
    keys,
    live,
    manual_requests,
    many,
    me,
    notifications,
    overview,
    platforms,
    proxies,
    rules,
    security,
    servers,
    staff,
    stream,
    symbols,
    templates,
)
from lockstep_api.settings import ApiSettings

ROUTES = (
    keys,
    platforms,
    environments,
    proxies,
    me,
    accounts,
    copiers,
    templates,
    many,
    manual_requests,
    live,
    rules,
    copies,
    overview,
    servers,
    alerts,
    notifications,
    calendar,
    security,
    staff,
    stream,
    symbols,
)


EVERYWHERE = (422, 429, 504)
"""Any request may be not as documented, one too many, or take too long."""


def make_app(settings: ApiSettings, metrics: ApiMetrics) -> FastAPI:
    """Creates the API for these settings. While it runs, it keeps connections to Supabase and Postgres open."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = ApiDatabase(_secret(settings.database_url), settings.store_timeout_s)
        hub = Hub()
        async with httpx.AsyncClient(timeout=settings.store_timeout_s) as http:
            app.state.context = Context(settings, http, database, hub)
            feeding = asyncio.create_task(feed(database, hub))
            try:
                yield
            finally:
                feeding.cancel()
                await asyncio.gather(feeding, return_exceptions=True)
                await database.close()

    app = FastAPI(
        title="Lockstep",
        version="1",
        description="Accounts, copiers and copies. Sign in at Supabase and send its access token, or an API token. "
        "A POST that makes something takes an `Idempotency-Key`.",
        lifespan=lifespan,
        # The API has its own metrics and logs. Nobody would collect these, and they would slow down every request.
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
        # The page at /docs would run scripts from another site. The document itself is at /openapi.json.
        docs_url=None,
        redoc_url=None,
    )
    # The middleware that is added last is the outermost.
    app.add_middleware(IdempotencyKeys)
    app.add_middleware(ContentLengthLimit, limit=settings.max_body_bytes, larger={calendar.UPLOAD: calendar.UPLOAD_BYTES})
    app.add_middleware(Deadline, limit_s=settings.request_timeout_s)
    app.add_middleware(
        AddressLimit,
        per_s=settings.address_requests_per_s,
        burst=settings.address_requests_burst,
        visitor_key=_visitor_key(settings),
        proxies=settings.trusted_proxies,
    )
    app.add_middleware(SafeHeaders)
    app.add_middleware(RequestLogging, metrics=metrics)
    add_problem_handlers(app)
    for router in (*(routes.router for routes in ROUTES), notifications.open_router):
        app.include_router(router, responses=documented(*EVERYWHERE))
    return app


def _secret(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


def _visitor_key(settings: ApiSettings) -> bytes | None:
    secret = _secret(settings.visitor_key)
    return None if secret is None else base64.b64decode(secret)
