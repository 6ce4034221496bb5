"""What is shown of commands."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from lockstep_api.manual_requests import StopRequest, guard_keys_of, guards_of, manual_request_of

LIMITS = [{"max_absolute_risk": "100"}, {"max_absolute_risk": "500", "type": "month"}, {"max_relative_risk": "0.1"}]
SETTINGS = {"sizing": {"mode": "none"}, "guards": {"risk_limits": LIMITS}}


def row(guard: str, **more: Any) -> dict[str, Any]:
    """A row of `guard_states`."""
    known = {"guard": guard, "period": "2026-11", "start_value": 10.5, "peak_value": 11, "tripped": True, "warned": True}
    times = {"at": "2026-11-23T10:00:00+00:00", "locked_until": None, "paused_until": None}
    return {**known, "resets": 0, "requested_resets": 0, **times, **more}


def test_guards_are_shown_in_the_order_of_the_settings_whether_seen_or_not() -> None:
    keys = guard_keys_of(SETTINGS)
    shown = guards_of(keys, [row(keys[1])]).items
    assert [(g.guard, g.tripped, g.period, g.start) for g in shown] == [
        (0, False, "", None),
        (1, True, "2026-11", 10.5),
        (2, False, "", None),
    ]


def test_a_reset_that_is_not_done_yet_is_shown() -> None:
    keys = guard_keys_of(SETTINGS)
    shown = guards_of(keys, [row(keys[0], requested_resets=1), row(keys[1], resets=1, requested_resets=1)]).items
    assert [g.resetting for g in shown] == [True, False, False]


def test_how_long_a_guard_is_locked_is_shown_while_it_stops_copying() -> None:
    keys, until = guard_keys_of(SETTINGS), "2026-11-24T00:00:00+00:00"
    shown = guards_of(keys, [row(keys[0], locked_until=until), row(keys[1], locked_until=until, tripped=False)]).items
    assert [g.locked_until for g in shown] == [datetime(2026, 11, 24, tzinfo=UTC), None, None]


def test_when_a_pause_ends_is_shown_while_it_lasts() -> None:
    keys, until = guard_keys_of(SETTINGS), "2026-11-23T11:00:00+00:00"
    shown = guards_of(keys, [row(keys[0], paused_until=until), row(keys[1], paused_until=until, tripped=False)]).items
    assert [g.paused_until for g in shown] == [datetime(2026, 11, 23, 11, tzinfo=UTC), None, None]


def test_the_same_guard_keeps_its_name_when_its_amount_or_its_place_changes() -> None:
    day, month, other_day = guard_keys_of(SETTINGS)
    moved = {"sizing": {"mode": "none"}, "guards": {"risk_limits": [LIMITS[1] | {"max_absolute_risk": "900"}, LIMITS[0]]}}
    assert guard_keys_of(moved) == (month, day)
    assert len({day, month, other_day}) == 3


def test_settings_that_cannot_be_read_have_no_guards() -> None:
    assert guard_keys_of({"sizing": "?"}) == ()


def test_a_request_that_nobody_answered_in_time_has_expired() -> None:
    now = datetime.now(UTC)
    asked = {"id": uuid4(), "kind": "copy_now", "copier_id": uuid4(), "link_id": 2**62 + 1, "state": "pending"}
    told = dict.fromkeys(("reason", "setting", "done_at"))
    row = {**asked, **told, "params": {}, "created_at": now, "expires_at": now + timedelta(seconds=60)}
    assert manual_request_of(row, now).state == "pending"
    assert manual_request_of(row, now).link_id == str(2**62 + 1)
    late = manual_request_of(row, now + timedelta(seconds=66))
    assert (late.state, late.reason) == ("expired", "too_late")
    assert manual_request_of(row | {"state": "done"}, now + timedelta(hours=1)).state == "done"


def test_a_stop_without_a_choice_is_of_all_copiers_and_an_empty_choice_is_refused() -> None:
    account = uuid4()
    assert StopRequest(what="close_only").arguments() == {"p_what": "close_only", "p_accounts": None, "p_copiers": None}
    some = StopRequest(what="close_all", account_ids=[account])
    assert some.arguments() == {"p_what": "close_all", "p_accounts": [str(account)], "p_copiers": None}
    with pytest.raises(ValidationError):
        StopRequest(what="close_all", copier_ids=[])
