"""The reasons of an account's state, and what is generated from them."""

import copy
import json
import pickle
import re
from pathlib import Path

import pytest

from lockstep_core.resources.reason_lists import docs, sql, typescript
from lockstep_core.resources.reasons import USER_MUST_ACT, Actor, Reason, parse_reason

ROOT = Path(__file__).parents[3]
MIGRATIONS = ROOT / "supabase" / "migrations"
GENERATED = "*_reasons_user_must_act.sql"


def test_only_known_reasons_are_reasons() -> None:
    assert parse_reason("InvalidCredentials") is Reason.INVALID_CREDENTIALS
    assert parse_reason("invalidcredentials") is None
    assert parse_reason("FromTomorrow") is None
    assert parse_reason("") is None
    assert parse_reason(None) is None


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_is_its_word_wherever_it_is_written(reason: Reason) -> None:
    assert re.fullmatch(r"([A-Z][a-z]+)+", reason.value)
    assert (f"{reason}", json.dumps(reason)) == (reason.value, f'"{reason.value}"')
    assert parse_reason(reason.value) is copy.deepcopy(reason) is pickle.loads(pickle.dumps(reason)) is reason  # noqa: S301


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_has_one_plain_sentence(reason: Reason) -> None:
    assert re.fullmatch(r"[A-Z][^.|]+\.", reason.meaning)


def test_the_owner_is_only_asked_for_what_the_owner_can_do() -> None:
    of_credentials = {"InvalidCredentials", "ServerNotFound", "CredentialsUnreadable"}
    of_the_broker = {"PasswordChangeForced", "OtpRequired", "CertificateRequired", "DemoExpired"}
    assert of_credentials | of_the_broker | {"WrongAccount", "WrongEnvironment", "ProxyRefused"} == USER_MUST_ACT
    assert Reason.TERMINAL_MISSING.actor is Actor.SERVICE


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_fits_into_a_state_frame(reason: Reason) -> None:
    assert len(reason.value.encode()) <= 32


def test_the_newest_migration_of_the_list_is_the_enum() -> None:
    newest = max(MIGRATIONS.glob(GENERATED))
    assert newest.read_text() == sql(), "run `make reasons`"


def test_no_migration_after_the_list_names_a_reason_itself() -> None:
    lists = sorted(MIGRATIONS.glob(GENERATED))
    later = {path for path in MIGRATIONS.glob("*.sql") if path > lists[0]} - set(lists)
    naming = {path.name for path in later if any(f"'{word}'" in path.read_text() for word in Reason)}
    assert naming == set()


def test_the_websites_list_is_the_enum() -> None:
    assert (ROOT / "website" / "src" / "generated" / "reasons.ts").read_text() == typescript(), "run `make reasons`"


def test_the_table_in_docs_is_the_enum() -> None:
    assert (ROOT / "docs" / "reasons.md").read_text() == docs(), "run `make reasons`"
