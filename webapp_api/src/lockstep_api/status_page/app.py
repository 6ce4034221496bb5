"""The pages, and the way in for alerts. The door lets the latter come from one port alone."""

from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from lockstep_api.status_page.alerts import UnusableAlerts, incidents_of
from lockstep_api.status_page.keeper import Keeper
from lockstep_api.status_page.kept import as_json
from lockstep_api.status_page.page import render
from lockstep_api.status_page.words import LANGUAGES, preferred

MOST_BYTES = 1_000_000
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "strict-transport-security": "max-age=31536000",
}
_STYLE = files(__package__).joinpath("style.css").read_text("utf-8")
_SHORT = {"cache-control": "public, max-age=15"}


def make_app(keeper: Keeper, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Starlette:
    """The application around what is known."""

    async def first(request: Request) -> Response:
        language = preferred(request.headers.get("accept-language", ""))
        return _headed(RedirectResponse(f"/{language}", 302, {"vary": "accept-language", "cache-control": "no-store"}))

    async def page(request: Request) -> Response:
        language = request.path_params["language"]
        if language not in LANGUAGES:
            return _headed(Response(status_code=404))
        return _headed(Response(render(keeper.history, language, clock()), 200, _SHORT, "text/html; charset=utf-8"))

    async def numbers(_: Request) -> Response:
        return _headed(JSONResponse(as_json(keeper.history), 200, _SHORT))

    async def style(_: Request) -> Response:
        return _headed(Response(_STYLE, 200, {"cache-control": "public, max-age=3600"}, "text/css; charset=utf-8"))

    async def alerts(request: Request) -> Response:
        if int(request.headers.get("content-length", MOST_BYTES + 1)) > MOST_BYTES:
            return _headed(Response(status_code=413))
        try:
            keeper.tell(incidents_of(await request.json()))
        except (UnusableAlerts, ValueError):
            return _headed(Response(status_code=422))
        return _headed(Response(status_code=204))

    routes = [
        Route("/", first),
        Route("/status.json", numbers),
        Route("/style.css", style),
        Route("/alerts", alerts, methods=["POST"]),
        Route("/{language}", page),
    ]
    return Starlette(routes=routes)


def _headed(response: Response) -> Response:
    response.headers.update(HEADERS)
    return response
