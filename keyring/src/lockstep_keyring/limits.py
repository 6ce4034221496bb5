"""Limits the size of request bodies, before anything of them is parsed."""

import asyncio

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lockstep_keyring.errors import RequestTooLarge

MAX_BODY_BYTES = 16 * 1024
MOST_PASSED_OVER = 4 * 1024 * 1024
PASSED_OVER_S = 2.0


class BodyLimit:
    """ASGI middleware that counts a body's bytes, and answers `too_large` where they exceed those of any correct request."""

    def __init__(self, app: ASGIApp, too_large: Response) -> None:
        self._app = app
        self._too_large = too_large

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request, and counts the bytes of its body."""
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > MAX_BODY_BYTES:
                raise RequestTooLarge(f"A body of more than {MAX_BODY_BYTES} bytes.")
            return message

        async def unless_too_large(message: Message) -> None:
            # The application saw only a part of the body, so its answer is dropped.
            if seen <= MAX_BODY_BYTES:
                await send(message)

        await self._app(scope, counted, unless_too_large)
        if seen > MAX_BODY_BYTES:
            await _pass_over(receive)
            await self._too_large(scope, receive, send)


async def _pass_over(receive: Receive) -> None:
    """Reads on for a moment and keeps nothing. If the connection is closed while the peer still sends, it is reset, and the
    peer may never see the answer.
    """
    left = MOST_PASSED_OVER
    try:
        async with asyncio.timeout(PASSED_OVER_S):
            while left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                if not message.get("more_body", False):
                    return
    except TimeoutError:
        return
