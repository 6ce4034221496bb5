"""An API server that takes whatever it is given, over real HTTP."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from lockstep_core.json_object import Json

from .json_server import JsonHandler, JsonServer, serving


class Written(JsonServer):
    """An API server that takes all it is given and has nothing. `objects` is what was written, in order; `on_write` is
    called at each.
    """

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.objects: list[Json] = []
        self.on_write: Callable[[], None] = lambda: None


class _Handler(JsonHandler):
    server: Written

    def _serve(self) -> None:
        body = self.body()
        body["metadata"].setdefault("uid", "of-this-server")
        self.server.objects.append(body)
        self.server.on_write()
        self.answer(200, body)

    do_POST = do_PATCH = _serve  # noqa: N815 - the names that the base class calls

    def do_DELETE(self) -> None:  # noqa: N802 - the name that the base class calls
        self.refuse(404, self.path)

    def do_GET(self) -> None:  # noqa: N802 - the name that the base class calls
        if "fieldSelector" in self.path:
            self.answer(200, {"kind": "List", "metadata": {}, "items": []})
        else:
            self.refuse(404, self.path)


def taking() -> AbstractContextManager[Written]:
    """The server, while the block runs."""
    return serving(Written())
