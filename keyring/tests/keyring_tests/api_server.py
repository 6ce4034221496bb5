"""An API server that a test plays: real HTTP, with as much of Kubernetes as the keyring asks for.

A ConfigMap has a version, and a write that names another one is refused, as Kubernetes does.
"""

import json
import shutil
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

from lockstep_core.json_object import Json
from lockstep_core.resources.names import account_name, parse_account_name, parse_pod_name, pod_name

NAMESPACE = "terminals"
EPOCH = 7


class ApiServer:
    """`accounts` are the specs of CopierAccounts by their id; each has a pod whose token is the account's id."""

    def __init__(self) -> None:
        self.accounts: dict[UUID, Json] = {}
        self.config_maps: dict[str, Json] = {}
        self.writes = 0
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.played = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def answer(self, method: str, path: str, body: Json) -> tuple[int, Json]:
        *_, plural, name = path.partition("?")[0].split("/")
        if name == "tokenreviews":
            return 201, self._review(body["spec"]["token"])
        with self._lock:
            if plural == "configmaps":
                return self._applied(name, body) if method == "PATCH" else self._found(self.config_maps.get(name))
        account = (parse_pod_name(name) or (parse_account_name(name),))[0]
        if account is None or account not in self.accounts:
            return self._found(None)
        return 200, self._pod(account) if plural == "pods" else self._account(account)

    def _applied(self, name: str, body: Json) -> tuple[int, Json]:
        known = self.config_maps.get(name)
        wanted = body["metadata"].get("resourceVersion")
        if wanted is not None and (known is None or known["metadata"]["resourceVersion"] != wanted):
            return 409, {"message": "changed", "details": {"name": name}}
        self.writes += 1
        self.config_maps[name] = {**body, "metadata": {**body["metadata"], "resourceVersion": str(self.writes)}}
        return 200, self.config_maps[name]

    @staticmethod
    def _found(what: Json | None) -> tuple[int, Json]:
        return (200, what) if what is not None else (404, {"message": "none", "details": {"name": "it"}})

    def _review(self, token: str) -> Json:
        account = UUID(token)
        pod = pod_name(account, EPOCH)
        extra = {
            "authentication.kubernetes.io/pod-name": [pod],
            "authentication.kubernetes.io/pod-uid": [f"uid-{pod}"],
        }
        user = {"username": f"system:serviceaccount:{NAMESPACE}:{account_name(account)}", "extra": extra}
        known = account in self.accounts
        return {"status": {"authenticated": known, "audiences": ["lockstep-keyring"], "user": user if known else {}}}

    def _pod(self, account: UUID) -> Json:
        pod = pod_name(account, EPOCH)
        metadata = {"name": pod, "uid": f"uid-{pod}", "ownerReferences": [{"uid": f"uid-{account}"}]}
        return {"metadata": metadata, "spec": {"serviceAccountName": account_name(account)}, "status": {}}

    def _account(self, account: UUID) -> Json:
        metadata = {"name": account_name(account), "uid": f"uid-{account}"}
        return {"metadata": metadata, "spec": self.accounts[account], "status": {"epoch": EPOCH}}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def playing(folder: Path) -> Iterator[tuple[ApiServer, Path]]:
    """An API server, and the folder of a service account for it."""
    credentials = folder / "service-account"
    credentials.mkdir()
    (credentials / "token").write_text("own-token")
    authorities = ssl.get_default_verify_paths().cafile
    assert authorities is not None
    shutil.copy(authorities, credentials / "ca.crt")
    server = ApiServer()
    try:
        yield server, credentials
    finally:
        server.close()


class _Server(ThreadingHTTPServer):
    played: ApiServer
    daemon_threads = True


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    # Head and content in one packet: in two, each answer would wait for the peer's acknowledgement.
    wbufsize = -1

    def _serve(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, answer = self.server.played.answer(self.command, self.path, json.loads(raw) if raw else {})
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = _serve  # noqa: N815 - the names that the base class calls

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's signature
        """Quiet."""
