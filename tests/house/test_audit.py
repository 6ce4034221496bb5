"""What the registries' answers mean. Whether they can be asked at all is no matter of a test."""

import json

import pytest

from tests.house.audit import of_npm_audit, of_pip_audit
from tests.house.licences import UNSAID, listing, of_npm_lock, of_python_packages


def test_vulnerable_packages_are_named_with_what_helps() -> None:
    vulns = '[{"id": "PYSEC-1", "fix_versions": ["1.1", "2.0"]}, {"id": "PYSEC-2", "fix_versions": []}]'
    packages = f'[{{"name": "a", "version": "1.0", "vulns": {vulns}}}, {{"name": "b", "version": "1", "vulns": []}}]'
    said = f'{{"dependencies": {packages}}}'
    assert of_pip_audit(said) == ["a 1.0: PYSEC-1, fixed in 1.1, 2.0", "a 1.0: PYSEC-2, fixed in none"]
    assert of_npm_audit('{"vulnerabilities": {"x": {"severity": "high", "range": "<2"}}}') == ["x <2: high"]


def test_nothing_found_is_something_else_than_nothing_answered() -> None:
    assert of_pip_audit('{"dependencies": []}') == of_npm_audit('{"vulnerabilities": {}}') == []


@pytest.mark.parametrize("said", ["", "connect ECONNREFUSED", '{"error": {"code": "ENOTFOUND"}}', "[]", "null"])
def test_an_answer_that_is_none_is_no_good_news(said: str) -> None:
    assert of_pip_audit(said) is None
    assert of_npm_audit(said) is None


def test_packages_that_the_registry_does_not_know_are_no_good_news() -> None:
    skipped = '{"name": "a", "skip_reason": "not found"}'
    assert of_pip_audit(f'{{"dependencies": [{skipped}]}}') is None
    known = '{"name": "b", "version": "1", "vulns": []}'
    assert of_pip_audit(f'{{"dependencies": [{skipped}, {known}]}}') == ["a: the registry knows nothing of it"]


def test_licences_are_listed_the_most_used_first() -> None:
    packages = {"": {"license": "Apache-2.0"}, "node_modules/a": {"license": "ISC"}, "node_modules/b/node_modules/@c/d": {}}
    found = of_npm_lock(json.dumps({"packages": packages}))
    assert found == {"ISC": ["a"], UNSAID: ["@c/d"]}
    assert listing({"ISC": ["a"], "MIT": ["b", "c", "d", "e"]}) == "     4 MIT\n     1 ISC (a)\n"


def test_python_packages_say_their_licences() -> None:
    by_package = {name: licence for licence, names in of_python_packages().items() for name in names}
    assert by_package["pytest"] == "MIT"
