"""Each row of the table of settings that are refused."""

from typing import Any

import pytest

from lockstep_core.copiers import BadSettings, Finding, parse_settings
from lockstep_core.settings.findings import PARAMS
from lockstep_texts import say
from lockstep_texts.catalogue import LANGUAGES, catalogue

from .tables import TABLES, cases

CASES = cases(TABLES, "settings")


def refused(settings: object) -> tuple[Finding, ...]:
    with pytest.raises(BadSettings) as refusal:
        parse_settings(settings)
    return refusal.value.findings


def words(findings: tuple[Finding, ...], language: str) -> str:
    told = catalogue(language)
    return say.field_problems(told, ((found.path, say.field_problem(told, found.code, found.params)) for found in findings))


@pytest.mark.parametrize(("name", "case"), CASES, ids=[name for name, _ in CASES])
def test_the_settings_are_refused_with_the_tables_words(name: str, case: dict[str, Any]) -> None:
    assert words(refused(case["settings"]), "en").startswith(case["then"]), name


@pytest.mark.parametrize(("name", "case"), CASES, ids=[name for name, _ in CASES])
def test_a_finding_has_just_the_params_of_its_code_and_leaves_no_gap_in_any_language(
    name: str, case: dict[str, Any]
) -> None:
    findings = refused(case["settings"])
    for found in findings:
        assert {param: type(value) for param, value in found.params.items()} == PARAMS[found.code], name
    for language in LANGUAGES:
        assert words(findings, language).endswith("."), language


def test_each_contradiction_names_its_own_field() -> None:
    settings = {
        "sizing": {"mode": "fixed", "lots": "2"},
        "limits": {"max_trade_volume": "1", "reserved_margin_fraction": "1"},
        "guards": {"risk_limits": [{"max_absolute_risk": "5"}, {"max_absolute_risk": "5", "warn_fraction": "1"}]},
    }
    assert [(found.path, found.code) for found in refused(settings)] == [
        ("sizing.lots", "above"),
        ("limits.reserved_margin_fraction", "no_margin"),
        ("guards.risk_limits.1.warn_fraction", "warns_when_it_acts"),
    ]
