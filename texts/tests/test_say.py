"""Sentences out of codes and params."""

import pytest

from lockstep_texts import say
from lockstep_texts.catalogue import LANGUAGES, Params, catalogue
from lockstep_texts.errors import UnknownText
from lockstep_texts.languages import preferred

EN, AR = catalogue("en"), catalogue("ar")


@pytest.mark.parametrize(
    ("minutes", "english", "arabic"),
    [
        (1, "1 minute", "دقيقة واحدة"),
        (2, "2 minutes", "دقيقتين"),
        (3, "3 minutes", "3 دقائق"),
        (10, "10 minutes", "10 دقائق"),
        (11, "11 minutes", "11 دقيقة"),
        (100, "100 minutes", "100 دقيقة"),
        (1_002, "1,002 minutes", "1,002 دقيقة"),
    ],
)
def test_counts_have_the_plural_of_each_language(minutes: int, english: str, arabic: str) -> None:
    params: Params = {"currency": "USD", "importance": "high", "title": "Payrolls", "when": "ahead", "minutes": minutes}
    assert say.why(EN, "news", params) == f"USD has high news in {english}: Payrolls."
    assert f"بعد {arabic}: Payrolls." in say.why(AR, "news", params)


def test_a_refusal_of_a_broker_is_said_in_words_with_the_comment_that_it_made() -> None:
    said = {"code": "10019", "retcode": "10019", "commented": "yes", "comment": "No money"}
    assert say.why(EN, "broker_10019", said) == "Not enough money on the slave's account (No money)."
    silent = {**said, "commented": "no", "comment": ""}
    assert say.why(EN, "broker_10019", silent) == "Not enough money on the slave's account."


def test_a_refusal_that_has_no_words_yet_is_said_by_its_number() -> None:
    silent = {"code": "10099", "retcode": "MT4:149", "commented": "no", "comment": ""}
    assert say.why(EN, "broker_10099", silent) == "The slave's broker refused the order with code MT4:149."


def test_what_a_broker_says_is_no_pattern() -> None:
    said = {"code": "1", "retcode": "1", "commented": "yes", "comment": "{retcode} '{x}' # <b>"}
    assert "({retcode} '{x}' # <b>)" in say.why(EN, "broker_1", said)


def test_the_same_reason_closed_a_copy_or_kept_it_from_being_opened() -> None:
    assert say.why(EN, "news", {}, status="closed") == "It was closed because news were near."
    assert say.why(EN, "asked", {}, status="closed") == "You had it closed."


def test_a_reason_of_a_newer_version_is_shown_as_it_is_and_none_as_nothing() -> None:
    assert say.why(AR, "full_moon", {"any": 1}) == "full_moon"
    assert say.why(EN, None, {}) == ""


def test_a_text_that_there_is_not_is_an_error() -> None:
    with pytest.raises(UnknownText):
        EN.text("reasons.full_moon", {})


def test_a_preview_is_one_sentence_of_all_its_parts() -> None:
    trade = {"master_side": "buy", "master_lots": "1.00", "master_symbol": "EURUSD"}
    copy = {**trade, "side": "sell", "lots": "0.50", "symbol": "EURUSD.m", "stops": "sl", "sl": "1.1", "tp": ""}
    sizing = {"mode": "multiplier", "number": "2", "base": ""}
    parts = [("copied", copy), ("sizing", sizing), ("cut", {"lots": "2.00", "by": "max_trade_volume"})]
    assert say.preview(EN, parts) == (
        "Master buy 1.00 EURUSD would open sell 0.50 EURUSD.m with stop loss 1.1 here, because it opens 2 times the "
        "master's lots, cut from 2.00 lots to what limits.max_trade_volume allows."
    )
    skipped = say.preview(EN, [("not_copied", trade)], ("side_filtered", {"side": "buy"}))
    assert skipped == "Master buy 1.00 EURUSD would not be copied. This copier does not copy the master's buys."


def test_an_alert_has_a_title_and_says_why() -> None:
    account = {"label": "Alpha", "state": "failed", "reason": "InvalidCredentials"}
    assert say.alert(EN, "needs_you", account) == (
        "Alpha cannot connect",
        "The broker refused this password. Open trades stay open and are not followed meanwhile.",
    )
    title, body = say.alert(AR, "rejected", {"symbol": "EURUSD", "reason": "no_answer", "params": {}})
    assert (title, body) == ("رفض الوسيط EURUSD", AR.text("reasons.no_answer", {}))


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("ar", "ar"),
        ("ar-EG,en;q=0.5", "ar"),
        ("fr,en;q=0.4,ar;q=0.8", "ar"),
        ("ar;q=0,en", "en"),
        ("de, *;q=0.5", "en"),
        ("ar;q=often", "en"),
    ],
)
def test_the_language_is_the_one_that_a_request_prefers(header: str | None, language: str) -> None:
    assert preferred(header) == language
    assert language in LANGUAGES
