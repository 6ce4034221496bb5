"""Who a request speaks for: the holder of a Supabase session, or of an API token of theirs."""

import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import Any

import jwt

from lockstep_api.database import Database, Redeemed
from lockstep_api.errors import FeatureOff, NotSignedIn
from lockstep_api.settings import Settings

TOKEN_PREFIX = "ls_"  # noqa: S105 (what tokens begin with)
_STANDS_FOR_S = 60


@dataclass(frozen=True)
class Credential:
    """A token for Supabase, and when it ends as Unix time in s; Supabase itself says whether it is good."""

    token: str
    expires_s: float


def new_api_token() -> str:
    """A token of 256 bits."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What is kept of it. The token is random, so a fast hash will do."""
    return hashlib.sha256(token.encode()).digest()


async def read_credential(token: str | None, settings: Settings, database: Database) -> Credential:
    """The credential of a request. Raises NotSignedIn, FeatureOff where API tokens are off here."""
    if token is None:
        raise NotSignedIn
    if token.startswith(TOKEN_PREFIX):
        return await _redeem(token, settings, database)
    return Credential(token, _expiry(token))


async def _redeem(token: str, settings: Settings, database: Database) -> Credential:
    if settings.supabase_jwt_secret is None:
        raise FeatureOff
    found = await database.redeem(token_hash(token))
    if found is None:
        raise NotSignedIn
    expires_s = time.time() + _STANDS_FOR_S
    claims = _claims(found, int(expires_s))
    return Credential(jwt.encode(claims, settings.supabase_jwt_secret.get_secret_value(), "HS256"), expires_s)


def _claims(found: Redeemed, expires_s: int) -> dict[str, Any]:
    whose = {"sub": str(found.user), "role": "authenticated", "aud": "authenticated"}
    times = {"iat": expires_s - _STANDS_FOR_S, "exp": expires_s}
    return {**whose, **times, "api_token": str(found.id), "api_scope": found.scope}


def _expiry(token: str) -> float:
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
        return float(claims["exp"])
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError) as error:
        raise NotSignedIn from error
