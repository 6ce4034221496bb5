"""Builds the NetworkPolicy of an account with a proxy: its terminal reaches that proxy, and no broker. Pure.

NetworkPolicies can only allow. The chart's policies that let terminals reach brokers do not select pods with this one's
label.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from lockstep_core.addresses import is_port_for_terminals, is_public
from lockstep_core.json_object import Json
from lockstep_core.proxies import Proxy
from lockstep_core.resources.copier_account import CopierAccount
from lockstep_core.resources.names import (
    ACCOUNT_LABEL,
    COMPONENT_LABEL,
    EGRESS_LABEL,
    TERMINAL,
    THROUGH_PROXY,
    account_labels,
)


@dataclass(frozen=True, slots=True)
class Egress:
    """What holds for the proxies of all accounts. `enforced`: the chart makes network policies. `allowed`: people's own
    proxies may be reached; those of the service may be in any case, because whoever runs it named them. `cluster`: public
    addresses that are the cluster's own.
    """

    enforced: bool = True
    allowed: bool = True
    cluster: tuple[IPv4Network, ...] = ()

    def lets_reach(self, proxy: Proxy, *, offered: bool) -> bool:
        """Whether a terminal may connect to this proxy. `offered`: it is one of the service."""
        inside = any(IPv4Address(proxy.address) in network for network in self.cluster)
        allowed = self.allowed or offered
        return allowed and is_public(proxy.address) and is_port_for_terminals(proxy.port) and not inside


def build_egress_policy(account: CopierAccount, proxy: Proxy, egress: Egress, owner: Json) -> Json:
    """The policy of an account's terminal pods. A proxy that must not be reached leaves them no way to any broker."""
    labels = account_labels(account.spec.account_id)
    selected = {COMPONENT_LABEL: TERMINAL, ACCOUNT_LABEL: labels[ACCOUNT_LABEL], EGRESS_LABEL: THROUGH_PROXY}
    ports = [{"protocol": "TCP", "port": proxy.port}]
    way = {"to": [{"ipBlock": {"cidr": f"{proxy.address}/32"}}], "ports": ports}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": account.name, "labels": labels, "ownerReferences": [owner]},
        "spec": {
            "podSelector": {"matchLabels": selected},
            "policyTypes": ["Egress"],
            "egress": [way] if egress.lets_reach(proxy, offered=account.spec.proxy_name is not None) else [],
        },
    }
