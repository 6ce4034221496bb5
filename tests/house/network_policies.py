"""Which NetworkPolicies select a pod, and where they let it connect: as much of Kubernetes' rules as the chart uses."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from tests.house.chart import SYSTEM, Object, Pod, of_kind

Address = IPv4Address | IPv6Address
NAMESPACE_NAME = "kubernetes.io/metadata.name"


@dataclass(frozen=True)
class Way:
    """One destination that a policy allows, with its ports."""

    to: Object
    ports: tuple[Object, ...]

    def takes(self, port: int, protocol: str = "TCP") -> bool:
        """Whether a connection to this port is allowed; a rule without ports allows them all."""
        return not self.ports or any(_is_in(each, port, protocol) for each in self.ports)

    def leads_to_address(self, address: str) -> bool:
        block = self.to.get("ipBlock")
        return block is not None and _is_in_block(block, ip_address(address))

    def leads_to_pod(self, pod: Pod, policy_namespace: str) -> bool:
        if "ipBlock" in self.to:
            return False
        spaces = self.to.get("namespaceSelector", {"matchLabels": {NAMESPACE_NAME: policy_namespace}})
        return selects(spaces, {NAMESPACE_NAME: pod.namespace}) and selects(self.to.get("podSelector", {}), pod.labels)


def policies_of(objects: list[Object], pod: Pod, direction: str) -> list[Object]:
    """The policies that select a pod for `Ingress` or `Egress`."""
    return [
        each
        for each in of_kind(objects, "NetworkPolicy")
        if each["metadata"].get("namespace", SYSTEM) == pod.namespace
        and direction in each["spec"]["policyTypes"]
        and selects(each["spec"]["podSelector"], pod.labels)
    ]


def ways_out(objects: list[Object], pod: Pod) -> Iterator[Way]:
    """Where a pod may connect to."""
    for policy in policies_of(objects, pod, "Egress"):
        for rule in policy["spec"].get("egress") or ():
            for to in rule.get("to") or [{"ipBlock": {"cidr": "0.0.0.0/0"}}, {"ipBlock": {"cidr": "::/0"}}]:
                yield Way(to, tuple(rule.get("ports", ())))


def lets_in(objects: list[Object], pod: Pod, caller: Pod, port: int) -> bool:
    """Whether some policy of a pod admits a caller at a port."""
    for policy in policies_of(objects, pod, "Ingress"):
        for rule in policy["spec"].get("ingress") or ():
            ways = [Way(each, tuple(rule.get("ports", ()))) for each in rule.get("from") or [{"namespaceSelector": {}}]]
            if any(way.takes(port) and way.leads_to_pod(caller, pod.namespace) for way in ways):
                return True
    return False


def selects(selector: Object, labels: dict[str, str]) -> bool:
    """Whether a label selector is met. Raises KeyError for an operator that the chart does not use."""
    same = all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())
    return same and all(_meets(each, labels) for each in selector.get("matchExpressions", ()))


def _meets(expression: Any, labels: dict[str, str]) -> bool:
    if expression["operator"] == "DoesNotExist":
        return expression["key"] not in labels
    value = labels.get(expression["key"])
    return {"In": value in expression["values"], "NotIn": value not in expression["values"]}[expression["operator"]]


def _is_in(ports: Object, port: int, protocol: str) -> bool:
    first: int = ports["port"]
    last: int = ports.get("endPort", first)
    return ports["protocol"] == protocol and first <= port <= last


def _is_in_block(block: Object, address: Address) -> bool:
    return address in ip_network(block["cidr"]) and all(address not in ip_network(each) for each in block.get("except", ()))
