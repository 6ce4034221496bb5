"""Turns rows of the database into objects of the cluster. Pure."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from lockstep_core.accounts import Platform
from lockstep_core.addresses import is_port_for_terminals, is_public
from lockstep_core.json_object import Json
from lockstep_core.resources.copier_account import (
    AccountProxy,
    CopierAccountSpec,
    Credentials,
    OperatingMode,
    SpecEnvironment,
    SpecRole,
)
from lockstep_core.resources.names import API_VERSION, KIND, account_labels, account_name, parse_account_name
from lockstep_operator.facts import RouterState
from lockstep_operator.foreign_text import reported_reason

SOURCE_LABEL = "lockstep.dev/source"
FROM_DATABASE = "database"
"""The label of CopierAccounts that were made from a row. Only these are deleted with their row, never those applied by
hand.
"""
_ROWS_PER_UNEXPLAINED = 50


@dataclass(frozen=True, slots=True)
class TradingAccountRow:
    """A row of `trading_accounts` joined with its row of `credentials` (ciphertext)."""

    id: UUID
    user_id: UUID
    platform: str
    environment: str
    shard: str
    login: int
    server: str
    role: str
    operating_mode: str
    state: str
    state_reason: str | None
    state_message: str | None
    state_epoch: int | None
    trading: str
    key_id: str | None
    sealed: bytes | None
    credentials_version: int | None
    proxy_type: str | None = None
    proxy_address: str | None = None
    proxy_port: int | None = None
    proxy_login: str | None = None
    proxy_key_id: str | None = None
    proxy_sealed: bytes | None = None
    proxy_name: str | None = None


def spec_of(row: TradingAccountRow) -> CopierAccountSpec:
    """The CopierAccount spec of a row. Raises ValueError if the row breaks the schema."""
    if row.credentials_version is None:
        raise ValueError("the account has no credentials")
    return CopierAccountSpec(
        account_id=row.id,
        user_id=row.user_id,
        platform=Platform(row.platform),
        environment=SpecEnvironment(row.environment.capitalize()),
        login=str(row.login),
        server=row.server,
        role=SpecRole(row.role.capitalize()),
        operating_mode=OperatingMode(row.operating_mode.capitalize()),
        credentials=Credentials(secret_name=account_name(row.id), version=row.credentials_version),
        shard=row.shard,
        proxy=_proxy(row),
        proxy_name=row.proxy_name,
    )


def _proxy(row: TradingAccountRow) -> AccountProxy | None:
    if row.proxy_type is None:
        return None
    raw = {"type": row.proxy_type, "address": row.proxy_address, "port": row.proxy_port, "login": row.proxy_login}
    proxy = AccountProxy.model_validate(raw)
    # The database refuses such proxies. If a row has one all the same, no terminal may connect to it.
    if not is_public(proxy.address) or not is_port_for_terminals(proxy.port):
        raise ValueError("the account's proxy is at no public address, or at a port of mail servers")
    return proxy


def custom_resource(spec: CopierAccountSpec) -> Json:
    """The CopierAccount to apply."""
    labels = {**account_labels(spec.account_id), SOURCE_LABEL: FROM_DATABASE}
    return {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "metadata": {"name": account_name(spec.account_id), "labels": labels},
        "spec": spec.model_dump(mode="json", by_alias=True, exclude_none=True),
    }


def secret(row: TradingAccountRow, owner_uid: str) -> Json:
    """The Secret with the sealed password, owned by the CopierAccount of that uid."""
    owner = {"apiVersion": API_VERSION, "kind": KIND, "name": account_name(row.id), "uid": owner_uid, "controller": True}
    metadata = {"name": account_name(row.id), "labels": account_labels(row.id), "ownerReferences": [owner]}
    parts = {
        "sealed": row.sealed or b"",
        "key_id": (row.key_id or "").encode(),
        "version": str(row.credentials_version).encode(),
    }
    if row.proxy_sealed is not None:
        parts |= {"proxy_sealed": row.proxy_sealed, "proxy_key_id": (row.proxy_key_id or "").encode()}
    data = {name: base64.b64encode(value).decode() for name, value in parts.items()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "data": data}


@dataclass(frozen=True, slots=True)
class DesiredObjects:
    """What the database wants of an account in the cluster: the CopierAccount's spec, and what the Secret holds."""

    spec: Json
    secret: Json

    def has_spec(self, resource: Json | None) -> bool:
        """Whether the CopierAccount is there with this spec."""
        return resource is not None and bool(resource["spec"] == self.spec)

    def is_as_applied(self, resource: Json, secret: Json | None) -> bool:
        """Whether CopierAccount and Secret are as an operator applies them: content, labels and the Secret's owner."""
        account = UUID(self.spec["accountId"])
        labels = {**account_labels(account), SOURCE_LABEL: FROM_DATABASE}
        owners = {owner["uid"] for owner in (secret or {}).get("metadata", {}).get("ownerReferences", ())}
        return (
            self.has_spec(resource)
            and self.has_secret(secret)
            and labels.items() <= resource["metadata"].get("labels", {}).items()
            and resource["metadata"]["uid"] in owners
        )

    def has_secret(self, secret: Json | None) -> bool:
        """Whether the Secret is there with this content."""
        data = (secret or {}).get("data") or {}
        return secret is not None and all(data.get(name) == value for name, value in self.secret.items())


def desired_objects(row: TradingAccountRow) -> DesiredObjects:
    """What a row wants. Raises ValueError if the row breaks the schema."""
    return DesiredObjects(custom_resource(spec_of(row))["spec"], secret(row, "")["data"])


def router_state(row: TradingAccountRow) -> RouterState | None:
    """The session state that the router wrote into the row, None if it wrote none yet."""
    if row.state_epoch is None:
        return None
    reason, message = reported_reason(row.state_reason, row.state_message or "")
    return RouterState(row.state, reason, message, row.state_epoch, row.trading)


def orphans(rows: Iterable[TradingAccountRow], resources: Iterable[Json]) -> tuple[UUID, ...]:
    """The accounts whose CopierAccount was made from a row that no longer exists."""
    known = {row.id for row in rows}
    from_rows = (parse_account_name(resource["metadata"]["name"]) for resource in resources if is_from_row(resource))
    return tuple(account for account in from_rows if account is not None and account not in known)


def is_from_row(resource: Json) -> bool:
    """Whether the CopierAccount was made from a row."""
    return bool(resource["metadata"].get("labels", {}).get(SOURCE_LABEL) == FROM_DATABASE)


def must_hold(unexplained: int, rows: int, limit: int) -> bool:
    """Whether a relist must keep CopierAccounts that have neither a row nor a record of their removal."""
    # Each removal is recorded, so a relist finds hardly any. Many at once, or a table without any row, mean that the
    # database was lost or exchanged, or lacks its row level security policies.
    return unexplained > max(limit, rows // _ROWS_PER_UNEXPLAINED) or (unexplained > 0 and rows == 0)
