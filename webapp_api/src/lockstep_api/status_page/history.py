"""What the page knows: days, outages and incidents of each part. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

DAYS = 90
FRESH = timedelta(minutes=5)
"""Figures that are older are said to be so."""
Key = tuple[str, datetime]


@dataclass(frozen=True)
class Figures:
    """How many minutes were seen, how many were good, and how long the canary's copies took."""

    minutes: int
    good: int
    p50_us: int | None = None
    p95_us: int | None = None
    p99_us: int | None = None

    @property
    def hundredths(self) -> int | None:
        """The share of good minutes in hundredths of a percent, rounded down so that a bad minute always shows."""
        return self.good * 10_000 // self.minutes if self.minutes else None


@dataclass(frozen=True)
class Recent:
    """A part as it is now. `works` is None where nothing was seen lately."""

    day: Figures
    works: bool | None


@dataclass(frozen=True)
class Outage:
    """Minutes in a row in which a part did not work."""

    part: str
    began: datetime
    minutes: int


@dataclass(frozen=True)
class Incident:
    """An alert that people are told of; `ended` is None while it lasts."""

    fingerprint: str
    began: datetime
    affects: str
    ended: datetime | None = None

    @property
    def key(self) -> Key:
        """What tells it from others."""
        return self.fingerprint, self.began


@dataclass(frozen=True)
class History:
    """All that the page shows. `read_at`: when Postgres last answered."""

    read_at: datetime | None = None
    recent: Mapping[str, Recent] = field(default_factory=dict)
    days: Mapping[str, Mapping[date, Figures]] = field(default_factory=dict)
    outages: tuple[Outage, ...] = ()
    incidents: Mapping[Key, Incident] = field(default_factory=dict)

    def is_fresh(self, now: datetime) -> bool:
        """Whether the figures are of this moment."""
        return self.read_at is not None and now - self.read_at < FRESH

    def with_days(self, read: Mapping[str, Mapping[date, Figures]], now: datetime) -> "History":
        """With days that were read now in the place of the same ones, and without those that are too old to be shown."""
        oldest = (now - timedelta(days=DAYS - 1)).date()
        parts = {*self.days, *read}
        merged = {part: {**self.days.get(part, {}), **read.get(part, {})} for part in sorted(parts)}
        kept = {part: {day: each for day, each in days.items() if day >= oldest} for part, days in merged.items()}
        return replace(self, days={part: days for part, days in kept.items() if days})

    def with_incidents(self, told: Iterable[Incident], now: datetime) -> "History":
        """With incidents as they were told last. An end is never taken back."""
        known = dict(self.incidents)
        for each in told:
            before = known.get(each.key)
            known[each.key] = each if before is None or before.ended is None else before
        oldest = now - timedelta(days=DAYS)
        return replace(self, incidents={key: each for key, each in known.items() if (each.ended or now) > oldest})


@dataclass(frozen=True)
class Span:
    """A time in which people noticed something of one kind. `ended` is None while it lasts."""

    what: str
    began: datetime
    ended: datetime | None


def spans(history: History, now: datetime) -> list[Span]:
    """Incidents and outages of one kind that overlap are one for people; the newest first."""
    found = [Span(each.affects, each.began, each.ended) for each in history.incidents.values()]
    found += [_span_of(outage, history, now) for outage in history.outages]
    merged: list[Span] = []
    for each in sorted(found, key=lambda span: (span.what, span.began)):
        last = merged[-1] if merged else None
        if last is not None and last.what == each.what and (last.ended is None or last.ended >= each.began):
            ended = None if last.ended is None or each.ended is None else max(last.ended, each.ended)
            merged[-1] = replace(last, ended=ended)
        else:
            merged.append(each)
    return sorted(merged, key=lambda span: span.began, reverse=True)


def _span_of(outage: Outage, history: History, now: datetime) -> Span:
    ended = outage.began + timedelta(minutes=outage.minutes)
    recent = history.recent.get(outage.part)
    lasts = recent is not None and recent.works is False and now - ended < FRESH
    kind = "website" if outage.part in ("website", "api") else "copying"
    return Span(kind, outage.began, None if lasts else ended)


def utc(text: str) -> datetime:
    """A time of RFC 3339, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)
