"""Reconciles one account: observe, decide, act. It may be repeated at any time."""

import time
from dataclasses import replace
from typing import Protocol
from uuid import UUID

import structlog
from pydantic import ValidationError

from lockstep_core.json_object import Json
from lockstep_core.resources.copier_account import CopierAccount, CopierAccountStatus, parse_account
from lockstep_core.resources.names import API_VERSION, KIND, PLURAL, account_name
from lockstep_operator.actions import Actions, StartPod, in_plain_words
from lockstep_operator.database_cache import DatabaseCache
from lockstep_operator.desired import desired_state
from lockstep_operator.egress import build_egress_policy
from lockstep_operator.errors import KubernetesFailed, ObjectConflict, ObjectRefused, OperatorError, Permanent
from lockstep_operator.events import event_of
from lockstep_operator.facts import Observed
from lockstep_operator.kube import Kube
from lockstep_operator.metrics import OperatorMetrics
from lockstep_operator.observe import Observer, terminals
from lockstep_operator.podspec import PodTemplate, build_marks, build_pod, build_service_account, owner_reference
from lockstep_operator.start_slots import Turns
from lockstep_operator.starting import is_given_up, refused, waits_for_turn
from lockstep_operator.steps import Steps
from lockstep_operator.view import ClusterView

_REPAIR_S = 10
_SOON_S = 1
_log = structlog.get_logger("lockstep.operator")


class AccountRows(Protocol):
    """The rows of accounts, as far as a reconciler needs them."""

    def resync(self, account: UUID) -> None:
        """Reads a row and applies it again, because something of it is missing in the cluster."""

    def has_no_orders_in_flight(self, account: UUID) -> bool:
        """Whether the account had no order on its way a moment ago. If that is not known, it is asked for."""

    def report(self, account: UUID, status: CopierAccountStatus) -> None:
        """Writes what this status means into the account's row, unless a terminal reports its own state."""


class Reconciler:
    """Brings one account at a time nearer to its spec."""

    def __init__(
        self,
        kube: Kube,
        cache: DatabaseCache,
        view: ClusterView,
        template: PodTemplate,
        observer: Observer,
        turns: Turns,
        metrics: OperatorMetrics,
        rows: AccountRows,
    ) -> None:
        self._rows = rows
        self._kube = kube
        self._cache = cache
        self._view = view
        self._template = template
        self._turns = turns
        self._metrics = metrics
        self._observer = observer
        self._steps = Steps()

    async def reconcile(self, account_id: UUID) -> float | None:
        """Seconds after which to reconcile again, None if the next event will cause it. Raises OperatorError."""
        seen, may_replace = await self._seen(account_id), False
        if seen is not None:
            account, actions = seen
            may_replace = actions.paced and self._may_replace(account)
            actions = actions if may_replace else self._without_replacement(actions)
            if actions.is_guarded:
                try:
                    return await self._act(account, actions)
                except ObjectConflict as error:
                    _log.info("the view was old", account=str(account_id), detail=str(error))
        raw = await self._kube.get(PLURAL, account_name(account_id))
        if raw is None:
            await self._without_account(account_id)
            return None
        self._view.account_seen(raw)
        desired = self._cache.desired(account_id)
        if desired is not None and not desired.has_spec(raw):
            # Somebody edited the spec by hand. The row decides, so nothing is done until the spec is put right.
            self._rows.resync(account_id)
            return _REPAIR_S
        account = _parsed(raw)
        actions = self._decided(account, await self._observer.observe(account))
        if actions.paced and not (may_replace or self._may_replace(account)):
            actions = self._without_replacement(actions)
        return await self._act(account, actions)

    def next_to_start(self) -> tuple[UUID, ...]:
        """The waiting accounts that may start now."""
        return self._turns.starts.call(self._kube.now())

    async def _seen(self, account_id: UUID) -> tuple[CopierAccount, Actions] | None:
        """What to do as the watches show the account, None if the cluster must be read before."""
        raw = self._view.account(account_id)
        desired = self._cache.desired(account_id)
        if raw is None or (desired is not None and not desired.has_spec(raw)):
            return None
        account = _parsed(raw)
        observed = await self._observer.seen_last(account)
        if observed is None:
            return None
        return account, self._decided(account, observed)

    def _decided(self, account: CopierAccount, observed: Observed) -> Actions:
        now = self._kube.now()
        actions = desired_state(account, observed, now)
        if actions.start is not None and not self._turns.starts.take(account.spec.account_id, now):
            actions = waits_for_turn(account, now)
        return self._steps.held(account, observed, actions)

    async def _without_account(self, account_id: UUID) -> None:
        """Stops terminals whose CopierAccount is gone, before the garbage collector does. Requests the account's row."""
        self._steps.forget(account_id)
        raws = await self._kube.pods_running_as(account_name(account_id))
        for pod in terminals(account_id, raws):
            if pod.deletion_deadline is None:
                await self._kube.delete("pods", pod.name)
        self._rows.resync(account_id)

    async def _act(self, account: CopierAccount, actions: Actions) -> float | None:
        self._rows.report(account.spec.account_id, actions.status or account.status)
        if actions.status is not None:
            account = await self._report(account, actions.status, starts=actions.start is not None)
        await self._mark(account, actions.mark)
        for name in actions.delete:
            await self._kube.delete("pods", name)
        if actions.start is not None:
            return await self._start(account, actions.start, wrote=actions.status is not None)
        return actions.recheck_s

    def _may_replace(self, account: CopierAccount) -> bool:
        """Whether a new image may replace the account's terminal now. It may not while an order of it is on its way."""
        shard, now_s, rollout = account.spec.shard or account.spec.environment, time.monotonic(), self._turns.rollout
        is_next = rollout.is_free(shard, now_s) and self._rows.has_no_orders_in_flight(account.spec.account_id)
        return is_next and rollout.take(shard, now_s)

    def _without_replacement(self, actions: Actions) -> Actions:
        """These actions without a replacement that only brings a new image; it is looked at again soon."""
        if not actions.paced:
            return actions
        return replace(actions, delete=(), paced=False, recheck_s=max(_SOON_S, self._turns.rollout.pause_s))

    async def _mark(self, account: CopierAccount, names: tuple[str, ...]) -> None:
        """Puts labels and owner of pods right that somebody edited by hand."""
        for pod in (pod for pod in await self._observer.pods(account) if pod.name in names) if names else ():
            try:
                await self._kube.apply("pods", build_marks(account, pod.epoch, pod.name))
            except ObjectRefused as error:
                _log.warning("pod not marked", account=str(account.spec.account_id), detail=str(error))

    async def _start(self, account: CopierAccount, start: StartPod, *, wrote: bool) -> float | None:
        if self._cache.shard_for(account.spec) is None or not self._template.can_build(account.spec):
            return None
        # Since the epoch was written, no pod of an earlier one gets the password. A pod that got it before is in this list
        # (ADR 14).
        if wrote and any(not is_given_up(pod, self._kube.now()) for pod in await self._observer.pods(account)):
            return _SOON_S
        pod = build_pod(account, start.epoch, start.name, self._template)
        try:
            await self._kube.apply("serviceaccounts", build_service_account(account))
            await self._open_egress(account)
            self._view.pod_seen(await self._kube.create("pods", pod))
        except (Permanent, KubernetesFailed) as error:
            return await self._act(account, refused(account, str(error), self._kube.now()))
        self._metrics.pods_started.inc()
        _log.info("pod created", account=str(account.spec.account_id), epoch=start.epoch)
        return None

    async def _open_egress(self, account: CopierAccount) -> None:
        """Lets the terminal that is about to start reach the account's proxy, if it has one."""
        egress, proxy = self._template.egress, self._template.proxy_of(account.spec)
        if proxy is not None and egress.enforced:
            policy = build_egress_policy(account, proxy, egress, owner_reference(account))
            await self._kube.apply("networkpolicies", policy)

    async def _report(self, account: CopierAccount, status: CopierAccountStatus, *, starts: bool) -> CopierAccount:
        """Writes the status, and an event if the reason changes. A text that is refused never stops the actions. Returns the
        account with it.
        """
        event = event_of(account, status, self._kube.now())
        try:
            account = await self._write_status(account, status)
        except ObjectRefused as error:
            _log.error("status refused", account=str(account.spec.account_id), detail=str(error))
            account = await self._report_plainly(account, in_plain_words(status), starts=starts)
        self._steps.wrote(account.spec.account_id)
        if event is not None:
            try:
                await self._kube.create("events", event)
            except OperatorError as error:
                _log.warning("event not posted", account=str(account.spec.account_id), detail=str(error))
        return account

    async def _report_plainly(self, account: CopierAccount, status: CopierAccountStatus, *, starts: bool) -> CopierAccount:
        try:
            return await self._write_status(account, status)
        except ObjectRefused as error:
            if starts:
                # Without its epoch in the status a pod must not start.
                raise
            _log.error("plain status refused", account=str(account.spec.account_id), detail=str(error))
            return account.model_copy(update={"status": status})

    async def _write_status(self, account: CopierAccount, status: CopierAccountStatus) -> CopierAccount:
        # A status follows from the spec and the status that were read, which may be old. With the resourceVersion a second
        # writer that has read the same epoch gets an ObjectConflict instead of starting a second terminal.
        metadata = {"name": account.name, "uid": account.uid, "resourceVersion": account.resource_version}
        body = {"apiVersion": API_VERSION, "kind": KIND, "metadata": metadata, "status": _dump(status)}
        written = await self._kube.apply_status(PLURAL, body)
        self._view.account_seen(written)
        version = written["metadata"].get("resourceVersion", "")
        return account.model_copy(update={"status": status, "resource_version": version})


def _parsed(raw: Json) -> CopierAccount:
    try:
        return parse_account(raw)
    except ValidationError as error:
        fields = sorted({".".join(map(str, item["loc"])) for item in error.errors()})
        raise ObjectRefused(f"{raw['metadata']['name']} is not a valid CopierAccount: {fields}") from None


def _dump(status: CopierAccountStatus) -> Json:
    return status.model_dump(mode="json", by_alias=True, exclude_none=True)
