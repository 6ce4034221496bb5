"""The product's public doors as a browser uses them: sign-up at Supabase, everything else at the API.

The broker password is sealed here, before it leaves this process, to the keyring's public key.
"""

import base64
import time
import uuid
from dataclasses import dataclass
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from lockstep_core.json_object import Json
from tests.stack.errors import DoorRefused
from tests.stack.mailbox import newest_link

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
UNAVAILABLE = 503


@dataclass(frozen=True)
class BrokerLogin:
    """What a person enters for one trading account."""

    login: int
    password: str
    server: str


class Doors:
    """One signed-in person. Every method raises `DoorRefused` with the door's own words."""

    def __init__(self, supabase: str, publishable_key: str, api: str, mailbox: str) -> None:
        self._mailbox = mailbox
        self._auth = httpx.Client(base_url=f"http://{supabase}", headers={"apikey": publishable_key}, timeout=30)
        self._api = httpx.Client(base_url=f"http://{api}", timeout=30)

    def close(self) -> None:
        """Releases the connections."""
        self._auth.close()
        self._api.close()

    def sign_up(self, email: str, password: str) -> None:
        """Signs up and opens the link in the mail, or signs in if the user exists."""
        body = {"email": email, "password": password}
        answer = self._auth.post("/auth/v1/signup", json=body)
        if answer.status_code >= 400:
            answer = self._auth.post("/auth/v1/token", params={"grant_type": "password"}, json=body)
        session = _checked("sign-up", answer)
        if "access_token" not in session:
            session = self._confirm(email)
        self._api.headers["authorization"] = f"Bearer {session['access_token']}"

    def _confirm(self, email: str) -> Json:
        link = newest_link(self._mailbox, email)
        body = {"token_hash": link.token_hash, "type": link.type}
        session: Json = _checked("confirmation", self._auth.post("/auth/v1/verify", json=body))
        return session

    def register(
        self, broker: BrokerLogin, role: str, label: str, platform: str = "MT5", offered_proxy: str | None = None
    ) -> Json:
        """Registers a trading account with its sealed password, behind a proxy of the service if one is named."""
        account = uuid.uuid4()
        body = {
            "id": str(account),
            "label": label,
            "platform": platform,
            "environment": "demo",
            "login": broker.login,
            "server": broker.server,
            "role": role,
            "sealed": self.seal(f"{account}|{platform}|{broker.login}|{broker.server}", broker.password),
            "offered_proxy": None if offered_proxy is None else {"name": offered_proxy},
        }
        return self._post("/v1/accounts", body)

    def replace_password(self, account: str, password: str) -> None:
        """Replaces an account's sealed password."""
        (row,) = (each for each in self.accounts() if each["id"] == account)
        sealed = self.seal(f"{account}|{row['platform']}|{row['login']}|{row['server']}", password)
        self._ask("PUT", f"/v1/accounts/{account}/credentials", json={"sealed": sealed})

    def seal(self, account: str, password: str) -> Json:
        """The password sealed to the keyring's newest key, for this account: its id, platform, login and server."""
        key = self._ask("GET", "/v1/sealing-key")
        public = X25519PublicKey.from_public_bytes(base64.b64decode(key["public_key"]))
        sealed = SUITE.encrypt(password.encode(), public, info=f"lockstep credentials v2|{account}".encode())
        return {"key_id": key["key_id"], "ciphertext": base64.b64encode(sealed).decode()}

    def accounts(self) -> list[Json]:
        """The person's own trading accounts."""
        return _listed(self._get("/v1/accounts"))

    def remove_account(self, account: str) -> None:
        """Removes an account and all that runs for it."""
        self._ask("DELETE", f"/v1/accounts/{account}")

    def link(self, master: str, slave: str, sizing: Json, **settings: Json | int) -> Json:
        """Copies from master to slave from now on."""
        return self._post(
            "/v1/copiers", {"master_id": master, "slave_id": slave, "settings": {"sizing": sizing, **settings}}
        )

    def copiers(self) -> list[Json]:
        """The person's own copiers."""
        return _listed(self._get("/v1/copiers"))

    def copies(self, limit: int = 500) -> list[Json]:
        """The newest copies, with their spans."""
        return _listed(self._get("/v1/copies", limit=limit))

    def ask(self, method: str, path: str, body: Json | None = None) -> Json:
        """The answer to any other call."""
        found: Json = self._ask(method, path, json=body)
        return found

    def visit(self, path: str) -> str:
        """The result of a call on a new connection: the HTTP status, or the name of the error."""
        headers = {"authorization": self._api.headers["authorization"]}
        try:
            return str(httpx.get(self._api.base_url.join(path), headers=headers, timeout=30).status_code)
        except httpx.TransportError as error:
            return type(error).__name__

    def _get(self, path: str, **params: int) -> Any:
        return self._ask("GET", path, params=params)

    def _post(self, path: str, body: Json) -> Json:
        found: Json = self._ask("POST", path, json=body)
        return found

    def _ask(self, method: str, path: str, **request: Any) -> Any:
        """Sends a request, again while the API says that its store is unavailable: every call here may be repeated."""
        for pause_s in (0.5, 1, 2, 4, 8):
            answer = self._api.request(method, path, **request)
            if answer.status_code != UNAVAILABLE:
                break
            time.sleep(pause_s)
        return _checked(f"{method} {path}", answer)


def _listed(answer: Any) -> list[Json]:
    return list(answer["items"]) if isinstance(answer, dict) else list(answer)


def _checked(what: str, answer: httpx.Response) -> Any:
    if answer.status_code >= 400:
        raise DoorRefused(what, answer.status_code, answer.text)
    return answer.json() if answer.content else {}
