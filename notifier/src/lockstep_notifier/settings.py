"""Settings of the notifier, read once from the environment."""

from email.utils import parseaddr
from ipaddress import IPv4Network
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Json, SecretStr, model_validator


def _has_address(sender: str) -> str:
    if "@" not in parseaddr(sender)[1]:
        raise ValueError("must be an address, such as Lockstep <no-reply@example.com>")
    return sender


class NotifierSettings(BaseModel):
    """Each field is read from the variable `LOCKSTEP_` plus its name in capitals.

    `smtp_host` is the server that mails are handed to; without it no mails are sent, and they wait. `smtp_tls`: `start`
    (STARTTLS), `whole` (TLS from the first byte) or `none`. `webhook_networks`: private networks that webhooks may reach
    all the same, also without TLS, as JSON; for installations whose receivers are beside them.
    `…_at_once` are attempts that run at once, `lease_s` is when an attempt counts as ended by its worker's death.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    database_url: SecretStr
    site_url: str = Field(default="http://127.0.0.1:3000", pattern="^https?://[^/]+$")
    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_tls: Literal["start", "whole", "none"] = "start"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_timeout_s: float = Field(default=10, gt=0)
    sender: Annotated[str, AfterValidator(_has_address)] = "Lockstep <no-reply@lockstep.example>"
    webhook_networks: Json[tuple[IPv4Network, ...]] = Field(default="[]", validate_default=True)
    webhook_timeout_s: float = Field(default=15, gt=0)
    mails_at_once: int = Field(default=16, ge=1, le=64)
    webhooks_at_once: int = Field(default=32, ge=1, le=256)
    lease_s: int = Field(default=90, ge=3)
    metrics_port: int = Field(default=9100, ge=0, le=65535)

    @model_validator(mode="after")
    def _attempts_fit_into_their_lease(self) -> Self:
        if max(4 * self.smtp_timeout_s, self.webhook_timeout_s) > self.lease_s * 2 / 3:
            raise ValueError("the time-outs are too long for lease_s")
        return self
