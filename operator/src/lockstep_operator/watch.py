"""Watches CopierAccounts and terminal pods with kopf, and enqueues the account of each event. It decides nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import kopf

from lockstep_core.resources.names import ACCOUNT_LABEL, GROUP, PART_OF, PART_OF_LABEL, PLURAL, VERSION, parse_account_name

Enqueue = Callable[[UUID], None]


def account_of(name: str, labels: dict[str, str]) -> UUID | None:
    """The account of an object: by its label, else by its name. None if neither names one."""
    try:
        return UUID(labels.get(ACCOUNT_LABEL, ""))
    except ValueError:
        return parse_account_name(name)


def registry(api_url: str, credentials: Path, enqueue: Enqueue) -> kopf.OperatorRegistry:
    """The handlers for kopf. One handler serves both kinds and only enqueues the account."""
    handlers = kopf.OperatorRegistry()

    async def enqueue_account(name: str | None, labels: kopf.Labels, **_: Any) -> None:
        account = account_of(name or "", dict(labels))
        if account is not None:
            enqueue(account)

    async def login(**_: Any) -> kopf.ConnectionInfo:
        token = (credentials / "token").read_text("ascii").strip()
        return kopf.ConnectionInfo(server=api_url, ca_path=str(credentials / "ca.crt"), token=token)

    kopf.on.login(registry=handlers)(login)
    kopf.on.event(GROUP, VERSION, PLURAL, registry=handlers)(enqueue_account)
    kopf.on.event("", "v1", "pods", labels={PART_OF_LABEL: PART_OF}, registry=handlers)(enqueue_account)
    return handlers


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


async def watch(handlers: kopf.OperatorRegistry, namespace: str) -> None:
    """Watches until it is cancelled. When it returns or raises, the watches are dead and the process must end."""
    await kopf.operator(registry=handlers, settings=settings(), namespaces=[namespace], standalone=True)
