"""The history as a file, for a process that starts while Postgres is away."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from lockstep_api.status_page.history import Figures, History, Incident, Outage, Recent, utc

_NAME = "history.json"


def write(folder: Path, history: History) -> None:
    """Writes the history in the place of an earlier one, at once and whole. Raises OSError."""
    scratch = folder / f"{_NAME}.new"
    scratch.write_text(json.dumps(as_json(history)))
    scratch.replace(folder / _NAME)


def read(folder: Path) -> History:
    """The history that was written last; an empty one where there is none that can be read."""
    try:
        return _history(json.loads((folder / _NAME).read_text()))
    except (OSError, ValueError, KeyError, TypeError):
        return History()


def as_json(history: History) -> dict[str, Any]:
    """The history as programs read it."""
    return {
        "read_at": None if history.read_at is None else history.read_at.isoformat(),
        "recent": {part: {"works": each.works, "day": vars(each.day)} for part, each in history.recent.items()},
        "days": {part: {day.isoformat(): vars(each) for day, each in days.items()} for part, days in history.days.items()},
        "outages": [
            {"part": each.part, "began": each.began.isoformat(), "minutes": each.minutes} for each in history.outages
        ],
        "incidents": [
            {
                "fingerprint": each.fingerprint,
                "began": each.began.isoformat(),
                "affects": each.affects,
                "ended": None if each.ended is None else each.ended.isoformat(),
            }
            for each in history.incidents.values()
        ],
    }


def _history(found: dict[str, Any]) -> History:
    incidents = [
        Incident(each["fingerprint"], utc(each["began"]), each["affects"], utc(each["ended"]) if each["ended"] else None)
        for each in found["incidents"]
    ]
    return History(
        read_at=utc(found["read_at"]) if found["read_at"] else None,
        recent={part: Recent(Figures(**each["day"]), each["works"]) for part, each in found["recent"].items()},
        days={
            part: {date.fromisoformat(day): Figures(**each) for day, each in days.items()}
            for part, days in found["days"].items()
        },
        outages=tuple(Outage(each["part"], utc(each["began"]), each["minutes"]) for each in found["outages"]),
        incidents={each.key: each for each in incidents},
    )
