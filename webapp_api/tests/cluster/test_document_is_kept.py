"""Whatever a request holds, its answer is one that the OpenAPI document describes, and never a fault of the server.

Requests are made by schemathesis from the document: as it says, and with parts that it forbids.
"""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

from lockstep_api.document import document_text
from lockstep_core.json_object import Json
from webapp_api.tests.cluster.conftest import person_of, settings_for
from webapp_api.tests.cluster.people import FIXED, Person, added
from webapp_api.tests.cluster.supabase import Supabase
from webapp_api.tests.server import serving

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

DOCUMENT: Json = json.loads(document_text())
UNTRIED = {("get", "/v1/stream"), ("delete", "/v1/me")}
"""Calls that are left out: the first never ends, and after the second there is nobody left to make the others."""
CALLS = sorted(
    {(method, path) for path, methods in DOCUMENT["paths"].items() for method in methods} - UNTRIED,
    key=lambda call: (call[0] == "delete", call),
)
"""What deletes comes last."""
CHECKS: list[Any] = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = int(os.environ.get("LOCKSTEP_API_EXAMPLES", "4"))
"""Of each call and each way to make requests for it."""


@pytest.fixture(scope="module")
def url(backend: Supabase, keys_file: Path) -> Iterator[str]:
    """An API that lets one person ask as often as they like."""
    many: Json = {
        "requests_per_s": 1e6,
        "requests_burst": 10**6,
        "address_requests_per_s": 1e6,
        "address_requests_burst": 10**6,
    }
    with serving(settings_for(backend, keys_file, **many)) as base:
        yield base


@pytest.fixture(scope="module")
def somebody(backend: Supabase, url: str) -> Iterator[Person]:
    """Who makes all requests."""
    with person_of(backend, url) as person:
        yield person


@pytest.fixture(scope="module")
def theirs(somebody: Person, new_account: Callable[..., Json]) -> Json:
    """Values for parts of a path that name something that there is."""
    master, slave = (added(somebody.api, new_account(label=label)) for label in ("master", "slave"))
    link = {"master_id": master, "slave_id": slave, "settings": FIXED}
    return {"account": master, "copier": somebody.api.post("/v1/copiers", json=link).json()["id"]}


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_every_answer_is_described(method: str, path: str, url: str, somebody: Person, theirs: Json) -> None:
    operation = schemathesis.openapi.from_dict(DOCUMENT)[path][method]
    known = {name: value for name, value in theirs.items() if f"{{{name}}}" in path}
    ways = [
        operation.as_strategy(generation_mode=mode, path_parameters=known if is_known else None)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        for is_known in ({True, False} if known else {False})
    ]

    @settings(max_examples=EXAMPLES * len(ways), suppress_health_check=list(HealthCheck))
    @given(st.one_of(*ways))
    def check(case: schemathesis.Case[Any]) -> None:
        headers = dict(somebody.api.headers)
        case.call_and_validate(base_url=url, headers=headers, checks=CHECKS)

    check()
