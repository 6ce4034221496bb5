"""The CopierAccount custom resource. The CRD is generated from these models (`resources.crd`)."""

from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic.alias_generators import to_camel

from lockstep_core.accounts import Platform
from lockstep_core.json_object import Json
from lockstep_core.proxies import ADDRESS_PATTERN, Proxy, ProxyType
from lockstep_core.proxies import LOGIN_PATTERN as PROXY_LOGIN_PATTERN
from lockstep_core.proxies import NAME_PATTERN as PROXY_NAME_PATTERN
from lockstep_core.text_limits import LOGIN_PATTERN, SERVER_CHARACTERS, SHARD_CHARACTERS, in_braces, server_pattern

Name = Annotated[str, StringConstraints(min_length=1, max_length=63, pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")]
ShardName = Annotated[
    str, StringConstraints(min_length=1, max_length=SHARD_CHARACTERS, pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
]
ProxyName = Annotated[str, StringConstraints(pattern=PROXY_NAME_PATTERN)]


class SpecEnvironment(StrEnum):
    """Demo and live accounts share neither a router nor a node pool. Spelled as Kubernetes spells such values."""

    DEMO = "Demo"
    LIVE = "Live"


class SpecRole(StrEnum):
    """What the account may be in a copier."""

    MASTER = "Master"
    SLAVE = "Slave"
    BOTH = "Both"


class OperatingMode(StrEnum):
    """A suspended account keeps its CopierAccount and has no pod."""

    RUNNING = "Running"
    SUSPENDED = "Suspended"


class ConditionType(StrEnum):
    """What is observed of an account, each True, False or Unknown."""

    POD_SCHEDULED = "PodScheduled"
    TERMINAL_STARTED = "TerminalStarted"
    BROKER_CONNECTED = "BrokerConnected"
    BRIDGE_CONNECTED = "BridgeConnected"
    TRADING_ENABLED = "TradingEnabled"
    READY = "Ready"
    IMAGE_CURRENT = "ImageCurrent"


class ConditionStatus(StrEnum):
    """Kubernetes' three-valued truth."""

    TRUE = "True"
    FALSE = "False"
    UNKNOWN = "Unknown"


class _Model(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True, extra="ignore")


class Credentials(_Model):
    """Where the sealed password lies. A new version means a new pod."""

    secret_name: Name = Field(description="Secret with the sealed password, in the same namespace.")
    version: int = Field(
        ge=1, le=2**31 - 1, description="Counts the passwords that were given; a new one restarts the terminal."
    )


class AccountProxy(_Model):
    """The proxy through which alone the account's terminal reaches its broker. The Secret has its sealed password."""

    type: ProxyType = Field(description="How the proxy is spoken to.")
    address: Annotated[str, StringConstraints(pattern=ADDRESS_PATTERN)] = Field(description="Its IPv4 address.")
    port: int = Field(ge=1, le=65535, description="Its TCP port.")
    login: Annotated[str, StringConstraints(pattern=PROXY_LOGIN_PATTERN)] | None = Field(
        default=None, description="The login at the proxy; absent where it asks for none."
    )

    def proxy(self) -> Proxy:
        """The same for the rest of the domain."""
        return Proxy(self.type, self.address, self.port, self.login or "")


class CopierAccountSpec(_Model):
    """The desired state of an account."""

    account_id: UUID = Field(description="The account's id in the database.")
    user_id: UUID = Field(description="The person the account belongs to.")
    platform: Platform = Field(description="The terminal the account needs.")
    environment: SpecEnvironment = Field(description="Demo and live accounts never share a router.")
    login: Annotated[str, StringConstraints(pattern=LOGIN_PATTERN)] = Field(description="The broker's account number.")
    server: Annotated[str, StringConstraints(max_length=SERVER_CHARACTERS, pattern=server_pattern(in_braces))] = Field(
        description="The broker's server name."
    )
    role: SpecRole = Field(description="What the account may be in a copier.")
    operating_mode: OperatingMode = Field(default=OperatingMode.RUNNING, description="A suspended account has no terminal.")
    credentials: Credentials = Field(description="Where the sealed password lies.")
    proxy: AccountProxy | None = Field(
        default=None, description="The proxy through which alone the terminal reaches its broker; none if absent."
    )
    proxy_name: ProxyName | None = Field(
        default=None, description="In the place of a proxy: one that the service offers, by its name."
    )
    shard: ShardName | None = Field(
        default=None, description="The router that serves the account; chosen by environment if absent."
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.proxy is not None and self.proxy_name is not None:
            raise ValueError("an account has a proxy of its own or one that is offered, not both")
        return self

    @property
    def is_proxied(self) -> bool:
        """Whether the terminal reaches its broker through a proxy alone."""
        return self.proxy is not None or self.proxy_name is not None


class Condition(_Model):
    """One observation, in the form that Kubernetes' API conventions ask for."""

    type: ConditionType
    status: ConditionStatus
    reason: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    message: Annotated[str, StringConstraints(max_length=1024)] = ""
    last_transition_time: AwareDatetime
    observed_generation: int | None = None


class CopierAccountStatus(_Model):
    """What was observed of an account. Written on change only."""

    observed_generation: int = Field(default=0, description="The generation of the spec that this status speaks of.")
    epoch: int = Field(default=0, ge=0, description="Grows with every pod; the router serves the newest only.")
    pod_name: str | None = Field(default=None, description="The terminal pod of this epoch.")
    pod_uid: str | None = Field(
        default=None, description="The uid of that pod; absent until it was seen, and then the epoch is still unused."
    )
    secret_version: str | None = Field(
        default=None, description="The resourceVersion of the Secret when the pod was started."
    )
    reason: str | None = Field(default=None, description="Why the account is as it is, one word.")
    message: Annotated[str, StringConstraints(max_length=1024)] | None = Field(
        default=None, description="The same as a sentence."
    )
    failures: int = Field(default=0, ge=0, description="Failed pods in a row.")
    proven_version: int | None = Field(
        default=None, description="The version of the credentials with which the account was last ready."
    )
    ready_epoch: int = Field(default=0, ge=0, description="The epoch of the pod that was last ready.")
    refusals: int = Field(default=0, ge=0, description="Refusals in a row of credentials with which it was ready before.")
    retry_after: AwareDatetime | None = Field(default=None, description="No new pod before this time.")
    conditions: tuple[Condition, ...] = Field(default=(), description="Observations by type.")


class CopierAccount(_Model):
    """A CopierAccount as the API server holds it; `uid`, `generation` and so on are taken from its metadata."""

    name: str
    namespace: str
    uid: str
    generation: int
    resource_version: str
    deleting: bool
    spec: CopierAccountSpec
    status: CopierAccountStatus


def parse_account(raw: Json) -> CopierAccount:
    """The CopierAccount in an API object. Raises pydantic's ValidationError if the object breaks the schema."""
    metadata = raw["metadata"]
    return CopierAccount(
        name=metadata["name"],
        namespace=metadata.get("namespace", ""),
        uid=metadata["uid"],
        generation=metadata.get("generation", 1),
        resource_version=metadata.get("resourceVersion", ""),
        deleting="deletionTimestamp" in metadata,
        spec=CopierAccountSpec.model_validate(raw["spec"]),
        status=CopierAccountStatus.model_validate(raw.get("status") or {}),
    )
