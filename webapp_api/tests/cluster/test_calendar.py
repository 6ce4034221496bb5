"""The news calendar from support's file to what people are told."""

import os
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lockstep_core.json_object import Json
from webapp_api.tests.cluster.people import Person, added, as_owner, refusal
from webapp_api.tests.cluster.supabase import Supabase

pytestmark = pytest.mark.cluster

HEAD = "at,currencies,importance,title,id,status\n"
NEWS_FILTER = {"sizing": {"mode": "none"}, "filters": {"news_filter": {}}}
SOON = datetime.now(UTC) + timedelta(days=2)
LATER = (datetime.now(UTC) + timedelta(days=300)).replace(microsecond=0)
"""No test of copying has anything to do with news that are so far away."""


@dataclass(frozen=True)
class Staff:
    """Somebody of support, and a source of news of their own."""

    person: Person
    source: str

    def supply(self, *lines: str, head: str = HEAD) -> Json:
        """What became of a file."""
        text = head + "".join(f"{line}\n" for line in lines)
        answer = self.person.api.post(
            "/v1/staff/calendar", json={"source": self.source, "text": text, "reason": "a test of the calendar"}
        )
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found


@pytest.fixture
async def staff(bob: Person, backend: Supabase) -> AsyncIterator[Staff]:
    """Bob, of support; what he supplied is removed."""
    await as_owner(backend, "insert into private.staff (user_id) values ($1)", bob.user)
    source = f"test-{uuid.uuid4().hex}"
    yield Staff(bob, source)
    await as_owner(backend, "delete from public.calendar_events where source = $1", source)
    await as_owner(backend, "delete from private.calendar_uploads where source = $1", source)


def line(at: datetime, title: str, number: str = "", status: str = "") -> str:
    return f"{at.isoformat()},USD EUR,high,{title},{number},{status}"


def shown(person: Person, since: datetime, title: str) -> list[Json]:
    when = {"since": since.isoformat(), "until": (since + timedelta(days=2)).isoformat()}
    items = person.api.get("/v1/calendar", params=when).raise_for_status().json()["items"]
    return [item for item in items if item["title"] == title]


async def test_good_lines_are_taken_bad_ones_told_and_again_is_the_same(alice: Person, staff: Staff) -> None:
    title = uuid.uuid4().hex
    lines = (line(LATER, title, "1"), "soon,USD,high,x,2,", line(LATER + timedelta(hours=1), title, "3"))
    first, again = staff.supply(*lines), staff.supply(*lines)
    assert [first[n] for n in ("added", "changed", "removed", "unchanged", "refused")] == [2, 0, 0, 0, 1]
    assert [again[n] for n in ("added", "changed", "removed", "unchanged", "refused")] == [0, 0, 0, 2, 1]
    assert first["problems"] == [
        {"line": 3, "code": "time", "params": {}, "problem": "The time must be as 2026-12-04T13:30:00Z."}
    ]
    moved = staff.supply(line(LATER + timedelta(hours=2), title, "1"), line(LATER, title, "3", "cancelled"))
    assert (moved["changed"], moved["removed"]) == (1, 1)
    (item,) = shown(alice, LATER, title)
    assert datetime.fromisoformat(item["at"]) == LATER + timedelta(hours=2)
    assert (item["currencies"], item["importance"]) == (["EUR", "USD"], "high")
    uploads = [u for u in staff.person.api.get("/v1/staff/calendar").json()["items"] if u["source"] == staff.source]
    assert [(u["email"], u["reason"], u["added"], u["refused"]) for u in uploads] == [
        (staff.person.session.email, "a test of the calendar", added_then, refused_then)
        for added_then, refused_then in ((0, 0), (0, 1), (2, 1))
    ]


async def test_a_file_that_is_no_calendar_is_refused_whole_and_large_ones_are_taken(staff: Staff) -> None:
    api, body = staff.person.api, {"source": staff.source, "reason": "a test"}
    assert refusal(api.post("/v1/staff/calendar", json={**body, "text": "nonsense"})) == (422, "unreadable_calendar")
    assert refusal(api.post("/v1/staff/calendar", json={**body, "text": "x", "reason": " "}))[0] == 422
    assert refusal(api.post("/v1/staff/calendar", content=b"x" * 4_000_001)) == (413, "too_large")
    many = staff.supply(*(line(LATER, f"{n} {'x' * 100}", str(n)) for n in range(1500)))
    assert (many["added"], many["refused"]) == (1500, 0)


async def test_support_says_why_and_others_supply_nothing(alice: Person, staff: Staff) -> None:
    body = {"source": staff.source, "text": HEAD, "reason": "   "}
    assert refusal(staff.person.api.post("/v1/staff/calendar", json=body)) == (422, "reason_missing")
    assert refusal(alice.api.post("/v1/staff/calendar", json={**body, "reason": "because"})) == (403, "staff_only")
    token = staff.person.api.post("/v1/tokens", json={"name": "x", "scope": "write"}).json()["token"]
    headers = {"authorization": f"Bearer {token}"}
    with_token = staff.person.api.post("/v1/staff/calendar", json={**body, "reason": "because"}, headers=headers)
    assert refusal(with_token) == (403, "not_with_a_token")


async def test_the_command_takes_a_calendar_too(alice: Person, staff: Staff, backend: Supabase) -> None:
    title, now = uuid.uuid4().hex, LATER.strftime("%Y%m%dT%H%M%SZ")
    event = f"BEGIN:VEVENT\r\nUID:{{}}\r\nDTSTART:{now}\r\nSUMMARY:{title}\r\nCATEGORIES:USD,high\r\nEND:VEVENT\r\n"
    text = f"BEGIN:VCALENDAR\r\n{event.format(1)}{event.format(2).replace('USD', 'X')}END:VCALENDAR\r\n"
    command = [sys.executable, "-m", "lockstep_api.calendar", "-", "--source", staff.source]
    env = {**os.environ, "LOCKSTEP_DATABASE_URL": backend.api_database}
    done = subprocess.run(command, input=text, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("1 added, 0 changed, 0 removed, 0 unchanged, 1 bad.")
    assert done.stderr.startswith("line 8: Name 1 to 20 currencies")
    assert len(shown(alice, LATER, title)) == 1
    (upload,) = [u for u in staff.person.api.get("/v1/staff/calendar").json()["items"] if u["source"] == staff.source]
    assert (upload["actor_id"], upload["reason"]) == (None, "by command")


async def test_a_copier_with_a_news_filter_says_when_the_calendar_ends(
    alice: Person, staff: Staff, new_account: Any
) -> None:
    assert datetime.fromisoformat(staff.supply(line(datetime.now(UTC), "now"))["covered_until"]) < SOON
    master, slave = added(alice.api, new_account()), added(alice.api, new_account())
    body = {"master_id": master, "slave_id": slave, "settings": NEWS_FILTER}
    copier = alice.api.post("/v1/copiers", json=body).json()
    path = f"/v1/copiers/{copier['id']}"
    for told in (copier, alice.api.get(path).json(), *alice.api.get("/v1/copiers").json()["items"]):
        (notice,) = told["notices"]
        assert notice["code"] in ("calendar_ended", "calendar_ends_soon")
        assert notice["setting"] == "filters.news_filter"
    preview = alice.api.post("/v1/preview", json={"settings": NEWS_FILTER}).json()
    known = {key: copier["notices"][0][key] for key in ("code", "params")}
    assert known in preview["assumed"]
    staff.supply(*(line(datetime.now(UTC) + timedelta(days=days), "x") for days in range(1, 20)))
    assert alice.api.get(path).json()["notices"] == []
    plain = alice.api.patch(path, json={"settings": {"sizing": {"mode": "none"}}}).json()
    assert plain["notices"] == []


async def test_a_preview_uses_the_calendar(alice: Person, staff: Staff) -> None:
    # Of importance low, which no other test keeps away from.
    rules = {"sizing": {"mode": "none"}, "filters": {"news_filter": {"priorities": ["low"]}}}
    trial = {"settings": rules, "trades": [{"symbol": "NOKSEK", "side": "buy", "lots": "1"}]}
    before = alice.api.post("/v1/preview", json=trial).json()["items"][0]
    soon = datetime.now(UTC) + timedelta(minutes=30)
    staff.supply(f"{soon.isoformat()},SEK,low,Riksbank,1,")
    after = alice.api.post("/v1/preview", json=trial).json()["items"][0]
    assert (before["outcome"], after["outcome"]) == ("copy", "skip")
    assert (after["reason"], after["setting"]) == ("news", "filters.news_filter")
    assert (after["params"]["currency"], after["params"]["title"]) == ("SEK", "Riksbank")
