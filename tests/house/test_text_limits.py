"""Every door takes texts and numbers of the same lengths: those of `lockstep_core.text_limits`."""

import json
import re
from pathlib import Path

import pytest
import yaml

from lockstep_core import text_limits as limits

ROOT = Path(__file__).resolve().parents[2]
MIGRATIONS = "\n".join(path.read_text() for path in sorted((ROOT / "supabase/migrations").glob("*.sql")))
SPEC = yaml.safe_load((ROOT / "crds/copieraccounts.yaml").read_text())["spec"]["versions"][0]["schema"]["openAPIV3Schema"][
    "properties"
]["spec"]["properties"]
NEW_ACCOUNT = json.loads((ROOT / "website/openapi.json").read_text())["components"]["schemas"]["NewAccount"]["properties"]
FORM = (ROOT / "website/src/lib/text-limits.ts").read_text()


def numbers(pattern: str, text: str) -> set[int]:
    """All that a pattern captures, as numbers; none found is a failure of the pattern."""
    found = {int(number) for number in re.findall(pattern, text)}
    assert found, pattern
    return found


@pytest.mark.parametrize(
    ("pattern", "limit"),
    [
        (r"char_length\((?:p_)?server\) (?:not )?between 1 and (\d+)", limits.SERVER_CHARACTERS),
        (r"login (?:not )?between 1 and (\d+)", limits.MOST_LOGIN),
        (r"octet_length\((?:sealed|decode\(p_sealed, 'base64'\))\) (?:not )?between 49 and (\d+)", limits.SEALED_BYTES[-1]),
        (r"'login_malformed', '\{\"most\": (\d+)\}'", limits.LOGIN_DIGITS),
        (r"'server_malformed', '\{\"most\": (\d+)\}'", limits.SERVER_CHARACTERS),
        (r"'password_malformed', '\{\"most\": (\d+)\}'", limits.PASSWORD_BYTES),
        (r"char_length\((?:name|p_shard)\) (?:<=|>) (\d\d)\b(?! and)", limits.SHARD_CHARACTERS),
    ],
)
def test_the_database_takes_what_the_others_take(pattern: str, limit: int) -> None:
    assert numbers(pattern, MIGRATIONS) == {limit}


def test_the_custom_resource_takes_what_the_others_take() -> None:
    assert SPEC["server"]["maxLength"] == limits.SERVER_CHARACTERS
    assert SPEC["shard"]["maxLength"] == limits.SHARD_CHARACTERS
    assert SPEC["login"]["pattern"] == limits.LOGIN_PATTERN


def test_the_api_documents_the_same_limits() -> None:
    assert NEW_ACCOUNT["server"]["maxLength"] == limits.SERVER_CHARACTERS
    assert NEW_ACCOUNT["login"]["maximum"] == limits.MOST_LOGIN


def test_the_form_takes_what_the_others_take() -> None:
    found = dict(re.findall(r"export const (\w+) = (\d+);", FORM))
    names = ("SERVER_CHARACTERS", "LOGIN_DIGITS", "PASSWORD_BYTES")
    assert {name: int(found[name]) for name in names} == {name: getattr(limits, name) for name in names}


def test_charts_name_shards_that_a_database_role_can_be_named_after() -> None:
    for chart in ("lockstep", "devstack"):
        schema = (ROOT / "charts" / chart / "values.schema.json").read_text()
        assert numbers(r"\^\(demo\|live\)-[^}]*?\"maxLength\": (\d+)", schema) == {limits.SHARD_CHARACTERS}
    assert len("lockstep_router_") + limits.SHARD_CHARACTERS < 64


@pytest.mark.parametrize("text", ["", " a", "a ", "a\nb", "a\x7f", "s" * 64])
def test_a_name_that_no_terminal_can_be_given_is_none(text: str) -> None:
    assert not limits.is_server(text)
    assert limits.is_server("s" * 63)
