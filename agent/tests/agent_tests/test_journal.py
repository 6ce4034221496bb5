"""The journal's lines become marks; bytes may be cut anywhere."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep_agent.journal import JournalEntry, JournalText, Mark, read_line
from lockstep_agent.journal_files import JournalFiles

LOGIN = "1001"


def line(text: str, source: str = "Network") -> str:
    return f"CS\t0\t10:11:12.123\t{source}\t{text}"


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        (line("'1001': authorized on Broker-Demo through Access Point 1 (ping: 12.3 ms)"), JournalEntry(Mark.AUTHORIZED)),
        (
            line("'1001': authorization on Broker-Demo failed (Invalid account)"),
            JournalEntry(Mark.REFUSED, "Invalid account"),
        ),
        (
            line("'1001': terminal synchronized with Broker Ltd: 2 positions, 0 orders, 5 symbols"),
            JournalEntry(Mark.SYNCHRONIZED),
        ),
        (line("'1001': connection to Broker-Demo lost"), JournalEntry(Mark.CONNECTION_LOST)),
        (line("'1001': trading has been enabled - hedging mode", "Trades"), JournalEntry(Mark.TRADING_ENABLED)),
        (line("'1001': previous successful authorization performed from 10.0.0.1"), JournalEntry(Mark.NETWORK)),
        (
            line('Startup successfully initialized from start config "Z:\\run\\lockstep\\start.ini"', "Terminal"),
            JournalEntry(Mark.START_FILE_READ),
        ),
        (line('cannot load config "Z:\\x y""', "Terminal"), JournalEntry(Mark.START_FILE_UNREADABLE)),
        (line("LiveUpdate new version build 5836 downloaded successfully", "LiveUpdate"), JournalEntry(Mark.UPDATE_READY)),
        (line("MetaTrader 5 x64 build 5836 started for Broker Ltd", "Terminal"), JournalEntry(Mark.BUILD, "5836")),
        ("0\t10:11:12.123\t'1001': login on Broker-Demo through Access Point 1", JournalEntry(Mark.AUTHORIZED)),
        ("0\t10:11:12.123\t'1001': login failed (Invalid account)", JournalEntry(Mark.REFUSED, "Invalid account")),
        ("0\t10:11:12.123\t'1001': something else", JournalEntry(Mark.NETWORK)),
        ("0\t10:11:12.123\tMetaTrader 4 build 1443 started (Broker Ltd)", JournalEntry(Mark.BUILD, "1443")),
    ],
)
def test_a_known_line_has_its_mark(text: str, entry: JournalEntry) -> None:
    assert read_line(text, LOGIN) == entry


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\t\t\t",
        line("'2002': authorized on Broker-Demo through Access Point 1"),
        line("'1001' is mentioned: authorized on nothing", "Experts"),
        line("expert Bridge (EURUSD,M1) loaded successfully", "Experts"),
        line("'1001': buy 0.10 EURUSD done", "Trades"),
    ],
)
def test_other_lines_and_other_logins_say_nothing(text: str) -> None:
    assert read_line(text, LOGIN) is None


@pytest.mark.thorough
@given(st.lists(st.text(st.characters(codec="utf-16-le", exclude_characters="\r\n\ufeff"))), st.data())
def test_lines_come_out_whole_wherever_the_bytes_were_cut(lines: list[str], data: st.DataObject) -> None:
    raw = b"\xff\xfe" + "".join(text + "\r\n" for text in lines).encode("utf-16-le")
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=8)))
    journal, out = JournalText(), []
    for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True):
        out += journal.feed(raw[start:end])
    assert [text.rstrip("\r") for text in lines] == out


def test_follows_files_as_they_grow_and_over_midnight(tmp_path: Path) -> None:
    files = JournalFiles(tmp_path / "logs", LOGIN)
    assert files.news() == []
    (tmp_path / "logs").mkdir()
    first, second = tmp_path / "logs" / "20260101.log", tmp_path / "logs" / "20260102.log"
    text = (line("'1001': authorized on X through Y") + "\r\n").encode("utf-16-le")
    first.write_bytes(b"\xff\xfe" + text[:31])
    assert files.news() == []
    with first.open("ab") as file:
        file.write(text[31:])
    second.write_bytes(b"\xff\xfe" + (line("'1001': connection to X lost") + "\r\n").encode("utf-16-le"))
    assert files.news() == [JournalEntry(Mark.AUTHORIZED), JournalEntry(Mark.CONNECTION_LOST)]
    assert files.news() == []


def test_a_plain_text_journal_is_read_wherever_its_bytes_were_cut() -> None:
    raw = "0\t10:11:12.123\t'1001': login on Börse through Y\r\n".encode()
    for cut in range(len(raw)):
        journal = JournalText()
        lines = [*journal.feed(raw[:cut]), *journal.feed(raw[cut:])]
        assert [read_line(text, LOGIN) for text in lines] == [JournalEntry(Mark.AUTHORIZED)]
