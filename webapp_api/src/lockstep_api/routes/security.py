"""Routes for the second factor, sessions and API tokens."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from lockstep_api import totp
from lockstep_api.context import CallerOf, ContextOf, SessionCallerOf, StoreOf
from lockstep_api.credentials import new_api_token, token_hash
from lockstep_api.errors import ApiError, ResourceNotFound, SecondFactorRequired
from lockstep_api.problems import documented
from lockstep_api.second_factors import SecondFactors
from lockstep_api.security_models import (
    ApiTokenList,
    BackupCodes,
    CreatedApiToken,
    NewApiToken,
    NewSecondFactor,
    SecondFactor,
    SecondFactorCode,
    SessionList,
    SignInChange,
)
from lockstep_api.signed_in import SignedInRoute

router = APIRouter(prefix="/v1", route_class=SignedInRoute, tags=["security"], responses=documented(401, 403, 501, 503))


async def get_factors(context: ContextOf) -> SecondFactors:
    """The second factors. Raises FeatureOff."""
    return SecondFactors(context.settings, context.database)


SecondFactorsOf = Annotated[SecondFactors, Depends(get_factors)]


@router.get("/second-factor")
async def second_factor(caller: SessionCallerOf, context: ContextOf) -> SecondFactor:
    """Whether there is a second factor, and whether it is verified in this session."""
    factor = await context.database.factor(caller.user_id)
    enrolled = factor is not None and factor.confirmed
    left = factor.codes_left if factor is not None and enrolled else 0
    verified = caller.second_factor == "verified"
    return SecondFactor(enrolled=enrolled, verified_this_session=verified, backup_codes_left=left)


@router.post("/second-factor", status_code=201, responses=documented(409))
async def begin(caller: SessionCallerOf, factors: SecondFactorsOf) -> NewSecondFactor:
    """Makes a new secret for an authenticator app. It is used once it is confirmed."""
    secret = await factors.begin(caller)
    return NewSecondFactor(secret=totp.secret_text(secret), otpauth_uri=totp.otpauth_uri(secret, caller.email or "you"))


@router.post("/second-factor/confirm", responses=documented(404, 409))
async def confirm(body: SecondFactorCode, caller: SessionCallerOf, factors: SecondFactorsOf) -> BackupCodes:
    """Confirms the app with its first code. From then on every sign-in needs one."""
    if caller.second_factor != "none":
        raise ApiError(409, "second_factor_exists")
    return BackupCodes(backup_codes=await factors.confirm(caller, body.code))


@router.post("/second-factor/verify", status_code=204, responses=documented(404))
async def verify(body: SecondFactorCode, caller: SessionCallerOf, factors: SecondFactorsOf) -> None:
    """Verifies the second factor in this session."""
    await factors.verify(caller, body.code)


@router.post("/second-factor/backup-codes", responses=documented(404))
async def backup_codes(body: SecondFactorCode, caller: SessionCallerOf, factors: SecondFactorsOf) -> BackupCodes:
    """Makes new backup codes, which replace the old ones."""
    return BackupCodes(backup_codes=await factors.replace_codes(caller, body.code))


@router.delete("/second-factor", status_code=204, responses=documented(404))
async def remove(body: SecondFactorCode, caller: SessionCallerOf, factors: SecondFactorsOf) -> None:
    """Removes the second factor."""
    await factors.remove(caller, body.code)


@router.post("/sign-in-changes", status_code=204, responses=documented(404))
async def permit_change(body: SignInChange, caller: SessionCallerOf, context: ContextOf) -> None:
    """Lets this session set a new password or e-mail address, or delete the user, within five minutes. A new password ends
    all other sessions.
    """
    if caller.second_factor != "none":
        if body.code is None:
            raise SecondFactorRequired
        await (await get_factors(context)).verify(caller, body.code)
    await context.database.permit_change(caller.user_id, caller.session_id or UUID(int=0), body.what)


@router.get("/sessions")
async def sessions(store: StoreOf) -> SessionList:
    """The caller's sessions that have not ended."""
    return SessionList.model_validate({"items": await store.call("my_sessions")})


@router.delete("/sessions/{session}", status_code=204, responses=documented(404))
async def end_session(session: UUID, store: StoreOf) -> None:
    """Ends a session at once."""
    if not await store.call("end_session", p_id=str(session)):
        raise ResourceNotFound("session")


@router.get("/tokens")
async def tokens(store: StoreOf) -> ApiTokenList:
    """API tokens that are not revoked."""
    return ApiTokenList.model_validate({"items": await store.call("my_api_tokens")})


@router.post("/tokens", status_code=201, responses=documented(409))
async def make_token(body: NewApiToken, store: StoreOf, _caller: CallerOf) -> CreatedApiToken:
    """Makes an API token, which is shown only once. A token of scope `read` can change nothing."""
    token = new_api_token()
    expires = body.expires_at and body.expires_at.isoformat()
    made = await store.call(
        "make_api_token", p_name=body.name, p_scope=body.scope, p_hash=token_hash(token).hex(), p_expires_at=expires
    )
    return CreatedApiToken.model_validate({**made, "token": token})


@router.delete("/tokens/{token}", status_code=204, responses=documented(404))
async def revoke_token(token: UUID, store: StoreOf) -> None:
    """Revokes an API token."""
    if not await store.call("revoke_api_token", p_id=str(token)):
        raise ResourceNotFound("token")
