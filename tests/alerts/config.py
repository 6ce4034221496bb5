"""The configuration of Prometheus and Alertmanager, as data. Pure."""

from collections.abc import Sequence
from typing import Any, NamedTuple

Config = dict[str, Any]


class Pace(NamedTuple):
    """How often Prometheus reads metrics and works out its rules, in seconds."""

    scrape_s: int
    rules_s: int


class Access(NamedTuple):
    """How a cluster's API server is reached: files of its certificate and ours, as a kubeconfig names them."""

    kubeconfig: str
    server: str
    """`host:port`"""
    tls: Config


def prometheus(rules: str, alertmanager: str, scrapes: Sequence[Config], pace: Pace) -> Config:
    """Prometheus with a file of rules, an Alertmanager at `host:port` and what is scraped."""
    return {
        "global": {"scrape_interval": f"{pace.scrape_s}s", "evaluation_interval": f"{pace.rules_s}s"},
        "rule_files": [rules],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [alertmanager]}]}]},
        "scrape_configs": list(scrapes),
    }


def alertmanager(receiver: str) -> Config:
    """Alertmanager that tells every alert and its end to a URL, without waiting for others of its group."""
    return {
        "route": {"receiver": "hook", "group_by": ["..."], "group_wait": "0s", "group_interval": "1s"},
        "receivers": [{"name": "hook", "webhook_configs": [{"url": receiver, "send_resolved": True}]}],
    }


def fixed(*targets: str) -> Config:
    """What is scraped at known addresses."""
    return {"job_name": "lockstep", "static_configs": [{"targets": list(targets)}]}


def pods(access: Access, namespace: str) -> Config:
    """What is scraped of a cluster: the release's pods at the port `metrics`, as the chart's PodMonitor chooses them.

    It goes by way of the API server, so that it works from any machine that kubectl works from.
    """
    path = "/api/v1/namespaces/$1/pods/$2:$3/proxy/metrics"
    pod = "__meta_kubernetes_pod"
    return {
        "job_name": "lockstep",
        "scheme": "https",
        "tls_config": access.tls,
        "kubernetes_sd_configs": [
            {"role": "pod", "kubeconfig_file": access.kubeconfig, "namespaces": {"names": [namespace]}}
        ],
        "relabel_configs": [
            _kept(f"{pod}_label_app_kubernetes_io_part_of", "lockstep"),
            _kept(f"{pod}_container_port_name", "metrics"),
            _kept(f"{pod}_phase", "Running"),
            {
                "source_labels": ["__meta_kubernetes_namespace", f"{pod}_name", f"{pod}_container_port_number"],
                "regex": "(.+);(.+);(.+)",
                "target_label": "__metrics_path__",
                "replacement": path,
            },
            {"target_label": "__address__", "replacement": access.server},
            {"source_labels": ["__meta_kubernetes_namespace"], "target_label": "namespace"},
            {"source_labels": [f"{pod}_name"], "target_label": "pod"},
        ],
    }


def _kept(label: str, value: str) -> Config:
    return {"action": "keep", "source_labels": [label], "regex": value}
