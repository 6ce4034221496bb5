"""The keyring's metrics."""

from prometheus_client import CollectorRegistry, Counter, Histogram

_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)


class KeyringMetrics:
    """The metrics, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._granted = Counter("lockstep_keyring_granted_total", "Answers given to pods.", ["what"], registry=self.registry)
        self._refused = Counter(
            "lockstep_keyring_refused_total", "Requests refused, by error.", ["error"], registry=self.registry
        )
        self._logins = Counter(
            "lockstep_keyring_logins_total", "Logins of terminals that brokers answered.", ["answer"], registry=self.registry
        )
        self._seconds = Histogram(
            "lockstep_keyring_exchange_seconds",
            "From a good request to its answer.",
            buckets=_BUCKETS_S,
            registry=self.registry,
        )

    def granted(self, what: str, duration_s: float) -> None:
        """Counts a password or a ticket that a pod got."""
        self._granted.labels(what).inc()
        self._seconds.observe(duration_s)

    def refused(self, error: str) -> None:
        """Counts a refused request."""
        self._refused.labels(error).inc()

    def heard(self, *, let_in: bool) -> None:
        """Counts what a broker answered to a login."""
        self._logins.labels("let_in" if let_in else "refused").inc()
