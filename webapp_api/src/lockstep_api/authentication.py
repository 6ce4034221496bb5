"""Finds out who calls, before anything of the request's body is read."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from lockstep_api.credentials import Credential, read_credential, token_hash
from lockstep_api.errors import NotSignedIn
from lockstep_api.limits import Buckets
from lockstep_api.remembered import Remembered

_KNOWN_S = 30.0
_UNKNOWN_S = 60.0
_MOST = 20_000


@dataclass(frozen=True)
class Identity:
    """Who calls, and with what."""

    user: UUID
    credential: Credential


Ask = Callable[[Credential], Awaitable[UUID]]
"""Asks Supabase or the database for the owner of a credential. Raises NotSignedIn."""


class Authenticator:
    """Knows the latest callers for half a minute, and the latest unknown tokens for a minute.

    Knowing a caller says only by whom to count: whether a session still exists or a token was revoked is checked by the
    database at each of its answers. An address that brings one unknown token after another is soon asked to wait, so that
    made-up tokens cost few questions.
    """

    def __init__(self, ask: Ask, guesses: Buckets) -> None:
        self._ask = ask
        self._guesses = guesses
        self._known: Remembered[Identity] = Remembered(_MOST)
        self._unknown: Remembered[bool] = Remembered(_MOST)

    async def identify(self, token: str | None, address: str) -> Identity:
        """Who the token belongs to. Raises NotSignedIn, TooManyRequests, or what Supabase refuses with."""
        credential = read_credential(token, time.time())
        digest, now_s = token_hash(token or ""), time.monotonic()
        known = self._known.get(digest, now_s)
        if known is not None:
            return known
        if self._unknown.get(digest, now_s):
            raise NotSignedIn
        # Counted before the question, so that simultaneous requests are counted, too.
        self._guesses.take(address)
        try:
            identity = Identity(await self._ask(credential), credential)
        except NotSignedIn:
            self._unknown.put(digest, True, now_s + _UNKNOWN_S)
            raise
        except Exception:
            self._guesses.give_back(address)
            raise
        self._guesses.give_back(address)
        self._known.put(digest, identity, now_s + min(_KNOWN_S, credential.expires_s - time.time()))
        return identity
