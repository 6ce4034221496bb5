"""Reads the tables of cases."""

from pathlib import Path
from typing import Any

import yaml

TABLES = Path(__file__).parent / "tables"
STORIES = Path(__file__).parent / "stories"


def pages(folder: Path) -> list[dict[str, Any]]:
    """All tables of a folder in the order of their names."""
    return [{"file": path.stem, **yaml.safe_load(path.read_text())} for path in sorted(folder.glob("*.yaml"))]


def cases(folder: Path, kind: str) -> list[tuple[str, dict[str, Any]]]:
    """Every case of the tables of one kind with its name; a rule's own words apply to each of its cases."""
    found = []
    for page in pages(folder):
        for rule in page["rules"]:
            for number, case in enumerate(rule["cases"], 1):
                if page.get("kind", "decision") == kind:
                    found.append((f"{page['file']}: {rule['rule']} #{number}", {**rule.get("given", {}), **case}))
    return found
