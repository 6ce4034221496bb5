"""Watches CopierAccounts, pods and Secrets with kopf and enqueues the accounts of each event. It decides nothing."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import kopf

from lockstep_core.json_object import Json
from lockstep_core.resources.names import ACCOUNT_LABEL, GROUP, PLURAL, VERSION, parse_account_name, parse_pod_name
from lockstep_operator.logins import LoginIndex
from lockstep_operator.versions import version_of
from lockstep_operator.view import ClusterView

Enqueue = Callable[[UUID], None]
SecretChanged = Callable[[UUID, Json | None], None]


def accounts_of(name: str, labels: dict[str, str]) -> frozenset[UUID]:
    """The accounts that an object belongs to: by its name, which nobody can change, and by its label."""
    pod = parse_pod_name(name)
    named = pod[0] if pod else parse_account_name(name)
    try:
        labelled = UUID(labels.get(ACCOUNT_LABEL, ""))
    except ValueError:
        labelled = None
    return frozenset(account for account in (named, labelled) if account is not None)


def registry(
    api_url: str,
    credentials: Path,
    enqueue: Enqueue,
    secret_changed: SecretChanged,
    logins: LoginIndex,
    view: ClusterView,
) -> kopf.OperatorRegistry:
    """The handlers for kopf. `secret_changed` is called with None for a Secret that was deleted."""
    handlers = kopf.OperatorRegistry()

    async def enqueue_accounts(name: str | None, labels: kopf.Labels, **_: Any) -> None:
        for account in accounts_of(name or "", dict(labels)):
            enqueue(account)

    async def note_account(name: str | None, labels: kopf.Labels, event: kopf.RawEvent, **_: Any) -> None:
        if event["type"] == "DELETED":
            view.account_gone(name or "", version_of(dict(event["object"])))
        else:
            view.account_seen(dict(event["object"]))
        await enqueue_accounts(name, labels)

    async def note_pod(name: str | None, labels: kopf.Labels, event: kopf.RawEvent, **_: Any) -> None:
        if event["type"] == "DELETED":
            logins.gone(name or "")
            view.pod_gone(name or "", version_of(dict(event["object"])))
        else:
            logins.seen(dict(event["object"]))
            view.pod_seen(dict(event["object"]))
        await enqueue_accounts(name, labels)

    async def compare_secret(name: str | None, event: kopf.RawEvent, **_: Any) -> None:
        account = parse_account_name(name or "")
        if account is not None:
            note_secret(account, dict(event), view, secret_changed)

    async def login(**_: Any) -> kopf.ConnectionInfo:
        token = (credentials / "token").read_text("ascii").strip()
        return kopf.ConnectionInfo(server=api_url, ca_path=str(credentials / "ca.crt"), token=token)

    kopf.on.login(registry=handlers)(login)
    kopf.on.event(GROUP, VERSION, PLURAL, registry=handlers)(note_account)
    # Without a filter by label: a label that is removed by hand must not hide its pod.
    kopf.on.event("", "v1", "pods", registry=handlers)(note_pod)
    kopf.on.event("", "v1", "secrets", registry=handlers)(compare_secret)
    return handlers


def note_secret(account: UUID, event: Json, view: ClusterView, secret_changed: SecretChanged) -> None:
    """Has the account's Secret compared with its row. An event that is older than the operator's own last write is none."""
    secret = dict(event["object"])
    if event["type"] == "DELETED":
        if view.secret_gone(secret["metadata"]["name"], version_of(secret)):
            secret_changed(account, None)
    elif view.secret_seen(secret):
        secret_changed(account, secret)


def settings() -> kopf.OperatorSettings:
    """The settings of kopf's watches."""
    chosen = kopf.OperatorSettings()
    chosen.watching.server_timeout = 300
    chosen.watching.client_timeout = 310
    chosen.watching.connect_timeout = 10
    chosen.watching.reconnect_backoff = 1.0
    chosen.watching.chunk_size = 500
    chosen.networking.request_timeout = 30
    chosen.networking.connect_timeout = 10
    chosen.posting.enabled = False
    # The operator has rights in the terminals' namespace only, so kopf's cluster-wide scan for kinds would be forbidden.
    chosen.scanning.disabled = True
    # kopf stores these names in the objects, so they can hardly change later: they carry the project's group from the start.
    chosen.persistence.finalizer = f"{GROUP}/finalizer"
    chosen.persistence.progress_storage = kopf.AnnotationsProgressStorage(prefix=GROUP)
    chosen.persistence.diffbase_storage = kopf.AnnotationsDiffBaseStorage(prefix=GROUP)
    return chosen


async def watch(handlers: kopf.OperatorRegistry, namespace: str, catch_signals: Callable[[], None]) -> None:
    """Watches until it is cancelled. When it returns or raises, the watches are dead and the process must end.

    kopf catches signals for itself when it starts; `catch_signals` is called after that, to catch them again.
    """
    others = asyncio.all_tasks()
    tasks = await kopf.spawn_tasks(registry=handlers, settings=settings(), namespaces=[namespace], standalone=True)
    catch_signals()
    await kopf.run_tasks(tasks, ignored=others)
