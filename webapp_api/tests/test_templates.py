"""The website's ready sets of rules are rules that the engine takes."""

import json
from pathlib import Path

import pytest

from lockstep_core.copiers import parse_settings

TEMPLATES = json.loads((Path(__file__).parents[2] / "website/src/features/copiers/templates.json").read_text())


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_a_copiers_settings(name: str) -> None:
    parse_settings(TEMPLATES[name])
