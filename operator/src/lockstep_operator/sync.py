"""Copies the accounts of the database to the cluster: each one when it changes, and all of them every few minutes.

While the database does not answer, the cluster stays as it is: nothing is changed, stopped or deleted.
"""

import asyncio
import random
import time
from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

import structlog

from lockstep_core.accounts import Platform
from lockstep_core.json_object import Json
from lockstep_core.resources.copier_account import CopierAccountStatus
from lockstep_core.resources.names import PART_OF, PART_OF_LABEL, PLURAL, account_name
from lockstep_operator.changed_rows import ChangedRows
from lockstep_operator.database import OperatorDatabase, connected
from lockstep_operator.database_cache import DatabaseCache
from lockstep_operator.errors import DatabaseUnavailable, OperatorError, Permanent, Retryable
from lockstep_operator.kube import Kube
from lockstep_operator.metrics import OperatorMetrics
from lockstep_operator.observe import terminals
from lockstep_operator.orders_in_flight import OrdersInFlight
from lockstep_operator.refusals import Refusals
from lockstep_operator.rows import (
    DesiredObjects,
    TradingAccountRow,
    custom_resource,
    desired_objects,
    is_from_row,
    must_hold,
    orphans,
    router_state,
    secret,
    spec_of,
)
from lockstep_operator.shard_store import load_shards, save_shards
from lockstep_operator.state_notes import StateNotes
from lockstep_operator.view import ClusterView

_LONGEST_PAUSE_S = 10.0
_COALESCE_S = 0.02
_AT_ONCE = 8
_RELISTED_AT_ONCE = 100
"""A relist goes in parts of this many rows. Rows that changed meanwhile are applied after each part, so that they need not
wait for the whole list.
"""
_log = structlog.get_logger("lockstep.operator")


@dataclass(frozen=True, slots=True)
class Offered:
    """What people may choose here: platforms that have a terminal image, and the service's proxies, which may change."""

    platforms: Collection[Platform]
    proxies: Callable[[], Collection[str]] = tuple


@dataclass(frozen=True, slots=True)
class Periods:
    """How often all rows are compared with the cluster, and how often the routers are read."""

    rows_relist_s: float
    shards_refresh_s: float


class Sync:
    """Copies rows to CopierAccounts. It calls `enqueue` for each account whose row or session state has changed."""

    def __init__(
        self,
        kube: Kube,
        cache: DatabaseCache,
        view: ClusterView,
        metrics: OperatorMetrics,
        enqueue: Callable[[UUID], None],
        *,
        periods: Periods,
        max_relist_deletions: int,
        offered: Offered,
    ) -> None:
        self._kube = kube
        self._cache = cache
        self._view = view
        self._metrics = metrics
        self._enqueue = enqueue
        self._periods = periods
        self._max_relist_deletions = max_relist_deletions
        self._offered = offered
        self._reported_proxies: Collection[str] | None = None
        self._changed = ChangedRows()
        self._applied: dict[UUID, DesiredObjects] = {}
        self._applying: set[UUID] = set()
        self._refusals: Refusals[UUID, DesiredObjects] = Refusals()
        self._notes = StateNotes()
        self._orders = OrdersInFlight()
        self._wake = asyncio.Event()
        self._lost = False

    def resync(self, account: UUID) -> None:
        """Reads the account's row again and applies it, because something of it is missing in the cluster."""
        if account in self._applying:
            return  # it is being written just now, and looked at again after that
        # Without this, a row that has not changed since it was last applied would not be applied again.
        self._applied.pop(account, None)
        self.changed(account)

    def changed(self, account: UUID) -> None:
        """Notes that the account's row has changed."""
        self._changed.note(account)
        self._wake.set()

    def report(self, account: UUID, status: CopierAccountStatus | None) -> None:
        """Writes what this status means into the account's row, unless a terminal reports its own state. None if the account
        is gone.
        """
        if self._notes.observe(account, status):
            self._wake.set()

    def has_no_orders_in_flight(self, account: UUID) -> bool:
        """Whether the account had no order on its way a moment ago. If that is not known, it is asked for. If it has none it
        is enqueued then.
        """
        has_none = self._orders.has_none(account)
        if not has_none:
            self._wake.set()
        return has_none

    def secret_changed(self, account: UUID, secret: Json | None) -> None:
        """Compares a Secret that was changed or deleted with the account's row, and puts it right if it differs."""
        desired = self._cache.desired(account)
        if desired is not None and self._applied.get(account) == desired and not desired.has_secret(secret):
            _log.warning("Secret was changed by hand", account=str(account))
            self.resync(account)

    async def run(self, database_url: str) -> None:
        """Runs for ever, and connects again whenever the database is lost."""
        await self._load_shards()
        pause_s = 0.5
        while True:
            began = time.monotonic()
            try:
                await self._session(database_url)
            except DatabaseUnavailable as error:
                self._metrics.database_up.set(0)
                _log.warning("database lost", detail=str(error))
            except OperatorError as error:
                _log.warning("rows not copied", detail=str(error))
            pause_s = 0.5 if time.monotonic() - began > 60 else min(pause_s * 2, _LONGEST_PAUSE_S)
            await asyncio.sleep(pause_s * random.uniform(0.8, 1.2))  # noqa: S311 (spreads retries, no secret)

    async def _session(self, database_url: str) -> None:
        self._lost = False
        # Listen before the relist: a change between the two is then either in the relist or notified, never missed.
        async with connected(database_url, self.changed, self._on_loss) as database:
            self._metrics.database_up.set(1)
            await database.offer(self._offered.platforms)
            self._reported_proxies = None
            _log.info("database connected")
            next_relist_s = time.monotonic()
            while not self._lost:
                await self._refresh_shards(database)
                await self._offer_proxies(database)
                if time.monotonic() >= next_relist_s:
                    await self._relist(database)
                    next_relist_s = time.monotonic() + self._periods.rows_relist_s
                await self._work_off(database, time.monotonic() + self._periods.shards_refresh_s)
        raise DatabaseUnavailable("The connection was lost.")

    def _on_loss(self) -> None:
        self._lost = True
        self._wake.set()

    async def _load_shards(self) -> None:
        try:
            self._cache.update_shards(await load_shards(self._kube))
        except OperatorError as error:
            _log.warning("routers not recalled", detail=str(error))

    async def _save_shards(self) -> None:
        try:
            await save_shards(self._kube, self._cache.shards())
        except OperatorError as error:
            _log.warning("routers not remembered", detail=str(error))

    async def _refresh_shards(self, database: OperatorDatabase) -> None:
        if self._cache.update_shards(await database.shards()):
            _log.info("routers changed")
            await self._save_shards()
            for resource in await self._kube.list(PLURAL, f"{PART_OF_LABEL}={PART_OF}"):
                self._enqueue(UUID(resource["spec"]["accountId"]))

    async def _offer_proxies(self, database: OperatorDatabase) -> None:
        """Writes down which proxies may be chosen. The list is a mounted file, which changes without a restart."""
        names = self._offered.proxies()
        if names != self._reported_proxies:
            await database.offer_proxies(names)
            self._reported_proxies = names

    async def _work_off(self, database: OperatorDatabase, until_s: float) -> None:
        """Applies changed rows until that monotonic time, or until the connection ends."""
        while not self._lost and (left_s := until_s - time.monotonic()) > 0:
            self._wake.clear()
            await self._report_all(database)
            await self._ask_about_orders(database)
            if not self._changed:
                try:
                    await asyncio.wait_for(self._wake.wait(), left_s)
                except TimeoutError:
                    return
            await asyncio.sleep(_COALESCE_S)
            await self._apply_changed(database)

    async def _report_all(self, database: OperatorDatabase) -> None:
        for account, note in self._notes.due().items():
            await database.report(account, note)
            self._notes.on_reported(account, note)

    async def _ask_about_orders(self, database: OperatorDatabase) -> None:
        if self._orders:
            asked = self._orders.take()
            for account in self._orders.answered(asked, await database.with_orders_in_flight(asked)):
                self._enqueue(account)

    async def _apply_changed(self, database: OperatorDatabase) -> None:
        changed = self._changed.take()
        if not changed:
            return
        try:
            rows = {row.id: row for row in await database.accounts_of(changed)}
            removed = await database.removed(changed - rows.keys())
            # Removals first: a new account with the same login waits for the old terminal only once the old account is gone.
            await self._forget(database, removed)
            await _all(self._apply(row, None) for row in rows.values())
        except Retryable:
            # All of them are tried again, not only those that failed: rows that were applied are skipped then.
            self._changed.put_back(changed)
            raise

    async def _relist(self, database: OperatorDatabase) -> None:
        # Removals are read after the rows: an account that is removed in between is in both lists, and counts as removed.
        self._changed.begin_list()
        rows, removed = await database.accounts(), await database.removed()
        resources = await self._kube.list(PLURAL, f"{PART_OF_LABEL}={PART_OF}")
        by_name = {resource["metadata"]["name"]: resource for resource in resources}
        await self._forget(database, removed)
        staying = [row for row in rows if row.id not in removed]
        await self._adopt(staying, by_name)
        await self._apply_listed(database, staying, by_name)
        unexplained = set(orphans(rows, resources)) - removed
        await self._delete_unexplained(database, unexplained, len(rows))

    async def _apply_listed(
        self, database: OperatorDatabase, rows: list[TradingAccountRow], by_name: Mapping[str, Json]
    ) -> None:
        """Applies the rows of a list, and what changes meanwhile. `by_name` has the CopierAccounts as they were listed."""
        # New accounts first: those that are in the cluster have their terminals already.
        rows = sorted(rows, key=lambda row: account_name(row.id) in by_name)
        for start in range(0, len(rows), _RELISTED_AT_ONCE):
            await self._apply_changed(database)
            # A row that was read again since the list is newer than the list, whose row would undo that change, and
            # would make the objects of a removed account again.
            some = [row for row in rows[start : start + _RELISTED_AT_ONCE] if not self._changed.is_newer(row.id)]
            await _all(self._apply(row, by_name.get(account_name(row.id)), relist=True) for row in some)

    async def _adopt(self, rows: list[TradingAccountRow], by_name: dict[str, Json]) -> None:
        """Records which objects are still as an earlier operator applied them. Otherwise each start would apply all of them
        again.
        """
        unknown = [row for row in rows if row.id not in self._applied and account_name(row.id) in by_name]
        if not unknown:
            return
        secrets = await self._kube.list("secrets", f"{PART_OF_LABEL}={PART_OF}")
        secret_of = {each["metadata"]["name"]: each for each in secrets}
        for row in unknown:
            name = account_name(row.id)
            desired = _desired_or_none(row)
            if desired is not None and desired.is_as_applied(by_name[name], secret_of.get(name)):
                self._cache.update_desired(row.id, desired)
                self._applied[row.id] = desired

    async def _delete_unexplained(self, database: OperatorDatabase, accounts: set[UUID], rows: int) -> None:
        held = must_hold(len(accounts), rows, self._max_relist_deletions)
        self._metrics.deletions_held.set(len(accounts) if held else 0)
        if held:
            _log.error("accounts without rows are kept: the database looks wrong", accounts=len(accounts), rows=rows)
            return
        await self._forget(database, accounts)

    async def _forget(self, database: OperatorDatabase, accounts: Collection[UUID]) -> None:
        """Deletes the objects of removed accounts, and then the records of their removal."""
        if not accounts:
            return
        for account in accounts:
            self._applied.pop(account, None)
            self._refusals.forget(account)
            self._cache.update_state(account, None)
            self._cache.update_desired(account, None)
            self.report(account, None)
        done: list[UUID] = []
        await _all(self._remove(account, done) for account in accounts)
        await database.forget_removed(done)

    async def _remove(self, account: UUID, done: list[UUID]) -> None:
        try:
            await remove_account(self._kube, account)
        except Permanent as error:
            # The record stays, so the next comparison tries again.
            _log.error("account cannot be deleted", account=str(account), detail=str(error))
            return
        done.append(account)

    async def _apply(self, row: TradingAccountRow, resource: Json | None, *, relist: bool = False) -> None:
        """Brings the CopierAccount of a row up to date. A row that cannot be copied is counted and comes back later."""
        is_new_state = self._cache.update_state(row.id, router_state(row))
        self._applying.add(row.id)
        try:
            desired = desired_objects(row)
            is_applied = self._applied.get(row.id) == desired and (not relist or desired.has_spec(resource))
            if is_applied or not self._refusals.may_try(row.id, desired):
                return
            await self._apply_desired(row, desired)
        except Retryable:
            raise
        except (ValueError, OperatorError) as error:
            self._metrics.rows_refused.inc()
            _log.error("row cannot be copied", account=str(row.id), detail=str(error))
        finally:
            self._applying.discard(row.id)
            # Not before the row is written: a reconciliation that finds no CopierAccount requests the row, so it would be
            # written twice.
            if is_new_state:
                self._enqueue(row.id)

    async def _apply_desired(self, row: TradingAccountRow, desired: DesiredObjects) -> None:
        self._cache.update_desired(row.id, desired)
        try:
            made = await self._kube.apply(PLURAL, custom_resource(spec_of(row)))
            self._view.account_seen(made)
            self._view.secret_seen(await self._kube.apply("secrets", secret(row, made["metadata"]["uid"])))
        except Permanent:
            # The cluster refused this row, so its objects cannot be compared with it: the account goes on as it is.
            self._cache.update_desired(row.id, None)
            self._refusals.refused(row.id, desired)
            raise
        self._refusals.forget(row.id)
        self._applied[row.id] = desired
        self._enqueue(row.id)


def _desired_or_none(row: TradingAccountRow) -> DesiredObjects | None:
    try:
        return desired_objects(row)
    except ValueError:
        return None


async def remove_account(kube: Kube, account: UUID) -> None:
    """Deletes an account's objects at once, because the garbage collector would take longer. One applied by hand stays."""
    name = account_name(account)
    resource = await kube.get(PLURAL, name)
    if resource is not None and not is_from_row(resource):
        return
    # Without its CopierAccount no new pod can start, and the keyring gives nothing to the old one.
    await kube.delete(PLURAL, name)
    await kube.delete("secrets", name)
    for pod in terminals(account, await kube.pods_running_as(name)):
        await kube.delete("pods", pod.name)
    await kube.delete("serviceaccounts", name)
    _log.info("account deleted", account=str(account))


async def _all(jobs: Iterable[Coroutine[None, None, None]]) -> None:
    """Runs all jobs, a few at a time. Raises the first error after the last job has ended."""
    places = asyncio.Semaphore(_AT_ONCE)

    async def placed(job: Coroutine[None, None, None]) -> None:
        async with places:
            await job

    results = await asyncio.gather(*(placed(job) for job in jobs), return_exceptions=True)
    for error in results:
        if error is not None:
            raise error
