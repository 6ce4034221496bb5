"""Makes the Prometheus rules of objectives.yaml and alerts.yaml. `make alerts` writes them into the chart.

An objective alerts by its burn rate: how quickly its error budget is used up. A long and a short window are looked at
together. The long one keeps a short disturbance from waking anybody, the short one ends the alert soon after the trouble
(https://sre.google/workbook/alerting-on-slos/).
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

HERE = Path(__file__).parent
WRITTEN = HERE.parent / "charts/lockstep/files/monitoring/rules.yaml"
HEAD = "# Made by `make alerts` from monitoring/objectives.yaml and monitoring/alerts.yaml.\n"


class Burn(NamedTuple):
    """A burn rate: failures come so many times faster than the objective allows in the long run."""

    factor: float
    long: str
    short: str
    severity: str


BURNS = (
    Burn(14.4, "1h", "5m", "page"),
    Burn(6, "6h", "30m", "page"),
    Burn(3, "1d", "2h", "ticket"),
    Burn(1, "3d", "6h", "ticket"),
)
WINDOWS = tuple(dict.fromkeys(window for burn in BURNS for window in (burn.short, burn.long)))


def objectives() -> list[dict[str, Any]]:
    """What is promised, as written in objectives.yaml."""
    return list(yaml.safe_load((HERE / "objectives.yaml").read_text())["objectives"])


def causes() -> list[dict[str, Any]]:
    """The alerts of alerts.yaml."""
    return list(yaml.safe_load((HERE / "alerts.yaml").read_text())["alerts"])


def rules() -> dict[str, Any]:
    """The content of a Prometheus rules file."""
    recorded = [rule for objective in objectives() for rule in _recorded(objective)]
    burning = [rule for objective in objectives() for rule in _burning(objective)]
    return {
        "groups": [
            {"name": "lockstep-objectives", "rules": [*recorded, *burning]},
            {"name": "lockstep-causes", "rules": [_cause(each) for each in causes()]},
        ]
    }


def runbook(name: str) -> str:
    """The name of the page in docs/runbooks of an objective or cause: `RouterSilent` has `router-silent.md`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower() + ".md"


def _recorded(objective: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for window in WINDOWS:
        bad, total = (objective[part].format(window=window) for part in ("bad", "total"))
        yield {"record": _record(objective, window), "expr": f"({bad})\n/\n({total})"}


def _record(objective: dict[str, Any], window: str) -> str:
    return f"lockstep:failures:ratio_{objective['name'].lower()}_{window}"


def _burning(objective: dict[str, Any]) -> Iterator[dict[str, Any]]:
    room = 1 - objective["target"]
    name = objective["name"]
    for severity, speed in (("page", "BurnsFast"), ("ticket", "BurnsSlowly")):
        burns = [burn for burn in BURNS if burn.severity == severity]
        either = "\nor\n".join(_both(objective, burn, room) for burn in burns)
        yield _alert(objective, name + speed, severity, "0m", either, f"Not kept: {objective['promise']}")


def _both(objective: dict[str, Any], burn: Burn, room: float) -> str:
    limit = f"{burn.factor * room:.6g}"
    return f"({_record(objective, burn.long)} > {limit} and {_record(objective, burn.short)} > {limit})"


def _cause(cause: dict[str, Any]) -> dict[str, Any]:
    return _alert(cause, cause["name"], cause["severity"], cause["for"], cause["expr"], cause["summary"])


def _alert(about: dict[str, Any], name: str, severity: str, lasting: str, expr: str, summary: str) -> dict[str, Any]:
    page = f"docs/runbooks/{runbook(about['name'])}"
    labels = {"severity": severity, "service": "lockstep"}
    if severity == "page" and "affects" in about:
        labels["affects"] = about["affects"]
    return {
        "alert": name,
        "expr": expr,
        "for": lasting,
        "labels": labels,
        "annotations": {"summary": summary, "runbook": page},
    }


class _Readable(yaml.SafeDumper):
    """Writes text of several lines as such."""


_Readable.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)
)


def written() -> str:
    """The rules file as text."""
    return HEAD + yaml.dump(rules(), Dumper=_Readable, sort_keys=False, width=200)


if __name__ == "__main__":
    WRITTEN.write_text(written())
