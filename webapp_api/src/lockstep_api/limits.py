"""Limits of requests: a token bucket for each caller, which is refilled steadily."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from lockstep_api.addresses import address_of
from lockstep_api.errors import TooManyRequests
from lockstep_api.problems import answer

_CALLERS = 20_000
"""How many callers are remembered before callers with a full bucket are forgotten."""


@dataclass(frozen=True)
class Bucket:
    """The requests that are left, at a monotonic time in s."""

    left: float
    at_s: float


def take(bucket: Bucket | None, now_s: float, per_s: float, burst: int) -> tuple[Bucket, float]:
    """The bucket after one request, and the seconds to wait, 0 if the request may pass. Pure."""
    left = float(burst) if bucket is None else min(float(burst), bucket.left + (now_s - bucket.at_s) * per_s)
    if left >= 1:
        return Bucket(left - 1, now_s), 0.0
    return Bucket(left, now_s), (1 - left) / per_s


class Buckets:
    """The buckets of callers. Only a full bucket may be forgotten, because a caller without a bucket starts with a full
    one. No other is forgotten, however many callers come.
    """

    def __init__(self, per_s: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_s = per_s
        self._burst = burst
        self._clock = clock
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    @property
    def remembered(self) -> int:
        """How many callers are remembered."""
        return len(self._buckets)

    def take(self, caller: str) -> None:
        """Counts a request. Raises TooManyRequests."""
        now_s = self._clock()
        bucket, wait_s = take(self._buckets.get(caller), now_s, self._per_s, self._burst)
        self._buckets[caller] = bucket
        self._buckets.move_to_end(caller)
        while len(self._buckets) > _CALLERS and self._is_full(next(iter(self._buckets.values())), now_s):
            self._buckets.popitem(last=False)
        if wait_s > 0:
            raise TooManyRequests(int(wait_s) + 1)

    def give_back(self, caller: str) -> None:
        """Takes back what `take` counted."""
        bucket = self._buckets.get(caller)
        if bucket is not None:
            self._buckets[caller] = Bucket(min(float(self._burst), bucket.left + 1), bucket.at_s)

    def _is_full(self, bucket: Bucket, now_s: float) -> bool:
        return bucket.left + (now_s - bucket.at_s) * self._per_s >= self._burst


class AddressLimit:
    """ASGI middleware that limits the requests of one address, before anything else is known of the caller.

    It notes the address in the request's state.
    """

    def __init__(self, app: ASGIApp, per_s: float, burst: int, visitor_key: bytes | None, proxies: int) -> None:
        self._app = app
        self._buckets = Buckets(per_s, burst)
        self._visitor_key = visitor_key
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        peer = scope.get("client")
        address = address_of(str(peer[0] if peer else ""), scope["headers"], self._visitor_key, self._proxies, time.time())
        scope.setdefault("state", {})["address"] = address
        try:
            self._buckets.take(address)
        except TooManyRequests as refusal:
            await answer(refusal, scope)(scope, receive, send)
            return
        await self._app(scope, receive, send)
