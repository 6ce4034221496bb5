"""Kubernetes' pod security standard `restricted`, rule by rule, for a pod's spec without a cluster.

https://kubernetes.io/docs/concepts/security/pod-security-standards: `restricted` has all rules of `baseline`, too.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.house.chart import Object

SAFE_VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}
SAFE_SYSCTLS = {
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
}
SELINUX_TYPES = {"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}
SECCOMP = {"RuntimeDefault", "Localhost"}
PROBES = ("startupProbe", "livenessProbe", "readinessProbe")


def containers(spec: Object) -> list[Object]:
    """All containers of a pod, whatever their kind."""
    return [each for kind in ("containers", "initContainers", "ephemeralContainers") for each in spec.get(kind, ())]


def contexts(spec: Object) -> list[Object]:
    """The security contexts of the pod and of its containers."""
    return [spec.get("securityContext", {}), *(each.get("securityContext", {}) for each in containers(spec))]


def in_force(spec: Object, field: str) -> list[Any]:
    """What holds for each container: its own word, else the pod's."""
    common = spec.get("securityContext", {}).get(field)
    return [each.get("securityContext", {}).get(field, common) for each in containers(spec)]


def _handlers(container: Object) -> Iterator[Object]:
    yield from (container[name] for name in PROBES if name in container)
    yield from container.get("lifecycle", {}).values()


def _capabilities(spec: Object) -> list[Object]:
    return [each.get("securityContext", {}).get("capabilities", {}) for each in containers(spec)]


def _calls_hosts(spec: Object) -> bool:
    asked = [
        handler.get(kind, {})
        for each in containers(spec)
        for handler in _handlers(each)
        for kind in ("httpGet", "tcpSocket")
    ]
    return any(each.get("host") for each in asked)


def _seccomp_of(contexts: list[Object]) -> list[str | None]:
    return [each["seccompProfile"]["type"] for each in contexts if "seccompProfile" in each]


RULES: Mapping[str, Callable[[Object], bool]] = {
    "HostProcess": lambda spec: not any(each.get("windowsOptions", {}).get("hostProcess") for each in contexts(spec)),
    "Host namespaces": lambda spec: not any(spec.get(each) for each in ("hostNetwork", "hostPID", "hostIPC")),
    "Privileged containers": lambda spec: not any(each.get("privileged") for each in contexts(spec)),
    "Host ports": lambda spec: not any(port.get("hostPort") for each in containers(spec) for port in each.get("ports", ())),
    "Host probes": lambda spec: not _calls_hosts(spec),
    "AppArmor": lambda spec: all(
        each.get("appArmorProfile", {}).get("type", "RuntimeDefault") in SECCOMP for each in contexts(spec)
    ),
    "SELinux": lambda spec: all(
        each.get("seLinuxOptions", {}).get("type", "") in SELINUX_TYPES
        and not {"user", "role"} & set(each.get("seLinuxOptions", {}))
        for each in contexts(spec)
    ),
    "/proc mount type": lambda spec: all(each.get("procMount", "Default") == "Default" for each in contexts(spec)),
    "Sysctls": lambda spec: {each["name"] for each in spec.get("securityContext", {}).get("sysctls", ())} <= SAFE_SYSCTLS,
    "Volume types": lambda spec: all(set(each) - {"name"} <= SAFE_VOLUMES for each in spec.get("volumes", ())),
    "Privilege escalation": lambda spec: all(
        each.get("securityContext", {}).get("allowPrivilegeEscalation") is False for each in containers(spec)
    ),
    "Running as non-root": lambda spec: all(each is True for each in in_force(spec, "runAsNonRoot")),
    "Running as non-root user": lambda spec: all(each.get("runAsUser") != 0 for each in contexts(spec)),
    "Seccomp": lambda spec: (
        all(each is not None and each["type"] in SECCOMP for each in in_force(spec, "seccompProfile"))
        and set(_seccomp_of(contexts(spec))) <= SECCOMP
    ),
    "Capabilities dropped": lambda spec: all("ALL" in each.get("drop", ()) for each in _capabilities(spec)),
    "Capabilities added": lambda spec: all(set(each.get("add", ())) <= {"NET_BIND_SERVICE"} for each in _capabilities(spec)),
}
"""Each rule by its name in the standard: whether a spec keeps it."""


def broken(spec: Object) -> list[str]:
    """The rules that a pod's spec does not keep."""
    return [name for name, kept in RULES.items() if not kept(spec)]
