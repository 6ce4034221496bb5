"""What was copied."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from lockstep_api.context import StoreOf
from lockstep_api.models import Copies, CopyStatus
from lockstep_api.problems import documented

router = APIRouter(prefix="/v1/copies", tags=["copies"], responses=documented(401, 422, 503))


@router.get("")
async def copies(
    store: StoreOf,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    copier_id: UUID | None = None,
    status: CopyStatus | None = None,
) -> Copies:
    """Copied trades, the last changed first."""
    return Copies.model_validate({"items": await store.copies(limit, copier_id, status)})
