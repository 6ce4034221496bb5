"""Each state has one owner: nobody else writes its fields."""

import ast
from pathlib import Path

import pytest

import lockstep_router
from lockstep_router.execution.copy import Copy
from lockstep_router.execution.copy_stops import CopyStops
from lockstep_router.execution.copy_timing import CopyTiming
from lockstep_router.execution.inflight import InFlightOrder, Refusals

PACKAGE = Path(lockstep_router.__path__[0])


def written_from_outside(source: str) -> list[str]:
    """Every assignment to an attribute of an object other than `self`, as `object.attribute`."""
    stores = (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Attribute) and not isinstance(n.ctx, ast.Load))
    return [ast.unparse(n) for n in stores if not (isinstance(n.value, ast.Name) and n.value.id == "self")]


@pytest.mark.parametrize("path", sorted((PACKAGE / "execution").glob("*.py")), ids=lambda path: path.name)
def test_in_execution_every_object_writes_its_own_fields(path: Path) -> None:
    assert written_from_outside(path.read_text()) == []


def test_no_other_package_writes_a_field_of_a_copy_or_of_its_order() -> None:
    owners = (Copy, CopyStops, CopyTiming, InFlightOrder, Refusals)
    owned = {name for owner in owners for name in owner.__slots__} - {"state"}
    written = {name for path in PACKAGE.rglob("*.py") for name in written_from_outside(path.read_text())}
    assert {name for name in written if name.rpartition(".")[2] in owned} == set()


def test_an_assignment_from_outside_is_found() -> None:
    assert written_from_outside("copy.status = 1\nself.status = 2\ncopy.link.id += 1") == ["copy.status", "copy.link.id"]
