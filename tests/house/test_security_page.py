"""docs/security.md names tests that exist, and calls nothing kept whose test does not."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()
CITED = re.compile(r"^  `([^`:]+)::([^`]+)`$", re.MULTILINE)
PROMISE = re.compile(r"^- .*(?:\n  .*)*", re.MULTILINE)
NOT_KEPT, NOT_PROMISED = "## Not kept yet", "## What is not promised"
KEPT = PAGE.split(f"\n{NOT_KEPT}\n", 1)[0]
WAITING = PAGE.split(f"\n{NOT_KEPT}\n", 1)[1].split(f"\n{NOT_PROMISED}\n", 1)[0]
SAYS_WHAT_IT_IS = "It is no test"


def exists(file: str, name: str) -> bool:
    """Whether the working tree has a test of this name in this file."""
    path = ROOT / file
    if not path.is_file():
        return False
    code = path.read_text()
    return re.search(rf"^(async )?def {name}\(", code, re.MULTILINE) is not None if path.suffix == ".py" else name in code


@pytest.mark.parametrize(("file", "name"), CITED.findall(KEPT))
def test_a_promise_is_held_by_a_test_that_exists(file: str, name: str) -> None:
    assert exists(file, name)


@pytest.mark.parametrize("promise", [each for each in PROMISE.findall(KEPT) if SAYS_WHAT_IT_IS not in each])
def test_every_promise_names_a_test(promise: str) -> None:
    assert CITED.search(promise), promise


@pytest.mark.parametrize("promise", PROMISE.findall(WAITING))
def test_a_promise_whose_tests_all_exist_is_said_to_be_kept(promise: str) -> None:
    tests = CITED.findall(promise)
    assert tests
    assert not all(exists(*test) for test in tests), f"move this up: {promise}"


def test_every_test_on_the_page_is_cited_so_that_it_is_looked_for() -> None:
    assert len(re.findall(r"::(?!name`)", PAGE)) == len(CITED.findall(PAGE))
