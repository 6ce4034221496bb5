"""Bounds the time of a request, from its head until its response begins. The door bounds the rest."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lockstep_api.errors import TooSlow
from lockstep_api.problems import answer


class Deadline:
    """ASGI middleware that ends a request whose body does not arrive, or whose response does not begin, in time."""

    def __init__(self, app: ASGIApp, limit_s: float) -> None:
        self._app = app
        self._limit_s = limit_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def noted(message: Message) -> None:
            nonlocal has_begun
            if not has_begun:
                has_begun = True
                limit.reschedule(None)
            await send(message)

        limit = asyncio.timeout(self._limit_s)
        try:
            async with limit:
                await self._app(scope, receive, noted)
        except TimeoutError:
            if has_begun or not limit.expired():
                raise
            await answer(TooSlow(), scope)(scope, receive, send)
