"""A new row becomes its objects, and each of them is written once, whatever else reads the row meanwhile."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from lockstep_operator.database_cache import DatabaseCache
from lockstep_operator.kube import FIELD_MANAGER, TIMEOUT_S, Kube
from lockstep_operator.metrics import OperatorMetrics
from lockstep_operator.sync import Offered, Periods, Sync
from lockstep_operator.view import ClusterView
from lockstep_service.kubernetes_api import KubernetesApi

from .conftest import ROW
from .taking_server import Written


@asynccontextmanager
async def syncing(written: Written, credentials: Path) -> AsyncIterator[tuple[Sync, list[int]]]:
    """A Sync, and how many objects were written whenever it asked for a reconciliation."""
    asked: list[int] = []
    async with KubernetesApi(f"http://127.0.0.1:{written.server_address[1]}", credentials, FIELD_MANAGER, TIMEOUT_S) as api:

        def enqueue(_: UUID) -> None:
            asked.append(len(written.objects))

        kube = Kube(api, "lockstep-terminals", lambda *_: None)
        cache = DatabaseCache()
        yield (
            Sync(
                kube,
                cache,
                ClusterView(),
                OperatorMetrics(),
                enqueue,
                periods=Periods(300, 60),
                max_relist_deletions=3,
                offered=Offered(()),
            ),
            asked,
        )


async def test_nobody_is_asked_to_look_before_everything_is_written(written: Written, tmp_path: Path) -> None:
    async with syncing(written, tmp_path) as (sync, asked):
        spoken_of = replace(ROW, state="ready", state_reason="Ready", state_message="", state_epoch=3)
        await sync._apply(spoken_of, None)
        assert [each["kind"] for each in written.objects] == ["CopierAccount", "Secret"]
        assert set(asked) == {2}


async def test_who_misses_what_is_being_written_has_nothing_written_twice(written: Written, tmp_path: Path) -> None:
    async with syncing(written, tmp_path) as (sync, _):
        written.on_write = lambda: sync.resync(ROW.id)
        await sync._apply(ROW, None)
        assert sync._changed.take() == set()
        sync.resync(ROW.id)
        assert sync._changed.take() == {ROW.id}
