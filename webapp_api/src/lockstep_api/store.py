"""Calls Supabase with the caller's own token, so that row level security limits every read and write."""

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
from postgrest import AsyncPostgrestClient
from postgrest.exceptions import APIError

from lockstep_api.errors import Resource, ResourceNotFound, StoreBroken, StoreUnavailable
from lockstep_api.models import (
    AccountChange,
    CopierChange,
    NewAccount,
    NewCopier,
    NewTemplate,
    SealedCredentials,
    TemplateChange,
)
from lockstep_api.store_errors import store_error

Row = dict[str, Any]


class Store:
    """The rows of one caller. Every method may raise an `ApiError`."""

    def __init__(self, client: AsyncPostgrestClient) -> None:
        self._client = client

    async def register(self, account: NewAccount) -> Row:
        """Adds an account with its sealed password; the same request again returns the same row."""
        return _one(await _answer(self._client.rpc("register_account", _registration(account)).execute), "account")

    async def accounts(self) -> list[Row]:
        """All accounts, oldest first."""
        return _rows(await _answer(self._client.table("trading_accounts").select("*").order("created_at").execute))

    async def account(self, account: UUID) -> Row:
        """One account."""
        query = self._client.table("trading_accounts").select("*").eq("id", str(account))
        return _one(await _answer(query.execute), "account")

    async def live_money(self, accounts: Sequence[UUID]) -> dict[UUID | None, Row]:
        """The money that the terminals of these accounts last reported, by account. One without a report is left out."""
        columns = "account_id, currency, balance, equity, margin_free, leverage"
        query = self._client.table("account_live").select(columns).in_("account_id", [str(account) for account in accounts])
        return {UUID(row["account_id"]): row for row in _rows(await _answer(query.execute))}

    async def change_account(self, account: UUID, change: AccountChange) -> Row:
        """Changes an account and returns it."""
        values = change.model_dump(mode="json", exclude_unset=True)
        query = self._client.table("trading_accounts").update(values).eq("id", str(account))
        return _one(await _answer(query.execute), "account")

    async def restart_account(self, account: UUID) -> Row:
        """Restarts the terminal of an account, and returns the account."""
        return _one(await self.call("restart_account", p_account=str(account)), "account")

    async def remove_account(self, account: UUID) -> None:
        """Removes an account, its sealed password and its copiers."""
        query = self._client.table("trading_accounts").delete().eq("id", str(account))
        _one(await _answer(query.execute), "account")

    async def replace_credentials(self, account: UUID, sealed: SealedCredentials) -> Row:
        """Replaces the sealed password of an account. Returns the account with its next version of credentials."""
        arguments = {"p_account": str(account), "p_key_id": sealed.key_id, "p_sealed": sealed.ciphertext}
        return _one(await _answer(self._client.rpc("replace_credentials", arguments).execute), "account")

    async def link(self, copier: NewCopier) -> Row:
        """Adds a copier."""
        values = copier.model_dump(mode="json")
        return _one(await _answer(self._client.table("copiers").insert(values).execute), "copier")

    async def copiers(self) -> list[Row]:
        """All copiers, oldest first."""
        return _rows(await _answer(self._client.table("copiers").select("*").order("created_at").execute))

    async def copier(self, copier: UUID) -> Row:
        """One copier."""
        return _one(await _answer(self._client.table("copiers").select("*").eq("id", str(copier)).execute), "copier")

    async def change_copier(self, copier: UUID, change: CopierChange) -> Row:
        """Changes a copier and returns it."""
        values = change.model_dump(mode="json", include=change.model_fields_set)
        return _one(await _answer(self._client.table("copiers").update(values).eq("id", str(copier)).execute), "copier")

    async def remove_copier(self, copier: UUID) -> None:
        """Removes a copier. Its copies stay open at the broker, and are no longer followed."""
        _one(await _answer(self._client.table("copiers").delete().eq("id", str(copier)).execute), "copier")

    async def news(self, since: datetime, until: datetime, limit: int) -> list[Row]:
        """Entries of the news calendar, oldest first."""
        query = self._client.table("calendar_events").select("*").gte("at", since.isoformat()).lte("at", until.isoformat())
        return _rows(await _answer(query.order("at").limit(limit).execute))

    async def news_around(self, times: Sequence[datetime], minutes: int) -> list[Row]:
        """Entries of the news calendar that are at most `minutes` away from one of these times."""
        return _rows(
            await self.call("calendar_around", p_times=json.dumps([at.isoformat() for at in times]), p_minutes=minutes)
        )

    async def news_covered_until(self) -> datetime | None:
        """How far the news calendar reaches without a gap."""
        found = await self.call("calendar_covered_until")
        return None if found is None else datetime.fromisoformat(found).astimezone(UTC)

    async def templates(self) -> list[Row]:
        """All templates, by name."""
        return _rows(await _answer(self._client.table("templates").select("*").order("name").execute))

    async def save_template(self, template: NewTemplate) -> Row:
        """Saves a template."""
        values = template.model_dump(mode="json")
        return _one(await _answer(self._client.table("templates").insert(values).execute), "template")

    async def change_template(self, template: UUID, change: TemplateChange) -> Row:
        """Changes a template and returns it."""
        values = change.model_dump(mode="json", include=change.model_fields_set)
        query = self._client.table("templates").update(values).eq("id", str(template))
        return _one(await _answer(query.execute), "template")

    async def delete_template(self, template: UUID) -> None:
        """Deletes a template. Copiers that were made from it stay as they are."""
        _one(await _answer(self._client.table("templates").delete().eq("id", str(template)).execute), "template")

    async def guards(self, copier: UUID) -> list[Row]:
        """The stored states of a copier's guards."""
        query = self._client.table("guard_states").select("*").eq("copier_id", str(copier))
        return _rows(await _answer(query.execute))

    async def skipped_for(self, copier: UUID, reasons: Sequence[str]) -> list[Row]:
        """The last copies of a copier that were skipped for one of these reasons, newest first."""
        query = self._client.table("copies").select("symbol,reason,message").eq("copier_id", str(copier))
        query = query.eq("status", "skipped").in_("reason", reasons)
        return _rows(await _answer(query.order("updated_at", desc=True).limit(500).execute))

    async def symbols_of(self, account: UUID) -> list[str]:
        """Symbols in the deals, positions and quotes of an account. A symbol may be repeated."""
        deals = self._client.table("deals").select("symbol").eq("account_id", str(account))
        live = self._client.table("account_live").select("first_tick,positions").eq("account_id", str(account))
        found = [row["symbol"] for row in _rows(await _answer(deals.order("at", desc=True).limit(1000).execute))]
        for row in _rows(await _answer(live.execute)):
            ticks = [row["first_tick"]] if row["first_tick"] else []
            found += [held["symbol"] for held in (*ticks, *row["positions"])]
        return found

    async def request(self, request: UUID) -> Row:
        """One request."""
        query = self._client.table("manual_requests").select("*").eq("id", str(request))
        return _one(await _answer(query.execute), "request")

    async def call(self, function: str, **arguments: Any) -> Any:
        """Calls a function of the database with the caller's rights, and returns its result."""
        return await _answer(self._client.rpc(function, arguments).execute)

    async def history(self, account: UUID) -> list[Row]:
        """The last states of an account's terminal, newest first."""
        query = self._client.table("account_states").select("state,reason,message,epoch,at")
        return _rows(await _answer(query.eq("account_id", str(account)).order("id", desc=True).limit(200).execute))


def open_store(http: httpx.AsyncClient, url: str, publishable_key: str, token: str) -> Store:
    """A store that acts as the holder of `token`, which Supabase checks at every call. No connection is opened."""
    headers = {"apikey": publishable_key, "Authorization": f"Bearer {token}"}
    # No retries here: the caller retries itself, and a request must not take longer than its timeout.
    client = AsyncPostgrestClient(f"{url.rstrip('/')}/rest/v1", headers=headers, http_client=http, retry_enabled=False)
    return Store(client)


async def is_reachable(http: httpx.AsyncClient, url: str, publishable_key: str) -> bool:
    """Whether Supabase answers."""
    try:
        answer = await http.get(f"{url.rstrip('/')}/auth/v1/health", headers={"apikey": publishable_key})
    except httpx.HTTPError:
        return False
    return answer.is_success


async def _answer(execute: Callable[[], Awaitable[Any]]) -> Any:
    try:
        return (await execute()).data
    except APIError as error:
        raise store_error(error.code, error.message, error.details) from error
    except httpx.HTTPError as error:
        raise StoreUnavailable from error


def _rows(data: Any) -> list[Row]:
    if not isinstance(data, list):
        raise StoreBroken("unexpected_answer")
    return data


def _one(data: Any, what: Resource) -> Row:
    rows = [data] if isinstance(data, dict) else _rows(data)
    if not rows:
        raise ResourceNotFound(what)
    return rows[0]


def _registration(account: NewAccount) -> dict[str, Any]:
    return {
        "p_id": str(account.id),
        "p_label": account.label,
        "p_platform": account.platform,
        "p_environment": account.environment,
        "p_login": account.login,
        "p_server": account.server,
        "p_role": account.role,
        "p_key_id": account.sealed.key_id,
        "p_sealed": account.sealed.ciphertext,
    }
