"""The dependencies of routes: the process's connections and settings, and the caller."""

from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

import httpx
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict

from lockstep_api.credentials import Credential, read_credential
from lockstep_api.database import ApiDatabase
from lockstep_api.errors import ApiError, NotSignedIn, SecondFactorRequired
from lockstep_api.hub import Hub
from lockstep_api.sealing import PublishedKeys, read_keys
from lockstep_api.settings import ApiSettings
from lockstep_api.store import Store, open_store
from lockstep_texts.catalogue import Catalogue, catalogue
from lockstep_texts.languages import preferred

_bearer = HTTPBearer(auto_error=False, description="The access token of a Supabase session, or an API token.")


@dataclass(frozen=True)
class Context:
    """What all requests share: settings, connections to Supabase and Postgres, and the hub of changes."""

    settings: ApiSettings
    http: httpx.AsyncClient
    database: ApiDatabase
    hub: Hub


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
    settings = context.settings
    return open_store(context.http, settings.supabase_url, settings.supabase_publishable_key, credential.token)


async def get_credential(
    context: ContextOf, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Credential:
    """The credential of the request. Raises NotSignedIn if there is none. Supabase checks later whether it is valid."""
    token = None if credentials is None else credentials.credentials
    return await read_credential(token, context.settings, context.database)


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


CallerOf = Annotated[Caller, Depends(get_caller)]
SessionCallerOf = Annotated[Caller, Depends(get_session_caller)]
KeysOf = Annotated[PublishedKeys, Depends(get_keys)]


async def get_words(request: Request) -> Catalogue:
    """The texts in the language that the request prefers."""
    return catalogue(preferred(request.headers.get("accept-language")))


Words = Annotated[Catalogue, Depends(get_words)]
