"""The API's metrics."""

from prometheus_client import CollectorRegistry, Counter, Histogram


class ApiMetrics:
    """The metrics, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "lockstep_api_requests_total", "Requests answered.", ["method", "route", "status"], registry=self.registry
        )
        self._seconds = Histogram("lockstep_api_request_seconds", "Time to answer.", ["route"], registry=self.registry)

    def seen(self, method: str, route: str, status: int, seconds: float) -> None:
        """Counts one answered request."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)
