"""What Supabase's refusals mean to a person."""

import pytest

from lockstep_api.store_errors import store_error


@pytest.mark.parametrize(
    ("code", "message", "details", "status", "meant"),
    [
        ("PT404", "You have no such account.", "account_not_found", 404, "account_not_found"),
        ("PT409", "These accounts …", "copier_loop", 409, "copier_loop"),
        ("PT409", "You may have 50 accounts …", "account_limit_reached", 409, "account_limit_reached"),
        ("PT422", "The sealed password …", "sealed_malformed", 422, "sealed_malformed"),
        ("PT401", "Sign in and try again.", "not_signed_in", 401, "not_signed_in"),
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
        (None, None, None, 502, "store_broken"),
    ],
)
def test_each_refusal_has_its_status_and_code(
    code: str | None, message: str | None, details: object, status: int, meant: str
) -> None:
    error = store_error(code, message, details)
    assert (error.status, error.code) == (status, meant)


def test_the_databases_own_sentence_reaches_the_person_and_its_other_words_do_not() -> None:
    assert store_error("PT404", "You have no such account.", "account_not_found").text == "You have no such account."
    assert "secret" not in store_error("23505", "Key (label)=(secret)", "Key (label)=(secret) already exists.").text
    assert "secret" not in store_error("XX000", "secret", "secret").text
