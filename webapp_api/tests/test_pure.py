"""Limits, cursors, figures, previews, tables: what needs no network."""

import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import jwt
import pytest

from lockstep_api.account_figures import account_figures
from lockstep_api.credentials import ApiToken, SessionToken, new_api_token, read_credential, token_hash
from lockstep_api.csv_text import csv_lines
from lockstep_api.cursors import cursor_of, place_of, read_cursor, read_place
from lockstep_api.errors import InvalidRequest, NotSignedIn, TooManyRequests
from lockstep_api.group_statistics import months_of, statistics_of
from lockstep_api.limits import Buckets, take
from lockstep_api.preview import Outcome, PreviewTrade, preview
from lockstep_api.settings import ApiSettings
from lockstep_core.copiers import CopierMode, parse_settings
from lockstep_core.units import ONE_LOT, Lots
from lockstep_service.errors import InvalidSettings
from lockstep_service.settings import read_settings
from lockstep_texts import say
from lockstep_texts.catalogue import catalogue

ASSUMED_MONEY = account_figures(None, None)


def english(found: Outcome) -> str:
    """What came of a trial, as English readers get it."""
    parts = [(part.code, part.params) for part in found.parts]
    return say.preview(catalogue("en"), parts, None if found.skip is None else (found.skip.code, found.skip.params))


COPY = {
    "link_id": "9223372036854775807",
    "copier_id": "00000000-0000-4000-8000-000000000001",
    "master_account_id": "00000000-0000-4000-8000-000000000002",
    "slave_account_id": "00000000-0000-4000-8000-000000000003",
    "master_position": 7,
    "slave_position": None,
    "symbol": "=cmd()",
    "slave_symbol": None,
    "side": "buy",
    "master_lots": 10_000_000,
    "target_lots": 5_000_000,
    "open_lots": 0,
    "status": "skipped",
    "reason": "symbol_unknown",
    "setting": None,
    "params": {"why": "affix", "symbol": "=cmd()", "named": 'a "b", c'},
    "spans": {"router_us": 120},
    "opened_at": None,
    "closed_at": None,
    "updated_at": "2026-11-23T10:00:00+00:00",
}


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    bucket, wait_s = None, 0.0
    for _ in range(3):
        bucket, wait_s = take(bucket, 10.0, 2.0, 3)
        assert wait_s == 0
    bucket, wait_s = take(bucket, 10.0, 2.0, 3)
    assert wait_s == pytest.approx(0.5)
    bucket, wait_s = take(bucket, 10.5, 2.0, 3)
    assert wait_s == 0
    assert take(bucket, 1000.0, 2.0, 3)[0].left == 2


def test_an_empty_bucket_is_kept_until_it_is_full_again_however_many_others_come() -> None:
    now_s = 0.0
    buckets = Buckets(1.0, 2, lambda: now_s)
    for _ in range(2):
        buckets.take("guesser")
    for number in range(30_000):
        buckets.take(f"other {number}")
    with pytest.raises(TooManyRequests):
        buckets.take("guesser")
    now_s = 10.0
    buckets.take("one more")
    assert buckets.remembered <= 20_000


def test_a_cursor_tells_where_a_full_page_ended() -> None:
    cursor = cursor_of([COPY, COPY], 2, "updated_at", "link_id")
    assert read_cursor(cursor) == (COPY["updated_at"], COPY["link_id"])
    assert cursor_of([COPY], 2, "updated_at", "link_id") is None
    assert read_cursor(None) == (None, None)


@pytest.mark.parametrize("cursor", ["x", "🚀", "bnVsbA", base64.urlsafe_b64encode(b"[1]").decode()])
def test_a_cursor_that_is_none_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidRequest):
        read_cursor(cursor)


@pytest.mark.parametrize("word", ["حساب تمويل ١٠", None])
def test_a_place_in_a_list_tells_what_it_is_ordered_by(word: str | None) -> None:
    last = {"word": word, "number": "1764547200.000001", "id": "cccccccc-0000-4000-8000-000000000001"}
    place = read_place(place_of(last))
    assert place is not None
    assert json.loads(place) == last
    assert (place_of(None), read_place(None)) == (None, None)


@pytest.mark.parametrize("place", ["x", "[]", '["a", "1e5x", "cccccccc-0000-4000-8000-000000000001"]', '["a", null, "c"]'])
def test_a_place_that_is_none_is_refused(place: str) -> None:
    with pytest.raises(InvalidRequest):
        read_place(base64.urlsafe_b64encode(place.encode()).decode())


def test_the_longest_name_fits_into_a_cursor() -> None:
    way = " ".join(["\U0001f680" * 64] * 2)
    cursor = place_of({"word": way, "number": None, "id": "cccccccc-0000-4000-8000-000000000001"})
    assert cursor is not None
    assert len(cursor) <= 1000


def test_ratios_follow_from_sums_and_are_unknown_without_them() -> None:
    row = {"wins": 3, "losses": 1, "even": 1, "won_bp": 30.0, "lost_bp": 20.0}
    found = statistics_of(row)
    assert (found["win_rate"], found["profit_factor"], found["payoff_ratio"], found["expectancy_bp"]) == (
        0.75,
        1.5,
        0.5,
        2.0,
    )
    nothing = statistics_of({"wins": 0, "losses": 0, "even": 0, "won_bp": 0, "lost_bp": 0})
    assert [nothing[name] for name in ("win_rate", "profit_factor", "payoff_ratio", "expectancy_bp")] == [None] * 4


def test_months_are_the_sums_of_their_days() -> None:
    none = dict.fromkeys(("skipped", "rejected", "unresolved", "lots", "wins", "losses", "even", "won_bp", "lost_bp"), 0)
    days: list[dict[str, Any]] = [
        {**none, "key": "2026-01-30", "copied": 1, "wins": 1, "won_bp": 2.5, "average_slippage_bp": 0.2},
        {**none, "key": "2026-01-31", "copied": 3, "losses": 2, "lost_bp": 1.5, "average_slippage_bp": 0.6},
        {**none, "key": "2026-02-01", "copied": 0, "skipped": 4, "average_slippage_bp": None},
    ]
    january, february = months_of(days)
    assert (january["key"], january["copied"], january["wins"], january["losses"]) == ("2026-01", 4, 1, 2)
    assert (january["won_bp"], january["lost_bp"], january["average_slippage_bp"]) == (2.5, 1.5, pytest.approx(0.5))
    assert (february["key"], february["skipped"], february["average_slippage_bp"]) == ("2026-02", 4, None)
    assert months_of([]) == []


NOON_MS = 1_732_536_000_000
"""Monday, 25 November 2024, 12:00 UTC."""


@pytest.mark.parametrize(
    ("settings", "mode", "outcome", "copied", "said"),
    [
        ({"sizing": {"mode": "multiplier", "factor": "0.37"}}, "on", "copy", "0.37", "because it opens 0.37 times"),
        ({"sizing": {"mode": "fixed", "lots": "0.10"}}, "on", "copy", "0.10", "because it always opens 0.10 lots"),
        ({"sizing": {"mode": "fixed", "lots": "0.10"}}, "dry_run", "copy", "0.10", "because it always opens 0.10 lots"),
        ({"sizing": {"mode": "fixed", "lots": "0.10"}}, "close_only", "skip", "0.00", "only closes"),
        ({"sizing": {"mode": "multiplier", "factor": "0.001"}}, "on", "skip", "0.00", "below the broker's minimum"),
        ({"sizing": {"mode": "balance", "factor": "0.5"}}, "on", "copy", "0.50", "in proportion to both balances"),
        (
            {"sizing": {"mode": "fixed_risk", "risk_fraction": "0.01"}, "stops": {"max_stop_loss_points": 100}},
            "on",
            "copy",
            "1.00",
            "with stop loss 1.099",
        ),
        ({"sizing": {"mode": "risk_amount", "amount": "50"}}, "on", "skip", "0.00", "Without a stop loss"),
        ({"sizing": {"mode": "none"}, "max_spread_points": 0, "max_slippage_points": 0}, "on", "copy", "1.00", "buy"),
        ({"sizing": {"mode": "none"}, "limits": {"max_trade_volume": "0.2"}}, "on", "copy", "0.20", "buy"),
        ({"sizing": {"mode": "none"}, "symbols": {"suffix": ".pro"}}, "on", "copy", "1.00", "EURUSD.pro"),
        (
            {"sizing": {"mode": "none"}, "symbols": {"symbol_mapping": [{"from": "EURUSD", "to": "6E"}]}},
            "on",
            "copy",
            "1.00",
            "buy 1.00 6E",
        ),
        (
            {
                "sizing": {"mode": "none"},
                "filters": {"time_windows": [{"days": ["tue"], "start": "00:00", "end": "24:00"}], "time_zone": "broker"},
            },
            "on",
            "skip",
            "0.00",
            "would not be copied",
        ),
    ],
)
def test_a_preview_says_what_the_engine_decides(
    settings: dict[str, Any], mode: str, outcome: str, copied: str, said: str
) -> None:
    trial = PreviewTrade("EURUSD", "buy", Lots(ONE_LOT), 1.1)
    (found,) = preview(parse_settings(settings), CopierMode(mode), [trial], NOON_MS, ASSUMED_MONEY)
    assert (found.outcome, f"{found.lots / ONE_LOT:.2f}") == (outcome, copied)
    assert said in english(found)
    assert (found.skip is None) == (outcome == "copy")


def test_a_trade_of_the_past_is_tried_at_its_own_time_and_at_a_price_of_one_where_none_is_known() -> None:
    tuesdays = {"time_windows": [{"days": ["tue"], "start": "00:00", "end": "24:00"}]}
    settings = parse_settings({"sizing": {"mode": "none"}, "filters": tuesdays, "stops": {"max_stop_loss_points": 100}})
    then_ms = NOON_MS + 86_400_000
    trials = [PreviewTrade("EURUSD", "sell", Lots(ONE_LOT)), PreviewTrade("EURUSD", "sell", Lots(ONE_LOT), utc_ms=then_ms)]
    monday, tuesday = preview(settings, CopierMode.ON, trials, NOON_MS, ASSUMED_MONEY)
    assert (monday.outcome, tuesday.outcome) == ("skip", "copy")
    assert "stop loss 1.001" in english(tuesday)


async def test_a_table_quotes_what_a_spreadsheet_would_run() -> None:
    async def pages() -> AsyncIterator[list[dict[str, Any]]]:
        yield [COPY]

    header, line = "".join([part async for part in csv_lines(pages(), catalogue("en"))]).splitlines()
    assert header.startswith("link_id,copier_id")
    assert "'=cmd()" in line
    assert '"The slave\'s broker has no symbol a ""b"", c for the master\'s =cmd()."' in line
    assert "0.10,0.05,0.00" in line
    assert line.count(",") - 1 == header.count(",")  # one comma is inside the message


def test_a_token_tells_its_end_and_one_that_cannot_be_valid_is_refused_without_asking_anybody() -> None:
    now_s = 1_000_000.0
    token = jwt.encode({"exp": 4_102_444_800}, "k" * 32)
    assert read_credential(token, now_s) == SessionToken(token, 4_102_444_800.0)
    ended = jwt.encode({"exp": 999_999}, "k" * 32)
    for bad in (None, "", "a.b.c", "x", jwt.encode({}, "k" * 32), ended, "ls_x", "ls_" + "!" * 43, "ls_" + "x" * 44):
        with pytest.raises(NotSignedIn):
            read_credential(bad, now_s)
    made = new_api_token()
    assert read_credential(made, now_s) == ApiToken(token_hash(made))


def test_secrets_in_settings_are_checked_and_never_shown() -> None:
    given = {"LOCKSTEP_SUPABASE_URL": "http://s", "LOCKSTEP_SUPABASE_PUBLISHABLE_KEY": "k"}
    with pytest.raises(InvalidSettings) as raised:
        read_settings(ApiSettings, given | {"LOCKSTEP_SECOND_FACTOR_KEY": "hunter2"})
    assert "SECOND_FACTOR_KEY" in str(raised.value)
    assert "hunter2" not in str(raised.value)
    good = read_settings(ApiSettings, given | {"LOCKSTEP_SECOND_FACTOR_KEY": base64.b64encode(bytes(32)).decode()})
    assert "AAAA" not in repr(good)
