"""Counts how openings went: how long each took from the master's event to the slave's order, which were missed, and which
were doubled.

The service's objectives (monitoring/objectives.yaml) are measured by these numbers. They are counted where records are
written, so that the loop has no work with them.
"""

from collections.abc import Iterable
from uuid import UUID

from lockstep_core.skips import SkipCode
from lockstep_router.journal.records import CopyRow, HistoryEvent, Record

DOUBLED = "doubled"
"""The event of a link that has a second position besides its first one."""
WHOLE_WAY = "event_to_order_us"
MISSES = frozenset(
    {
        SkipCode.SIGNAL_TOO_OLD,
        SkipCode.SLAVE_OFFLINE,
        SkipCode.OUT_OF_SYNC,
        SkipCode.UNRESOLVED,
        SkipCode.QUOTE_UNKNOWN,
        SkipCode.FIGURES_UNKNOWN,
        SkipCode.RATE_UNKNOWN,
        SkipCode.SPEC_UNKNOWN,
        SkipCode.IDENTITY_UNKNOWN,
    }
)
"""Reasons that are the service's fault: the rules allowed the opening, and it was not copied. All other reasons are a
person's choice or a broker's answer.
"""

MOST_LINKS = 50_000
MOST_SAMPLES = 10_000


class ServiceLevels:
    """Counts each link once. Each change writes a link's row again, so the newest `MOST_LINKS` are remembered. Copies of the
    account `canary` are counted like all others, and also by themselves.
    """

    def __init__(self, canary: UUID | None = None) -> None:
        self._canary = canary
        self._canary_us: list[int] = []
        self._counted: dict[int, None] = {}
        self._samples_us: list[int] = []
        self._missed: dict[str, int] = dict.fromkeys(sorted(MISSES), 0)
        self.doubled = 0

    def observe(self, records: Iterable[Record]) -> None:
        """Counts the openings among these records."""
        for record in records:
            if isinstance(record, CopyRow) and record.link not in self._counted:
                self._observe(record)
            elif isinstance(record, HistoryEvent) and record.kind == DOUBLED:
                self.doubled += 1

    def _observe(self, row: CopyRow) -> None:
        if row.closed_ns is not None:
            return  # it was counted when it was opened, maybe by an earlier writer
        if WHOLE_WAY in row.spans:
            if len(self._samples_us) < MOST_SAMPLES:
                self._samples_us.append(row.spans[WHOLE_WAY])
            if row.master_account == self._canary and len(self._canary_us) < MOST_SAMPLES:
                self._canary_us.append(row.spans[WHOLE_WAY])
        elif row.status == "skipped" and row.reason in self._missed:
            self._missed[row.reason] += 1
        else:
            return
        self._counted[row.link] = None
        if len(self._counted) > MOST_LINKS:
            del self._counted[next(iter(self._counted))]

    def take_samples_us(self) -> list[int]:
        """How long the openings since the last call took, in µs."""
        samples, self._samples_us = self._samples_us, []
        return samples

    def take_canary_us(self) -> list[int]:
        """How long the canary's openings since the last call took, in µs."""
        samples, self._canary_us = self._canary_us, []
        return samples

    @property
    def missed(self) -> dict[str, int]:
        """How many openings were missed since the start, by reason; each reason is always there."""
        return dict(self._missed)
