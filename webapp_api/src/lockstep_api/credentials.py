"""Reads the credential of a request: the access token of a Supabase session, or an API token."""

import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import Any

import jwt

from lockstep_api.database import ApiDatabase, TokenOwner
from lockstep_api.errors import FeatureOff, NotSignedIn
from lockstep_api.settings import ApiSettings

TOKEN_PREFIX = "ls_"  # noqa: S105 (what tokens begin with)
_JWT_LIFETIME_S = 60


@dataclass(frozen=True)
class Credential:
    """A token for Supabase, and its end as Unix time in s. Only Supabase checks whether it is valid."""

    token: str
    expires_s: float


def new_api_token() -> str:
    """A random token of 256 bits."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """The hash of a token, which is stored instead of it."""
    # A fast hash is enough, because a random token of 256 bits cannot be guessed.
    return hashlib.sha256(token.encode()).digest()


async def read_credential(token: str | None, settings: ApiSettings, database: ApiDatabase) -> Credential:
    """The credential of a request. Raises NotSignedIn, and FeatureOff for an API token where these are switched off."""
    if token is None:
        raise NotSignedIn
    if token.startswith(TOKEN_PREFIX):
        return await _redeem(token, settings, database)
    return Credential(token, _expiry(token))


async def _redeem(token: str, settings: ApiSettings, database: ApiDatabase) -> Credential:
    if settings.supabase_jwt_secret is None:
        raise FeatureOff
    found = await database.redeem(token_hash(token))
    if found is None:
        raise NotSignedIn
    # PostgREST takes JWTs only, so a short-lived one is signed for the owner of the API token.
    expires_s = time.time() + _JWT_LIFETIME_S
    claims = _claims(found, int(expires_s))
    return Credential(jwt.encode(claims, settings.supabase_jwt_secret.get_secret_value(), "HS256"), expires_s)


def _claims(found: TokenOwner, expires_s: int) -> dict[str, Any]:
    subject = {"sub": str(found.user), "role": "authenticated", "aud": "authenticated"}
    times = {"iat": expires_s - _JWT_LIFETIME_S, "exp": expires_s}
    return {**subject, **times, "api_token": str(found.id), "api_scope": found.scope}


def _expiry(token: str) -> float:
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
        return float(claims["exp"])
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError) as error:
        raise NotSignedIn from error
