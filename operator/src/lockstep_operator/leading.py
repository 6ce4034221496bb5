"""One operator works at a time: the holder of a Lease. The others wait until the holder gives it back, or stops renewing it.

The rules are those of Kubernetes' own leader election (https://pkg.go.dev/k8s.io/client-go/tools/leaderelection). An
operator that waits compares no clocks: it takes the Lease when its own clock has seen no change of it for `DURATION_S`.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import structlog

from lockstep_core.json_object import Json
from lockstep_operator.errors import KubernetesUnavailable, ObjectConflict, OperatorError

LEASE = "lockstep-operator"
DURATION_S = 10.0
"""A holder that has not renewed the Lease for this long counts as dead."""
SURE_S = 6.0
"""How long after a renewal the holder still works. Less than `DURATION_S`, so that two operators never work at once."""
RENEW_S = 2.0
_RELEASE_TIMEOUT_S = 2.0

_log = structlog.get_logger("lockstep.operator")


class LeadershipLost(OperatorError):
    """Another operator has the Lease now, or it could not be renewed in time. Stop all work, and wait for it again."""


@dataclass(frozen=True, slots=True)
class SeenLease:
    """A Lease as it was read: `since_s` is when this version of it was first seen, on the reader's monotonic clock."""

    holder: str
    version: str
    since_s: float
    transitions: int


def seen_lease(found: Json, before: SeenLease | None, now_s: float) -> SeenLease:
    """A Lease as it was read, with the time since when this version of it is known."""
    spec, version = found.get("spec") or {}, str(found["metadata"]["resourceVersion"])
    since_s = before.since_s if before is not None and before.version == version else now_s
    return SeenLease(str(spec.get("holderIdentity") or ""), version, since_s, int(spec.get("leaseTransitions") or 0))


def may_take(seen: SeenLease | None, me: str, now_s: float) -> bool:
    """Whether an operator may make the Lease its own, or renew it."""
    return seen is None or seen.holder in ("", me) or now_s - seen.since_s >= DURATION_S


def lease(holder: str, seen: SeenLease | None, now: datetime) -> Json:
    """The Lease for a holder. It names the version that was read, so the API server refuses it if another operator was
    faster.
    """
    changes = 0 if seen is None else seen.transitions + (seen.holder != holder)
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": LEASE, **({} if seen is None else {"resourceVersion": seen.version})},
        "spec": {
            "holderIdentity": holder,
            "leaseDurationSeconds": int(DURATION_S),
            "renewTime": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "leaseTransitions": changes,
        },
    }


class Leases(Protocol):
    """The operator's calls for Leases; see `Kube`."""

    async def get(self, plural: str, name: str, /) -> Json | None: ...
    async def apply(self, plural: str, body: Json, /) -> Json: ...
    async def create(self, plural: str, body: Json, /) -> Json: ...
    def now(self) -> datetime: ...


class Leadership:
    """The Lease of one operator, which calls itself `me`. `clock_s` is a monotonic clock."""

    def __init__(self, leases: Leases, me: str, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._leases = leases
        self._me = me
        self._clock_s = clock_s
        self._seen: SeenLease | None = None
        self._sure_until_s: float | None = None

    @property
    def is_sure(self) -> bool:
        """Whether no other operator can be at work now."""
        return self._sure_until_s is not None and self._clock_s() < self._sure_until_s

    async def acquire(self) -> None:
        """Returns once the Lease is this operator's."""
        waits_for = ""
        while True:
            try:
                if await self.take():
                    _log.info("leads", identity=self._me)
                    return
                holder = "" if self._seen is None else self._seen.holder
            except OperatorError as error:
                holder = f"({error})"
            if holder != waits_for:
                _log.info("waits for the lease", holder=holder)
                waits_for = holder
            await asyncio.sleep(RENEW_S)

    async def keep(self) -> None:
        """Renews the Lease for ever. Raises LeadershipLost."""
        while True:
            await asyncio.sleep(RENEW_S)
            try:
                is_kept = await asyncio.wait_for(self.take(), SURE_S)
            except (OperatorError, TimeoutError) as error:
                if not self.is_sure:
                    raise LeadershipLost(f"The lease was not renewed in time: {error}") from None
                continue
            if not is_kept:
                self._sure_until_s = None
                raise LeadershipLost("Another operator has the lease.")

    async def release(self) -> None:
        """Gives the Lease back, so that another operator need not wait for its end."""
        self._sure_until_s = None
        if self._seen is None or self._seen.holder != self._me:
            return
        with suppress(OperatorError, TimeoutError):
            await asyncio.wait_for(self._leases.apply("leases", lease("", self._seen, self._now())), _RELEASE_TIMEOUT_S)

    async def take(self) -> bool:
        """Takes or renews the Lease; False if it is another's."""
        began_s = self._clock_s()
        if not self.is_sure:
            found = await self._leases.get("leases", LEASE)
            self._seen = None if found is None else seen_lease(found, self._seen, began_s)
            if not may_take(self._seen, self._me, began_s):
                return False
        body, is_new = lease(self._me, self._seen, self._now()), self._seen is None
        try:
            written = await (self._leases.create("leases", body) if is_new else self._leases.apply("leases", body))
        except ObjectConflict:
            # Another operator was faster, or somebody edited the Lease. The next try reads it again.
            self._sure_until_s = None
            return False
        self._seen = seen_lease(written, self._seen, began_s)
        # Counted from before the request, because others may have seen the renewal at any moment since.
        self._sure_until_s = began_s + SURE_S
        return True

    def _now(self) -> datetime:
        try:
            return self._leases.now()
        except KubernetesUnavailable:
            return datetime.now(UTC)
