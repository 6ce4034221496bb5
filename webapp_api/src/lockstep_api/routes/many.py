"""Routes that change many accounts or copiers at once."""

from fastapi import APIRouter

from lockstep_api.context import StoreOf, Words
from lockstep_api.many import (
    AccountsChange,
    AccountsChanged,
    CopiersChange,
    CopiersChanged,
    LinkedSlaves,
    NewCopiers,
    linked,
)
from lockstep_api.problems import documented
from lockstep_api.signed_in import SignedInRoute

router = APIRouter(prefix="/v1", route_class=SignedInRoute, responses=documented(401, 403, 503))


@router.patch("/accounts", tags=["accounts"], responses=documented(404, 409))
async def change_accounts(body: AccountsChange, store: StoreOf, words: Words) -> AccountsChanged:
    """Changes many accounts at once: whether their terminals run, what may be copied, their tags. All are, or none."""
    rows = await store.call("change_accounts", **body.arguments())
    return AccountsChanged.model_validate({"items": rows}, context=words)


@router.patch("/copiers", tags=["copiers"], responses=documented(404, 409, 413))
async def change_copiers(body: CopiersChange, store: StoreOf) -> CopiersChanged:
    """Changes the mode of many copiers at once, or replaces their settings. All are changed or none."""
    return CopiersChanged.model_validate({"items": await store.call("change_copiers", **body.arguments())})


@router.post("/copiers/many", tags=["copiers"], status_code=201, responses=documented(404, 409, 413))
async def link_many(body: NewCopiers, store: StoreOf, words: Words) -> LinkedSlaves:
    """Adds a copier from a master to each of many slaves. One that is refused leaves the others; its entry says why.

    Where no copier was made at all, the first refusal is the answer.
    """
    return linked(await store.call("link_slaves", **body.arguments()), words)
