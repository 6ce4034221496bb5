"""docs/brokers.md names what an entry of the catalogue may hold, and its example is one."""

import json
import re
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from lockstep_core.brokers.catalogue import Broker, BundledFile, Logins, Maintenance, Server, parse_catalogue

from .test_contracts import names, section

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "brokers.md").read_text()


@pytest.mark.parametrize(
    ("title", "model"),
    [
        ("## A broker", Broker),
        ("## A server", Server),
        ("## A file", BundledFile),
        ("## Maintenance", Maintenance),
        ("## Logins", Logins),
    ],
)
def test_every_field_is_named(title: str, model: type[BaseModel]) -> None:
    assert names(section(PAGE, title)) == {field.alias or name for name, field in model.model_fields.items()}


def test_the_example_is_a_catalogue_of_the_test_broker_alone() -> None:
    [example] = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    catalogue = parse_catalogue(json.dumps(yaml.safe_load(example)["brokers"]))
    assert catalogue.server("MT5", "LockstepTest-Demo") is not None
    assert all(server.server.startswith("LockstepTest-") for broker in catalogue.brokers for server in broker.servers)
