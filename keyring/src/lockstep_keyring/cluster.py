"""The questions the keyring asks Kubernetes. Answers become plain facts; no answer is ClusterUnreachable."""

import ssl
from pathlib import Path
from uuid import UUID

import httpx

from lockstep_core.json_object import Json
from lockstep_core.resources.names import GROUP, PLURAL, VERSION, account_name
from lockstep_keyring.errors import ClusterUnreachable
from lockstep_keyring.grant import AUDIENCE, Claims, ObservedAccount, ObservedPod

_POD_NAME = "authentication.kubernetes.io/pod-name"
_POD_UID = "authentication.kubernetes.io/pod-uid"
_TIMEOUT_S = 10
_FIELD_MANAGER = "lockstep-keyring"


def claims_from(review: Json) -> Claims:
    """The claims in a TokenReview's answer."""
    status = review.get("status", {})
    user = status.get("user", {})
    extra = user.get("extra", {})
    return Claims(
        authenticated=bool(status.get("authenticated", False)),
        audiences=tuple(status.get("audiences", ())),
        username=user.get("username", ""),
        pod_name=next(iter(extra.get(_POD_NAME, ())), None),
        pod_uid=next(iter(extra.get(_POD_UID, ())), None),
    )


def pod_from(raw: Json) -> ObservedPod:
    """The facts of a pod that a grant rests on."""
    metadata = raw["metadata"]
    return ObservedPod(
        name=metadata["name"],
        uid=metadata["uid"],
        service_account=raw["spec"].get("serviceAccountName", ""),
        owner_uids=tuple(owner["uid"] for owner in metadata.get("ownerReferences", ())),
        finished="deletionTimestamp" in metadata or raw.get("status", {}).get("phase") in {"Succeeded", "Failed"},
    )


def account_from(raw: Json) -> ObservedAccount:
    """The facts of a CopierAccount that a grant rests on."""
    metadata = raw["metadata"]
    epoch = int(raw.get("status", {}).get("epoch", 0))
    return ObservedAccount(uid=metadata["uid"], epoch=epoch, deleting="deletionTimestamp" in metadata)


class Cluster:
    """A client of the API server that authenticates with the keyring's own service account."""

    def __init__(self, api_url: str, credentials: Path, terminals_namespace: str) -> None:
        context = ssl.create_default_context(cafile=str(credentials / "ca.crt"))
        self._http = httpx.AsyncClient(base_url=api_url, verify=context, timeout=_TIMEOUT_S, trust_env=False)
        self._token_file = credentials / "token"
        self._terminals = terminals_namespace

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def review(self, token: str) -> Claims:
        """What Kubernetes says of a token. Raises ClusterUnreachable."""
        spec = {"token": token, "audiences": [AUDIENCE]}
        body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": spec}
        return claims_from(await self._call("POST", "/apis/authentication.k8s.io/v1/tokenreviews", body))

    async def pod(self, name: str) -> ObservedPod | None:
        """The terminal pod of that name, None if there is none. Raises ClusterUnreachable."""
        raw = await self._get(f"/api/v1/namespaces/{self._terminals}/pods/{name}")
        return pod_from(raw) if raw is not None else None

    async def account(self, account: UUID) -> ObservedAccount | None:
        """The CopierAccount, None if there is none. Raises ClusterUnreachable."""
        path = f"/apis/{GROUP}/{VERSION}/namespaces/{self._terminals}/{PLURAL}/{account_name(account)}"
        raw = await self._get(path)
        return account_from(raw) if raw is not None else None

    async def apply_config_map(self, namespace: str, name: str, data: dict[str, str]) -> None:
        """Create or update a ConfigMap by server-side apply. Raises ClusterUnreachable."""
        metadata = {"name": name, "namespace": namespace, "labels": {"app.kubernetes.io/part-of": "lockstep"}}
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}
        path = f"/api/v1/namespaces/{namespace}/configmaps/{name}?fieldManager={_FIELD_MANAGER}&force=true"
        await self._call("PATCH", path, body, "application/apply-patch+yaml")

    async def _get(self, path: str) -> Json | None:
        response = await self._send("GET", path, None, "application/json")
        return None if response.status_code == httpx.codes.NOT_FOUND else _checked(response)

    async def _call(self, method: str, path: str, body: Json, content_type: str = "application/json") -> Json:
        return _checked(await self._send(method, path, body, content_type))

    async def _send(self, method: str, path: str, body: Json | None, content_type: str) -> httpx.Response:
        try:
            # Read each time: kubelet replaces the token well before it expires.
            token = self._token_file.read_text("ascii").strip()
            headers = {"Authorization": f"Bearer {token}", "Content-Type": content_type}
            return await self._http.request(method, path, json=body, headers=headers)
        except (httpx.HTTPError, OSError) as error:
            raise ClusterUnreachable(f"Kubernetes could not be asked ({type(error).__name__}); try again.") from None


def _checked(response: httpx.Response) -> Json:
    if not response.is_success:
        raise ClusterUnreachable(f"Kubernetes answered {response.status_code} to {response.request.url.path}; try again.")
    answer: Json = response.json()
    return answer
