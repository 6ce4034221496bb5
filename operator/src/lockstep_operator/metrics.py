"""The operator's metrics. A metric that controller-runtime has too is named as there."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class OperatorMetrics:
    """The metrics, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.leads = Gauge("lockstep_operator_leads", "1 while this operator has the lease.", registry=registry)
        self.queue_depth = Gauge("workqueue_depth", "Accounts that wait for work.", registry=registry)
        self.reconciled = Counter("reconcile_total", "Reconciliations by result.", ["result"], registry=registry)
        self.seconds = Histogram("reconcile_seconds", "One reconciliation.", buckets=_BUCKETS_S, registry=registry)
        self.accounts = Gauge(
            "lockstep_accounts", "CopierAccounts by reason, and who must act.", ["reason", "actor"], registry=registry
        )
        self.outdated = Gauge(
            "lockstep_terminals_outdated",
            "Accounts whose terminal updated itself after its start, or was told to, since its image is older.",
            ["platform"],
            registry=registry,
        )
        self.kube_calls = Counter(
            "lockstep_kubernetes_calls_total", "Calls to the API server.", ["verb", "kind"], registry=registry
        )
        self.pods_started = Counter("lockstep_pods_started_total", "Terminal pods created.", registry=registry)
        self.database_up = Gauge("lockstep_database_up", "1 while the database answers.", registry=registry)
        self.rows_refused = Counter(
            "lockstep_rows_refused_total", "Rows that could not become CopierAccounts.", registry=registry
        )
        self.deletions_held = Gauge(
            "lockstep_deletions_held",
            "CopierAccounts without a row that are kept because they are too many.",
            registry=registry,
        )
