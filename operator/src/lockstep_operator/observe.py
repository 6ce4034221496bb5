"""Observes all that a decision for an account needs, besides the CopierAccount itself."""

import base64
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from lockstep_core.json_object import Json
from lockstep_core.resources.copier_account import CopierAccount, OperatingMode
from lockstep_core.resources.names import ACCOUNT_LABEL, PLURAL, account_name, parse_pod_name, pod_name
from lockstep_core.resources.reasons import Reason
from lockstep_operator.database_cache import DatabaseCache
from lockstep_operator.facts import Observed, PodFacts, is_terminal_of, pod_facts, unknown_pods
from lockstep_operator.kube import Kube
from lockstep_operator.logins import LoginIndex
from lockstep_operator.podspec import PodTemplate, revision
from lockstep_operator.rows import DesiredObjects
from lockstep_operator.starting import is_given_up
from lockstep_operator.view import ClusterView

Obstacle = tuple[Reason, str]
_MISSING = (Reason.CREDENTIALS_MISSING, "The sealed password is not in the cluster yet.")
_FORMER = (Reason.RESTARTING, "The terminal of a removed account with this login is being stopped.")
_JUST_STARTED = (Reason.PENDING, "The operator has just started and does not know yet which terminals run.")
_CHANGED = (Reason.CREDENTIALS_MISSING, "The sealed password was changed by hand and is being put right.")


class Observer:
    """Reads the cluster, and what was last read from the database. It calls `request_row` for a row that is missing."""

    def __init__(
        self,
        kube: Kube,
        cache: DatabaseCache,
        template: PodTemplate,
        logins: LoginIndex,
        view: ClusterView,
        request_row: Callable[[UUID], None],
    ) -> None:
        self._kube = kube
        self._logins = logins
        self._view = view
        self._cache = cache
        self._template = template
        self._request_row = request_row

    async def observe(self, account: CopierAccount) -> Observed:
        """What the cluster has of the account now."""
        raws = await self._raw_pods(account)
        observed = self._observed(account, terminals(account.spec.account_id, raws))
        if self._is_enough(account, observed):
            return observed
        secret = await self._kube.get("secrets", account.spec.credentials.secret_name)
        unknown = unknown_pods(account.spec.account_id, [*raws, *await self._pretenders(account)])
        return await self._for_a_start(account, observed, secret, unknown)

    async def seen_last(self, account: CopierAccount) -> Observed | None:
        """What the watches reported of the account last. None before everything was listed."""
        account_id = account.spec.account_id
        pods = self._view.pods(account_id)
        if pods is None:
            return None
        observed = self._observed(account, pods)
        if self._is_enough(account, observed):
            return observed
        # An absence is verified: the watch of Secrets may be behind that of CopierAccounts.
        secret = self._view.secret(account_id) or await self._kube.get("secrets", account.spec.credentials.secret_name)
        return await self._for_a_start(account, observed, secret, self._view.strangers(account_id))

    def _observed(self, account: CopierAccount, pods: tuple[PodFacts, ...]) -> Observed:
        spec = account.spec
        can_build = self._cache.shard_for(spec) is not None and self._template.can_build(spec)
        desired = revision(spec, self._template) if can_build else None
        spent = self._view.spent_epoch(spec.account_id)
        return Observed(pods, self._cache.state(spec.account_id), desired, spent_epoch=spent)

    def _is_enough(self, account: CopierAccount, observed: Observed) -> bool:
        """Whether these facts suffice: no pod may have to be started, so no further call is needed."""
        is_wanted = account.spec.operating_mode is OperatingMode.RUNNING and not account.deleting
        now = self._kube.now()
        return not is_wanted or any(not is_given_up(pod, now) for pod in observed.pods)

    async def pods(self, account: CopierAccount) -> tuple[PodFacts, ...]:
        """The account's terminal pods."""
        return terminals(account.spec.account_id, await self._raw_pods(account))

    async def _raw_pods(self, account: CopierAccount) -> list[Json]:
        raws = await self._kube.pods_running_as(account.name)
        for raw in raws:
            self._view.pod_seen(raw)
        return raws

    async def _for_a_start(
        self, account: CopierAccount, observed: Observed, secret: Json | None, unknown: tuple[str, ...]
    ) -> Observed:
        """The same with the facts that decide whether a pod may be started."""
        version = secret["metadata"].get("resourceVersion") if secret is not None else None
        obstacle = self._obstacle(account, secret) or await self._former_terminal(account)
        return replace(observed, obstacle=obstacle, unknown=unknown, secret_version=version)

    async def _pretenders(self, account: CopierAccount) -> list[Json]:
        """Pods that carry the account's label or the name that its next pod has."""
        account_id, status = account.spec.account_id, account.status
        labelled = await self._kube.list("pods", f"{ACCOUNT_LABEL}={account_id}")
        if not status.epoch or status.pod_uid:
            return labelled
        named = await self._kube.get("pods", pod_name(account_id, status.epoch))
        return [*labelled, *([named] if named is not None else [])]

    async def _former_terminal(self, account: CopierAccount) -> Obstacle | None:
        """Whether the login's terminal of a removed account still runs."""
        if not self._logins.is_complete:
            return _JUST_STARTED
        for name in self._logins.pods_of(account.spec):
            owner = parse_pod_name(name)
            # Two existing accounts may share a login, because two people may follow one master (ADR 14).
            if owner is None or owner[0] == account.spec.account_id or await self._is_kept(owner[0]):
                continue
            raw = await self._kube.get("pods", name)
            pod = pod_facts(raw) if raw is not None else None
            if pod is None:
                self._logins.gone(name)
            elif pod.end is None and not is_given_up(pod, self._kube.now()):
                return _FORMER
        return None

    async def _is_kept(self, account: UUID) -> bool:
        resource = await self._kube.get(PLURAL, account_name(account))
        return resource is not None and "deletionTimestamp" not in resource["metadata"]

    def _obstacle(self, account: CopierAccount, secret: Json | None) -> Obstacle | None:
        """Why no pod can be started now, None if one can."""
        spec = account.spec
        if spec.platform not in self._template.images:
            return Reason.TERMINAL_MISSING, f"No terminal image for {spec.platform} is configured."
        if not self._template.can_build(spec):
            return Reason.OFFERED_PROXY_UNUSABLE, f"No proxy {spec.proxy_name} is offered."
        if self._cache.shard_for(spec) is None:
            router = f"shard {spec.shard}" if spec.shard else f"{spec.environment.lower()} accounts"
            return Reason.ROUTER_MISSING, f"No router for {router} has announced itself."
        obstacle = obstacle_in(secret, spec.credentials.version, self._cache.desired(spec.account_id))
        if obstacle is not None:
            self._request_row(spec.account_id)
        return obstacle


def terminals(account: UUID, raws: list[Json]) -> tuple[PodFacts, ...]:
    """The facts of those pods that are the account's terminals."""
    own = (pod_facts(raw) for raw in raws if is_terminal_of(account, raw))
    return tuple(facts for facts in own if facts is not None)


def obstacle_in(secret: Json | None, version: int, desired: DesiredObjects | None) -> Obstacle | None:
    """Why no pod can be started with this Secret: it is missing, of another version, or differs from the database."""
    if secret is None or _value(secret, "version") != str(version).encode():
        return _MISSING
    return _CHANGED if desired is not None and not desired.has_secret(secret) else None


def _value(secret: Json, key: str) -> bytes:
    try:
        return base64.b64decode(secret.get("data", {}).get(key, ""))
    except ValueError:
        return b""
