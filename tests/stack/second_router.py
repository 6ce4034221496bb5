"""A second router of demo accounts, installed as a real one, for the time of a test."""

import base64
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from lockstep_core.json_object import Json
from tests.stack.kube import DEVSTACK, SYSTEM, get, kubectl
from tests.stack.shell import wait_for

FIRST, NAME, SHARD = "lockstep-router", "lockstep-router-2", "demo-2"
ADDRESSES = "lockstep-router-addresses"
_SEEN = "select 1 from private.shards where name = :'shard'"
_POD = ("-n", DEVSTACK, "exec", "-i", "lockstep-postgres-0", "-c", "postgres", "--")


def sql(statement: str, **values: str) -> str:
    """The result of a statement as a superuser. `:'name'` in it stands for a value without quotes."""
    # By standard input: everybody on the machine can see the arguments of a process, and with them a password.
    given = "".join(f"\\set {name} '{value}'\n" for name, value in values.items())
    command = ("psql", "-U", "postgres", "-qAtX", "-v", "ON_ERROR_STOP=1")
    return kubectl(*_POD, *command, stdin=f"{given}{statement};\n").strip()


@contextmanager
def second_router() -> Iterator[str]:
    """The name of the second router's shard. At the end the shard and its objects are removed; its accounts must have moved
    by then.
    """
    listed = _addresses()
    try:
        _make(listed)
        # The keyring needs no time of its own: it reads the list of routers from the API server for a shard that is new.
        wait_for("the second router's shard", lambda: sql(_SEEN, shard=SHARD) or None, 120)
        yield SHARD
    finally:
        _list_routers(listed)
        for kind, name in (("deployment", NAME), ("service", NAME), ("secret", NAME)):
            kubectl("-n", SYSTEM, "delete", kind, name, "--ignore-not-found")
        sql("delete from private.shards where name = :'shard'", shard=SHARD)


def _make(listed: Json) -> None:
    """Makes the router and lists it."""
    password, key = secrets.token_urlsafe(24), os.urandom(32)
    role = sql("select private.add_router(:'shard')", shard=SHARD)
    sql("alter role :\"role\" password :'password'", role=role, password=password)
    _apply({"url": _url(role, password).encode(), "secret.key": key})
    for kind in ("service", "deployment"):
        found = get(kind, FIRST, SYSTEM)
        assert found is not None
        _apply_raw(_second(found))
    public = base64.b64encode(X25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()).decode()
    first = next(router for router in listed.values() if f"//{FIRST}." in router["trades_endpoint"])
    endpoints = {name: first[name].replace(f"//{FIRST}.", f"//{NAME}.") for name in ("trades_endpoint", "ticks_endpoint")}
    own = {**first, **endpoints, "curve_public_key": public}
    _list_routers({**listed, SHARD: own})


def _second(found: Json) -> Json:
    """The second router's service or deployment, made from the first router's."""
    text = json.dumps({"apiVersion": found["apiVersion"], "kind": found["kind"], "spec": found["spec"]})
    made: Json = json.loads(text.replace('"demo-1"', f'"{SHARD}"'))
    made["metadata"] = {"name": NAME, "labels": found["metadata"]["labels"]}
    if made["kind"] == "Service":
        for assigned in ("clusterIP", "clusterIPs"):
            made["spec"].pop(assigned, None)
        return made
    pod = made["spec"]["template"]["spec"]
    for variable in pod["containers"][0]["env"]:
        if variable["name"] == "LOCKSTEP_DATABASE_URL":
            variable["valueFrom"]["secretKeyRef"]["name"] = NAME
    for volume in pod["volumes"]:
        if volume["name"] == "curve":
            volume["secret"]["secretName"] = NAME
    return made


def _url(role: str, password: str) -> str:
    return f"postgresql://{role}:{password}@lockstep-postgres.{DEVSTACK}:5432/postgres?sslmode=disable"


def _apply(data: dict[str, bytes]) -> None:
    encoded = {name: base64.b64encode(value).decode() for name, value in data.items()}
    _apply_raw({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": NAME}, "data": encoded})


def _apply_raw(raw: Json) -> None:
    kubectl("-n", SYSTEM, "apply", "-f", "-", stdin=json.dumps(raw))


def _addresses() -> Json:
    found = get("configmap", ADDRESSES, SYSTEM)
    assert found is not None
    listed: Json = json.loads(found["data"]["routers.json"])
    return {name: router for name, router in listed.items() if name != SHARD}


def _list_routers(listed: Json) -> None:
    patch = json.dumps({"data": {"routers.json": json.dumps(listed, indent=1)}})
    kubectl("-n", SYSTEM, "patch", "configmap", ADDRESSES, "--type", "merge", "-p", patch)
