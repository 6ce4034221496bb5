"""What may be sent."""

import base64
import json
import uuid
from typing import Any

import pytest
from pydantic import ValidationError

from lockstep_api.models import AccountChange, AccountResponse, CopyResponse, NewAccount, NewCopier, SealedCredentials
from lockstep_api.pages import AccountHistory
from lockstep_api.problems import answer, invalid
from lockstep_texts.catalogue import catalogue

SEALED = {"key_id": "0123456789abcdef", "ciphertext": base64.b64encode(bytes(60)).decode()}
ACCOUNT = {
    "id": str(uuid.uuid4()),
    "label": "My master",
    "platform": "MT5",
    "environment": "demo",
    "login": 5001,
    "server": "Broker-Demo 2",
    "role": "master",
    "sealed": SEALED,
}
COPIER = {
    "master_id": str(uuid.uuid4()),
    "slave_id": str(uuid.uuid4()),
    "settings": {"sizing": {"mode": "fixed", "lots": "0.10"}},
}


def refusal_of(model: type[Any], data: Any) -> tuple[str, str]:
    """The code and the text that a person gets for this data."""
    with pytest.raises(ValidationError) as raised:
        model.model_validate(data)
    errors = [{**error, "loc": ("body", *error["loc"])} for error in raised.value.errors()]
    refused = invalid(errors)
    return refused.code, json.loads(bytes(answer(refused, {"type": "http", "headers": []}).body))["detail"]


def test_a_whole_account_is_taken_as_it_is() -> None:
    assert NewAccount.model_validate(ACCOUNT).model_dump(mode="json") == ACCOUNT | {"proxy": None, "offered_proxy": None}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "17"),
        ("label", ""),
        ("label", "x" * 65),
        ("label", "two\nlines"),
        ("label", " padded"),
        ("platform", "MT6"),
        ("environment", "paper"),
        ("login", "x"),
        ("role", "boss"),
        ("sealed", {}),
        ("sealed", SEALED | {"key_id": "zz"}),
        ("sealed", SEALED | {"ciphertext": "no base64!"}),
        ("user_id", str(uuid.UUID(int=7))),
    ],
)
def test_a_bad_field_of_an_account_is_named(field: str, value: Any) -> None:
    code, text = refusal_of(NewAccount, ACCOUNT | {field: value})
    assert code == "invalid_request"
    assert text.startswith(field)


def ciphertext(size: int) -> dict[str, str]:
    return SEALED | {"ciphertext": base64.b64encode(bytes(size)).decode()}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("login", 0, "login"),
        ("login", 10**15, "999,999,999,999,999"),
        ("login", 2**63 - 1, "999,999,999,999,999"),
        ("server", "", "server"),
        ("server", "Broker\r\nLogin=1", "one line"),
        ("server", "x" * 64, "63 characters"),
        ("sealed", ciphertext(48), "no sealed password"),
        ("sealed", ciphertext(48 + 257), "no sealed password"),
    ],
)
def test_what_no_terminal_could_log_in_with_is_refused_in_words_of_its_own(field: str, value: Any, words: str) -> None:
    code, text = refusal_of(NewAccount, ACCOUNT | {field: value})
    assert code == "invalid_request"
    assert words in text


def test_the_longest_login_server_and_password_are_taken() -> None:
    longest = {"login": 10**15 - 1, "server": "x" * 63, "sealed": ciphertext(48 + 256)}
    assert NewAccount.model_validate(ACCOUNT | longest).login == 10**15 - 1


@pytest.mark.parametrize("name", ["password", "Password", "investor_password", "passwd"])
def test_a_password_in_the_clear_has_an_answer_of_its_own_that_does_not_repeat_it(name: str) -> None:
    for data in (ACCOUNT | {name: "hunter2-secret"}, ACCOUNT | {"sealed": SEALED | {name: "hunter2-secret"}}):
        code, text = refusal_of(NewAccount, data)
        assert code == "plaintext_password"
        assert "hunter2" not in text


def test_a_value_that_was_refused_is_never_repeated() -> None:
    wrong = dict.fromkeys(ACCOUNT, "hunter2-secret\n")
    assert "hunter2" not in refusal_of(NewAccount, wrong)[1]


@pytest.mark.parametrize("data", [{}, {"label": None}, {"role": None, "label": "x"}])
def test_a_change_changes_something(data: Any) -> None:
    assert refusal_of(AccountChange, data)[0] == "invalid_request"


@pytest.mark.parametrize("field", ["login", "server", "platform", "environment", "id", "state", "credentials_version"])
def test_the_identity_and_state_of_an_account_cannot_be_changed(field: str) -> None:
    assert refusal_of(AccountChange, {field: 1})[0] == "invalid_request"


def test_settings_of_a_copier_are_the_domains_and_stored_as_text() -> None:
    stored = NewCopier.model_validate(COPIER).model_dump(mode="json")
    assert stored["mode"] == "on"
    assert stored["settings"]["sizing"] == {"mode": "fixed", "lots": "0.10"}


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"sizing": {"mode": "fixed"}},
        {"sizing": {"mode": "fixed", "lots": "-1"}},
        {"sizing": {"mode": "fixed", "lots": "1"}, "x": 1},
        {"sizing": {"mode": "none"}, "filters": json.loads('{"x":' * 500 + "1" + "}" * 500)},
        {"sizing": {"mode": "none"}, "filters": {"symbol_filter": {"included": ["a"] * 51}}},
        {"sizing": {"mode": "none"}, "filters": {"symbol_filter": {"included": ["*" * 9]}}},
    ],
)
def test_bad_settings_are_told_from_other_mistakes(settings: Any) -> None:
    assert refusal_of(NewCopier, COPIER | {"settings": settings})[0] == "invalid_settings"


def test_a_key_id_has_16_hex_digits() -> None:
    assert refusal_of(SealedCredentials, SEALED | {"key_id": "0123456789ABCDEF"})[0] == "invalid_request"


def test_a_copy_shows_lots_as_text_and_keeps_all_digits_of_its_id() -> None:
    row = {
        "link_id": 2**63 - 1,
        "copier_id": str(uuid.uuid4()),
        "master_account_id": str(uuid.uuid4()),
        "slave_account_id": str(uuid.uuid4()),
        "master_position": 77,
        "slave_position": None,
        "symbol": "EURUSD",
        "slave_symbol": None,
        "side": "buy",
        "master_lots": 10_000_000,
        "target_lots": 5_000_000,
        "open_lots": 0,
        "status": "sent",
        "reason": None,
        "setting": None,
        "params": {},
        "spans": {"router_us": 120},
        "opened_at": None,
        "closed_at": None,
        "updated_at": "2026-11-23T17:00:00+00:00",
        "user_id": "left out",
    }
    shown = CopyResponse.model_validate(row).model_dump(mode="json")
    assert (shown["link_id"], shown["master_lots"], shown["target_lots"]) == ("9223372036854775807", "0.10", "0.05")
    assert "user_id" not in shown


@pytest.mark.parametrize("language", ["en", "ar"])
def test_an_account_tells_the_words_of_its_reason_and_quotes_what_the_terminal_said(language: str) -> None:
    words = catalogue(language)
    row = {**ACCOUNT, "operating_mode": "running", "state": "failed", "state_reason": "InvalidCredentials"}
    row |= {"state_message": "Invalid account", "state_at": None, "credentials_version": 1}
    row |= dict.fromkeys(("created_at", "updated_at"), "2026-11-29T12:00:00Z")
    account = AccountResponse.model_validate(row, context=words)
    assert (account.state_words, account.state_message) == (
        words.text("accounts.what.InvalidCredentials", {}),
        "Invalid account",
    )
    queued = AccountResponse.model_validate({**row, "state_reason": None}, context=words)
    assert queued.state_words is None


def test_an_account_has_a_place_in_the_queue_only_while_it_waits_for_room() -> None:
    row = {**ACCOUNT, "operating_mode": "running", "state": "queued", "state_reason": "PodUnschedulable"}
    row |= {"state_message": None, "state_at": None, "credentials_version": 1, "queue_place": 2, "queue_length": 4}
    row |= dict.fromkeys(("created_at", "updated_at"), "2026-11-29T12:00:00Z")
    waiting = AccountResponse.model_validate(row, context=catalogue("en"))
    assert (waiting.queue_place, waiting.queue_length) == (2, 4)
    running = AccountResponse.model_validate({**row, "state_reason": "Starting"}, context=catalogue("en"))
    assert (running.queue_place, running.queue_length) == (None, None)


def test_a_past_state_has_the_words_of_its_reason_too() -> None:
    state = {"state": "failed", "reason": "InvalidCredentials", "message": "Invalid account", "epoch": 1}
    history = AccountHistory.model_validate({"items": [{**state, "at": "2026-11-29T12:00:00Z"}]}, context=catalogue("en"))
    assert (history.items[0].words, history.items[0].message) == ("The broker refused this password.", "Invalid account")
