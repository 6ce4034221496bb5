"""The configuration of Prometheus and Alertmanager, as data. Pure."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from lockstep_core.json_object import Json

Config = dict[str, Any]


class Pace(NamedTuple):
    """How often Prometheus reads metrics and works out its rules, in seconds."""

    scrape_s: int
    rules_s: int


class Access(NamedTuple):
    """How a cluster's API server is reached: files of its certificate and ours, as a kubeconfig names them."""

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


def pods(access: Access, file: str) -> Config:
    """What is scraped of a cluster: the pods that a file lists. Debian's Prometheus cannot ask Kubernetes itself."""
    discovery = {"files": [file], "refresh_interval": "2s"}
    return {"job_name": "lockstep", "scheme": "https", "tls_config": access.tls, "file_sd_configs": [discovery]}


def targets(access: Access, found: Sequence[Json]) -> list[Config]:
    """The content of that file: the running pods with a port `metrics`, as the chart's PodMonitor chooses them.

    They are read by way of the API server, so that it works from any machine that kubectl works from.
    """
    return [
        {"targets": [access.server], "labels": {"__metrics_path__": _path(pod, port["containerPort"]), **_names(pod)}}
        for pod in found
        if pod["status"]["phase"] == "Running"
        for container in pod["spec"]["containers"]
        for port in container.get("ports", ())
        if port.get("name") == "metrics"
    ]


def _names(pod: Json) -> dict[str, str]:
    return {"namespace": pod["metadata"]["namespace"], "pod": pod["metadata"]["name"]}


def _path(pod: Json, port: int) -> str:
    names = _names(pod)
    return f"/api/v1/namespaces/{names['namespace']}/pods/{names['pod']}:{port}/proxy/metrics"
