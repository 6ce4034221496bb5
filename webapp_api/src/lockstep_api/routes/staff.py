"""Routes for support. The database checks that the caller is staff. Every change needs a reason, which the user can read."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from lockstep_api.context import StoreOf, Words
from lockstep_api.errors import ResourceNotFound
from lockstep_api.notification_models import DeadLetterList
from lockstep_api.problems import documented
from lockstep_api.signed_in import StaffRoute
from lockstep_api.staff_pages import (
    StaffAccount,
    StaffAccountPage,
    StaffActionRequest,
    StaffOverview,
    StaffPerson,
    StaffPersonActionRequest,
    StaffSearchResult,
)

router = APIRouter(prefix="/v1/staff", route_class=StaffRoute, tags=["staff"], responses=documented(401, 403, 503))


@router.get("/overview")
async def overview(store: StoreOf, words: Words) -> StaffOverview:
    """How the service is: accounts by reason, shards with room and canary, the queue, quarantined accounts, incidents."""
    return StaffOverview.model_validate(await store.call("staff_overview"), context=words)


@router.get("/search")
async def search(q: Annotated[str, Query(min_length=2, max_length=320)], store: StoreOf, words: Words) -> StaffSearchResult:
    """Finds users by a part of their e-mail address, accounts by login, owner or their master's login, copies by ticket."""
    return StaffSearchResult.model_validate(await store.call("staff_search", p_query=q), context=words)


@router.get("/users/{user}", responses=documented(404))
async def person(user: UUID, store: StoreOf, words: Words) -> StaffPerson:
    """A user with accounts, copiers and activity log."""
    found = await store.call("staff_user", p_user=str(user))
    if found is None:
        raise ResourceNotFound("user")
    return StaffPerson.model_validate(found, context=words)


@router.post("/users/{user}/actions", responses=documented(404, 409))
async def act_on_person(user: UUID, body: StaffPersonActionRequest, store: StoreOf, words: Words) -> StaffPerson:
    """Suspends a user, or lets them in again. Their terminals keep running: copying is stopped at each account."""
    arguments = {"p_user": str(user), "p_action": body.action, "p_reason": body.reason}
    return StaffPerson.model_validate(await store.call("staff_act_on_user", **arguments), context=words)


@router.get("/dead-letters")
async def dead_letters(store: StoreOf) -> DeadLetterList:
    """What could not be told to people, newest first."""
    return DeadLetterList.model_validate({"items": await store.call("staff_dead_letters")})


@router.get("/accounts/{account}", responses=documented(404))
async def account(account: UUID, store: StoreOf, words: Words) -> StaffAccountPage:
    """An account with its states, skipped copies, last events and activity log."""
    found = await store.call("staff_account", p_account=str(account))
    if found is None:
        raise ResourceNotFound("account")
    return StaffAccountPage.model_validate(found, context=words)


@router.post("/accounts/{account}/actions", responses=documented(404))
async def act(account: UUID, body: StaffActionRequest, store: StoreOf, words: Words) -> StaffAccount:
    """Suspends, resumes, restarts or retries an account. Both a restart and a retry start a new pod, a retry also after a
    failure that is not retried.
    """
    arguments = {"p_account": str(account), "p_action": body.action, "p_reason": body.reason}
    return StaffAccount.model_validate(await store.call("staff_act", **arguments), context=words)
