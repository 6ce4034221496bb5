"""Limits, cursors, figures, previews, tables: what needs no network."""

import base64
import time
from collections.abc import AsyncIterator
from typing import Any

import jwt
import pytest
from pydantic import SecretStr

from lockstep_api.credentials import read_credential
from lockstep_api.csv_text import csv_lines
from lockstep_api.cursors import cursor_of, read_cursor
from lockstep_api.database import Database
from lockstep_api.errors import FeatureOff, InvalidRequest, InvalidSettings, NotSignedIn
from lockstep_api.limits import take
from lockstep_api.pages import figures_of
from lockstep_api.preview import Trial, preview
from lockstep_api.settings import Settings, read_settings
from lockstep_core.copiers import CopierMode, parse_settings
from lockstep_core.units import ONE_LOT, Lots

SETTINGS = Settings(supabase_url="http://s", supabase_publishable_key="k", supabase_jwt_secret=SecretStr("x" * 32))
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
    "wished_lots": 5_000_000,
    "open_lots": 0,
    "status": "skipped",
    "reason": "symbol_unknown",
    "setting": None,
    "message": 'No "symbol", so no copy.',
    "legs": {"router_us": 120},
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


def test_a_cursor_tells_where_a_full_page_ended() -> None:
    cursor = cursor_of([COPY, COPY], 2, "updated_at", "link_id")
    assert read_cursor(cursor) == (COPY["updated_at"], COPY["link_id"])
    assert cursor_of([COPY], 2, "updated_at", "link_id") is None
    assert read_cursor(None) == (None, None)


@pytest.mark.parametrize("cursor", ["x", "🚀", "bnVsbA", base64.urlsafe_b64encode(b"[1]").decode()])
def test_a_cursor_that_is_none_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidRequest):
        read_cursor(cursor)


def test_ratios_follow_from_sums_and_are_unknown_without_them() -> None:
    row = {"wins": 3, "losses": 1, "even": 1, "won_bp": 30.0, "lost_bp": 20.0}
    found = figures_of(row)
    assert (found["win_rate"], found["profit_factor"], found["payoff_ratio"], found["expectancy_bp"]) == (
        0.75,
        1.5,
        0.5,
        2.0,
    )
    nothing = figures_of({"wins": 0, "losses": 0, "even": 0, "won_bp": 0, "lost_bp": 0})
    assert [nothing[name] for name in ("win_rate", "profit_factor", "payoff_ratio", "expectancy_bp")] == [None] * 4


@pytest.mark.parametrize(
    ("sizing", "mode", "lots", "outcome", "copied", "said"),
    [
        ({"mode": "multiplier", "factor": "0.37"}, "on", "1", "copy", "0.37", "because it opens 0.37 times"),
        ({"mode": "fixed", "lots": "0.10"}, "on", "5", "copy", "0.10", "because it always opens 0.10 lots"),
        ({"mode": "fixed", "lots": "0.10"}, "dry_run", "5", "copy", "0.10", "because it always opens 0.10 lots"),
        ({"mode": "fixed", "lots": "0.10"}, "close_only", "5", "skip", "0.00", "only closes"),
        ({"mode": "multiplier", "factor": "0.001"}, "on", "1", "skip", "0.00", "below the broker's minimum"),
    ],
)
def test_a_preview_says_what_the_engine_decides(
    sizing: dict[str, str], mode: str, lots: str, outcome: str, copied: str, said: str
) -> None:
    trial = Trial("EURUSD", "buy", Lots(int(lots) * ONE_LOT))
    (found,) = preview(parse_settings({"sizing": sizing}), CopierMode(mode), [trial])
    assert (found.outcome, f"{found.lots / ONE_LOT:.2f}") == (outcome, copied)
    assert said in found.sentence
    assert (found.reason is None) == (outcome == "copy")


async def test_a_table_quotes_what_a_spreadsheet_would_run() -> None:
    async def pages() -> AsyncIterator[list[dict[str, Any]]]:
        yield [COPY]

    header, line = "".join([part async for part in csv_lines(pages())]).splitlines()
    assert header.startswith("link_id,copier_id")
    assert "'=cmd()" in line
    assert '"No ""symbol"", so no copy."' in line
    assert "0.10,0.05,0.00" in line
    assert line.count(",") - 1 == header.count(",")  # one comma is inside the message


async def test_a_token_tells_its_end_and_nonsense_is_no_sign_in() -> None:
    nowhere = Database(None, 1.0)
    token = jwt.encode({"exp": 4_102_444_800}, "k" * 32)
    assert (await read_credential(token, SETTINGS, nowhere)).expires_s > time.time()
    for bad in (None, "", "a.b.c", "x", jwt.encode({}, "k" * 32)):
        with pytest.raises(NotSignedIn):
            await read_credential(bad, SETTINGS, nowhere)
    with pytest.raises(FeatureOff):
        await read_credential("ls_x", SETTINGS, nowhere)


def test_secrets_in_settings_are_checked_and_never_shown() -> None:
    given = {"LOCKSTEP_SUPABASE_URL": "http://s", "LOCKSTEP_SUPABASE_PUBLISHABLE_KEY": "k"}
    with pytest.raises(InvalidSettings) as raised:
        read_settings(given | {"LOCKSTEP_SECOND_FACTOR_KEY": "hunter2"})
    assert "SECOND_FACTOR_KEY" in str(raised.value)
    assert "hunter2" not in str(raised.value)
    good = read_settings(given | {"LOCKSTEP_SECOND_FACTOR_KEY": base64.b64encode(bytes(32)).decode()})
    assert "AAAA" not in repr(good)
