"""Route for the platforms that accounts may be of here."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from lockstep_api.context import PlatformsOf
from lockstep_api.models import Platform

router = APIRouter(prefix="/v1/platforms", tags=["accounts"])


class PlatformList(BaseModel):
    """The platforms for which this service has terminals."""

    model_config = ConfigDict(frozen=True)

    items: tuple[Platform, ...]


@router.get("")
async def platforms(offered: PlatformsOf) -> PlatformList:
    """Accounts of another platform are refused: there is no terminal that could serve them."""
    return PlatformList(items=offered)
