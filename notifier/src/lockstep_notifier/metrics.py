"""The notifier's metrics."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from lockstep_notifier.delivery import Channel

_BUCKETS_S = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300)


class NotifierMetrics:
    """The metrics, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._attempts = Counter(
            "lockstep_notifier_attempts_total", "Attempts, by outcome.", ["channel", "outcome"], registry=self.registry
        )
        self._handed_over = Histogram(
            "lockstep_notifier_handed_over_seconds",
            "From an urgent row's commit until it was handed over at the first attempt.",
            ["channel"],
            buckets=_BUCKETS_S,
            registry=self.registry,
        )
        self._waiting = Gauge("lockstep_notifier_waiting", "Rows that are not sent yet.", registry=self.registry)
        self._late = Gauge("lockstep_notifier_late_seconds", "How long the first due row waits.", registry=self.registry)
        self._dead = Gauge("lockstep_notifier_dead", "Rows that nobody tries any more.", registry=self.registry)
        self._up = Gauge("lockstep_notifier_database_up", "1 while the database answers.", registry=self.registry)

    def attempted(self, channel: Channel, outcome: str) -> None:
        """Counts an attempt."""
        self._attempts.labels(channel, outcome).inc()

    def handed_over(self, channel: Channel, after_s: float) -> None:
        """Notes how long an urgent row took."""
        self._handed_over.labels(channel).observe(max(0.0, after_s))

    def outbox(self, waiting: int, late_s: float, dead: int) -> None:
        """Notes what the outbox holds."""
        self._waiting.set(waiting)
        self._late.set(late_s)
        self._dead.set(dead)

    def database(self, *, is_up: bool) -> None:
        """Notes whether the database answers."""
        self._up.set(is_up)
