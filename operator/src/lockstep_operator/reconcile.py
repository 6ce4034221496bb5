"""Reconciles one account: observe, decide, act. It keeps no state of its own, so it may be repeated at any time."""

import base64
import time
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import structlog
from pydantic import ValidationError

from lockstep_core.json_object import Json
from lockstep_core.resources.copier_account import CopierAccount, CopierAccountStatus, parse_account
from lockstep_core.resources.names import ACCOUNT_LABEL, API_VERSION, KIND, PLURAL, account_name
from lockstep_core.resources.reasons import Reason
from lockstep_operator.database_cache import DatabaseCache
from lockstep_operator.desired import Actions, desired_state
from lockstep_operator.errors import ObjectRefused
from lockstep_operator.events import event_of
from lockstep_operator.facts import Observed, pod_facts
from lockstep_operator.kube import Kube
from lockstep_operator.metrics import OperatorMetrics
from lockstep_operator.pacing import Pacer
from lockstep_operator.podspec import PodTemplate, build_pod, build_service_account, revision

_log = structlog.get_logger("lockstep.operator")


class Reconciler:
    """Brings one account at a time nearer to its spec."""

    def __init__(
        self,
        kube: Kube,
        cache: DatabaseCache,
        template: PodTemplate,
        pacer: Pacer,
        metrics: OperatorMetrics,
        request_row: Callable[[UUID], None],
    ) -> None:
        self._kube = kube
        self._cache = cache
        self._template = template
        self._pacer = pacer
        self._metrics = metrics
        self._request_row = request_row

    async def reconcile(self, account_id: UUID) -> float | None:
        """Seconds after which to reconcile again, None if the next event will cause it. Raises OperatorError."""
        raw = await self._kube.get(PLURAL, account_name(account_id))
        if raw is None:
            self._request_row(account_id)
            return None
        account = _parsed(raw)
        observed = await self._observe(account)
        actions = desired_state(account, observed, datetime.now(UTC))
        return await self._act(account, actions)

    async def _observe(self, account: CopierAccount) -> Observed:
        account_id = account.spec.account_id
        raw_pods = await self._kube.list("pods", f"{ACCOUNT_LABEL}={account_id}")
        pods = tuple(facts for facts in map(pod_facts, raw_pods) if facts is not None)
        shard = self._cache.shard_for(account.spec)
        can_build = shard is not None and account.spec.platform in self._template.images
        wished = revision(account.spec, shard, self._template) if shard is not None and can_build else None
        obstacle = None if pods else await self._obstacle(account)
        return Observed(pods, self._cache.state(account_id), wished, obstacle)

    async def _obstacle(self, account: CopierAccount) -> tuple[Reason, str] | None:
        """Why no pod can be started now, None if one can."""
        spec = account.spec
        if spec.platform not in self._template.images:
            return Reason.PENDING, f"No terminal image for {spec.platform} is configured."
        if self._cache.shard_for(spec) is None:
            router = f"shard {spec.shard}" if spec.shard else f"{spec.environment.lower()} accounts"
            return Reason.ROUTER_UNREACHABLE, f"No router for {router} has announced itself."
        secret = await self._kube.get("secrets", spec.credentials.secret_name)
        if secret is None or not _holds_version(secret, spec.credentials.version):
            self._request_row(spec.account_id)
            return Reason.CREDENTIALS_MISSING, "The sealed password is not in the cluster yet."
        return None

    async def _act(self, account: CopierAccount, actions: Actions) -> float | None:
        if actions.status is not None:
            await self._write_status(account, actions.status, exclusive=actions.start is not None)
        if actions.paced and not self._pacer.take(time.monotonic()):
            return self._pacer.pause_s
        for name in actions.delete:
            await self._kube.delete("pods", name)
        if actions.start is not None:
            await self._start(account, actions.start.name, actions.start.epoch)
        return actions.recheck_s

    async def _start(self, account: CopierAccount, name: str, epoch: int) -> None:
        shard = self._cache.shard_for(account.spec)
        if shard is None or account.spec.platform not in self._template.images:
            return
        await self._kube.apply("serviceaccounts", build_service_account(account))
        await self._kube.create("pods", build_pod(account, epoch, name, shard, self._template))
        self._metrics.pods_started.inc()
        _log.info("pod created", account=str(account.spec.account_id), epoch=epoch)

    async def _write_status(self, account: CopierAccount, status: CopierAccountStatus, *, exclusive: bool) -> None:
        # A new epoch must follow the one that was read. With the resourceVersion, a second writer that has read the same
        # epoch gets an ObjectConflict instead of starting a second terminal.
        precondition = {"resourceVersion": account.resource_version} if exclusive else {}
        metadata = {"name": account.name, "uid": account.uid, **precondition}
        body = {"apiVersion": API_VERSION, "kind": KIND, "metadata": metadata, "status": _dump(status)}
        await self._kube.apply_status(PLURAL, body)
        event = event_of(account, status, datetime.now(UTC))
        if event is not None:
            await self._kube.create("events", event)


def _parsed(raw: Json) -> CopierAccount:
    try:
        return parse_account(raw)
    except ValidationError as error:
        fields = sorted({".".join(map(str, item["loc"])) for item in error.errors()})
        raise ObjectRefused(f"{raw['metadata']['name']} is not a valid CopierAccount: {fields}") from None


def _dump(status: CopierAccountStatus) -> Json:
    return status.model_dump(mode="json", by_alias=True, exclude_none=True)


def _holds_version(secret: Json, version: int) -> bool:
    encoded = secret.get("data", {}).get("version", "")
    return base64.b64decode(encoded) == str(version).encode()
