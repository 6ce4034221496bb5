"""Rules of the house that no linter knows."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("core", "texts", "service", "operator", "keyring", "router", "agent", "webapp_api", "notifier")
SOURCES = [f for room in ROOMS for f in sorted((ROOT / room / "src").rglob("*.py"))]

TESTS = [f for folder in (*ROOMS, "bridge_ea", "tests") for f in sorted((ROOT / folder).rglob("test_*.py"))]


def test_no_module_is_longer_than_400_lines() -> None:
    assert [str(f) for f in SOURCES if len(f.read_text().splitlines()) > 400] == []


def test_no_function_is_longer_than_60_lines() -> None:
    assert [where for f in SOURCES for where in _long_functions(f)] == []


def test_test_terminal_and_broker_are_in_no_product_image() -> None:
    for sources in (ROOT / "images").glob("*/sources"):
        assert "tests/" not in sources.read_text(), sources


def test_no_test_may_take_for_ever() -> None:
    """A test that hangs must fail under its name: pytest-timeout takes 0 for no limit at all."""
    calls = [n for f in TESTS for n in ast.walk(ast.parse(f.read_text())) if isinstance(n, ast.Call)]
    limits = [call for call in calls if ast.unparse(call.func).endswith("mark.timeout")]
    assert len(limits) > 20
    assert [ast.unparse(call) for call in limits if not call.args or ast.unparse(call.args[0]) in ("0", "None")] == []


def _long_functions(path: Path) -> list[str]:
    functions = (n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    return [f"{path}:{n.lineno} {n.name}" for n in functions if (n.end_lineno or n.lineno) - n.lineno > 60]
