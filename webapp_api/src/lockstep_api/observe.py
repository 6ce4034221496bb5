"""A request id, one log line and two metrics for every request. Bodies, tokens and queries are in none of them."""

import re
import time
import uuid
from collections.abc import Mapping

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lockstep_api.errors import ApiError, TooLarge
from lockstep_api.problems import answer

_ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_QUIET = frozenset({"/livez", "/readyz"})
_log = structlog.get_logger("lockstep.api")


class Metrics:
    """The figures of the HTTP side."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "lockstep_api_requests_total", "Requests answered.", ["method", "route", "status"], registry=self.registry
        )
        self._seconds = Histogram("lockstep_api_request_seconds", "Time to answer.", ["route"], registry=self.registry)

    def seen(self, method: str, route: str, status: int, seconds: float) -> None:
        """Counts one answered request."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)


class Observe:
    """ASGI middleware around everything else."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
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
            self._tell(scope, request_id, status, time.monotonic() - began)

    def _tell(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        route = _route(scope)
        self._metrics.seen(scope["method"], route, status, seconds)
        if route not in _QUIET:
            ms = round(seconds * 1000, 1)
            _log.info("request", request_id=request_id, method=scope["method"], route=route, status=status, ms=ms)


class BodyLimit:
    """ASGI middleware that refuses bodies above a size, and those that do not tell theirs. `larger` are paths that may have
    more, and how much.
    """

    def __init__(self, app: ASGIApp, limit: int, larger: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._limit = limit
        self._larger = larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        refusal = self._refusal(scope["path"], dict(scope["headers"])) if scope["type"] == "http" else None
        if refusal is None:
            await self._app(scope, receive, send)
        else:
            await answer(refusal, scope["state"]["request_id"])(scope, receive, send)

    def _refusal(self, path: str, headers: dict[bytes, bytes]) -> ApiError | None:
        if b"transfer-encoding" in headers:
            return ApiError(411, "length_required", "Send the body with its Content-Length.")
        # The server itself holds a client to the length that it tells.
        limit = self._larger.get(path, self._limit)
        return TooLarge(limit) if int(headers.get(b"content-length", b"0")) > limit else None


def _request_id(scope: Scope) -> str:
    given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
    return given if _ACCEPTABLE_ID.fullmatch(given) else uuid.uuid4().hex


def _route(scope: Scope) -> str:
    route = scope.get("route")
    return str(getattr(route, "path", "unknown"))
