"""What a route needs of the running process."""

from dataclasses import dataclass
from typing import Annotated

import httpx
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from lockstep_api.errors import NotSignedIn
from lockstep_api.sealing import PublishedKeys, read_keys
from lockstep_api.settings import Settings
from lockstep_api.store import Store, open_store

_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="The access token of a Supabase session.")


@dataclass(frozen=True)
class Context:
    """Settings and the one pool of connections to Supabase."""

    settings: Settings
    http: httpx.AsyncClient


def get_context(request: Request) -> Context:
    """The context that the application was started with."""
    context: Context = request.app.state.context
    return context


ContextOf = Annotated[Context, Depends(get_context)]


async def get_store(
    context: ContextOf, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Store:
    """The caller's own rows. Raises NotSignedIn where there is no token; whether it is good is Supabase's to say."""
    if credentials is None or credentials.credentials.count(".") != 2:
        raise NotSignedIn
    settings = context.settings
    return await open_store(context.http, settings.supabase_url, settings.supabase_publishable_key, credentials.credentials)


def get_keys(context: ContextOf) -> PublishedKeys:
    """The keyring's public keys. Raises SealingKeyUnavailable."""
    return read_keys(context.settings.public_keys_file)


StoreOf = Annotated[Store, Depends(get_store)]
KeysOf = Annotated[PublishedKeys, Depends(get_keys)]
