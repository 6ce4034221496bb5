"""One name, one thing: no two classes of a room have one name, and names that were replaced do not come back."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("agent", "core", "keyring", "notifier", "operator", "router", "service", "texts", "webapp_api")
REPLACED = {
    "wish": "target",
    "wishes": "targets",
    "barred": "blocked",
    "happening": "history event",
    "purses": "figures",
    "deeds": "actions",
    "surroundings": "decision context",
    "tellings": "status",
    "sights": "observed",
    "minds": "accounts",
    "pendings": "pending orders",
    "legs": "tranches or spans",
    "flight": "in-flight order",
}
"""Words that names had, and the glossary's words for them."""
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def sources(room: str) -> Iterator[Path]:
    return (path for path in sorted((ROOT / room).rglob("*.py")) if "node_modules" not in path.parts)


def names(path: Path) -> Iterator[str]:
    """Every name that a file gives: of modules, classes, functions, parameters, variables and attributes."""
    yield path.stem
    for node in ast.walk(tree(path)):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                # Names of tests are sentences.
                yield "" if name.startswith("test_") else name
            case ast.arg(arg=name) | ast.Attribute(attr=name, ctx=ast.Store()) | ast.Name(id=name, ctx=ast.Store()):
                yield name


def words(name: str) -> set[str]:
    """The words of a name, in small letters. An order that is in flight is called so."""
    return {word.lower() for word in WORD.findall(re.sub("in_?flight", "", name, flags=re.IGNORECASE))}


@pytest.mark.parametrize("room", ROOMS)
def test_no_two_classes_of_a_room_have_one_name(room: str) -> None:
    homes = defaultdict(list)
    for path in sources(room):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(str(path.relative_to(ROOT)))
    assert {name: found for name, found in homes.items() if len(found) > 1} == {}


@pytest.mark.parametrize("room", [*ROOMS, "tests", "bridge_ea", "monitoring", "release"])
def test_no_name_has_a_word_that_was_replaced(room: str) -> None:
    given = {name for path in sources(room) for name in names(path)}
    assert {name for name in given if words(name) & REPLACED.keys()} == set()
