"""Route for the proxies that this service offers."""

from fastapi import APIRouter

from lockstep_api.context import StoreOf
from lockstep_api.models import ResponseModel
from lockstep_api.problems import documented
from lockstep_api.signed_in import SignedInRoute

router = APIRouter(prefix="/v1/proxies", route_class=SignedInRoute, tags=["accounts"], responses=documented(401, 403, 503))


class ProxyList(ResponseModel):
    """The names of the proxies."""

    items: tuple[str, ...]


@router.get("")
async def proxies(store: StoreOf) -> ProxyList:
    """The proxies of the service that an account may use; where they are and how they are logged in to, nobody is told."""
    return ProxyList.model_validate({"items": await store.call("offered_proxies")})
