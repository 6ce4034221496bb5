"""The HTTP interface: three calls for pods. A request's body is never logged or repeated."""

import base64
import time
from typing import Annotated, Any

import structlog
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from lockstep_keyring.errors import KeyringError, MalformedRequest, RequestTooLarge, TurnAwaited, Unauthenticated
from lockstep_keyring.exchange import Exchange, ResealedProxy, SealedPassword
from lockstep_keyring.grant import ClaimedPod
from lockstep_keyring.limits import BodyLimit
from lockstep_keyring.messages import (
    CredentialsRequest,
    CredentialsResponse,
    DeliveredProxy,
    LoginRequest,
    TicketRequest,
    TicketResponse,
)
from lockstep_keyring.metrics import KeyringMetrics
from lockstep_keyring.sealing import Sealed

PROBLEM = "application/problem+json"
_log = structlog.get_logger("lockstep.keyring")


def bearer_token(request: Request) -> str:
    """The caller's token. Raises Unauthenticated."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("A bearer token is needed.")
    return token.strip()


def problem(error: KeyringError) -> JSONResponse:
    """An error as problem+json. The agent acts on its `reason`."""
    body = {"title": type(error).__name__, "status": error.status, "reason": error.reason, "detail": str(error)}
    return JSONResponse({**body, **_turn_of(error)}, error.status, media_type=PROBLEM)


def _turn_of(error: KeyringError) -> dict[str, Any]:
    """When the terminal asks again, and the slip that it shows then."""
    return {"pause_s": round(error.pause_s, 3), "turn": error.slip} if isinstance(error, TurnAwaited) else {}


def make_app(exchange: Exchange, metrics: KeyringMetrics) -> FastAPI:
    """The application."""
    app = FastAPI(title="Lockstep keyring", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(BodyLimit, too_large=problem(RequestTooLarge("The body is larger than any request.")))
    _add_errors(app, metrics)
    _add_calls(app, exchange, metrics)
    return app


def _add_errors(app: FastAPI, metrics: KeyringMetrics) -> None:
    @app.exception_handler(KeyringError)
    async def refused(request: Request, error: KeyringError) -> JSONResponse:
        metrics.refused(type(error).__name__)
        if isinstance(error, TurnAwaited):
            return problem(error)
        _log.warning("refused", path=request.url.path, error=type(error).__name__, detail=str(error))
        return problem(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        # Only the names of known fields are repeated: everything else in the error is the caller's text.
        known = CredentialsRequest.model_fields.keys() | LoginRequest.model_fields.keys()
        fields = {str(item["loc"][-1]) for item in error.errors()} & known
        return await refused(request, MalformedRequest(f"The body is not as expected. Fields at fault: {sorted(fields)}."))


def _password(body: CredentialsRequest) -> SealedPassword:
    has_proxy = body.proxy_sealed is not None and body.proxy_sealed_key_id is not None
    proxy = Sealed(body.proxy_sealed or b"", body.proxy_sealed_key_id or "") if has_proxy else None
    return SealedPassword(
        body.sealed, body.sealed_key_id, body.delivery_key, body.turn, knows_proxies=body.knows_proxies, proxy=proxy
    )


def _proxy(resealed: ResealedProxy | None) -> DeliveredProxy | None:
    if resealed is None:
        return None
    proxy, sealed = resealed.proxy, _base64(resealed.password_sealed)
    return DeliveredProxy(
        type=proxy.type,
        address=proxy.address,
        port=proxy.port,
        login=proxy.login,
        password_sealed=sealed,
        offered=resealed.offered,
    )


def _add_calls(app: FastAPI, exchange: Exchange, metrics: KeyringMetrics) -> None:
    @app.post("/v1/credentials")
    async def credentials(body: CredentialsRequest, token: Annotated[str, Depends(bearer_token)]) -> CredentialsResponse:
        began = time.monotonic()
        password = _password(body)
        result = await exchange.credentials(token, ClaimedPod(body.account, body.epoch), body.curve_key, password)
        metrics.granted("credentials", time.monotonic() - began)
        _log.info("credentials delivered", account=str(body.account), epoch=body.epoch)
        return CredentialsResponse(
            ticket=_base64(result.ticket),
            ticket_expires_s=result.ticket_expires_s,
            router=result.router,
            password_sealed=_base64(result.password_sealed or b""),
            proxy=_proxy(result.proxy),
        )

    @app.post("/v1/tickets")
    async def tickets(body: TicketRequest, token: Annotated[str, Depends(bearer_token)]) -> TicketResponse:
        began = time.monotonic()
        result = await exchange.ticket(token, ClaimedPod(body.account, body.epoch), body.curve_key)
        metrics.granted("ticket", time.monotonic() - began)
        _log.info("ticket issued", account=str(body.account), epoch=body.epoch)
        return TicketResponse(ticket=_base64(result.ticket), ticket_expires_s=result.ticket_expires_s, router=result.router)

    @app.post("/v1/logins", status_code=204)
    async def logins(body: LoginRequest, token: Annotated[str, Depends(bearer_token)]) -> None:
        await exchange.login(token, ClaimedPod(body.account, body.epoch), let_in=body.let_in)
        metrics.heard(let_in=body.let_in)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
