"""Makes the Grafana dashboard of the service. `make alerts` writes it into the chart.

Each alert is about something that can be seen here; tests/house/test_alerts.py looks for its metrics.
"""

from pathlib import Path
from string import ascii_uppercase
from typing import NamedTuple

from grafana_foundation_sdk.builders.dashboard import Dashboard, DatasourceVariable, Row
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.builders.timeseries import Panel
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import DataSourceRef

from monitoring import rules

WRITTEN = Path(__file__).parent.parent / "charts/lockstep/files/monitoring/dashboard.json"
SOURCE = DataSourceRef(type_val="prometheus", uid="${source}")
RATE = "[$__rate_interval]"


class Graph(NamedTuple):
    """A panel: its queries by legend. `unit` is Grafana's name of one."""

    title: str
    unit: str
    queries: dict[str, str]


def rows() -> dict[str, list[Graph]]:
    """The panels by the title of their row."""
    return {"Promises": _promises(), "Copies": _COPIES, "Routers": _ROUTERS, "Accounts": _ACCOUNTS, "API": _API}


def _promises() -> list[Graph]:
    """How quickly each promise's error budget is used up, by the failures of the last hour. Above 1 the promise will be
    broken.
    """
    failing = {
        objective["name"]: f"lockstep:failures:ratio_{objective['name'].lower()}_1h / {1 - objective['target']:.6g}"
        for objective in rules.objectives()
    }
    return [Graph("Failures against what is promised (1 = all that is allowed)", "none", failing)]


def _quantiles(metric: str) -> dict[str, str]:
    return {f"p{q}": f"histogram_quantile(0.{q}, sum by (le) (rate({metric}_bucket{RATE})))" for q in (50, 95, 99)}


_COPIES = [
    Graph("Master's event to slave's order", "s", _quantiles("lockstep_copies_event_to_order_seconds")),
    Graph("The canary's", "s", _quantiles("lockstep_canary_event_to_order_seconds")),
    Graph("Of it in the router", "s", _quantiles("lockstep_router_frame_to_command_seconds")),
    Graph("Copied a second", "ops", {"copied": f"sum(rate(lockstep_copies_event_to_order_seconds_count{RATE}))"}),
    Graph("Doubled in an hour (must be 0)", "short", {"{{pod}}": "increase(lockstep_copies_doubled_total[1h])"}),
    Graph(
        "Missed in five minutes", "short", {"{{reason}}": "sum by (reason) (increase(lockstep_copies_missed_total[5m])) > 0"}
    ),
]

_ROUTERS = [
    Graph("Connected terminals", "short", {"{{pod}}": "lockstep_router_sessions"}),
    Graph("Longest turn in µs", "short", {"{{pod}}": "lockstep_router_turn_max_us"}),
    Graph("Messages a second", "ops", {"in": f"sum(rate(lockstep_router_messages_total{RATE}))"}),
    Graph(
        "What waits for the database",
        "short",
        {
            "records in the process {{pod}}": "lockstep_router_unwritten",
            "batches on the volume {{pod}}": "lockstep_router_stored",
        },
    ),
    Graph(
        "Faults, and who is shut out",
        "short",
        {
            "faults {{pod}}": "increase(lockstep_router_faults_total[10m])",
            "shut out {{pod}}": "lockstep_router_quarantined",
        },
    ),
    Graph(
        "Accounts of a shard, of those that it may have",
        "percentunit",
        {"{{pod}}": "lockstep_router_accounts / lockstep_router_capacity"},
    ),
    Graph(
        "Database",
        "short",
        {
            "up {{pod}}": "lockstep_router_database_up",
            "volume {{pod}}": "lockstep_router_store_up",
            "lost {{pod}}": "increase(lockstep_router_lost_records_total[1h])",
            "refused {{kind}}": "sum by (kind) (increase(lockstep_router_records_refused_total[1h]))",
            "unusable copiers {{pod}}": "lockstep_router_copiers_refused",
            "unusable accounts {{pod}}": "lockstep_router_accounts_refused",
        },
    ),
]

_ACCOUNTS = [
    Graph("Accounts by reason", "short", {"{{reason}}": "sum by (reason) (lockstep_accounts) > 0"}),
    Graph("Logins a minute", "short", {"{{answer}}": f"60 * sum by (answer) (rate(lockstep_keyring_logins_total{RATE}))"}),
    Graph(
        "Operator",
        "short",
        {
            "leads {{pod}}": "lockstep_operator_leads",
            "database {{pod}}": "lockstep_database_up",
            "removals held": "max(lockstep_deletions_held)",
            "older than what they download {{platform}}": "max by (platform) (lockstep_terminals_outdated)",
        },
    ),
]

_API = [
    Graph("Answers a second", "ops", {"{{status}}": f"sum by (status) (rate(lockstep_api_requests_total{RATE}))"}),
    Graph("Time to answer", "s", _quantiles("lockstep_api_request_seconds")),
]


def _panel(graph: Graph) -> Panel:
    panel = Panel().title(graph.title).unit(graph.unit).datasource(SOURCE).height(8).span(8)
    for name, (legend, expr) in zip(ascii_uppercase, graph.queries.items(), strict=False):
        panel = panel.with_target(Dataquery().expr(expr).legend_format(legend).ref_id(name).datasource(SOURCE))
    return panel


def written() -> str:
    """The dashboard as JSON."""
    board = Dashboard("Lockstep").uid("lockstep").tags(["lockstep"]).readonly().refresh("30s").time("now-6h", "now")
    board = board.with_variable(DatasourceVariable("source").type("prometheus").label("Prometheus"))
    for title, graphs in rows().items():
        board = board.with_row(Row(title))
        for graph in graphs:
            board = board.with_panel(_panel(graph))
    return JSONEncoder(sort_keys=True, indent=1).encode(board.build()) + "\n"


if __name__ == "__main__":
    WRITTEN.write_text(written())
