"""An API server that stores what it is given, with versions that grow, over real HTTP."""

from contextlib import AbstractContextManager
from urllib.parse import parse_qs, urlsplit

from lockstep_core.json_object import Json

from .json_server import JsonHandler, JsonServer, serving


class StoringServer(JsonServer):
    """`objects` are those of all kinds, by the path of each."""

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.objects: dict[str, Json] = {}
        self._version = 0

    def put(self, path: str, body: Json) -> Json:
        """Stores an object in the place of the one that is there."""
        self._version += 1
        before = self.objects.get(path, {"metadata": {"uid": f"uid-{self._version}", "generation": 1}})
        metadata = {**before["metadata"], **body["metadata"], "resourceVersion": str(self._version)}
        self.objects[path] = {**before, **body, "metadata": metadata}
        return self.objects[path]

    def named(self, plural: str) -> dict[str, Json]:
        """The objects of a kind by name."""
        paths = {path: each for path, each in self.objects.items() if f"/{plural}/" in path}
        return {path.rpartition("/")[2]: each for path, each in paths.items()}


class _Handler(JsonHandler):
    server: StoringServer

    def do_POST(self) -> None:  # noqa: N802 - the name that the base class calls
        body = self.body()
        path = f"{urlsplit(self.path).path}/{body['metadata'].get('name', 'generated')}"
        if path in self.server.objects:
            self.refuse(409, path)
        else:
            self.answer(200, self.server.put(path, body))

    def do_PATCH(self) -> None:  # noqa: N802 - the name that the base class calls
        body, path = self.body(), urlsplit(self.path).path.removesuffix("/status")
        stored = self.server.objects.get(path)
        asked = body["metadata"].get("resourceVersion")
        if asked is not None and stored is not None and stored["metadata"]["resourceVersion"] != asked:
            self.refuse(409, path)
        else:
            self.answer(200, self.server.put(path, body))

    def do_DELETE(self) -> None:  # noqa: N802 - the name that the base class calls
        self.body()
        self.answer(200, self.server.objects.pop(urlsplit(self.path).path))

    def do_GET(self) -> None:  # noqa: N802 - the name that the base class calls
        split = urlsplit(self.path)
        if "fieldSelector" in self.path:
            account = parse_qs(split.query)["fieldSelector"][0].partition("=")[2]
            pods = self.server.named("pods").values()
            found = [pod for pod in pods if pod["spec"]["serviceAccountName"] == account]
            self.answer(200, {"kind": "List", "metadata": {}, "items": found})
        elif split.path in self.server.objects:
            self.answer(200, self.server.objects[split.path])
        elif "labelSelector" in self.path:
            self.answer(200, {"kind": "List", "metadata": {}, "items": []})
        else:
            self.refuse(404, split.path)


def storing() -> AbstractContextManager[StoringServer]:
    """The server, while the block runs."""
    return serving(StoringServer())
