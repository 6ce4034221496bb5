"""A calendar's file is read line by line: good lines in, bad ones told."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep_api.calendar.entries import MOST_ENTRIES, PARAMS, BadLine, CalendarEntry, ParsedCalendar, UnreadableCalendar
from lockstep_api.calendar.files import read_calendar
from lockstep_texts import say
from lockstep_texts.catalogue import catalogue

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
PAYROLLS = datetime(2026, 12, 4, 13, 30, tzinfo=UTC)
HEAD = "at,currencies,importance,title,id,status\n"
GOOD = "2026-12-04T13:30:00Z,USD,high,Nonfarm payrolls,nfp,\n"


def csv(*lines: str) -> ParsedCalendar:
    return read_calendar(HEAD + "".join(line + "\n" for line in lines), NOW)


def event(*lines: str) -> str:
    return "\r\n".join(("BEGIN:VEVENT", *lines, "END:VEVENT", ""))


def ical(*events: str) -> ParsedCalendar:
    return read_calendar("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + "".join(events) + "END:VCALENDAR\r\n", NOW)


def problems(reading: ParsedCalendar) -> list[str]:
    return [say.calendar_problem(catalogue("en"), bad.code, bad.params) for bad in reading.bad]


def test_a_line_of_csv_is_an_entry() -> None:
    assert read_calendar(HEAD + GOOD, NOW) == ParsedCalendar(
        (CalendarEntry("nfp", PAYROLLS, ("USD",), "high", "Nonfarm payrolls"),), ()
    )


@pytest.mark.parametrize("written", ["2026-12-04T13:30:00Z", "2026-12-04 13:30+00:00", "2026-12-04T08:30:00-05:00"])
def test_a_time_of_any_zone_is_kept_in_utc(written: str) -> None:
    assert csv(f"{written},USD,high,x,1,").entries[0].at == PAYROLLS


@pytest.mark.parametrize("written", ["EUR USD", "usd;eur", "USD/EUR", "EUR | USD", "EUR USD EUR"])
def test_several_currencies_are_sorted_and_each_is_named_once(written: str) -> None:
    assert csv(f'2026-12-04T13:30:00Z,"{written}",high,x,1,').entries[0].currencies == ("EUR", "USD")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_are_found_by_name_in_any_order_with_any_usual_delimiter(delimiter: str) -> None:
    text = delimiter.join(("Title", "AT", "note", "importance", "currencies"))
    text += "\r\n" + delimiter.join(("Rates", "2026-12-04T13:30:00Z", "-", "Medium", "EUR")) + "\r\n"
    (entry,) = read_calendar("\ufeff" + text, NOW).entries
    assert (entry.title, entry.importance, entry.currencies) == ("Rates", "medium", ("EUR",))


def test_without_an_id_the_same_news_have_the_same_id_and_others_another() -> None:
    line = "2026-12-04T13:30:00Z,USD,{},Payrolls,,"
    first, again, other = (
        csv(text).entries[0].id for text in (line.format("high"), line.format("low"), GOOD.replace("nfp", ""))
    )
    assert first == again != other


def test_good_lines_are_taken_and_bad_ones_told_with_line_and_reason() -> None:
    reading = csv(
        "2026-12-04T13:30:00Z,USD,high,first,1,",
        "2026-12-04 13:30,USD,high,no zone,2,",
        "tomorrow,USD,high,no time,3,",
        '2026-12-04T13:30:00Z,USD,high,"over two',
        'lines",4,',
        "2026-12-04T13:30:00Z,DOLLAR,high,no currency,5,",
        "2026-12-04T13:30:00Z,,high,no currency,6,",
        "2026-12-04T13:30:00Z,USD,urgent,no importance,7,",
        "2026-12-04T13:30:00Z,USD,high,,8,",
        "2026-12-04T13:30:00Z,USD,high",
        "2029-12-04T13:30:00Z,USD,high,far,10,",
        "2026-12-04T13:30:00Z,USD,high,status,11,perhaps",
        "2026-12-04T13:30:00Z,USD,high,something else,1,",
        "",
        "2026-12-04T13:30:00Z,USD,high,first,1,",
        "2026-12-04T13:30:00Z,USD,high,last,14,",
    )
    assert [(entry.id, entry.title) for entry in reading.entries] == [
        ("1", "first"),
        ("4", "over two lines"),
        ("14", "last"),
    ]
    assert [bad.line for bad in reading.bad] == [3, 4, 7, 8, 9, 10, 11, 12, 13, 14]
    assert problems(reading)[0].startswith("The time does not say its time zone")
    assert problems(reading)[2] == "A currency has three letters, as USD; this has “DOLLAR”."
    assert problems(reading)[-1] == "Line 2 has the same id and says something else."


def test_a_cancelled_line_takes_its_entry_out() -> None:
    assert csv("2026-12-04T13:30:00Z,USD,high,Payrolls,nfp,Cancelled").entries[0].cancelled


@pytest.mark.parametrize(
    "text", ["", "\n", "time,what\n", "at,currencies,importance\n", "\x00\n", "BEGIN:VEVENT\nEND:VEVENT\n"]
)
def test_a_file_without_its_columns_is_refused_whole(text: str) -> None:
    with pytest.raises(UnreadableCalendar) as refused:
        read_calendar(text, NOW)
    assert say.problem(catalogue("en"), refused.value.code, refused.value.params).startswith(
        "The first line must name the columns"
    )


def test_a_file_that_is_called_icalendar_must_be_one() -> None:
    with pytest.raises(UnreadableCalendar) as refused:
        read_calendar(HEAD + GOOD, NOW, "icalendar")
    words = "This is not an iCalendar file: it has no BEGIN:VCALENDAR."
    assert say.problem(catalogue("en"), refused.value.code, refused.value.params) == words


def test_more_entries_than_a_file_may_have_are_told() -> None:
    reading = csv(*(f"2026-12-04T13:30:00Z,USD,low,x,{n}," for n in range(MOST_ENTRIES + 2)))
    assert len(reading.entries) == MOST_ENTRIES
    assert [bad.line for bad in reading.bad] == [MOST_ENTRIES + 2, MOST_ENTRIES + 3]


def test_an_event_of_icalendar_is_an_entry() -> None:
    reading = ical(
        event("UID:nfp@example", "DTSTART:20261204T133000Z", "SUMMARY:Nonfarm\\, payrolls", "CATEGORIES:USD,High"),
        event(
            "UID:rates@example",
            "RECURRENCE-ID:20261204T133000Z",
            "DTSTART;TZID=America/New_York:20261204T083000",
            "SUMMARY:Rat",
            " es",
            "CATEGORIES:EUR",
            "CATEGORIES:USD,economy",
            "PRIORITY:5",
            "STATUS:CANCELLED",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            "END:VALARM",
        ),
    )
    assert reading == ParsedCalendar(
        (
            CalendarEntry("nfp@example", PAYROLLS, ("USD",), "high", "Nonfarm, payrolls"),
            CalendarEntry("rates@example 20261204T133000Z", PAYROLLS, ("EUR", "USD"), "medium", "Rates", cancelled=True),
        ),
        (),
    )


@pytest.mark.parametrize(("priority", "importance"), [(1, "high"), (4, "high"), (5, "medium"), (6, "low"), (9, "low")])
def test_the_priority_of_an_event_is_its_importance(priority: int, importance: str) -> None:
    found = ical(event("UID:1", "DTSTART:20261204T133000Z", "SUMMARY:x", "CATEGORIES:USD", f"PRIORITY:{priority}"))
    assert found.entries[0].importance == importance


def test_a_bad_event_costs_no_good_one() -> None:
    usual = ("SUMMARY:x", "CATEGORIES:USD,high")
    reading = ical(
        event("UID:1", "DTSTART:20261204T133000", *usual),
        event("UID:2", "DTSTART;VALUE=DATE:20261204", *usual),
        event("UID:3", "DTSTART:soon", *usual),
        event("UID:4", *usual),
        event("UID:5", "DTSTART:20261204T133000Z", "RRULE:FREQ=WEEKLY", *usual),
        event("UID:6", "DTSTART:20261204T133000Z", "SUMMARY:x", "CATEGORIES:USD"),
        event("UID:7", "DTSTART:20261204T133000Z", "no line of iCalendar", *usual),
        "BEGIN:VEVENT\r\nUID:8\r\n",
        event("UID:9", "DTSTART:20261204T133000Z", *usual),
    )
    assert [entry.id for entry in reading.entries] == ["9"]
    assert [bad.line for bad in reading.bad] == [3, 9, 15, 21, 26, 33, 39, 46]
    assert "time zone" in problems(reading)[0]
    assert "one moment" in problems(reading)[1]
    assert "repeats" in problems(reading)[4]
    assert problems(reading)[-1] == "This event has no end."


_DATES = st.sampled_from(["20261204T133000Z", "20261204", "99999999T999999Z", "00010101T000000", "-", ""])
_NAMES = st.sampled_from(
    ["DTSTART", "DTSTART;TZID=Europe/Berlin", "DTSTART;TZID=\x00", "CATEGORIES", "PRIORITY", "UID", "X", ""]
)


@pytest.mark.thorough
@given(st.lists(st.tuples(_NAMES, st.one_of(_DATES, st.text(max_size=30))), max_size=8))
def test_whatever_an_event_says_is_read_or_told(lines: list[tuple[str, str]]) -> None:
    broken = event(*(f"{name}:{value}" for name, value in lines))
    good = event("UID:good", "DTSTART:20261204T133000Z", "SUMMARY:x", "CATEGORIES:USD,high")
    found = {entry.id for entry in ical(broken, good).entries}
    assert "good" in found


@given(st.text(max_size=200))
def test_whatever_a_line_says_is_read_or_told(line: str) -> None:
    reading = read_calendar(HEAD + GOOD + line, NOW, "csv")
    assert reading.entries[0].id == "nfp"
    assert all(isinstance(bad, BadLine) and bad.line >= 2 for bad in reading.bad)
    assert all({name: type(value) for name, value in bad.params.items()} == PARAMS[bad.code] for bad in reading.bad)


@given(st.text(max_size=300))
def test_whatever_a_file_is_it_is_read_or_refused(text: str) -> None:
    try:
        reading = read_calendar(text, NOW)
    except UnreadableCalendar:
        return
    assert isinstance(reading, ParsedCalendar)
