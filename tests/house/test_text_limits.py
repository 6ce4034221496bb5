"""Every door takes texts and numbers of the same lengths: those of `lockstep_core.text_limits`."""

import json
import re
from pathlib import Path

import pytest
import yaml

from lockstep_core import addresses, proxies
from lockstep_core import text_limits as limits

ROOT = Path(__file__).resolve().parents[2]
MIGRATIONS = "\n".join(path.read_text() for path in sorted((ROOT / "supabase/migrations").glob("*.sql")))
SPEC = yaml.safe_load((ROOT / "crds/copieraccounts.yaml").read_text())["spec"]["versions"][0]["schema"]["openAPIV3Schema"][
    "properties"
]["spec"]["properties"]
SCHEMAS = json.loads((ROOT / "website/openapi.json").read_text())["components"]["schemas"]
NEW_ACCOUNT = SCHEMAS["NewAccount"]["properties"]
FORM = (ROOT / "website/src/lib/text-limits.ts").read_text()


def numbers(pattern: str, text: str) -> set[int]:
    """All that a pattern captures, as numbers; none found is a failure of the pattern."""
    found = {int(number) for number in re.findall(pattern, text)}
    assert found, pattern
    return found


@pytest.mark.parametrize(
    ("pattern", "limit"),
    [
        (r"char_length\(p_server\) between 1 and (\d+)", limits.SERVER_CHARACTERS),
        (r"octet_length\(p_server\) <= (\d+)", limits.SERVER_BYTES),
        (r"login (?:not )?between 1 and (\d+)", limits.MOST_LOGIN),
        (r"octet_length\((?:sealed|decode\(p_sealed, 'base64'\))\) (?:not )?between 49 and (\d+)", limits.SEALED_BYTES[-1]),
        (r"'login_malformed', '\{\"most\": (\d+)\}'", limits.LOGIN_DIGITS),
        (r"'server_malformed', '\{\"most\": (\d+)\}'", limits.SERVER_CHARACTERS),
        (r"'password_malformed', '\{\"most\": (\d+)\}'", limits.PASSWORD_BYTES),
        (r"char_length\(t\.tag\) between 1 and (\d+)", limits.TAG_CHARACTERS),
        (r"cardinality\(p_tags\) <= (\d+)", limits.TAGS),
        (r"char_length\((?:name|p_shard)\) (?:<=|>) (\d\d)\b(?! and)", limits.SHARD_CHARACTERS),
    ],
)
def test_the_database_takes_what_the_others_take(pattern: str, limit: int) -> None:
    assert numbers(pattern, MIGRATIONS) == {limit}


def test_the_custom_resource_takes_what_the_others_take() -> None:
    assert SPEC["server"]["maxLength"] == limits.SERVER_CHARACTERS
    assert SPEC["shard"]["maxLength"] == limits.SHARD_CHARACTERS
    assert SPEC["login"]["pattern"] == limits.LOGIN_PATTERN


def test_every_door_takes_the_same_names_of_servers() -> None:
    assert SPEC["server"]["pattern"] == limits.server_pattern(limits.in_braces)
    assert f"'{limits.server_pattern(limits.four_digits, first=1)}'" in MIGRATIONS
    assert f"/{limits.server_pattern(limits.four_digits)}/;" in FORM
    # Logins are counted under the name of an account's server, in small letters.
    checks = re.findall(r"server text not null check \((.*)\),", MIGRATIONS)
    assert {*checks} == {"private.is_server(server)", "server = lower(server)"}


def test_every_door_takes_the_same_proxies() -> None:
    spec = SPEC["proxy"]["properties"]
    assert (spec["address"]["pattern"], spec["login"]["pattern"]) == (proxies.ADDRESS_PATTERN, proxies.LOGIN_PATTERN)
    given = SCHEMAS["NewProxy"]["properties"]
    assert given["address"]["pattern"] == proxies.ADDRESS_PATTERN
    assert next(each for each in given["login"]["anyOf"] if "pattern" in each)["pattern"] == proxies.LOGIN_PATTERN
    assert SPEC["proxyName"]["pattern"] == SCHEMAS["OfferedProxy"]["properties"]["name"]["pattern"] == proxies.NAME_PATTERN
    assert MIGRATIONS.count(f"name ~ '{proxies.NAME_PATTERN}'") == 2
    assert f"p_address ~ '{proxies.ADDRESS_PATTERN}'" in MIGRATIONS
    assert f"p_login ~ '{proxies.LOGIN_PATTERN}'" in MIGRATIONS
    [ranges] = re.findall(r"unnest\('\{([^}]*)\}'::cidr\[\]\)", MIGRATIONS)
    assert [*map(str.strip, ranges.split(","))] == [str(network) for network in addresses.NOT_PUBLIC]
    [ports] = re.findall(r"p_port not in \(([^)]*)\)", MIGRATIONS)
    assert {*map(int, ports.split(","))} == addresses.MAIL_PORTS
    form = (ROOT / "website/src/features/accounts/proxy.ts").read_text()
    assert f"/{proxies.ADDRESS_PATTERN}/;" in form
    assert f"/{proxies.LOGIN_PATTERN}/;" in form
    assert f"PROXY_PASSWORD_BYTES = {proxies.PROXY_PASSWORD_BYTES};" in form


def test_no_control_character_is_part_of_a_password() -> None:
    assert [character for character in map(chr, range(0x2FF)) if not limits.is_password(character)] == [*map(chr, range(32))]


def test_the_api_documents_the_same_limits() -> None:
    assert NEW_ACCOUNT["server"]["maxLength"] == limits.SERVER_CHARACTERS
    assert NEW_ACCOUNT["login"]["maximum"] == limits.MOST_LOGIN


def test_the_form_takes_what_the_others_take() -> None:
    found = dict(re.findall(r"export const (\w+) = (\d+);", FORM))
    names = ("SERVER_CHARACTERS", "LOGIN_DIGITS", "PASSWORD_BYTES", "TAG_CHARACTERS", "TAGS")
    assert {name: int(found[name]) for name in names} == {name: getattr(limits, name) for name in names}


def test_charts_name_shards_that_a_database_role_can_be_named_after() -> None:
    for chart in ("lockstep", "devstack"):
        schema = (ROOT / "charts" / chart / "values.schema.json").read_text()
        assert numbers(r"\^\(demo\|live\)-[^}]*?\"maxLength\": (\d+)", schema) == {limits.SHARD_CHARACTERS}
    assert len("lockstep_router_") + limits.SHARD_CHARACTERS < 64


@pytest.mark.parametrize(
    "text", ["", " a", "a ", "a\nb", "a\n", "a\x7f", "s" * 64, "a\xa0", "a\u200bb", "\ufeffa", "ß" * 32]
)
def test_a_name_that_no_terminal_can_be_given_is_none(text: str) -> None:
    assert not limits.is_server(text)


@pytest.mark.parametrize("text", ["s" * 63, "Bröker-Demo  (EU) 01", "ß" * 31, "日本-Live", "a=b;c|d"])
def test_whatever_else_a_broker_writes_is_a_name(text: str) -> None:
    assert limits.is_server(text)


@pytest.mark.parametrize(
    ("text", "taken"), [("", False), ("a\tb", False), (" a ", True), ("ß" * 128, True), ("ß" * 129, False)]
)
def test_a_password_is_one_line_and_blanks_are_of_it(text: str, taken: bool) -> None:
    assert limits.is_password(text) is taken
