"""Writes docs/copying-rules.md from the tables of cases.

usage: python core/tests/cases/rules_page.py > docs/copying-rules.md
"""

import json
import sys
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
_HEAD = """# The rules of copying

What Lockstep does with a master's trade, rule by rule. This page is written from the tables that the tests run
(`core/tests/cases`), so every row is what the engine does. `skip …` names the stable code of the reason and, in parentheses,
the setting that caused it. The settings themselves are described in [copier-settings.md](copier-settings.md).

"""
_OWN = ("then", "note", "steps", "master_has", "master_order", "figures", "told", "refused")


def page() -> str:
    """The whole page."""
    files = [*sorted((HERE / "tables").glob("*.yaml")), *sorted((HERE / "stories").glob("*.yaml"))]
    tables = sorted(files, key=lambda path: path.name)
    return _HEAD + "\n".join(_table(yaml.safe_load(path.read_text())) for path in tables)


def _table(table: dict[str, Any]) -> str:
    rules = "\n".join(_rule(rule, table.get("kind", "decision")) for rule in table["rules"])
    return f"## {table['title']}\n{table['about'].strip()}\n\n{rules}"


def _rule(rule: dict[str, Any], kind: str) -> str:
    given = rule.get("given", {})
    first, last = _COLUMNS[kind]
    about = f"{rule['about'].strip()}\n\n" if "about" in rule else ""
    about += f"With {_given(given)}:\n\n" if _given(given) else ""
    rows = "\n".join(_row({**given, **case}, case, kind) for case in rule["cases"])
    return f"### {rule['rule']}\n{about}| {first} | where | {last} | |\n| --- | --- | --- | --- |\n{rows}\n"


_COLUMNS = {
    "decision": ("the master has", "the copier does"),
    "preview": ("the master has", "the preview says"),
    "chain": ("the first master has", "the last slave gets"),
    "story": ("what happens", "the slave holds"),
    "guards": ("the slave's figures", "the guard says"),
    "hours": ("the order is refused at", "it is tried again at"),
    "settings": ("settings", "the sentence says"),
}


def _row(whole: dict[str, Any], case: dict[str, Any], kind: str) -> str:
    then = whole["then"]
    told = ", ".join(str(part) for part in then) if isinstance(then, list) else str(then)
    where = {key: value for key, value in case.items() if key not in _OWN}
    if kind == "settings":
        where = {}
    cells = (_first(whole, kind), _given(where), told or "nothing", str(whole.get("note", "")))
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _first(case: dict[str, Any], kind: str) -> str:
    if kind == "story":
        return "; ".join(step.replace(" 0", "") if step.endswith(" 0") else step for step in case["steps"])
    if kind == "guards":
        return "; ".join(case["figures"])
    if kind == "hours":
        return f"{case['refused']} UTC"
    if kind == "settings":
        return f"`{json.dumps(case['settings'])}`"
    both = [case[key] for key in ("master_has", "master_order") if key in case]
    return " and ".join(both) or "nothing"


def _given(given: dict[str, Any]) -> str:
    shown = {key: value for key, value in given.items() if key not in _OWN}
    return "; ".join(f"{key.replace('_', ' ')} {_words(value)}" for key, value in shown.items())


def _words(value: Any) -> str:
    return f"`{json.dumps(value)}`" if isinstance(value, dict | list) else str(value)


if __name__ == "__main__":
    sys.stdout.write(page())
