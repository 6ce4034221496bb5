"""Routes that identify the caller before they read or parse the body, and that know their parameters."""

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from lockstep_api.context import authenticate, get_caller, get_context, store_of
from lockstep_api.errors import NO_PARAMS, InvalidFields, RequestRefused
from lockstep_core.copiers import Finding

_Handler = Callable[[Request], Coroutine[Any, Any, Response]]
_MOST_NAMES = 20
_LONGEST_NAME = 64


class StrictRoute(APIRoute):
    """A route that refuses unknown query parameters: whoever sends one expects it to have an effect."""

    def get_route_handler(self) -> _Handler:
        """Checks the names in the query, then calls the handler."""
        handle = super().get_route_handler()
        known = frozenset(_query_names(self.dependant))

        async def strict(request: Request) -> Response:
            unknown = [name for name in request.query_params if name not in known]
            if unknown:
                named = (name[:_LONGEST_NAME] for name in unknown[:_MOST_NAMES])
                raise InvalidFields(*(Finding(name, "not_known_here", NO_PARAMS) for name in named))
            return await handle(request)

        return strict


class SignedInRoute(StrictRoute):
    """A route for signed-in users."""

    def get_route_handler(self) -> _Handler:
        """Identifies the caller, then calls the handler."""
        handle = super().get_route_handler()

        async def signed_in(request: Request) -> Response:
            await authenticate(request)
            return await handle(request)

        return signed_in


class StaffRoute(SignedInRoute):
    """A route for support. The database checks that again; this check avoids reading a stranger's file."""

    def get_route_handler(self) -> _Handler:
        """Checks that the caller is staff, then calls the handler."""
        handle = super().get_route_handler()

        async def staff_alone(request: Request) -> Response:
            identity = await authenticate(request)
            caller = await get_caller(store_of(await get_context(request), identity.credential))
            if not caller.is_staff:
                raise RequestRefused(403, "staff_only")
            return await handle(request)

        return staff_alone


def _query_names(dependant: Dependant) -> Iterator[str]:
    yield from (field.alias for field in dependant.query_params)
    for below in dependant.dependencies:
        yield from _query_names(below)
