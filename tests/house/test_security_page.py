"""docs/security.md names tests that exist, and calls nothing kept whose test does not."""

import re

import pytest

from tests.house.promises import CITED, KEPT, PAGE, PROMISE, WAITING, exists

SAYS_WHAT_IT_IS = "It is no test"


@pytest.mark.parametrize(("file", "name"), CITED.findall(KEPT))
def test_a_promise_is_held_by_a_test_that_exists(file: str, name: str) -> None:
    assert exists(file, name)


@pytest.mark.parametrize("promise", [each for each in PROMISE.findall(KEPT) if SAYS_WHAT_IT_IS not in each])
def test_every_promise_names_a_test(promise: str) -> None:
    assert CITED.search(promise), promise


def test_a_promise_whose_tests_all_exist_is_said_to_be_kept() -> None:
    for promise in PROMISE.findall(WAITING):
        tests = CITED.findall(promise)
        assert tests, promise
        assert not all(exists(*test) for test in tests), f"move this up: {promise}"


def test_every_test_on_the_page_is_cited_so_that_it_is_looked_for() -> None:
    assert len(re.findall(r"::(?!name`)", PAGE)) == len(CITED.findall(PAGE))


def test_no_promise_is_made_twice() -> None:
    tests = [tuple(CITED.findall(promise)) for promise in PROMISE.findall(KEPT) if CITED.search(promise)]
    assert [each for each in set(tests) if tests.count(each) > 1] == []
