"""Limits the size of request bodies by their Content-Length."""

from collections.abc import Mapping

from starlette.types import ASGIApp, Receive, Scope, Send

from lockstep_api.errors import ApiError, TooLarge
from lockstep_api.problems import answer


class ContentLengthLimit:
    """ASGI middleware that refuses a body above `limit` bytes, and one without a Content-Length. `larger` has other limits
    for some paths.
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
            await answer(refusal, scope)(scope, receive, send)

    def _refusal(self, path: str, headers: dict[bytes, bytes]) -> ApiError | None:
        if b"transfer-encoding" in headers:
            return ApiError(411, "length_required")
        # The header is enough: the server itself reads no more of a body than its Content-Length.
        limit = self._larger.get(path, self._limit)
        return TooLarge(limit) if int(headers.get(b"content-length", b"0")) > limit else None
