"""What Supabase's refusals mean to a person."""

import pytest

from lockstep_api.store_errors import store_error
from lockstep_texts import say
from lockstep_texts.catalogue import catalogue


@pytest.mark.parametrize(
    ("code", "message", "details", "status", "meant"),
    [
        ("PT404", "account_not_found", "{}", 404, "account_not_found"),
        ("PT409", "copier_loop", '{"through": "others"}', 409, "copier_loop"),
        ("PT409", "account_limit_reached", '{"most": 50}', 409, "account_limit_reached"),
        ("PT422", "sealed_malformed", None, 422, "sealed_malformed"),
        ("PT401", "not_signed_in", "{}", 401, "not_signed_in"),
        ("23505", 'duplicate key … "trading_accounts_one_per_login"', None, 409, "account_exists"),
        ("23505", 'duplicate key … "copiers_one_per_pair"', None, 409, "copier_exists"),
        ("23505", 'duplicate key … "templates_one_per_name"', None, 409, "template_exists"),
        ("23505", 'duplicate key … "something_pkey"', None, 409, "already_exists"),
        ("23503", "violates foreign key", None, 409, "gone"),
        ("23514", "violates check constraint", None, 422, "invalid_value"),
        ("22P02", "invalid input syntax", None, 422, "invalid_value"),
        ("42501", "permission denied for table copies", None, 403, "forbidden"),
        ("PGRST301", "JWT expired", None, 401, "not_signed_in"),
        ("PGRST303", "JWT expired", None, 401, "not_signed_in"),
        ("401", "Unauthorized", None, 401, "not_signed_in"),
        ("53300", "too many connections", None, 503, "store_unavailable"),
        ("57P01", "terminating connection", None, 503, "store_unavailable"),
        ("40P01", "deadlock detected", None, 503, "store_unavailable"),
        ("PGRST000", "could not connect", None, 503, "store_unavailable"),
        ("502", "Bad Gateway", "<html>", 503, "store_unavailable"),
        ("SUP", "Error: CONNECT_TIMEOUT", None, 503, "store_unavailable"),
        ("42703", "column does not exist", None, 502, "store_broken"),
        ("PGRST205", "no such table", None, 502, "store_broken"),
        ("PT409", "A sentence is no code.", "{}", 502, "store_broken"),
        (None, None, None, 502, "store_broken"),
    ],
)
def test_each_refusal_has_its_status_and_code(
    code: str | None, message: str | None, details: object, status: int, meant: str
) -> None:
    error = store_error(code, message, details)
    assert (error.status, error.code) == (status, meant)


def test_the_params_of_a_refusal_fill_its_words() -> None:
    error = store_error("PT409", "account_limit_reached", '{"most": 1200}')
    words = "You may have 1,200 accounts and no more. Remove one that you do not need, or write to support."
    assert say.problem(catalogue("en"), error.code, error.params) == words


@pytest.mark.parametrize("details", [None, "", "[]", "no json", 7])
def test_details_that_are_no_params_are_none(details: object) -> None:
    assert store_error("PT404", "account_not_found", details).params == {}


def test_words_of_the_database_itself_reach_nobody() -> None:
    for code in ("23505", "23514", "42501", "PGRST301", "XX000"):
        error = store_error(code, "Key (label)=(secret)", "Key (label)=(secret) already exists.")
        assert "secret" not in f"{error} {error.code} {error.params} {error.findings}"
