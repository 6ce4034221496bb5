"""Rows by way of the API's own connections, for the owner of an API token.

Supabase's REST API takes tokens that its auth server has signed, and no others; a key to sign them with could make anyone
of anybody, so the API has none. Instead, each call is one transaction in which the database looks up the token by its hash,
takes its owner for the caller, and applies the policies of people.
"""

# ruff: noqa: S608 - names of tables, columns and functions are the API's own words; values are parameters.
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import asyncpg

from lockstep_api.errors import NotSignedIn
from lockstep_api.rows import Query, Row, Values, Where
from lockstep_api.store_errors import store_error

if TYPE_CHECKING:
    from lockstep_api.database import ApiDatabase, Connection

_COMPARED = {"eq": "=", "gte": ">=", "lte": "<="}
_SIGNATURE = """
select p.proretset, coalesce((select jsonb_agg(jsonb_build_array(n.name, format_type(n.type, null)) order by n.place)
  from unnest(p.proargnames[:p.pronargs], p.proargtypes::oid[]) with ordinality n (name, type, place)), '[]')
from pg_catalog.pg_proc p join pg_catalog.pg_namespace s on s.oid = p.pronamespace
where s.nspname = 'public' and p.proname = $1
"""


class SqlRows:
    """The rows of whoever the API token belongs to."""

    def __init__(self, database: "ApiDatabase", token_hash: bytes) -> None:
        self._database = database
        self._token_hash = token_hash

    async def select(self, query: Query) -> list[Row]:
        """The rows."""
        where, values = _conditions(query.table, query.where, 1)
        inner = f"select {', '.join(query.columns) or '*'} from public.{query.table} t{where}"
        if query.order is not None:
            inner += f" order by t.{query.order}{' desc' if query.descending else ''}"
        if query.limit is not None:
            inner += f" limit {query.limit:d}"
        return await self._rows(f"select to_jsonb(r) from ({inner}) r", values)

    async def insert(self, table: str, values: Values) -> list[Row]:
        """Adds a row and returns it."""
        names = ", ".join(values)
        selected = f"select {names} from {_typed(table, 1)} n"
        statement = f"insert into public.{table} as t ({names}) {selected} returning to_jsonb(t)"
        return await self._rows(statement, [_text(values)])

    async def update(self, table: str, values: Values, *where: Where) -> list[Row]:
        """Changes rows and returns them."""
        if not values:
            return await self.select(Query(table, where))
        changes = ", ".join(f"{name} = n.{name}" for name in values)
        condition, more = _conditions(table, where, 2)
        statement = f"update public.{table} t set {changes} from {_typed(table, 1)} n{condition} returning to_jsonb(t)"
        return await self._rows(statement, [_text(values), *more])

    async def delete(self, table: str, where: Where) -> list[Row]:
        """Removes rows and returns them."""
        condition, values = _conditions(table, (where,), 1)
        return await self._rows(f"delete from public.{table} t{condition} returning to_jsonb(t)", values)

    async def call(self, function: str, arguments: Values) -> Any:
        """Calls a function and returns its result."""
        async with self._acting() as connection:
            signature = await connection.fetchrow(_SIGNATURE, function)
            if signature is None:
                raise store_error("42883", f"no function {function}", None)
            types = dict(json.loads(signature[1]))
            given = ", ".join(f"{name} => a.{name}" for name in arguments)
            called = f"public.{function}({given}) r"
            if arguments:
                columns = ", ".join(f"{name} {types[name]}" for name in arguments)
                called = f"jsonb_to_record($1) a ({columns}), lateral {called}"
            values = [_text(arguments)] if arguments else []
            found = [_read(row) for row in await connection.fetch(f"select to_jsonb(r) from {called}", *values)]
        return found if signature[0] else found[0]

    async def _rows(self, statement: str, values: Sequence[str]) -> list[Row]:
        async with self._acting() as connection:
            return [_read(row) for row in await connection.fetch(statement, *values)]

    @asynccontextmanager
    async def _acting(self) -> AsyncIterator["Connection"]:
        """A transaction as the token's owner. Raises NotSignedIn, StoreUnavailable, or the database's refusal."""
        try:
            async with self._database.transaction() as connection:
                if await connection.fetchval("select private.act_for_api_token($1)", self._token_hash) is None:
                    raise NotSignedIn
                await connection.execute("set local role authenticated")
                yield connection
        except asyncpg.PostgresError as error:
            raise store_error(error.sqlstate, error.args[0], getattr(error, "detail", None)) from error


def _typed(table: str, place: int) -> str:
    """The parameter as a row of the table, so that each value gets its column's type."""
    return f"jsonb_populate_record(null::public.{table}, ${place})"


def _conditions(table: str, conditions: Sequence[Where], first: int) -> tuple[str, list[str]]:
    texts, values = [], []
    for place, where in enumerate(conditions, first):
        if where.operator == "in":
            records = f"jsonb_populate_recordset(null::public.{table}, ${place})"
            texts.append(f"t.{where.column} in (select v.{where.column} from {records} v)")
            values.append(_text([{where.column: value} for value in where.value]))
        else:
            texts.append(f"t.{where.column} {_COMPARED[where.operator]} ({_typed(table, place)}).{where.column}")
            values.append(_text({where.column: where.value}))
    return (f" where {' and '.join(texts)}" if texts else ""), values


def _text(values: object) -> str:
    return json.dumps(values)


def _read(row: asyncpg.Record) -> Any:
    return None if row[0] is None else json.loads(row[0])
