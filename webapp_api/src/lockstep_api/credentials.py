"""Reads the credential of a request: the access token of a Supabase session, or an API token."""

import hashlib
import re
import secrets
from dataclasses import dataclass

import jwt

from lockstep_api.errors import NotSignedIn

TOKEN_PREFIX = "ls_"  # noqa: S105 (what tokens begin with)
_API_TOKEN = re.compile(r"ls_[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class SessionToken:
    """The access token of a session, and its end as Unix time in s. Only Supabase checks whether it is valid."""

    token: str
    expires_s: float


@dataclass(frozen=True)
class ApiToken:
    """The hash of an API token. Only the database knows whether there is such a token."""

    hash: bytes
    expires_s: float = float("inf")


Credential = SessionToken | ApiToken


def new_api_token() -> str:
    """A random token of 256 bits."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """The hash of a token, which is stored instead of it."""
    # A fast hash is enough, because a random token of 256 bits cannot be guessed.
    return hashlib.sha256(token.encode()).digest()


def bearer_token(authorization: str) -> str | None:
    """The token in the header `Authorization`, however its scheme is spelled. None without one."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def read_credential(token: str | None, now_s: float) -> Credential:
    """The credential, by the token's form. Raises NotSignedIn for an impossible token, without asking anybody."""
    if token is None:
        raise NotSignedIn
    if token.startswith(TOKEN_PREFIX):
        if not _API_TOKEN.fullmatch(token):
            raise NotSignedIn
        return ApiToken(token_hash(token))
    expires_s = _expiry(token)
    if expires_s <= now_s:
        raise NotSignedIn
    return SessionToken(token, expires_s)


def _expiry(token: str) -> float:
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
        return float(claims["exp"])
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError) as error:
        raise NotSignedIn from error
