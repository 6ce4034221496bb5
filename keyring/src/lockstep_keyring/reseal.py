"""`python -m lockstep_keyring.reseal`: seal every stored password to the newest key, so that older keys can be removed.

It may be interrupted and repeated. Its role in the database may call the one function that it calls.
"""

import asyncio
import base64
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg
import structlog
from pydantic import BaseModel, ConfigDict, SecretStr

from lockstep_keyring.errors import CredentialsUnreadable, DatabaseUnavailable, KeyringError
from lockstep_keyring.keys import PrivateKeys, load_keys
from lockstep_keyring.sealing import SealedFor, renew
from lockstep_service.errors import InvalidSettings
from lockstep_service.logs import configure_logs
from lockstep_service.settings import read_settings

BATCH = 100
_FIRST = UUID(int=0)
_NEXT = "select * from private.reseal_credentials($1, $2::jsonb, $3, $4)"
_log = structlog.get_logger("lockstep.keyring")


class ResealSettings(BaseModel):
    """Each field is read from the variable `LOCKSTEP_` plus its name in capitals."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    database_url: SecretStr
    keys_dir: Path = Path("/var/run/lockstep/keys")


@dataclass(frozen=True, slots=True)
class Stored:
    """A sealed password that is stored for an account."""

    bound: SealedFor
    key_id: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many passwords were sealed again, and whose opens with no key: those owners must enter it again."""

    resealed: int = 0
    unreadable: tuple[UUID, ...] = ()


async def reseal_all(connection: "asyncpg.Connection[asyncpg.Record]", keys: PrivateKeys, batch: int = BATCH) -> Outcome:
    """Seals all passwords to the newest key that are sealed to another."""
    newest, after, outcome = keys.sealing[0].key_id, _FIRST, Outcome()
    changed: list[dict[str, str]] = []
    while True:
        rows = await connection.fetch(_NEXT, newest, json.dumps(changed), after, batch)
        if not rows:
            return outcome
        stored = [_stored(row) for row in rows]
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
