"""Gives each request an id, one log line and two metrics. None of these contains a body, a token or a query."""

import re
import time
import uuid

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lockstep_api.metrics import ApiMetrics

_ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_log = structlog.get_logger("lockstep.api")


class RequestLogging:
    """ASGI middleware around all others."""

    def __init__(self, app: ASGIApp, metrics: ApiMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        began = time.monotonic()
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", []), (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            self._record(scope, request_id, status, time.monotonic() - began)

    def _record(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        route = _route(scope)
        self._metrics.seen(scope["method"], route, status, seconds)
        ms = round(seconds * 1000, 1)
        _log.info("request", request_id=request_id, method=scope["method"], route=route, status=status, ms=ms)


def _request_id(scope: Scope) -> str:
    given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
    return given if _ACCEPTABLE_ID.fullmatch(given) else uuid.uuid4().hex


def _route(scope: Scope) -> str:
    route = scope.get("route")
    return str(getattr(route, "path", "unknown"))
