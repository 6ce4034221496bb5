"""Routes that know their caller before anything of the request's body is read or parsed."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from lockstep_api.context import authenticate, get_caller, get_context, store_of
from lockstep_api.errors import RequestRefused

_Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class SignedInRoute(APIRoute):
    """A route for whoever is signed in."""

    def get_route_handler(self) -> _Handler:
        """The handler that comes after the question who calls."""
        handle = super().get_route_handler()

        async def signed_in(request: Request) -> Response:
            await authenticate(request)
            return await handle(request)

        return signed_in


class StaffRoute(SignedInRoute):
    """A route for support. The database checks that again; here it spares reading a stranger's file."""

    def get_route_handler(self) -> _Handler:
        """The handler that comes after the question whether the caller is staff."""
        handle = super().get_route_handler()

        async def staff_alone(request: Request) -> Response:
            identity = await authenticate(request)
            caller = await get_caller(store_of(await get_context(request), identity.credential))
            if not caller.is_staff:
                raise RequestRefused(403, "staff_only")
            return await handle(request)

        return staff_alone
