"""The API's reads and writes for a caller, under row level security."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from lockstep_api.errors import RequestRefused, Resource, ResourceNotFound
from lockstep_api.models import (
    AccountChange,
    CopierChange,
    NewAccount,
    NewCopier,
    NewProxy,
    NewServer,
    OfferedProxy,
    SealedCredentials,
)
from lockstep_api.rows import Query, Row, Rows, Where, by_id
from lockstep_api.template_models import NewTemplate, TemplateChange
from lockstep_core.wire.enums import Permission

_MONEY = ("account_id", "currency", "balance", "equity", "margin_free", "leverage", "credit")


class Store:
    """The rows of one caller. Every method may raise an `ApiError`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def register(self, account: NewAccount) -> Row:
        """Adds an account with its sealed password. Repeating the same request returns the same row."""
        return _one(await self._rows.call("register_account", _registration(account)), "account")

    async def account(self, account: UUID) -> Row:
        """One account."""
        return _one(await self._rows.select(Query("trading_accounts", (by_id(account),))), "account")

    async def live_money(self, accounts: Sequence[UUID]) -> dict[UUID | None, Row]:
        """The figures that the terminals of these accounts last reported, by account. Accounts without a report are left
        out.
        """
        theirs = Where("account_id", "in", [str(account) for account in accounts])
        found = await self._rows.select(Query("account_live", (theirs,), _MONEY))
        return {UUID(row["account_id"]): row for row in found}

    async def all_live_money(self) -> list[Row]:
        """The figures of all accounts."""
        return await self._rows.select(Query("account_live", columns=_MONEY))

    async def closing_in_order(self, accounts: Sequence[str]) -> frozenset[str]:
        """Which of these accounts' brokers close positions only in the order in which they were opened."""
        theirs = Where("account_id", "in", accounts)
        found = await self._rows.select(Query("account_live", (theirs,), ("account_id", "permissions")))
        return frozenset(str(row["account_id"]) for row in found if row["permissions"] & Permission.FIFO)

    async def change_account(self, account: UUID, change: AccountChange) -> Row:
        """Changes an account and returns it."""
        values = change.model_dump(mode="json", exclude_unset=True)
        return _one(await self._rows.update("trading_accounts", values, by_id(account)), "account")

    async def restart_account(self, account: UUID) -> Row:
        """Restarts the terminal of an account, and returns the account."""
        return _one(await self.call("restart_account", p_account=str(account)), "account")

    async def remove_account(self, account: UUID) -> None:
        """Removes an account, its sealed password and its copiers."""
        _one(await self._rows.delete("trading_accounts", by_id(account)), "account")

    async def move_account(self, account: UUID, server: NewServer) -> Row:
        """Gives an account another name of its server, with a password sealed for it."""
        sealed = {"p_key_id": server.sealed.key_id, "p_sealed": server.sealed.ciphertext}
        arguments = {"p_account": str(account), "p_server": server.server, **sealed}
        return _one(await self._rows.call("move_account", arguments), "account")

    async def replace_credentials(self, account: UUID, sealed: SealedCredentials) -> Row:
        """Replaces an account's sealed password. Returns the account with its next version of credentials."""
        arguments = {"p_account": str(account), "p_key_id": sealed.key_id, "p_sealed": sealed.ciphertext}
        return _one(await self._rows.call("replace_credentials", arguments), "account")

    async def replace_proxy(self, account: UUID, proxy: NewProxy | OfferedProxy | None) -> Row:
        """Sets an account's proxy, or removes it. Returns the account with its next version of credentials."""
        arguments = {"p_account": str(account), "p_proxy": None if proxy is None else proxy.as_json()}
        return _one(await self._rows.call("replace_proxy", arguments), "account")

    async def link(self, copier: NewCopier) -> Row:
        """Adds a copier."""
        return _one(await self._rows.insert("copiers", copier.model_dump(mode="json")), "copier")

    async def copiers(self) -> list[Row]:
        """All copiers, oldest first."""
        return await self._rows.select(Query("copiers", order="created_at"))

    async def copier(self, copier: UUID) -> Row:
        """One copier."""
        return _one(await self._rows.select(Query("copiers", (by_id(copier),))), "copier")

    async def change_copier(self, copier: UUID, change: CopierChange) -> Row:
        """Changes a copier and returns it. With a version, the copier is changed only if it still has that version."""
        values = change.model_dump(mode="json", include=change.model_fields_set - {"version"})
        if change.version is None:
            return _one(await self._rows.update("copiers", values, by_id(copier)), "copier")
        unchanged = Where("version", "eq", change.version)
        rows = await self._rows.update("copiers", values, by_id(copier), unchanged)
        if not rows:
            await self.copier(copier)
            raise RequestRefused(409, "changed_meanwhile")
        return rows[0]

    async def remove_copier(self, copier: UUID, copies: str) -> None:
        """Removes a copier, at once or when its copies are closed."""
        await self.call("remove_copier", p_copier=str(copier), p_copies=copies)

    async def news(self, since: datetime, until: datetime, limit: int) -> list[Row]:
        """Entries of the news calendar, oldest first."""
        within = (Where("at", "gte", since.isoformat()), Where("at", "lte", until.isoformat()))
        return await self._rows.select(Query("calendar_events", within, order="at", limit=limit))

    async def news_around(self, times: Sequence[datetime], minutes: int) -> list[Row]:
        """Entries of the news calendar that are at most `minutes` away from one of these times."""
        found: list[Row] = await self.call(
            "calendar_around", p_times=json.dumps([at.isoformat() for at in times]), p_minutes=minutes
        )
        return found

    async def news_covered_until(self) -> datetime | None:
        """How far the news calendar reaches without a gap."""
        found = await self.call("calendar_covered_until")
        return None if found is None else datetime.fromisoformat(found).astimezone(UTC)

    async def templates(self) -> list[Row]:
        """All templates, by name."""
        return await self._rows.select(Query("templates", order="name"))

    async def save_template(self, template: NewTemplate) -> Row:
        """Saves a template."""
        return _one(await self._rows.insert("templates", template.model_dump(mode="json")), "template")

    async def change_template(self, template: UUID, change: TemplateChange) -> Row:
        """Changes a template and returns it."""
        values = change.model_dump(mode="json", include=change.model_fields_set)
        return _one(await self._rows.update("templates", values, by_id(template)), "template")

    async def delete_template(self, template: UUID) -> None:
        """Deletes a template. Copiers that were made from it stay as they are."""
        _one(await self._rows.delete("templates", by_id(template)), "template")

    async def guards(self, copier: UUID) -> list[Row]:
        """The stored states of a copier's guards."""
        return await self._rows.select(Query("guard_states", (Where("copier_id", "eq", str(copier)),)))

    async def all_guards(self) -> list[Row]:
        """The stored states of all guards."""
        return await self._rows.select(Query("guard_states"))

    async def skipped_for(self, copier: UUID, reasons: Sequence[str]) -> list[Row]:
        """The last copies of a copier that were skipped for one of these reasons, newest first."""
        which = (
            Where("copier_id", "eq", str(copier)),
            Where("status", "eq", "skipped"),
            Where("reason", "in", list(reasons)),
        )
        columns = ("symbol", "reason", "params")
        return await self._rows.select(Query("copies", which, columns, order="updated_at", descending=True, limit=500))

    async def symbols_of(self, account: UUID) -> list[str]:
        """Symbols in the deals, positions and quotes of an account. A symbol may be repeated."""
        its = (Where("account_id", "eq", str(account)),)
        deals = await self._rows.select(Query("deals", its, ("symbol",), order="at", descending=True, limit=1000))
        found = [row["symbol"] for row in deals]
        for row in await self._rows.select(Query("account_live", its, ("first_tick", "positions"))):
            ticks = [row["first_tick"]] if row["first_tick"] else []
            found += [held["symbol"] for held in (*ticks, *row["positions"])]
        return found

    async def request(self, request: UUID) -> Row:
        """One request."""
        return _one(await self._rows.select(Query("manual_requests", (by_id(request),))), "request")

    async def call(self, function: str, **arguments: Any) -> Any:
        """Calls a function of the database with the caller's rights, and returns its result."""
        return await self._rows.call(function, arguments)

    async def history(self, account: UUID) -> list[Row]:
        """The last states of an account's terminal, newest first."""
        its = (Where("account_id", "eq", str(account)),)
        columns = ("state", "reason", "message", "epoch", "at")
        return await self._rows.select(Query("account_states", its, columns, order="id", descending=True, limit=200))


def _one(data: Any, what: Resource) -> Row:
    rows: list[Row] = [data] if isinstance(data, dict) else data
    if not rows:
        raise ResourceNotFound(what)
    return rows[0]


def _registration(account: NewAccount) -> dict[str, Any]:
    proxy = account.proxy or account.offered_proxy
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
        "p_proxy": None if proxy is None else proxy.as_json(),
    }
