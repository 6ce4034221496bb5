"""Incidents out of what Alertmanager posts. Pure."""

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from lockstep_api.status_page.history import Incident, utc

AFFECTS = ("copying", "accounts", "website", "history")
"""What an alert's label `affects` may say (monitoring/rules.py). An alert without it is nobody's business outside."""


class UnusableAlerts(Exception):
    """The body is no message of Alertmanager's webhook."""


class _Alert(BaseModel):
    model_config = ConfigDict(extra="ignore")

    status: Literal["firing", "resolved"]
    labels: dict[str, str]
    fingerprint: str = Field(min_length=1, max_length=64)
    startsAt: AwareDatetime  # noqa: N815 - its name there
    endsAt: AwareDatetime  # noqa: N815 - its name there


class _Message(BaseModel):
    model_config = ConfigDict(extra="ignore")

    alerts: list[_Alert] = Field(max_length=1000)


def incidents_of(body: Any) -> list[Incident]:
    """The alerts of a message that people are told of. Raises UnusableAlerts."""
    try:
        message = _Message.model_validate(body)
    except ValidationError:
        raise UnusableAlerts from None
    return [_incident(each) for each in message.alerts if each.labels.get("affects") in AFFECTS]


def _incident(alert: _Alert) -> Incident:
    ended = utc(alert.endsAt.isoformat()) if alert.status == "resolved" else None
    return Incident(alert.fingerprint, utc(alert.startsAt.isoformat()), alert.labels["affects"], ended)
