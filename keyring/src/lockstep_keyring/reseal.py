"""`python -m lockstep_keyring.reseal`: seal every stored password to the newest key, so that older keys can be removed.

It may be interrupted and repeated. Its database role may call only the two functions that it needs: one for the passwords of
accounts, one for those of their proxies.
"""

import asyncio
import base64
import json
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg
import structlog
from pydantic import BaseModel, ConfigDict, SecretStr

from lockstep_core.proxies import Proxy, ProxyType
from lockstep_keyring.errors import CredentialsUnreadable, DatabaseUnavailable, KeyringError
from lockstep_keyring.keys import PrivateKeys, load_keys
from lockstep_keyring.sealing import Bound, ProxySealedFor, SealedFor, renew
from lockstep_service.errors import InvalidSettings
from lockstep_service.logs import configure_logs
from lockstep_service.settings import read_settings

BATCH = 100
_FIRST = UUID(int=0)
_NEXT_PASSWORDS = "select * from private.reseal_credentials($1, $2::jsonb, $3, $4)"
_NEXT_PROXIES = "select * from private.reseal_proxies($1, $2::jsonb, $3, $4)"
_log = structlog.get_logger("lockstep.keyring")


class ResealSettings(BaseModel):
    """Each field is read from the variable `LOCKSTEP_` plus its name in capitals."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    database_url: SecretStr
    keys_dir: Path = Path("/var/run/lockstep/keys")


@dataclass(frozen=True, slots=True)
class Stored:
    """A sealed password that is stored for an account or for its proxy."""

    bound: Bound
    key_id: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many passwords were sealed again, and the accounts whose password no key opens: their owners must enter it."""

    resealed: int = 0
    unreadable: tuple[UUID, ...] = ()


async def reseal_all(connection: "asyncpg.Connection[asyncpg.Record]", keys: PrivateKeys, batch: int = BATCH) -> Outcome:
    """Seals all passwords to the newest key that are sealed to another."""
    passwords = await _reseal(connection, keys, batch, _NEXT_PASSWORDS, _stored)
    proxies = await _reseal(connection, keys, batch, _NEXT_PROXIES, _stored_of_proxy)
    return Outcome(passwords.resealed + proxies.resealed, (*passwords.unreadable, *proxies.unreadable))


async def _reseal(
    connection: "asyncpg.Connection[asyncpg.Record]",
    keys: PrivateKeys,
    batch: int,
    query: str,
    read: Callable[[asyncpg.Record], Stored],
) -> Outcome:
    newest, after, outcome = keys.sealing[0].key_id, _FIRST, Outcome()
    changed: list[dict[str, str]] = []
    while True:
        rows = await connection.fetch(query, newest, json.dumps(changed), after, batch)
        if not rows:
            return outcome
        stored = [read(row) for row in rows]
        after = stored[-1].bound.account
        changed, unreadable = _renewed(keys, stored)
        outcome = Outcome(outcome.resealed + len(changed), (*outcome.unreadable, *unreadable))


def _renewed(keys: PrivateKeys, stored: Iterable[Stored]) -> tuple[list[dict[str, str]], list[UUID]]:
    """What to store instead, and the accounts whose password cannot be opened."""
    changed, unreadable = [], []
    for one in stored:
        try:
            sealed = renew(keys, one.bound, one.sealed, one.key_id)
        except CredentialsUnreadable:
            unreadable.append(one.bound.account)
        else:
            account = str(one.bound.account)
            changed.append({"account_id": account, "was_sealed": _base64(one.sealed), "sealed": _base64(sealed)})
    return changed, unreadable


def _stored(row: asyncpg.Record) -> Stored:
    return Stored(SealedFor(row["account_id"], row["platform"], row["login"], row["server"]), row["key_id"], row["sealed"])


def _stored_of_proxy(row: asyncpg.Record) -> Stored:
    proxy = Proxy(ProxyType(row["type"]), row["address"], row["port"], row["proxy_login"] or "")
    bound = ProxySealedFor(row["account_id"], row["platform"], row["login"], proxy)
    return Stored(bound, row["key_id"], row["sealed"])


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


async def _run(settings: ResealSettings) -> Outcome:
    keys = load_keys(settings.keys_dir)
    try:
        connection = await asyncpg.connect(settings.database_url.get_secret_value(), timeout=10, command_timeout=60)
        try:
            return await reseal_all(connection, keys)
        finally:
            await connection.close(timeout=5)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError, ValueError) as error:
        # The driver's text may hold the address with its password.
        raise DatabaseUnavailable(f"The database did not answer ({type(error).__name__}).") from None


def main() -> int:
    """Returns the exit status: 0 when all is sealed to the newest key, 1 where a password cannot be opened, 2 for errors."""
    configure_logs()
    try:
        outcome = asyncio.run(_run(read_settings(ResealSettings, os.environ)))
    except (KeyringError, InvalidSettings) as error:
        _log.error("not sealed again", detail=str(error))
        return 2
    _log.info("sealed again", passwords=outcome.resealed, unreadable=[str(account) for account in outcome.unreadable])
    return 1 if outcome.unreadable else 0


if __name__ == "__main__":
    sys.exit(main())
