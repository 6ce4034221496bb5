"""kopf's part: events of CopierAccounts and terminal pods become keys. Nothing is decided and nothing is written here."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import kopf

from lockstep_core.resources.names import ACCOUNT_LABEL, GROUP, PART_OF, PART_OF_LABEL, PLURAL, VERSION, parse_account_name

Enqueue = Callable[[UUID], None]


def account_of(name: str, labels: dict[str, str]) -> UUID | None:
    """The account an object belongs to, by its label, else by its name."""
    try:
        return UUID(labels.get(ACCOUNT_LABEL, ""))
    except ValueError:
        return parse_account_name(name)


def registry(api_url: str, credentials: Path, enqueue: Enqueue) -> kopf.OperatorRegistry:
    """The handlers: one for both kinds, which only enqueues."""
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
    """How kopf watches. The names are storage, so they are the project's own from the first day on."""
    chosen = kopf.OperatorSettings()
    chosen.watching.server_timeout = 300
    chosen.watching.client_timeout = 310
    chosen.watching.connect_timeout = 10
    chosen.watching.reconnect_backoff = 1.0
    chosen.watching.chunk_size = 500
    chosen.networking.request_timeout = 30
    chosen.networking.connect_timeout = 10
    chosen.posting.enabled = False
    # Rights end at the terminals' namespace: the kinds are known, there is nothing to discover.
    chosen.scanning.disabled = True
    chosen.persistence.finalizer = f"{GROUP}/finalizer"
    chosen.persistence.progress_storage = kopf.AnnotationsProgressStorage(prefix=GROUP)
    chosen.persistence.diffbase_storage = kopf.AnnotationsDiffBaseStorage(prefix=GROUP)
    return chosen


async def watch(handlers: kopf.OperatorRegistry, namespace: str) -> None:
    """Watch until cancelled; returning or raising means that the watches are dead and the process must end."""
    await kopf.operator(registry=handlers, settings=settings(), namespaces=[namespace], standalone=True)
