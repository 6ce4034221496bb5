"""The words of mails: every kind, in every language, as text and as HTML."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from lockstep_notifier.mail_page import MOST_TOLD, TEST, mail_page, place_for
from lockstep_texts.catalogue import LANGUAGES, catalogue
from notifier.tests.samples import SITE, reader, told

DATA: dict[str, Any] = {
    "label": "Main <b>&",
    "symbol": "EURUSD",
    "was": "old@example.test",
    "count": 3,
    "reason": "spread",
    "setting": None,
}
PARAMS = {"symbol": "EURUSD", "points": 31, "limit": 20}
GUARD = {"kind": "loss", "ends": "time"}
KINDS = sorted({key.split(".")[1] for key in catalogue("en").patterns if key.startswith("alerts.")})
UNTOLD = re.compile(r"[{}]|\balerts\.|\bmails\.")


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(html: str) -> _Texts:
    texts = _Texts()
    texts.feed(html)
    return texts


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if not kind.startswith("guard")])
def test_every_kind_has_a_mail(kind: str, language: str) -> None:
    things = (told(kind, **DATA, params=PARAMS),)
    page = mail_page(things, reader(language), place_for(SITE, reader(language)))
    assert not UNTOLD.search(page.subject + page.text)
    assert page.subject in page.text
    assert "\n" not in page.subject


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_is_one_of_its_language(language: str) -> None:
    page = mail_page((told(),), reader(language), place_for(SITE, reader(language)))
    direction = {"en": "ltr", "ar": "rtl"}[language]
    assert f'<html lang="{language}" dir="{direction}">' in page.html
    assert "prefers-color-scheme: dark" in page.html


def test_what_people_have_named_is_text_and_no_html() -> None:
    page = mail_page((told(label="<script>alert(1)</script>"),), reader(), place_for(SITE, reader()))
    assert "script" not in read(page.html).tags
    assert "<script>alert(1)</script> is disconnected" in "".join(read(page.html).words)


def test_a_name_with_a_line_end_makes_no_header() -> None:
    page = mail_page((told(label="Main\r\nBcc: all@example.test"),), reader(), place_for(SITE, reader()))
    assert page.subject == "Main Bcc: all@example.test is disconnected"


def test_both_kinds_lead_to_the_same_places() -> None:
    page = mail_page((told(),), reader(), place_for(SITE, reader()))
    links = set(read(page.html).links)
    assert links == {f"{SITE}/app/alerts", f"{SITE}/app/settings/notifications", f"{SITE}/unsubscribe?token={'t' * 64}"}
    assert all(link in page.text for link in links)


def test_several_things_are_one_mail_whose_subject_is_their_number() -> None:
    things = [told(number=n, label=f"account {n}") for n in range(3)]
    page = mail_page(things, reader(), place_for(SITE, reader()))
    assert page.subject == "3 things to know"
    assert all(f"account {n} is disconnected" in page.text for n in range(3))


def test_hundreds_of_things_are_counted() -> None:
    things = [told(number=n, label=f"account {n}") for n in range(1200)]
    page = mail_page(things, reader(), place_for(SITE, reader()))
    assert page.subject == "1,200 things to know"
    assert page.text.count("is disconnected") == MOST_TOLD


def test_times_are_of_the_readers_zone_and_an_unknown_zone_is_no_harm() -> None:
    page = mail_page((told(),), reader(zone="Asia/Dubai"), place_for(SITE, reader()))
    assert "2026-12-02 00:30 (Asia/Dubai)" in page.text
    assert "2026-12-01 20:30 (Mars/Base)" in mail_page((told(),), reader(zone="Mars/Base"), place_for(SITE, reader())).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_test_says_that_it_is_one(language: str) -> None:
    page = mail_page((told(TEST),), reader(language), place_for(SITE, reader(language)))
    assert page.subject == catalogue(language).text("mails.test_title", {})
