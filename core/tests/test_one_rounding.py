"""Lots are rounded in one module, so that "where is a lot rounded?" has one answer."""

import ast
from pathlib import Path

import lockstep_core

PACKAGE = Path(lockstep_core.__path__[0])
HOMES = {"decision/rounding.py", "units.py"}


def divided_by_steps(source: str) -> list[str]:
    """Every whole division by a value that is called a step, or the rest of one."""
    found = (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.FloorDiv | ast.Mod))
    return [ast.unparse(n) for n in found if any(name.endswith("step") for name in values_of(n.right))]


def values_of(expression: ast.expr) -> list[str]:
    """The names of an expression's values; a function that is called is none."""
    called = {id(n.func) for n in ast.walk(expression) if isinstance(n, ast.Call)}
    return [
        n.id if isinstance(n, ast.Name) else n.attr
        for n in ast.walk(expression)
        if isinstance(n, ast.Name | ast.Attribute) and id(n) not in called
    ]


def test_no_other_module_divides_lots_by_a_step() -> None:
    found = {str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py") if divided_by_steps(path.read_text())}
    assert found == HOMES


def test_a_division_is_found() -> None:
    assert divided_by_steps("a = lots // spec.volume_step * 2\nb = lots // 2\nc = d // _step(e)") == [
        "lots // spec.volume_step"
    ]
