"""Routes for the probes of kubelet."""

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from lockstep_api.context import ContextOf
from lockstep_api.store import is_reachable

router = APIRouter(include_in_schema=False)


@router.get("/livez")
async def livez() -> PlainTextResponse:
    """Whether the process serves."""
    return PlainTextResponse("ok")


@router.get("/readyz")
async def readyz(context: ContextOf) -> PlainTextResponse:
    """Whether Supabase answers."""
    settings = context.settings
    if await is_reachable(context.http, settings.supabase_url, settings.supabase_publishable_key):
        return PlainTextResponse("ok")
    return PlainTextResponse("Supabase does not answer", 503)
