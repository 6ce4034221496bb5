"""Routes for what is known of brokers' servers."""

from typing import Annotated

from fastapi import APIRouter, Query

from lockstep_api.context import CallerOf, ContextOf, StoreOf
from lockstep_api.known_servers import ServerCheck
from lockstep_api.models import Platform
from lockstep_api.pages import KnownServerList
from lockstep_api.problems import documented
from lockstep_api.signed_in import SignedInRoute

router = APIRouter(prefix="/v1/servers", route_class=SignedInRoute, tags=["accounts"], responses=documented(401, 403, 503))


@router.get("")
async def servers(
    store: StoreOf, context: ContextOf, platform: Platform | None = None, q: Annotated[str, Query(max_length=128)] = ""
) -> KnownServerList:
    """Servers of brokers, as suggestions: those of the catalogue and those that some terminal has reached."""
    used = await store.call("known_servers", p_platform=platform, p_query=q)
    return KnownServerList(items=context.servers.suggested(platform, q, used))


@router.get("/check")
async def check(
    _caller: CallerOf, context: ContextOf, platform: Platform, server: Annotated[str, Query(min_length=1, max_length=128)]
) -> ServerCheck:
    """Checks a server without a login: whether the catalogue has it, as demo or live, and whether its port answers now."""
    return await context.servers.check(platform, server)
