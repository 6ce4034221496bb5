"""Error responses: problem+json (RFC 9457) with a stable `code`."""

from collections.abc import Mapping
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Scope

from lockstep_api.errors import INVALID, NO_PARAMS, ApiError, InvalidFields, InvalidRequest, StoreBroken, TooManyRequests
from lockstep_api.models import PLAINTEXT_PASSWORD
from lockstep_api.problem_codes import FIELD_PARAMS
from lockstep_core.copiers import Finding
from lockstep_core.settings.explain import findings_of
from lockstep_core.skips import Params
from lockstep_texts import say
from lockstep_texts.catalogue import Catalogue, catalogue
from lockstep_texts.languages import preferred

MEDIA_TYPE = "application/problem+json"
_UNITS_S = {"seconds": 1, "minutes": 60, "hours": 3600}
_MOST = 20
"""How many errors of one request are listed."""
_log = structlog.get_logger("lockstep.api")


class FieldProblem(BaseModel):
    """An invalid field, as a dotted path, and what is wrong with it: a stable code, its params, and a sentence of both."""

    field: str
    code: str
    params: Params
    problem: str


class Problem(BaseModel):
    """An error. `code` is stable, `detail` is a sentence for people, and support finds the log line by `request_id`."""

    title: str
    status: int
    code: str
    detail: str
    request_id: str | None = None
    problems: list[FieldProblem] = []


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route for the OpenAPI document."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"model": Problem, "content": content, "description": "A problem"} for status in statuses}


def answer(error: ApiError, scope: Scope) -> JSONResponse:
    """The response to an error, in the request's preferred language."""
    words = catalogue(preferred(Headers(scope=scope).get("accept-language")))
    problems = [_field_problem(words, found) for found in error.findings]
    listed = say.field_problems(words, ((found.field, found.problem) for found in problems))
    body = Problem(
        title=error.code.replace("_", " ").capitalize(),
        status=error.status,
        code=error.code,
        detail=say.problem(words, error.code, {"problems": listed, **error.params}),
        request_id=scope.get("state", {}).get("request_id"),
        problems=problems,
    )
    return JSONResponse(body.model_dump(exclude_none=True), error.status, _headers(error), media_type=MEDIA_TYPE)


def _field_problem(words: Catalogue, found: Finding) -> FieldProblem:
    told = say.field_problem(words, found.code, found.params)
    return FieldProblem(field=found.path, code=found.code, params=found.params, problem=told)


def _headers(error: ApiError) -> dict[str, str] | None:
    if error.status == 401:
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, TooManyRequests):
        return {"Retry-After": str(error.retry_after_s)}
    if error.status == 429:
        return {"Retry-After": str(_seconds(error.params))}
    return {"Retry-After": "2"} if error.status == 503 else None


def _seconds(wait: Params) -> int:
    count = wait.get("count")
    return count * _UNITS_S.get(str(wait.get("unit")), 1) if isinstance(count, int) else 1


def invalid(errors: list[Any]) -> InvalidRequest:
    """The error for a validator's findings. It repeats only names of fields, never values of the request."""
    for found in errors:
        if found["type"] == PLAINTEXT_PASSWORD:
            return InvalidRequest(PLAINTEXT_PASSWORD)
    findings = tuple(found for error in errors[:_MOST] for found in findings_of(_within(error), FIELD_PARAMS))
    about_settings = all("settings" in found["loc"] for found in errors)
    code = "invalid_settings" if about_settings else INVALID
    return InvalidRequest(code, NO_PARAMS, findings)


def _within(error: Mapping[str, Any]) -> Mapping[str, Any]:
    """The error with its place inside the body or the query, which the first part of the place names."""
    place = error["loc"]
    return {**error, "loc": place[1:] or place[:1]}


def add_problem_handlers(app: FastAPI) -> None:
    """Makes the application answer every error with problem+json."""

    @app.exception_handler(ApiError)
    async def api_error(request: Request, error: ApiError) -> JSONResponse:
        if isinstance(error, StoreBroken):
            _log.error("store broken", request_id=_request_id(request), store_code=error.store_code)
        return answer(error, request.scope)

    @app.exception_handler(RequestValidationError)
    async def validation(request: Request, error: RequestValidationError) -> JSONResponse:
        return answer(invalid(list(error.errors())), request.scope)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code == 400:
            # A body that is no text at all. Text that is no JSON raises `RequestValidationError` instead.
            return answer(InvalidFields(Finding("body", "unreadable_json", NO_PARAMS)), request.scope)
        code = {404: "no_such_path", 405: "method_not_allowed"}.get(error.status_code, "refused")
        return answer(ApiError(error.status_code, code), request.scope)

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> JSONResponse:
        _log.error("failed", request_id=_request_id(request), error=type(error).__name__)
        return answer(ApiError(500, "internal"), request.scope)


def _request_id(request: Request) -> str | None:
    return getattr(request.state, "request_id", None)
