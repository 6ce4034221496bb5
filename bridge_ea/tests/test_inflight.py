"""The in-flight table."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

BRIDGE = Path(__file__).parent.parent


@pytest.mark.timeout(300)
def test_the_table_keeps_its_rules(compiled: Callable[[str, str], Path]) -> None:
    done = subprocess.run([str(compiled("inflight_test", "inflight"))], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.timeout(300)
def test_a_claim_gets_what_the_page_of_orders_in_flight_says(compiled: Callable[[str, str], Path]) -> None:
    rows = claims_of_the_page()
    scripts = [script for _, script, _ in rows]
    program = str(compiled("inflight_play", "inflight"))
    done = subprocess.run([program], input="\n".join(scripts), capture_output=True, text=True, check=True)
    got = dict(zip(scripts, done.stdout.splitlines(), strict=True))
    assert [(name, script, got[script]) for name, script, _ in rows] == rows


def claims_of_the_page() -> list[tuple[str, str, str]]:
    """(what happened, script that ends with a claim, what the claim gets) of each cell of the page's table."""
    lines = (BRIDGE.parent / "docs/orders-in-flight.md").read_text().splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("| what happened to the link |"))
    table = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[start:] if line.startswith("|")]
    rows = []
    for name, script, second, *cells in table[2:]:
        past = "" if script == "`-`" else script.strip("`") + "; "
        for actions, cell in zip(table[0][3:], cells, strict=True):
            rows += [(name, f"{past}claim {action} {second}", cell) for action in actions.split(", ")]
    return rows
