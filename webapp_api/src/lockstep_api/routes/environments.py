"""Route for the environments that accounts may be of here."""

from fastapi import APIRouter

from lockstep_api.context import StoreOf
from lockstep_api.models import Environment, ResponseModel
from lockstep_api.problems import documented
from lockstep_api.signed_in import SignedInRoute

router = APIRouter(
    prefix="/v1/environments", route_class=SignedInRoute, tags=["accounts"], responses=documented(401, 403, 503)
)


class EnvironmentList(ResponseModel):
    """The environments that have a router."""

    items: tuple[Environment, ...]


@router.get("")
async def environments(store: StoreOf) -> EnvironmentList:
    """Accounts of another environment are refused: no router would serve them."""
    return EnvironmentList.model_validate({"items": await store.call("offered_environments")})
