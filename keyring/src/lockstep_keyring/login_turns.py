"""Gives terminals their turns to log in, and keeps for each server what the next turns depend on (ADR 34).

It is kept in a ConfigMap, so that a restart forgets nothing and replicas share it. Each write names the version that was
read: of two writes at once one is refused, and its turn is decided again.
"""

import asyncio
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

import msgspec
import structlog

from lockstep_core.brokers.catalogue import Catalogue
from lockstep_core.brokers.maintenance import closed_until
from lockstep_core.brokers.turns import (
    LAPSE_S,
    Pace,
    TurnAnswer,
    TurnRequest,
    Turns,
    WaitReason,
    accepted,
    refused,
    request_turn,
)
from lockstep_core.resources.copier_account import CopierAccountSpec, SpecEnvironment
from lockstep_core.resources.reasons import Reason
from lockstep_keyring.cluster import Cluster, KeptConfigMap
from lockstep_keyring.errors import ClusterUnreachable, ConfigMapChanged, TurnAwaited
from lockstep_keyring.grant import Grant

CONFIG_MAP = "lockstep-login-turns"
DIRECT = "direct"
"""The address from which terminals without a proxy reach their brokers. All nodes count as one address, which is the
stricter assumption.
"""

MOST_PAUSE_S = 120.0
"""A terminal whose wait may end earlier than announced asks again after this time at the latest."""

HEARD_AGAIN_S = 10.0
"""After a pod has reported how its login went, the same report is ignored for this long. No terminal logs in so often."""

_TRIES = 5
_REASONS: Mapping[WaitReason, Reason] = {
    WaitReason.TURN: Reason.WAITING_FOR_TURN,
    WaitReason.MAINTENANCE: Reason.BROKER_MAINTENANCE,
    WaitReason.REFUSALS: Reason.BROKER_MAINTENANCE,
}
_log = structlog.get_logger("lockstep.keyring")


class _Kept(msgspec.Struct, frozen=True):
    """What the ConfigMap has of one server and one address."""

    server: str
    egress: str
    turns: Turns


@dataclass(frozen=True, slots=True)
class TurnRules:
    """How many logins there may be: `paces` by environment, and what the catalogue says of single servers. `proxy_address`
    tells where a proxy is that the service offers.
    """

    paces: Mapping[SpecEnvironment, Pace]
    catalogue: Callable[[], Catalogue]
    proxy_address: Callable[[str], str | None] = lambda _: None

    def egress(self, spec: CopierAccountSpec) -> str:
        """The address that the broker sees: accounts with one proxy share its turns, and take none of the others'."""
        if spec.proxy_name is not None:
            return self.proxy_address(spec.proxy_name) or spec.proxy_name
        return DIRECT if spec.proxy is None else spec.proxy.address

    def pace(self, spec: CopierAccountSpec) -> Pace:
        """The pace at an account's server."""
        entry = self.catalogue().server(spec.platform.value, spec.server)
        logins = entry.logins if entry is not None else None
        return self.paces[spec.environment] if logins is None else logins.pace()

    def closed_until_s(self, spec: CopierAccountSpec, now_s: float) -> float | None:
        """When the maintenance that the account's server has now ends, None if it has none."""
        entry = self.catalogue().server(spec.platform.value, spec.server)
        end = None if entry is None else closed_until(entry.windows(), datetime.fromtimestamp(now_s, UTC))
        return None if end is None else end.timestamp()


class LoginTurns:
    """The turns of all servers."""

    def __init__(self, cluster: Cluster, namespace: str, rules: TurnRules, now_s: Callable[[], float]) -> None:
        self._cluster = cluster
        self._namespace = namespace
        self._rules = rules
        self._now_s = now_s
        self._known: KeptConfigMap | None = None
        self._booked: dict[tuple[UUID, str], float] = {}
        self._heard_s: dict[tuple[UUID, bool], float] = {}
        # One call at a time, so that calls of one replica never make each other's writes fail.
        self._alone = asyncio.Lock()

    async def take(self, granted: Grant, booked_s: float | None) -> None:
        """Takes this pod's turn. Raises TurnAwaited if it must wait, and ClusterUnreachable."""
        spec, whose = granted.spec, (granted.account, granted.spec.server)

        def decide(turns: Turns, now_s: float) -> tuple[Turns, TurnAnswer]:
            request = TurnRequest(now_s, _jitter(granted), self._turn_of(whose, booked_s, now_s))
            return request_turn(turns, self._rules.pace(spec), request, self._rules.closed_until_s(spec, now_s))

        answer = await self._decided(spec, decide)
        self._remember(whose, answer)
        if answer.wait is not None:
            raise _awaited(answer, answer.wait, self._now_s())

    def _turn_of(self, whose: tuple[UUID, str], booked_s: float | None, now_s: float) -> float | None:
        """The turn that an account has booked. Without a slip it is the one booked before: otherwise a pod that asks again
        and again would book all turns of its server.
        """
        return booked_s if booked_s is not None and now_s <= booked_s + LAPSE_S else self._booked.get(whose, booked_s)

    def _remember(self, whose: tuple[UUID, str], answer: TurnAnswer) -> None:
        """Remembers a booked turn in this replica only: another or a restarted replica may give one turn more."""
        oldest_s = self._now_s() - LAPSE_S
        self._booked = {each: at_s for each, at_s in self._booked.items() if at_s >= oldest_s}
        if answer.booked:
            self._booked[whose] = answer.at_s
        elif answer.wait is None:
            self._booked.pop(whose, None)

    async def heard(self, granted: Grant, *, let_in: bool) -> None:
        """Notes what the server answered to this pod's login. Raises ClusterUnreachable."""
        spec = granted.spec
        if self._was_just_said(granted.account, let_in=let_in):
            return

        def decide(turns: Turns, now_s: float) -> tuple[Turns, TurnAnswer]:
            after = accepted(turns) if let_in else refused(turns, self._rules.pace(spec), str(spec.user_id), now_s)
            if after.stops > turns.stops:
                _log.warning("logins stopped", server=spec.server, until_s=round(after.held_until_s))
            return after, TurnAnswer(None, now_s)

        await self._decided(spec, decide)
        self._heard_s[granted.account, let_in] = self._now_s()

    def _was_just_said(self, account: UUID, *, let_in: bool) -> bool:
        """Whether a pod reported the same a moment ago. Each report costs a write, and all others wait for that."""
        now_s = self._now_s()
        self._heard_s = {each: at_s for each, at_s in self._heard_s.items() if now_s - at_s < HEARD_AGAIN_S}
        return (account, let_in) in self._heard_s

    async def _decided(
        self, spec: CopierAccountSpec, decide: Callable[[Turns, float], tuple[Turns, TurnAnswer]]
    ) -> TurnAnswer:
        async with self._alone:
            for _ in range(_TRIES):
                try:
                    return await self._try(spec, decide)
                except ConfigMapChanged:
                    self._known = None
        raise ClusterUnreachable("The turns at the broker's server were changed by others again and again; try again.")

    async def _try(self, spec: CopierAccountSpec, decide: Callable[[Turns, float], tuple[Turns, TurnAnswer]]) -> TurnAnswer:
        known = self._known or await self._cluster.kept(self._namespace, CONFIG_MAP)
        self._known = known
        egress = self._rules.egress(spec)
        key, now_s = _key(spec.server, egress), self._now_s()
        before = _turns(known.data.get(key))
        after, answer = decide(before, now_s)
        if after != before:
            data = {name: text for name, text in known.data.items() if not _turns(text).is_idle(now_s)}
            data[key] = json.dumps({"server": spec.server, "egress": egress, "turns": asdict(after)})
            # If the write gets no answer, nobody knows whether it happened: then the ConfigMap is read again.
            self._known = None
            self._known = await self._cluster.keep(self._namespace, CONFIG_MAP, KeptConfigMap(data, known.version))
        return answer


def _key(server: str, egress: str) -> str:
    """The key of a server and an address. It is a hash, because servers' names may hold what keys of a ConfigMap may not."""
    return sha256(f"{server.casefold()}|{egress}".encode()).hexdigest()[:32]


def _turns(text: str | None) -> Turns:
    """The turns in an entry. An entry that cannot be read, because somebody edited it, counts as none."""
    if text is None:
        return Turns()
    try:
        return msgspec.json.decode(text, type=_Kept).turns
    except msgspec.MsgspecError:
        return Turns()


def _jitter(granted: Grant) -> float:
    return (zlib.crc32(granted.pod_name.encode()) % 1000) / 1000


def _awaited(answer: TurnAnswer, wait: WaitReason, now_s: float) -> TurnAwaited:
    left_s = max(answer.at_s - now_s, 0.0)
    pause_s = left_s if answer.booked else min(left_s, MOST_PAUSE_S)
    return TurnAwaited(_REASONS[wait], pause_s, answer.at_s if answer.booked else None)
