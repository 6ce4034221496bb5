"""Where terminal pods run, and how they are walled off from their node and from each other. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from lockstep_core.json_object import Json
from lockstep_core.resources.copier_account import SpecEnvironment
from lockstep_core.resources.names import COMPONENT_LABEL, ENVIRONMENT_LABEL, PERSON_LABEL, TERMINAL

_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_HIGHEST_WEIGHT = 100


@dataclass(frozen=True, slots=True)
class Placement:
    """The same for all terminals. `host_users` is left to the cluster where it is None; `affinity` as Kubernetes has it."""

    runtime_class: str = ""
    host_users: bool | None = None
    tolerations: Sequence[Json] = ()
    affinity: Json = field(default_factory=dict)

    def fields(self, environment: SpecEnvironment) -> Json:
        """The fields of a pod's spec. Tolerations are left out, because others are added to them."""
        said: Json = {"affinity": {**self.affinity, "podAntiAffinity": self._apart(environment)}}
        if self.runtime_class:
            said["runtimeClassName"] = self.runtime_class
        if self.host_users is not None:
            said["hostUsers"] = self.host_users
        return said

    def _apart(self, environment: SpecEnvironment) -> Json:
        """Prefers a node without terminals of the other environment, and accepts one with them."""
        wanted = self.affinity.get("podAntiAffinity", {})
        return {**wanted, _PREFERRED: [*wanted.get(_PREFERRED, ()), _away_from_others(environment)]}


def spread(person: UUID) -> Json:
    """Keeps terminals of one person on different nodes where that can be: the loss of a node stops few of their accounts."""
    own = {"matchLabels": {COMPONENT_LABEL: TERMINAL, PERSON_LABEL: str(person)}}
    constraint = {"topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": own}
    return {"topologySpreadConstraints": [{"maxSkew": 1, **constraint}]}


def _away_from_others(environment: SpecEnvironment) -> Json:
    other = {"key": ENVIRONMENT_LABEL, "operator": "NotIn", "values": [environment.lower()]}
    terminals = {"matchLabels": {COMPONENT_LABEL: TERMINAL}, "matchExpressions": [other]}
    term = {"labelSelector": terminals, "topologyKey": "kubernetes.io/hostname"}
    return {"weight": _HIGHEST_WEIGHT, "podAffinityTerm": term}
