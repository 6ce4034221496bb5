"""Idempotency keys: a POST that is sent again with the same `Idempotency-Key` gets the response to the first one."""

import hashlib
import json
import re

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lockstep_api.context import Context, authenticate
from lockstep_api.errors import ApiError, InvalidRequest
from lockstep_api.problems import answer

# The calls that create or order something. Calls with secrets in their responses are excluded, since secrets are not stored.
_PATHS = re.compile(r"/v1/(accounts|copiers)(/[^/]+/(restart|flatten))?|/v1/copies/[^/]+/(copy-now|flatten)")
_NOT_KEPT = frozenset({401, 403, 429})
_LEAST, _MOST = 8, 128
_KEY = re.compile(rf"[A-Za-z0-9_-]{{{_LEAST},{_MOST}}}")


class IdempotencyKeys:
    """ASGI middleware that stores the response to the first request of each key."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http" or scope["method"] != "POST" or not _PATHS.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        key = request.headers.get("idempotency-key")
        if key is None:
            await self._app(scope, receive, send)
            return
        try:
            response = await self._serve(request, key, scope)
        except ApiError as error:
            response = answer(error, scope)
        await response(scope, receive, send)

    async def _serve(self, request: Request, key: str, scope: Scope) -> Response:
        if not _KEY.fullmatch(key):
            raise InvalidRequest("bad_idempotency_key", {"least": _LEAST, "most": _MOST})
        user = (await authenticate(request)).user
        body = await request.body()
        context: Context = request.app.state.context
        fingerprint = hashlib.sha256(scope["path"].encode() + b"\0" + body).digest()
        before = await context.database.begin_idempotency(user, key, fingerprint)
        if before is not None:
            return _replayed(*before)
        captured = _CapturedResponse()
        try:
            await self._app(scope, captured.receiver(body), captured.send)
        finally:
            # After a temporary failure the key is released, so that the client can send the request again.
            kept = captured.status if captured.status < 500 and captured.status not in _NOT_KEPT else None
            await context.database.end_idempotency(user, key, kept, captured.body.decode() if kept else None)
        return captured.response()


class _CapturedResponse:
    """A response, captured before it is sent."""

    def __init__(self) -> None:
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = b""

    def receiver(self, body: bytes) -> Receive:
        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        return receive

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        else:
            self.body += message.get("body", b"")

    def response(self) -> Response:
        response = Response(self.body, self.status)
        response.raw_headers = self.headers
        return response


def _replayed(same: bool, status: int | None, body: str | None) -> Response:
    if not same:
        raise ApiError(422, "idempotency_key_reused")
    if status is None:
        raise ApiError(409, "still_under_way")
    media_type = "application/json" if status < 400 else "application/problem+json"
    return JSONResponse(json.loads(body or "null"), status, {"Idempotency-Replayed": "true"}, media_type)
