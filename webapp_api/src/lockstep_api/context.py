"""The dependencies of routes: the process's connections and settings, and the caller."""

from dataclasses import dataclass, field
from typing import Annotated, Literal
from uuid import UUID

import httpx
from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict

from lockstep_api.authentication import Authenticator, Identity
from lockstep_api.credentials import Credential, SessionToken, bearer_token
from lockstep_api.database import ApiDatabase
from lockstep_api.errors import ApiError, NotSignedIn, SecondFactorRequired
from lockstep_api.hub import Hub
from lockstep_api.known_servers import KnownServers
from lockstep_api.limits import Buckets
from lockstep_api.models import Platform
from lockstep_api.postgrest_rows import PostgrestRows
from lockstep_api.sealing import PublishedKeys, read_keys
from lockstep_api.settings import ApiSettings
from lockstep_api.sql_rows import SqlRows
from lockstep_api.store import Store
from lockstep_texts.catalogue import Catalogue, catalogue
from lockstep_texts.languages import preferred

_bearer = HTTPBearer(auto_error=False, description="The access token of a Supabase session, or an API token.")


@dataclass(frozen=True)
class Context:
    """What all requests share: settings, connections to Supabase and Postgres, the hub of changes, who called lately,
    and what is known of brokers' servers."""

    settings: ApiSettings
    http: httpx.AsyncClient
    database: ApiDatabase
    hub: Hub
    authenticator: Authenticator = field(init=False)
    users: Buckets = field(init=False)
    servers: KnownServers = field(init=False)

    def __post_init__(self) -> None:
        settings = self.settings
        guesses = Buckets(settings.guesses_per_s, settings.guesses_burst)
        object.__setattr__(self, "authenticator", Authenticator(self._owner, guesses))
        object.__setattr__(self, "servers", KnownServers(settings.brokers_file))
        object.__setattr__(self, "users", Buckets(settings.requests_per_s, settings.requests_burst))

    async def _owner(self, credential: Credential) -> UUID:
        if isinstance(credential, SessionToken):
            return (await who_is(store_of(self, credential))).user_id
        owner = await self.database.owner_of(credential.hash)
        if owner is None:
            raise NotSignedIn
        return owner


class Caller(BaseModel):
    """The caller, as Supabase identifies it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    user_id: UUID
    email: str | None
    is_staff: bool
    session_id: UUID | None
    second_factor: Literal["none", "required", "verified"]
    scope: Literal["session", "read", "write"]


async def get_context(request: Request) -> Context:
    """The context of the running application."""
    context: Context = request.app.state.context
    return context


ContextOf = Annotated[Context, Depends(get_context)]


def store_of(context: Context, credential: Credential) -> Store:
    """A store that acts with this credential."""
    if not isinstance(credential, SessionToken):
        return Store(SqlRows(context.database, credential.hash))
    settings = context.settings
    rows = PostgrestRows(context.http, settings.supabase_url, settings.supabase_publishable_key, credential.token)
    return Store(rows)


async def authenticate(request: Request) -> Identity:
    """The caller, identified once per request and counted. Raises NotSignedIn, TooManyRequests, StoreUnavailable."""
    known: Identity | None = getattr(request.state, "identity", None)
    if known is not None:
        return known
    context = await get_context(request)
    token = bearer_token(request.headers.get("authorization", ""))
    identity = await context.authenticator.identify(token, request.state.address)
    context.users.take(str(identity.user))
    request.state.identity = identity
    return identity


# The scheme is a dependency only for the document: `authenticate` reads the header itself.
async def get_credential(request: Request, _documented: Annotated[object, Depends(_bearer)]) -> Credential:
    """The credential of the request. Raises NotSignedIn."""
    return (await authenticate(request)).credential


CredentialOf = Annotated[Credential, Depends(get_credential)]


async def get_store(context: ContextOf, credential: CredentialOf) -> Store:
    """A store that acts as the caller."""
    return store_of(context, credential)


StoreOf = Annotated[Store, Depends(get_store)]


async def who_is(store: Store) -> Caller:
    """The caller, also before the second factor was verified. Raises NotSignedIn."""
    return Caller.model_validate(await store.call("whoami"))


async def get_caller(store: StoreOf) -> Caller:
    """The caller, with a verified second factor if there is one. Raises NotSignedIn, SecondFactorRequired."""
    caller = await who_is(store)
    if caller.second_factor == "required":
        raise SecondFactorRequired
    return caller


async def get_session_caller(store: StoreOf) -> Caller:
    """The caller of a session, not of an API token. The second factor need not be verified yet. Raises ApiError."""
    caller = await who_is(store)
    if caller.scope != "session":
        raise ApiError(403, "not_with_a_token")
    if caller.session_id is None:
        raise NotSignedIn
    return caller


async def get_keys(context: ContextOf) -> PublishedKeys:
    """The public keys of the keyring. Raises SealingKeyUnavailable."""
    return read_keys(context.settings.public_keys_file)


async def get_platforms(context: ContextOf) -> tuple[Platform, ...]:
    """The platforms for which there is a terminal."""
    return context.settings.platforms


CallerOf = Annotated[Caller, Depends(get_caller)]
SessionCallerOf = Annotated[Caller, Depends(get_session_caller)]
KeysOf = Annotated[PublishedKeys, Depends(get_keys)]
PlatformsOf = Annotated[tuple[Platform, ...], Depends(get_platforms)]


async def get_words(request: Request) -> Catalogue:
    """The texts in the language that the request prefers."""
    return catalogue(preferred(request.headers.get("accept-language")))


Words = Annotated[Catalogue, Depends(get_words)]
