"""The CRD in the repository is the model's, and its YAML says what the model says."""

import json
from pathlib import Path

import pytest
import yaml

from lockstep_core.resources.crd import crd, crd_yaml, structural, to_yaml

CRD_FILE = Path(__file__).parents[3] / "crds" / "copieraccounts.yaml"


def test_the_file_in_the_repository_is_generated_from_the_model() -> None:
    assert CRD_FILE.read_text() == crd_yaml(), "run: python -m lockstep_core.resources.crd > crds/copieraccounts.yaml"


def test_the_yaml_means_the_same_as_the_data() -> None:
    assert yaml.safe_load(crd_yaml()) == json.loads(json.dumps(crd()))


@pytest.mark.parametrize(
    "value", [{}, [], "", "true", "no", "1", "a: b", 'quoted "word"', None, True, 7, {"a": [{"b": []}]}]
)
def test_plain_data_survives_the_yaml(value: object) -> None:
    assert yaml.safe_load(to_yaml({"key": value})) == {"key": value}


def test_identity_cannot_be_changed() -> None:
    schema = crd()["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    rules = [rule["rule"] for rule in schema["properties"]["spec"]["x-kubernetes-validations"]]
    fixed = [f"self.{name} == oldSelf.{name}" for name in ("accountId", "platform", "login")]
    # A broker may rename its server; the password is sealed for the name.
    moves = "self.server == oldSelf.server || self.credentials.version > oldSelf.credentials.version"
    one_proxy = "!(has(self.proxy) && has(self.proxyName))"
    assert rules == [*fixed, moves, one_proxy]


def test_no_reference_and_no_union_is_left_in_the_schema() -> None:
    text = json.dumps(crd())
    assert "$ref" not in text
    assert "anyOf" not in text


def test_an_optional_field_becomes_its_plain_type() -> None:
    assert structural({"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}, {}) == {"type": "string"}


def test_a_wide_listing_adds_whose_it_is_where_it_is_served_and_why_it_is_so() -> None:
    version = crd()["spec"]["versions"][0]
    fields = version["schema"]["openAPIV3Schema"]["properties"]
    columns = {column["name"]: column for column in version["additionalPrinterColumns"]}
    wide = [name for name, column in columns.items() if column.get("priority")]
    assert wide == ["Environment", "Shard", "Person", "Failures", "Retry", "Message"]
    for name in wide:
        _, section, field = columns[name]["jsonPath"].split(".")
        assert field in fields[section]["properties"]
