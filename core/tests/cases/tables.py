"""Reads the tables of cases."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

SITUATION = frozenset(
    {
        "account_mode",
        "account_weekend",
        "age_ms",
        "also_open",
        "also_waiting",
        "chance",
        "floor",
        "halt",
        "held",
        "closes_in_order",
        "held_ms",
        "held_stops_ms",
        "doubted",
        "holds_limits",
        "link",
        "master",
        "master_has",
        "master_mode",
        "master_order",
        "master_symbols",
        "may_ask",
        "messages_today",
        "mode",
        "more_settings",
        "news",
        "noted",
        "own_order",
        "quotes",
        "settings",
        "slave",
        "slave_ready",
        "slave_symbols",
        "stops_ms",
        "today",
        "utc",
    }
)
KEYS: Mapping[str, frozenset[str]] = {
    "decision": SITUATION,
    "preview": SITUATION,
    "chain": frozenset({"chain", "master_has"}),
    "story": frozenset({"master_nets", "settings", "slave_nets", "slave_symbols", "steps"}),
    "guards": frozenset({"clock", "day_starts", "figures", "initial", "limit", "told", "zone"}),
    "hours": frozenset({"clock", "refused", "sessions"}),
    "settings": frozenset({"settings"}),
}
"""What a case of each kind may say, beside `then` and `note`."""

TABLES = Path(__file__).parent / "tables"
STORIES = Path(__file__).parent / "stories"


def pages(folder: Path) -> list[dict[str, Any]]:
    """All tables of a folder in the order of their names."""
    return [{"file": path.stem, **yaml.safe_load(path.read_text())} for path in sorted(folder.glob("*.yaml"))]


def unknown_keys(page: dict[str, Any]) -> list[str]:
    """Keys of a table's cases that no test reads. An unquoted comma in a note makes such a key: `note: 10,000 EUR`."""
    known = KEYS[page.get("kind", "decision")] | {"then", "note"}
    said = [part for rule in page["rules"] for part in (rule.get("given", {}), *rule["cases"])]
    return [f"{page['file']}: {key}" for part in said for key in part if key not in known]


def cases(folder: Path, kind: str) -> list[tuple[str, dict[str, Any]]]:
    """Every case of the tables of one kind with its name; a rule's own words apply to each of its cases."""
    found = []
    for page in pages(folder):
        for rule in page["rules"]:
            for number, case in enumerate(rule["cases"], 1):
                if page.get("kind", "decision") == kind:
                    found.append((f"{page['file']}: {rule['rule']} #{number}", {**rule.get("given", {}), **case}))
    return found
