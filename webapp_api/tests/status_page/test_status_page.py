"""What the status page says, and that it needs no database, no script and nothing from elsewhere to say it."""

import asyncio
import json
import re
import string
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest

from lockstep_api import status_page as status_page_package
from lockstep_api.status_page import kept
from lockstep_api.status_page.alerts import UnusableAlerts, incidents_of
from lockstep_api.status_page.history import Figures, History, Incident, Outage, Recent, spans
from lockstep_api.status_page.keeper import Keeper
from lockstep_api.status_page.page import render
from lockstep_api.status_page.settings import StatusSettings
from lockstep_api.status_page.words import LANGUAGES, preferred, words
from webapp_api.tests.status_page.running import status_page

NOW = datetime(2026, 11, 30, 22, 0, tzinfo=UTC)
NOBODY = "postgresql://lockstep_status:x@127.0.0.1:9/none"
DAY = Figures(1440, 1439, 2_100, 4_250, 9_999)
HISTORY = History(
    read_at=NOW - timedelta(seconds=30),
    recent={"website": Recent(Figures(1440, 1440), True), "demo-1": Recent(DAY, True)},
    days={"website": {NOW.date(): Figures(100, 100)}, "demo-1": {NOW.date(): DAY, date(2026, 11, 1): Figures(10, 1)}},
    outages=(Outage("demo-1", NOW - timedelta(hours=5), 4),),
    incidents={("f", NOW - timedelta(days=2)): Incident("f", NOW - timedelta(days=2), "accounts", NOW - timedelta(days=1))},
)


def minutes(count: float) -> datetime:
    return NOW - timedelta(minutes=count)


def with_incident(began: datetime, ended: datetime | None, affects: str = "copying") -> History:
    return HISTORY.with_incidents([Incident("g", began, affects, ended)], NOW)


class Resources(HTMLParser):
    """Collects what a page loads or runs."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loaded += [value or "" for name, value in attrs if name in ("src", "href", "action", "data", "srcset")]
        self.inline += [tag for tag in [tag] if tag in ("script", "style", "iframe", "form", "object")]
        self.inline += [name for name, _ in attrs if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_needs_no_script_and_nothing_from_elsewhere(language: str) -> None:
    found = Resources()
    found.feed(render(HISTORY, language, NOW))
    assert found.inline == []
    assert found.loaded
    assert all(re.fullmatch(r"/[a-z.]+", each) for each in found.loaded)


def test_figures_are_rounded_so_that_a_bad_minute_shows() -> None:
    page = render(HISTORY, "en", NOW)
    assert "99.93 % of the minutes" in page
    assert Figures(1_000_000, 999_999).hundredths == 9_999
    assert "within 2.1, 95 % within 4.2, 99 % within 10.0" in page
    assert Figures(0, 0).hundredths is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_works_is_said_to_and_what_does_not_is_too(language: str) -> None:
    say = words(language)
    assert say["works"] in render(HISTORY, language, NOW)
    down = History(HISTORY.read_at, {**HISTORY.recent, "api": Recent(Figures(1, 0), False)}, HISTORY.days)
    assert say["some"] in render(down, language, NOW)
    assert say["some"] in render(with_incident(minutes(3), None), language, NOW)
    unknown = History(HISTORY.read_at, {**HISTORY.recent, "api": Recent(Figures(1, 0), None)}, HISTORY.days)
    assert say["unknown"] in render(unknown, language, NOW)
    assert 'dir="rtl"' in render(HISTORY, "ar", NOW)


def test_old_figures_are_never_shown_as_those_of_now() -> None:
    later = NOW + timedelta(hours=2)
    page = render(HISTORY, "en", later)
    assert "The figures are of 2026-11-30 21:59." in page
    assert words("en")["works"] not in page
    assert 'class="mark up"' not in page
    assert words("en")["none"] in render(History(), "en", NOW)


def test_what_overlaps_is_one_incident_for_people() -> None:
    history = with_incident(minutes(298), minutes(290))
    assert [(each.what, each.began, each.ended) for each in spans(history, NOW)] == [
        ("copying", minutes(300), minutes(290)),
        ("accounts", NOW - timedelta(days=2), NOW - timedelta(days=1)),
    ]
    apart = with_incident(minutes(200), minutes(190))
    assert [each.what for each in spans(apart, NOW)] == ["copying", "copying", "accounts"]
    going_on = with_incident(minutes(298), None)
    assert spans(going_on, NOW)[0].ended is None


def test_an_outage_goes_on_while_its_part_does_not_work() -> None:
    down = {"demo-1": Recent(DAY, False)}
    history = History(NOW, down, outages=(Outage("demo-1", minutes(6), 4),))
    assert [each.ended for each in spans(history, NOW)] == [None]
    assert [each.ended for each in spans(History(NOW, outages=history.outages), NOW)] == [minutes(2)]


def test_an_end_is_never_taken_back_and_what_is_old_is_forgotten() -> None:
    ended = with_incident(minutes(10), minutes(5))
    again = ended.with_incidents([Incident("g", minutes(10), "copying", None)], NOW)
    assert again.incidents["g", minutes(10)].ended == minutes(5)
    assert not ended.with_incidents([], NOW + timedelta(days=91)).incidents
    days = HISTORY.with_days({}, NOW + timedelta(days=75)).days
    assert list(days["demo-1"]) == [NOW.date()]


def test_the_history_survives_in_its_file_and_a_broken_one_is_none(tmp_path: Path) -> None:
    kept.write(tmp_path, HISTORY)
    assert kept.read(tmp_path) == HISTORY
    (tmp_path / "history.json").write_text('{"read_at"')
    assert kept.read(tmp_path) == History()
    assert kept.read(tmp_path / "none") == History()


def test_all_languages_say_the_same_with_the_same_blanks() -> None:
    def blanks(text: str) -> list[str]:
        return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)

    first, *others = ({name: blanks(text) for name, text in words(language).items()} for language in LANGUAGES)
    assert all(each == first for each in others)


@pytest.mark.parametrize(
    ("asked", "language"),
    [("", "en"), ("ar", "ar"), ("ar-EG,en;q=0.5", "ar"), ("en;q=0.4, ar;q=0.9", "ar"), ("fr, *", "en"), ("ar;q=x", "en")],
)
def test_the_first_page_is_in_the_language_that_the_browser_asks_for(asked: str, language: str) -> None:
    assert preferred(asked) == language


def alert(status: str = "firing", **labels: str) -> dict[str, object]:
    times = {"startsAt": "2026-11-30T21:00:00.5Z", "endsAt": "2026-11-30T21:30:00Z"}
    return {"status": status, "labels": {"alertname": "Copied", **labels}, "fingerprint": "abc", **times}


def test_only_alerts_that_say_what_they_affect_are_incidents() -> None:
    body = {"alerts": [alert(affects="copying"), alert(), alert("resolved", affects="history"), alert(affects="weather")]}
    first, second = incidents_of(body)
    assert (first.affects, first.began, first.ended) == ("copying", datetime(2026, 11, 30, 21, 0, 0, 500_000, UTC), None)
    assert (second.affects, second.ended) == ("history", datetime(2026, 11, 30, 21, 30, tzinfo=UTC))


@pytest.mark.parametrize("body", [None, [], {}, {"alerts": [{}]}, {"alerts": [{**alert(), "fingerprint": "x" * 65}]}])
def test_what_alertmanager_does_not_send_is_refused(body: object) -> None:
    with pytest.raises(UnusableAlerts):
        incidents_of(body)


@pytest.mark.timeout(120)
def test_the_process_answers_without_its_database_with_what_an_earlier_one_saw(tmp_path: Path) -> None:
    kept.write(tmp_path, HISTORY)
    with status_page(tmp_path, NOBODY) as url:
        first = httpx.get(url, headers={"accept-language": "ar"})
        assert (first.status_code, first.headers["location"]) == (302, "/ar")
        page = httpx.get(f"{url}/en")
        assert "The figures are of 2026-11-30 21:59." in page.text
        policy = page.headers["content-security-policy"].split("; ")
        assert set(policy) >= {"default-src 'none'", "style-src 'self'", "frame-ancestors 'none'", "form-action 'none'"}
        assert httpx.get(f"{url}/fr").status_code == httpx.get(f"{url}/en/x").status_code == 404
        assert httpx.get(f"{url}/style.css").headers["content-type"].startswith("text/css")
        told = httpx.post(f"{url}/alerts", json={"alerts": [alert(affects="website")]})
        assert told.status_code == 204
        assert words("en")["affects_website"] in httpx.get(f"{url}/en").text
        assert "website" in [each["affects"] for each in httpx.get(f"{url}/status.json").json()["incidents"]]
        assert httpx.post(f"{url}/alerts", content=b"{").status_code == 422
        assert httpx.post(f"{url}/alerts", content=json.dumps({"alerts": "x"})).status_code == 422
        assert httpx.post(f"{url}/alerts", content=(b"x" for _ in range(2))).status_code == 413


def test_it_imports_nothing_of_the_api_that_it_outlives() -> None:
    files = sorted(Path(status_page_package.__file__).parent.rglob("*.py"))
    imported = {name for file in files for name in re.findall(r"^\s*(?:from|import) (lockstep_\S+)", file.read_text(), re.M)}
    own = {name for name in imported if name.startswith("lockstep_api.status_page")}
    assert own
    assert {name.partition(".")[0] for name in imported - own} <= {"lockstep_service"}


class KeeperThatIsTold(Keeper):
    """Is told of an incident while it exchanges for the first time."""

    exchanges = 0

    async def read(self) -> None:
        self.exchanges += 1
        if self.exchanges == 1:
            self.tell([Incident("g", NOW, "accounts")])


async def test_what_is_told_during_an_exchange_is_written_by_the_next_one_at_once(tmp_path: Path) -> None:
    keeper = KeeperThatIsTold(StatusSettings.model_validate({"database_url": NOBODY, "state_dir": tmp_path}))
    task = asyncio.create_task(keeper._keep_reading())
    await asyncio.sleep(0.2)
    task.cancel()
    assert keeper.exchanges == 2
