"""Limits the requests of one caller: a token bucket for each token (or address), which is refilled steadily."""

import hashlib
import time
from collections import OrderedDict
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from lockstep_api.errors import TooManyRequests
from lockstep_api.problems import answer

_CALLERS = 20_000
_FREE = frozenset({"/livez", "/readyz"})


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


class RateLimit:
    """ASGI middleware. It keeps the buckets of the latest callers; a caller without a bucket starts with a full one."""

    def __init__(self, app: ASGIApp, per_s: float, burst: int) -> None:
        self._app = app
        self._per_s = per_s
        self._burst = burst
        self._buckets: OrderedDict[bytes, Bucket] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        wait_s = self._wait_s(scope) if scope["type"] == "http" and scope["path"] not in _FREE else 0.0
        if wait_s <= 0:
            await self._app(scope, receive, send)
            return
        refusal = TooManyRequests(int(wait_s) + 1)
        await answer(refusal, scope["state"]["request_id"])(scope, receive, send)

    def _wait_s(self, scope: Scope) -> float:
        caller = _caller(scope)
        bucket, wait_s = take(self._buckets.get(caller), time.monotonic(), self._per_s, self._burst)
        self._buckets[caller] = bucket
        self._buckets.move_to_end(caller)
        if len(self._buckets) > _CALLERS:
            self._buckets.popitem(last=False)
        return wait_s


def _caller(scope: Scope) -> bytes:
    token: bytes | None = dict(scope["headers"]).get(b"authorization")
    if token is not None:
        return hashlib.sha256(token).digest()
    client = scope.get("client")
    return str(client[0] if client else "").encode()
