"""Metrics, liveness and readiness, answered by the supervisor: the process that copies answers no HTTP."""

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from lockstep_router.journal.ipc import LoopNumbers, WriterNumbers
from lockstep_router.journal.rows import KINDS
from lockstep_service.probes import Answer, Routes

FRESH_S = 10.0
_BUCKETS = (50e-6, 100e-6, 200e-6, 300e-6, 500e-6, 1e-3, 2e-3, 5e-3, 10e-3, 30e-3, 100e-3)
_COPIED_BUCKETS = (1e-3, 2e-3, 5e-3, 10e-3, 20e-3, 50e-3, 100e-3, 250e-3, 1.0, 5.0, 30.0)
_GAUGES = ("sessions", "accounts", "synced", "copies", "quarantined", "unwritten", "turn_max_us")
_COUNTERS = ("messages", "sent", "dropped", "passed_over", "faults", "unroutable", "ticks", "lost_records")


class Vitals(Collector):
    """The newest numbers of loop and writer, and what follows from them. `monotonic_s` is the clock; `capacity`: how many
    accounts the shard may have.
    """

    def __init__(self, monotonic_s: Callable[[], float], capacity: int | None = None) -> None:
        self._capacity = capacity
        self._monotonic_s = monotonic_s
        self._loop: LoopNumbers | None = None
        self._writer: WriterNumbers | None = None
        self._loop_s = self._started_s = monotonic_s()
        self.registry = CollectorRegistry()
        self.registry.register(self)
        name, text = "lockstep_router_frame_to_command_seconds", "Master's frame in to opening command out."
        self._latency = Histogram(name, text, buckets=_BUCKETS, registry=self.registry)
        name, text = "lockstep_copies_event_to_order_seconds", "Openings that were copied: master's event to slave's order."
        self._copied = Histogram(name, text, buckets=_COPIED_BUCKETS, registry=self.registry)
        name, text = "lockstep_canary_event_to_order_seconds", "The canary's openings: master's event to slave's order."
        self._canary = Histogram(name, text, buckets=_COPIED_BUCKETS, registry=self.registry)

    def on_numbers(self, numbers: LoopNumbers | WriterNumbers) -> None:
        """Takes the numbers of a process."""
        if isinstance(numbers, WriterNumbers):
            self._writer = numbers
            for sample_us in numbers.copied_us:
                self._copied.observe(sample_us / 1e6)
            for sample_us in numbers.canary_us:
                self._canary.observe(sample_us / 1e6)
            return
        self._loop, self._loop_s = numbers, self._monotonic_s()
        for sample_us in numbers.router_us:
            self._latency.observe(sample_us / 1e6)

    def live(self) -> tuple[bool, str]:
        """Whether the loop still turns."""
        silent_s = self._monotonic_s() - self._loop_s
        return (True, "ok") if silent_s < FRESH_S else (False, f"the loop has been silent for {silent_s:.0f} s")

    def ready(self) -> tuple[bool, str]:
        """Whether terminals can be served: the loop turns and has a plan. After that the database may be down."""
        alive, why = self.live()
        if not alive:
            return False, why
        up = self._writer is not None and self._writer.database_up
        reason = self._writer.reason if self._writer is not None else "the writer has not started"
        if self._loop is None or not self._loop.has_plan:
            return False, "waiting for the plan" + ("" if up else f": the database is not reachable ({reason})")
        return True, "ok" if up else f"copying goes on without the database ({reason})"

    def collect(self) -> Iterator[Metric]:
        """For Prometheus."""
        if self._loop is not None:
            for name in _GAUGES:
                yield GaugeMetricFamily(f"lockstep_router_{name}", f"{name} now", getattr(self._loop, name))
            for name in _COUNTERS:
                yield CounterMetricFamily(f"lockstep_router_{name}", f"{name} since start", getattr(self._loop, name))
            if self._loop.canary_rounds is not None:
                name, text = "lockstep_canary_rounds", "minutes in which the canary was to trade"
                yield CounterMetricFamily(name, text, self._loop.canary_rounds)
        if self._capacity is not None:
            text = "accounts that the shard may have"
            yield GaugeMetricFamily("lockstep_router_capacity", text, self._capacity)
        if self._writer is not None:
            up = float(self._writer.database_up)
            yield GaugeMetricFamily("lockstep_router_database_up", "whether the writer has a database", up)
            yield CounterMetricFamily("lockstep_router_records_written", "records written", self._writer.written)
            waiting = float(self._writer.stored)
            yield GaugeMetricFamily("lockstep_router_stored", "batches that wait for the database", waiting)
            if self._writer.store_works is not None:
                works = float(self._writer.store_works)
                yield GaugeMetricFamily("lockstep_router_store_up", "whether the shard's volume takes what comes", works)
            unusable = float(self._writer.copiers_refused)
            yield GaugeMetricFamily("lockstep_router_copiers_refused", "copiers whose row cannot be used", unusable)
            unusable = float(self._writer.accounts_refused)
            yield GaugeMetricFamily("lockstep_router_accounts_refused", "accounts whose row cannot be used", unusable)
            name, text = "lockstep_router_records_refused", "records that could not be written"
            refused = CounterMetricFamily(name, text, labels=["kind"])
            for kind in (*KINDS, "live"):
                refused.add_metric([kind], self._writer.refused.get(kind, 0))
            yield refused
            name, text = "lockstep_copies_doubled", "openings that were copied twice; it must stay 0"
            yield CounterMetricFamily(name, text, self._writer.doubled)
            missed = CounterMetricFamily("lockstep_copies_missed", "openings that were not copied", labels=["reason"])
            for reason, count in self._writer.missed.items():
                missed.add_metric([reason], count)
            yield missed


def routes(vitals: Vitals) -> Routes:
    """What the supervisor answers over HTTP."""
    return {
        "/livez": lambda: _judged(vitals.live()),
        "/readyz": lambda: _judged(vitals.ready()),
        "/metrics": lambda: Answer(generate_latest(vitals.registry)),
    }


def _judged(verdict: tuple[bool, str]) -> Answer:
    good, text = verdict
    return Answer(f"{text}\n".encode(), good)
