"""An account as the operator makes it, with a pod that never runs on a node: the tests need only what the API server says of
it.
"""

import base64
import json
import secrets
import uuid
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from lockstep_core.json_object import Json

from .kube import Namespace, apply

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
SEALED_FOR = "MT5|12345|Broker-Demo"
NOWHERE = {"lockstep.dev/no-such-node": "true"}


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


@dataclass(frozen=True)
class Account:
    """An account of the cluster, and the password that was sealed for it."""

    namespace: Namespace
    id: str
    epoch: int
    password: bytes

    @property
    def name(self) -> str:
        return f"account-{self.id}"

    def pod(self, epoch: int | None = None) -> str:
        return f"{self.name}-{epoch or self.epoch}"

    def token(self, audience: str = "lockstep-keyring") -> str:
        return self.namespace.pod_token(self.name, self.pod(), audience)

    def set_epoch(self, epoch: int) -> None:
        patch = json.dumps({"status": {"epoch": epoch}})
        self.namespace.run("patch", "copieraccount", self.name, "--subresource=status", "--type=merge", "-p", patch)

    def request(
        self, public_keys: Json, pod_key: X25519PrivateKey, epoch: int | None = None, sealed_for: str = SEALED_FOR
    ) -> Json:
        """What the agent in the pod sends."""
        sealing = public_keys["sealing"][0]
        public = X25519PublicKey.from_public_bytes(base64.b64decode(sealing["public_key"]))
        sealed = SUITE.encrypt(self.password, public, f"lockstep credentials v2|{self.id}|{sealed_for}".encode())
        return {
            "account": self.id,
            "epoch": epoch or self.epoch,
            "delivery_key": b64(pod_key.public_key().public_bytes_raw()),
            "curve_key": b64(secrets.token_bytes(32)),
            "sealed": b64(sealed),
            "sealed_key_id": sealing["key_id"],
        }

    def open(self, delivered: str, pod_key: X25519PrivateKey) -> bytes:
        """What the agent makes of the answer."""
        return SUITE.decrypt(base64.b64decode(delivered), pod_key, f"lockstep delivery v1|{self.id}|{self.epoch}".encode())


def make_account(namespace: Namespace, epoch: int) -> Account:
    """A CopierAccount in this epoch, its service account and its pod."""
    account = Account(namespace, str(uuid.uuid4()), epoch, secrets.token_urlsafe(12).encode())
    apply(_resource(account), _service_account(account))
    account.set_epoch(epoch)
    apply(pod_of(account, epoch))
    return account


def _resource(account: Account) -> Json:
    spec = {
        "accountId": account.id,
        "userId": str(uuid.uuid4()),
        "platform": "MT5",
        "environment": "Demo",
        "login": "12345",
        "server": "Broker-Demo",
        "role": "Both",
        "credentials": {"secretName": account.name, "version": 1},
    }
    metadata = {"name": account.name, "namespace": account.namespace.name}
    return {"apiVersion": "lockstep.dev/v1alpha1", "kind": "CopierAccount", "metadata": metadata, "spec": spec}


def _service_account(account: Account) -> Json:
    metadata = {"name": account.name, "namespace": account.namespace.name}
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}


def pod_of(account: Account, epoch: int) -> Json:
    """The account's pod of an epoch."""
    uid = account.namespace.uid("copieraccount", account.name)
    owner = {"apiVersion": "lockstep.dev/v1alpha1", "kind": "CopierAccount", "name": account.name, "uid": uid}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": account.pod(epoch), "namespace": account.namespace.name, "ownerReferences": [owner]},
        "spec": {
            "serviceAccountName": account.name,
            "nodeSelector": NOWHERE,
            "containers": [{"name": "terminal", "image": "none"}],
        },
    }
