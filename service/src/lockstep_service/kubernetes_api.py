"""The Kubernetes API for a pod with a service account, with errors that say whether to try again.

The paths of the few kinds in use are known, so nothing is discovered: a process starts without the API server and needs no
right but those to its objects.
"""

import json
import re
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
from kubernetes.aio.client.api_client import ApiClient
from kubernetes.aio.client.configuration import Configuration
from kubernetes.aio.dynamic import DynamicClient, Resource
from kubernetes.aio.dynamic.exceptions import DynamicApiError

from lockstep_core.json_object import Json
from lockstep_service.errors import (
    Conflict,
    KindNotFound,
    KubernetesError,
    NotFound,
    Refused,
    ServerFailed,
    Unavailable,
)
from lockstep_service.server_clock import ServerClock

_CONNECT_TIMEOUT_S = 10
_PAGE = 500
_MAX_MESSAGE = 500
_GIVE_UP = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
}
# With its parameter the client sends the body as it is given; the API server ignores the parameter.
_APPLY_TYPE = "application/apply-patch+yaml; charset=utf-8"
_BEYOND_ASCII = re.compile("[\x7f-\uffff]")


@dataclass(frozen=True)
class ResourceKind:
    """A kind of object: `api_version` as in manifests, `plural` as in paths."""

    api_version: str
    name: str
    plural: str
    namespaced: bool = True

    @cached_property
    def resource(self) -> Any:
        """The kind for the client's methods."""
        group, _, version = self.api_version.rpartition("/")
        return Resource(
            prefix="apis" if group else "api",
            group=group,
            api_version=version,
            kind=self.name,
            name=self.plural,
            namespaced=self.namespaced,
            subresources={"status": {"kind": self.name, "name": f"{self.plural}/status", "namespaced": self.namespaced}},
        )


class KubernetesApi:
    """Every method may raise Unavailable and Refused. `credentials` is the folder of a mounted service account."""

    def __init__(self, url: str, credentials: Path, field_manager: str, timeout_s: float) -> None:
        self._clock = ServerClock()
        configuration = Configuration(
            host=url,
            api_key={"BearerToken": ""},
            api_key_prefix={"BearerToken": "Bearer"},
            ssl_ca_cert=str(credentials / "ca.crt"),
            # By default the client would send the token through a proxy that the environment names.
            client_session_kwargs={"trust_env": False, "trace_configs": [_report_date(self._clock)]},
        )
        token_file = credentials / "token"
        configuration.refresh_api_key_hook = lambda used: used.api_key.update(BearerToken=_token(token_file))
        self._api = ApiClient(configuration)
        self._client = DynamicClient(self._api)
        self._field_manager = field_manager
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, connect=min(timeout_s, _CONNECT_TIMEOUT_S))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._api.close()

    def now(self) -> datetime | None:
        """The API server's time, None before its first answer."""
        return self._clock.now()

    async def get(self, kind: ResourceKind, name: str, namespace: str) -> Json | None:
        """The object, None if there is none. Raises KindNotFound if the kind is not installed."""
        try:
            return await self._call("get", kind.resource, name=name, namespace=namespace)
        except KindNotFound:
            raise
        except NotFound:
            return None

    async def list(self, kind: ResourceKind, namespace: str, selector: str = "", fields: str = "") -> list[Json]:
        """All objects with these labels and fields, read in pages. Raises KindNotFound if the kind is not installed."""
        found: list[Json] = []
        selectors = {"label_selector": selector, "field_selector": fields}
        options: dict[str, Any] = {"limit": _PAGE, **{name: value for name, value in selectors.items() if value}}
        while True:
            page = await self._call("get", kind.resource, namespace=namespace, **options)
            found.extend(page["items"])
            if not page["metadata"].get("continue"):
                return found
            options["_continue"] = page["metadata"]["continue"]

    async def apply(self, kind: ResourceKind, body: Json, namespace: str) -> Json:
        """Server-side apply of an object; what it does not name is left to others."""
        return await self._apply(kind.resource, body, namespace)

    async def apply_status(self, kind: ResourceKind, body: Json, namespace: str) -> Json:
        """The same for the status. Raises NotFound, and Conflict if a `resourceVersion` in it does not match."""
        return await self._apply(kind.resource.subresources["status"], body, namespace)

    async def create(self, kind: ResourceKind, body: Json, namespace: str | None = None) -> Json:
        """The object that was created. Raises Conflict if it exists."""
        return await self._call("create", kind.resource, body=body, namespace=namespace, field_manager=self._field_manager)

    async def delete(self, kind: ResourceKind, name: str, namespace: str) -> None:
        """Delete an object, and in the background what it owns; nothing if there is none."""
        try:
            await self._call("delete", kind.resource, name=name, namespace=namespace, propagation_policy="Background")
        except NotFound:
            return

    async def _apply(self, resource: Any, body: Json, namespace: str) -> Json:
        # The client's own method would write JSON in ASCII, which not every text survives: see `apply_body`.
        path = resource.path(name=body["metadata"]["name"], namespace=namespace)
        options = {"content_type": _APPLY_TYPE, "field_manager": self._field_manager, "force_conflicts": True}
        return await self._answer(
            f"apply {resource.name}", self._client.request("patch", path, body=apply_body(body), **self._usual(), **options)
        )

    async def _call(self, verb: str, resource: Any, **options: Any) -> Json:
        request = getattr(self._client, verb)(resource, **self._usual(), **options)
        return await self._answer(f"{verb} {resource.name}", request)

    def _usual(self) -> dict[str, Any]:
        return {"serializer": _as_decoded, "_request_timeout": self._timeout}

    async def _answer(self, called: str, request: Awaitable[Json]) -> Json:
        try:
            answer = await request
        except DynamicApiError as error:
            # The client's error holds the whole answer, which may repeat what was sent: it must not reach a log.
            raise error_of(error.status, error.body, called) from None
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise Unavailable(f"{called}: no answer ({type(error).__name__}).") from None
        return answer


def error_of(status: int, body: str | None, called: str) -> KubernetesError:
    """The error for an answer that is no success."""
    answer = _decoded(body)
    text = f"{called}: {status} {str(answer.get('message', ''))[:_MAX_MESSAGE]}"
    if status == HTTPStatus.NOT_FOUND:
        # The answer names the object that is missing, unless the whole path is unknown.
        details = answer.get("details")
        return NotFound(text) if isinstance(details, dict) and details.get("name") else KindNotFound(text)
    if status == HTTPStatus.CONFLICT:
        return Conflict(text)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return ServerFailed(text)
    return Refused(text) if status in _GIVE_UP else Unavailable(text)


def apply_body(body: Json) -> str:
    """The body of a server-side apply, which the API server reads as YAML, with every text that Unicode allows.

    YAML knows no surrogate pairs, so characters beyond U+FFFF stand as they are. All others outside ASCII are escaped,
    because YAML takes some of them for line breaks or forbids them. Half a surrogate pair is no character and becomes
    U+FFFD.
    """
    return _BEYOND_ASCII.sub(_escaped, json.dumps(body, ensure_ascii=False))


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\u{0xFFFD if 0xD800 <= code < 0xE000 else code:04x}"


def _report_date(clock: ServerClock) -> aiohttp.TraceConfig:
    """Gives the clock the `Date` of each answer."""

    async def answered(_: object, __: object, end: aiohttp.TraceRequestEndParams) -> None:
        clock.answered(end.response.headers.get("Date"))

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(answered)
    return trace


def _decoded(body: str | None) -> Json:
    try:
        answer = json.loads(body or "")
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _as_decoded(_: object, data: Json) -> Json:
    return data


def _token(file: Path) -> str:
    # Read before each call: the kubelet replaces the token well before it expires.
    try:
        return file.read_text("ascii").strip()
    except OSError:
        raise Unavailable("The service account's token cannot be read.") from None
