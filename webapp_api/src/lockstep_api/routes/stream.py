"""Route for the stream of changes."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse

from lockstep_api.context import CallerOf, ContextOf, CredentialOf, get_caller, store_of
from lockstep_api.errors import ApiError, FeatureOff
from lockstep_api.hub import Hub
from lockstep_api.problems import documented
from lockstep_api.signed_in import SignedInRoute

router = APIRouter(prefix="/v1/stream", route_class=SignedInRoute, tags=["stream"], responses=documented(401, 403, 501, 503))
KEEP_ALIVE_S = 15.0
RECHECK_S = 60.0
BEGUN = "retry: 1000\nevent: begun\ndata: {}\n\n"
RESUMED = "retry: 1000\nevent: resumed\ndata: {}\n\n"
EXPIRED = "event: expired\ndata: {}\n\n"
ENDED = 'event: ended\ndata: {"reason":"too_many_streams"}\n\n'


class EventStream(StreamingResponse):
    """Server-sent events."""

    media_type = "text/event-stream"


@router.get("", response_class=EventStream)
async def stream(
    context: ContextOf,
    credential: CredentialOf,
    caller: CallerOf,
    last_event_id: Annotated[str | None, Header(max_length=64)] = None,
    after: Annotated[str | None, Query(max_length=64, description="Where to begin; `Last-Event-ID` goes before it.")] = None,
) -> EventStream:
    """Changes of the caller's accounts, copiers, copies, alerts and requests, as server-sent events.

    `event: begun`: from now on no change is missed, but data that was read before may be old. `event: resumed` comes instead
    if the request has an id to begin after: all changes since then follow, except those without an id.
    `event: change` with `{"kind": "account|copier|copy|alert|sync|live", "op": "INSERT|UPDATE|DELETE", "id"}`: read that
    object again. `live` is an account whose figures or positions changed; it comes once a second at most and has no id.
    `event: reload`: read everything again. `event: expired`: the token has ended; connect again with a new one and the
    `Last-Event-ID`. `event: ended` with `{"reason": "too_many_streams"}`: the user has opened a sixth stream, and this was
    the oldest; do not connect again by yourself.
    """
    if context.settings.database_url is None:
        raise FeatureOff

    async def still_welcome() -> bool:
        try:
            await get_caller(store_of(context, credential))
        except ApiError as error:
            return error.status >= 500
        return True

    lines = lines_until(context.hub, str(caller.user_id), last_event_id or after, credential.expires_s, still_welcome)
    return EventStream(lines, headers={"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"})


async def lines_until(
    hub: Hub,
    user: str,
    last_id: str | None,
    expires_s: float,
    still_welcome: Callable[[], Awaitable[bool]],
    recheck_s: float = RECHECK_S,
) -> AsyncGenerator[str]:
    """The events for one browser, until its token expires (Unix time in s) or is refused."""
    end_s = time.monotonic() + expires_s - time.time()
    check_s = time.monotonic() + recheck_s
    with hub.watching(user, last_id) as watch:
        yield BEGUN if last_id is None else RESUMED
        while (now_s := time.monotonic()) < end_s:
            if now_s >= check_s:
                check_s = now_s + recheck_s
                if not await still_welcome():
                    break
            try:
                async with asyncio.timeout(min(KEEP_ALIVE_S, end_s - now_s)):
                    text = await watch.take()
            except TimeoutError:
                text = ": keep-alive\n\n"
            if watch.is_over:
                yield ENDED
                return
            yield text
    yield EXPIRED
