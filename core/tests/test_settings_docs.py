"""What is written about the settings and rules is what they are."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from lockstep_core.settings.copier import CopierSettings
from lockstep_core.settings.reference import groups_of, reference
from lockstep_core.settings.schema import schema_text
from lockstep_core.skips import MEANINGS, SkipCode

DOCS = Path(__file__).parents[2] / "docs"
PAGE = Path(__file__).parent / "cases" / "rules_page.py"
NOT_IN_TABLES = {
    SkipCode.ACCOUNT_FULL,
    SkipCode.ORDER_COPIED,
    SkipCode.OUT_OF_SYNC,
    SkipCode.UNRESOLVED,
    SkipCode.STOP_REACHED,
    SkipCode.NETTING_IMPOSSIBLE,
    SkipCode.ASKED,
}
GROUPS = tuple(dict.fromkeys(groups_of(CopierSettings)))


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.__name__)
def test_every_setting_is_explained(group: type[BaseModel]) -> None:
    assert group.__doc__
    for name, field in group.model_fields.items():
        assert field.description, f"{group.__name__}.{name}"
        assert field.description.rstrip().endswith(".")


def test_every_reason_has_a_meaning() -> None:
    assert set(MEANINGS) == set(SkipCode)


@pytest.mark.parametrize("code", sorted(set(SkipCode) - NOT_IN_TABLES))
def test_every_reason_is_shown_by_a_case(code: SkipCode) -> None:
    told = "".join(path.read_text() for path in PAGE.parent.glob("tables/*.yaml"))
    assert f"skip {code.value}" in told


def test_the_schema_in_docs_is_the_models() -> None:
    assert (DOCS / "copier-settings.schema.json").read_text() == schema_text(), "run `make rules`"
    assert (DOCS.parent / "website/src/generated/settings-schema.json").read_text() == schema_text(), "run `make rules`"


def test_the_reference_in_docs_is_the_models() -> None:
    assert (DOCS / "copier-settings.md").read_text() == reference(), "run `make rules`"


def test_the_rules_in_docs_are_the_tables() -> None:
    spec = importlib.util.spec_from_file_location("rules_page", PAGE)
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (DOCS / "copying-rules.md").read_text() == module.page(), "run `make rules`"


def test_what_is_said_of_a_rule_is_on_its_page() -> None:
    pages = [yaml.safe_load(path.read_text()) for path in PAGE.parent.glob("*/*.yaml")]
    said = [rule["about"].strip() for page in pages for rule in page["rules"] if "about" in rule]
    assert len(said) > 1
    assert [about for about in said if about not in (DOCS / "copying-rules.md").read_text()] == []
