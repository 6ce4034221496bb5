"""Every pod of the product keeps each rule of Kubernetes' standard `restricted`; there is no exception."""

import copy
from typing import Any

import pytest

from lockstep_core.accounts import Platform
from lockstep_core.resources.copier_account import parse_account
from lockstep_operator.podspec import PodTemplate, build_pod
from tests.house.chart import TERMINALS, Object, of_kind, pods, rendered
from tests.house.pod_security import RULES, broken

ACCOUNT = "0b1c2d3e-0000-4000-8000-00000000000a"
PARTS = {"operator", "router", "keyring", "keys", "reseal", "webapp-api", "notifier", "website", "status"}


def terminal(platform: Platform) -> Object:
    """The spec of a terminal pod, as the operator makes it."""
    spec = {"accountId": ACCOUNT, "userId": ACCOUNT, "platform": platform, "environment": "Demo", "login": "1"}
    more = {"server": "Broker", "role": "Slave", "credentials": {"secretName": "secret", "version": 1}}
    account = parse_account({"metadata": {"name": "a", "uid": "u"}, "spec": {**spec, **more}})
    template = PodTemplate({platform: "image"}, "https://keyring:8443")
    made: Object = build_pod(account, 1, "pod", template)["spec"]
    return made


def test_every_pod_of_the_chart_is_restricted() -> None:
    found = pods(rendered())
    assert {pod.component for pod in found} >= PARTS
    assert {pod.name: broken(pod.spec) for pod in found} == {pod.name: [] for pod in found}


@pytest.mark.parametrize("platform", list(Platform))
def test_every_terminal_is_restricted(platform: Platform) -> None:
    assert broken(terminal(platform)) == []


def test_the_cluster_holds_the_terminals_to_it() -> None:
    (namespace,) = of_kind(rendered(), "Namespace")
    assert namespace["metadata"]["name"] == TERMINALS
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def changed(**more: Any) -> Object:
    """A terminal's spec with other members."""
    return {**terminal(Platform.MT5), **more}


def container(**more: Any) -> Object:
    """The same with other members of its container."""
    spec = copy.deepcopy(terminal(Platform.MT5))
    spec["containers"][0] |= more
    return spec


def secured(**more: Any) -> Object:
    """The same with another security context of its container."""
    return container(securityContext={**terminal(Platform.MT5)["containers"][0]["securityContext"], **more})


def podwide(**more: Any) -> Object:
    """The same with another security context of the pod."""
    return changed(securityContext={**terminal(Platform.MT5)["securityContext"], **more})


BREACHES: list[tuple[str, Object]] = [
    ("HostProcess", podwide(windowsOptions={"hostProcess": True})),
    ("Host namespaces", changed(hostNetwork=True)),
    ("Host namespaces", changed(hostPID=True)),
    ("Host namespaces", changed(hostIPC=True)),
    ("Privileged containers", secured(privileged=True)),
    ("Host ports", container(ports=[{"containerPort": 80, "hostPort": 80}])),
    ("Host probes", container(livenessProbe={"httpGet": {"port": 80, "host": "203.0.113.7"}})),
    ("Host probes", container(lifecycle={"preStop": {"tcpSocket": {"port": 80, "host": "203.0.113.7"}}})),
    ("AppArmor", secured(appArmorProfile={"type": "Unconfined"})),
    ("SELinux", secured(seLinuxOptions={"type": "spc_t"})),
    ("SELinux", podwide(seLinuxOptions={"user": "system_u"})),
    ("/proc mount type", secured(procMount="Unmasked")),
    ("Sysctls", podwide(sysctls=[{"name": "kernel.msgmax", "value": "65536"}])),
    ("Volume types", changed(volumes=[{"name": "a", "hostPath": {"path": "/"}}])),
    ("Volume types", changed(volumes=[{"name": "a", "nfs": {"server": "a", "path": "/"}}])),
    ("Privilege escalation", secured(allowPrivilegeEscalation=True)),
    ("Privilege escalation", container(securityContext={"capabilities": {"drop": ["ALL"]}})),
    ("Running as non-root", secured(runAsNonRoot=False)),
    ("Running as non-root user", secured(runAsUser=0)),
    ("Running as non-root user", podwide(runAsUser=0)),
    ("Seccomp", secured(seccompProfile={"type": "Unconfined"})),
    ("Seccomp", changed(securityContext={"runAsNonRoot": True})),
    ("Capabilities dropped", secured(capabilities={"drop": ["NET_RAW"]})),
    (
        "Capabilities dropped",
        changed(initContainers=[{"name": "a", "securityContext": {"allowPrivilegeEscalation": False}}]),
    ),
    ("Capabilities added", secured(capabilities={"drop": ["ALL"], "add": ["SYS_ADMIN"]})),
]


@pytest.mark.parametrize(("rule", "spec"), BREACHES, ids=lambda each: each if isinstance(each, str) else "")
def test_a_breach_is_seen_as_one_of_its_rule_alone(rule: str, spec: Object) -> None:
    assert broken(spec) == [rule]


def test_every_rule_is_breached_above() -> None:
    assert {rule for rule, _ in BREACHES} == set(RULES)
