"""A bound on request bodies, kept before anything is parsed."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lockstep_keyring.errors import RequestTooLarge

MAX_BODY_BYTES = 16 * 1024


class BodyLimit:
    """ASGI middleware that stops reading a body once it is larger than any correct request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting what it reads. Raises RequestTooLarge into the reader of the body."""
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > MAX_BODY_BYTES:
                raise RequestTooLarge(f"A body of more than {MAX_BODY_BYTES} bytes.")
            return message

        await self._app(scope, counted, send)
