"""A small client of the API server: what the reconciler and the sync need, with errors that say what to do."""

import asyncio
import ssl
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp

from lockstep_core.json_object import Json
from lockstep_core.resources.names import GROUP, PLURAL, VERSION
from lockstep_operator.errors import Conflict, KubernetesUnavailable, NotFound, Refused

FIELD_MANAGER = "lockstep-operator"
_APPLY = "application/apply-patch+yaml"
_TIMEOUT = aiohttp.ClientTimeout(total=30, connect=10)
_MAX_CALLS = 16
_PAGE = 500
_PREFIXES = {PLURAL: f"/apis/{GROUP}/{VERSION}"}


class Kube:
    """Objects of one namespace. Every method may raise KubernetesUnavailable and Refused."""

    def __init__(self, api_url: str, credentials: Path, namespace: str) -> None:
        self._url = api_url
        self._token_file = credentials / "token"
        self._ca_file = credentials / "ca.crt"
        self._namespace = namespace
        self._calls = asyncio.Semaphore(_MAX_CALLS)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        context = ssl.create_default_context(cafile=str(self._ca_file))
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context), timeout=_TIMEOUT)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def get(self, plural: str, name: str) -> Json | None:
        """The object, None if there is none."""
        try:
            return await self._call("GET", self._path(plural, name))
        except NotFound:
            return None

    async def list(self, plural: str, selector: str = "") -> list[Json]:
        """All objects with these labels, read in pages."""
        found: list[Json] = []
        params = {"limit": str(_PAGE), **({"labelSelector": selector} if selector else {})}
        while True:
            page = await self._call("GET", self._path(plural), params=params)
            found.extend(page["items"])
            if not page["metadata"].get("continue"):
                return found
            params["continue"] = page["metadata"]["continue"]

    async def apply(self, plural: str, body: Json) -> Json:
        """Server-side apply of an object; what it does not name is left to others."""
        params = {"fieldManager": FIELD_MANAGER, "force": "true"}
        return await self._call("PATCH", self._path(plural, body["metadata"]["name"]), body, params, _APPLY)

    async def apply_status(self, plural: str, body: Json) -> Json:
        """The same for the status. Raises NotFound, and Conflict if a `uid` or `resourceVersion` in it does not match."""
        path = f"{self._path(plural, body['metadata']['name'])}/status"
        return await self._call("PATCH", path, body, {"fieldManager": FIELD_MANAGER, "force": "true"}, _APPLY)

    async def create(self, plural: str, body: Json) -> Json:
        """The object that was created. Raises Conflict if it exists."""
        return await self._call("POST", self._path(plural), body, {"fieldManager": FIELD_MANAGER})

    async def delete(self, plural: str, name: str) -> None:
        """Delete an object, and in the background what it owns; nothing if there is none."""
        try:
            await self._call("DELETE", self._path(plural, name), params={"propagationPolicy": "Background"})
        except NotFound:
            return

    def _path(self, plural: str, name: str = "") -> str:
        prefix = _PREFIXES.get(plural, "/api/v1")
        return f"{prefix}/namespaces/{self._namespace}/{plural}" + (f"/{name}" if name else "")

    async def _call(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        params: dict[str, str] | None = None,
        content_type: str = "application/json",
    ) -> Json:
        if self._session is None:
            raise KubernetesUnavailable("The client is not open.")
        headers = {"Authorization": f"Bearer {self._token()}", "Content-Type": content_type}
        try:
            async with (
                self._calls,
                self._session.request(method, self._url + path, json=body, params=params, headers=headers) as response,
            ):
                answer: Json = await response.json(content_type=None)
                status = response.status
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise KubernetesUnavailable(f"{method} {path}: no answer ({type(error).__name__}).") from error
        _check(status, answer, f"{method} {path}")
        return answer

    def _token(self) -> str:
        # Read each time: kubelet replaces the token well before it expires.
        try:
            return self._token_file.read_text("ascii").strip()
        except OSError as error:
            raise KubernetesUnavailable("The service account's token cannot be read.") from error


def _check(status: int, answer: Json, call: str) -> None:
    if status < 300:
        return
    text = f"{call}: {status} {str(answer.get('message', ''))[:500]}"
    if status == 404:
        raise NotFound(text)
    if status == 409:
        raise Conflict(text)
    if status in {400, 403, 405, 415, 422}:
        raise Refused(text)
    raise KubernetesUnavailable(text)
