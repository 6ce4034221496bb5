"""Builds the terminal pod of an account as an API object. Pure."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lockstep_core.accounts import Platform
from lockstep_core.brokers.catalogue import Catalogue, Server
from lockstep_core.json_object import Json
from lockstep_core.proxies import Proxy
from lockstep_core.resources.copier_account import CopierAccount, CopierAccountSpec, SpecEnvironment, SpecRole
from lockstep_core.resources.names import (
    API_VERSION,
    COMPONENT_LABEL,
    EGRESS_LABEL,
    ENVIRONMENT_LABEL,
    EPOCH_LABEL,
    KIND,
    PERSON_LABEL,
    SERVER_LABEL,
    TERMINAL,
    THROUGH_PROXY,
    account_labels,
    account_name,
    server_label,
)
from lockstep_core.resources.offered_proxies import OfferedProxies
from lockstep_operator.egress import Egress
from lockstep_operator.facts import REVISION_ANNOTATION
from lockstep_operator.placement import Placement, spread
from lockstep_operator.proven import is_proven

AUDIENCE = "lockstep-keyring"
_TRADER = 1000
_HEALTH_PORT = 8080
_TOKEN_S = 600
_GRACE_S = 45
_UNREACHABLE_S = 30


@dataclass(frozen=True, slots=True)
class PodTemplate:
    """What all terminal pods have in common. `images` by platform; quantities in Kubernetes' notation; `catalogue` gives
    what is known of brokers now, and `proxies` those of the service.
    """

    images: Mapping[Platform, str]
    keyring_url: str
    image_pull_policy: str = "IfNotPresent"
    keyring_ca_config_map: str = "lockstep-keyring-ca"
    login_timeout_s: int = 240
    chart_symbol: str = "EURUSD"
    cpu_request: str = "70m"
    memory_request: str = "280Mi"
    memory_limit: str = "1Gi"
    priority_classes: Mapping[SpecRole, str] = field(default_factory=dict)
    node_selectors: Mapping[SpecEnvironment, Mapping[str, str]] = field(default_factory=dict)
    placement: Placement = field(default_factory=Placement)
    catalogue: Callable[[], Catalogue] = Catalogue
    egress: Egress = field(default_factory=Egress)
    proxies: Callable[[], OfferedProxies] = OfferedProxies

    def proxy_of(self, spec: CopierAccountSpec) -> Proxy | None:
        """The proxy through which this account's terminal goes, None if it has none, or one that is not offered."""
        if spec.proxy_name is None:
            return None if spec.proxy is None else spec.proxy.proxy()
        offered = self.proxies().named(spec.proxy_name)
        return None if offered is None else offered.proxy()

    def can_build(self, spec: CopierAccountSpec) -> bool:
        """Whether this account's terminal has an image, and the proxy that it needs."""
        return spec.platform in self.images and (not spec.is_proxied or self.proxy_of(spec) is not None)


def revision(spec: CopierAccountSpec, template: PodTemplate) -> str:
    """`<account part>.<template part>`: two hashes. A pod with another revision than a pod built now is replaced.

    The account part changes only when the account does, the template part when the pod template does. The shard is in
    neither: a running terminal learns its router from the keyring, with each ticket.
    """
    account = [str(spec.account_id), spec.platform, spec.environment, spec.login, spec.server]
    credentials = [spec.credentials.secret_name, spec.credentials.version]
    if spec.proxy is not None:
        credentials.append(spec.proxy.model_dump(mode="json"))
    if spec.proxy_name is not None:
        credentials.append(spec.proxy_name)
    # The classes of all roles, not only the pod's own: an account that becomes a master needs no other terminal.
    common = {**_spec(spec, template, epoch=0), "priorityClassName": dict(template.priority_classes)}
    # Where a terminal would rather run is no reason to replace one that runs.
    common.pop("topologySpreadConstraints")
    if spec.proxy_name is not None:
        # If a proxy of the service moves, its terminals are replaced: their network policy names the old address.
        common["proxy"] = repr(template.proxy_of(spec))
    return f"{_digest([account, credentials])}.{_digest(common)}"


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]


def build_pod(account: CopierAccount, epoch: int, name: str, template: PodTemplate) -> Json:
    """The pod of an account in an epoch, as an API object without a namespace."""
    marks = build_marks(account, epoch, name)
    annotations = {REVISION_ANNOTATION: revision(account.spec, template)}
    metadata = {**marks["metadata"], "annotations": annotations}
    return {
        **marks,
        "metadata": metadata,
        "spec": _spec(account.spec, template, epoch, _known(account, template.catalogue())),
    }


def build_marks(account: CopierAccount, epoch: int, name: str) -> Json:
    """What is put right in a pod if somebody edited it by hand: its labels and its owner."""
    labels, owners = pod_labels(account.spec, epoch), [owner_reference(account)]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": labels, "ownerReferences": owners}}


def pod_labels(spec: CopierAccountSpec, epoch: int) -> dict[str, str]:
    """The labels of a terminal pod."""
    return {
        **account_labels(spec.account_id),
        COMPONENT_LABEL: TERMINAL,
        SERVER_LABEL: server_label(spec.server),
        PERSON_LABEL: str(spec.user_id),
        EPOCH_LABEL: str(epoch),
        ENVIRONMENT_LABEL: spec.environment.lower(),
        **({EGRESS_LABEL: THROUGH_PROXY} if spec.is_proxied else {}),
    }


def build_service_account(account: CopierAccount) -> Json:
    """The ServiceAccount of the account's pods. It has no rights; it only proves to the keyring whose pod it is."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {
            "name": account.name,
            "labels": account_labels(account.spec.account_id),
            "ownerReferences": [owner_reference(account)],
        },
        "automountServiceAccountToken": False,
    }


def owner_reference(account: CopierAccount) -> Json:
    """The owner reference by which Kubernetes deletes an object together with its CopierAccount, without finalizers."""
    return {"apiVersion": API_VERSION, "kind": KIND, "name": account.name, "uid": account.uid, "controller": True}


def _known(account: CopierAccount, catalogue: Catalogue) -> Mapping[str, str]:
    """Variables with what is known at a pod's start. A change of them is no reason to replace the pod."""
    server = catalogue.server(account.spec.platform.value, account.spec.server)
    files = [file.model_dump() for file in server.files] if server is not None else []
    return {
        "LOCKSTEP_PROVEN": "yes" if is_proven(account) else "no",
        "LOCKSTEP_SERVER_KNOWN": "yes" if server is not None else "no",
        "LOCKSTEP_SERVER_FILES": json.dumps(files),
        "LOCKSTEP_SERVER_PROBE": _probe_of(server),
    }


def _probe_of(server: Server | None) -> str:
    probe = (server.probe if server is not None else None) or ""
    return probe if probe.isascii() else ""


_NOTHING_KNOWN: Mapping[str, str] = {}


def _spec(spec: CopierAccountSpec, template: PodTemplate, epoch: int, known: Mapping[str, str] = _NOTHING_KNOWN) -> Json:
    placement: Json = {"nodeSelector": dict(template.node_selectors.get(spec.environment, {}))}
    if priority_class := template.priority_classes.get(spec.role):
        placement["priorityClassName"] = priority_class
    placement |= template.placement.fields(spec.environment) | spread(spec.user_id)
    return {
        "serviceAccountName": account_name(spec.account_id),
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": _GRACE_S,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": _TRADER,
            "runAsGroup": _TRADER,
            "fsGroup": _TRADER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "tolerations": [_toleration("unreachable"), _toleration("not-ready"), *template.placement.tolerations],
        "containers": [_container(spec, template, epoch, known)],
        "volumes": _volumes(spec, template),
        **placement,
    }


def _toleration(trouble: str) -> Json:
    key = f"node.kubernetes.io/{trouble}"
    return {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": _UNREACHABLE_S}


def _container(spec: CopierAccountSpec, template: PodTemplate, epoch: int, known: Mapping[str, str]) -> Json:
    variables = {**_environment(spec, template, epoch), **known}
    return {
        "name": TERMINAL,
        "image": template.images[spec.platform],
        "imagePullPolicy": template.image_pull_policy,
        "env": [{"name": name, "value": literal(value)} for name, value in variables.items()],
        "ports": [{"name": "health", "containerPort": _HEALTH_PORT}],
        # No CPU limit: throttling would delay trades.
        "resources": {
            "requests": {"cpu": template.cpu_request, "memory": template.memory_request},
            "limits": {"memory": template.memory_limit},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "runAsNonRoot": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "startupProbe": _probe("/livez", period_s=2, failures=150),
        "livenessProbe": _probe("/livez", period_s=20, failures=3),
        "readinessProbe": _probe("/readyz", period_s=2, failures=2),
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "volumeMounts": _mounts(),
    }


def literal(text: str) -> str:
    """The text escaped for a container's variable: Kubernetes would replace `$(NAME)` by another variable."""
    return text.replace("$", "$$")


def _environment(spec: CopierAccountSpec, template: PodTemplate, epoch: int) -> dict[str, str]:
    return {
        "LOCKSTEP_ACCOUNT_ID": str(spec.account_id),
        "LOCKSTEP_EPOCH": str(epoch),
        "LOCKSTEP_PLATFORM": spec.platform.value,
        "LOCKSTEP_ENVIRONMENT": spec.environment.lower(),
        "LOCKSTEP_LOGIN": spec.login,
        "LOCKSTEP_SERVER": spec.server,
        "LOCKSTEP_KEYRING_URL": template.keyring_url,
        "LOCKSTEP_LOGIN_TIMEOUT_S": str(template.login_timeout_s),
        "LOCKSTEP_CHART_SYMBOL": template.chart_symbol,
        "LOCKSTEP_PROXIED": "yes" if spec.is_proxied else "no",
    }


def _probe(path: str, period_s: int, failures: int) -> Json:
    get = {"path": path, "port": _HEALTH_PORT}
    return {"httpGet": get, "periodSeconds": period_s, "failureThreshold": failures, "timeoutSeconds": 5}


def _mounts() -> list[Json]:
    return [
        {"name": "identity", "mountPath": "/var/run/lockstep/identity", "readOnly": True},
        {"name": "ca", "mountPath": "/var/run/lockstep/ca", "readOnly": True},
        {"name": "sealed", "mountPath": "/var/run/lockstep/sealed", "readOnly": True},
        {"name": "run", "mountPath": "/run/lockstep"},
        {"name": "home", "mountPath": "/home/trader"},
        {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 (a path in the pod)
    ]


def _volumes(spec: CopierAccountSpec, template: PodTemplate) -> list[Json]:
    token = {"path": "token", "audience": AUDIENCE, "expirationSeconds": _TOKEN_S}
    return [
        {"name": "identity", "projected": {"sources": [{"serviceAccountToken": token}], "defaultMode": 0o440}},
        {"name": "ca", "configMap": {"name": template.keyring_ca_config_map}},
        {"name": "sealed", "secret": {"secretName": spec.credentials.secret_name, "defaultMode": 0o440}},
        {"name": "run", "emptyDir": {"medium": "Memory", "sizeLimit": "16Mi"}},
        {"name": "home", "emptyDir": {"sizeLimit": "4Gi"}},
        {"name": "tmp", "emptyDir": {"sizeLimit": "512Mi"}},
    ]
