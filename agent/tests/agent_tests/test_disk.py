"""What a terminal leaves on its disk does not grow for ever."""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lockstep_agent.chart_symbols import USUAL, chart_symbols
from lockstep_agent.journal import LONGEST_LINE, JournalEntry, JournalText, Mark
from lockstep_agent.journal_files import JournalFiles
from lockstep_agent.pruning import KEPT_S, prune

NOW_S = 1_800_000_000.0
GROWING = [
    "logs/20260101.log",
    "MQL5/Logs/20260101.log",
    "mql4/logs/20260101.log",
    "Bases/Broker-Demo/ticks/EURUSD/202601.tkc",
    "bases/Broker-Demo/history/EURUSD/2026.hcc",
    "history/Broker-Demo/EURUSD1.hst",
    "Tester/logs/20260101.log",
    "crashdumps/a.dmp",
]
NEEDED = [
    "terminal64.exe",
    "config/servers.dat",
    "config/common.ini",
    "MQL5/Experts/Lockstep/Bridge.ex5",
    "MQL5/Presets/lockstep.set",
    "bases/symbols.custom.dat",
]


def written(home: Path, name: str, age_s: float) -> Path:
    path = home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"12345678")
    os.utime(path, (NOW_S - age_s, NOW_S - age_s))
    return path


@pytest.mark.parametrize("name", GROWING)
def test_what_grows_goes_when_it_is_old_and_stays_while_it_is_new(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, name, KEPT_S - 60)
    assert prune(tmp_path, NOW_S) == 0
    assert path.exists()
    assert prune(tmp_path, NOW_S + 60) == 8
    assert not path.exists()


@pytest.mark.parametrize("name", NEEDED)
def test_what_the_terminal_needs_stays_however_old_it_is(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, name, 1000 * KEPT_S)
    assert prune(tmp_path, NOW_S) == 0
    assert path.exists()


def test_a_month_of_journals_leaves_two_days_of_them(tmp_path: Path) -> None:
    for day in range(31):
        written(tmp_path, f"logs/202601{day + 1:02}.log", (30 - day) * 86_400 + 1)
        prune(tmp_path, NOW_S)
    assert sorted(path.name for path in (tmp_path / "logs").iterdir()) == ["20260130.log", "20260131.log"]


def test_a_line_without_an_end_is_bounded() -> None:
    journal, endless = JournalText(), "x" * 100_000
    for _ in range(50):
        assert journal.feed(endless.encode("utf-16-le")) == []
        assert len(journal._rest) <= LONGEST_LINE
    rest, following = journal.feed("\r\nnext\r\n".encode("utf-16-le"))
    assert (len(rest) <= LONGEST_LINE, following) == (True, "next")


def line(text: str) -> bytes:
    return f"AB\t0\t10:00:00.000\tNetwork\t'1001': {text}\r\n".encode("utf-16-le")


def test_a_journal_that_is_gone_for_a_moment_is_read_when_it_is_back(tmp_path: Path) -> None:
    files, path = JournalFiles(tmp_path, "1001"), tmp_path / "20260101.log"
    path.symlink_to(tmp_path / "elsewhere")
    assert files.news() == []
    path.unlink()
    path.write_bytes(line("authorized on X through Y") + line("connection to X lost"))
    assert files.news() == [JournalEntry(Mark.AUTHORIZED), JournalEntry(Mark.CONNECTION_LOST)]
    path.unlink()
    assert files.news() == []
    path.write_bytes(line("authorized on X through Y"))
    assert files.news() == [JournalEntry(Mark.AUTHORIZED)]


@contextmanager
def made_and_removed(folder: Path, file: str) -> Iterator[None]:
    """Makes a folder with a file and removes it, again and again, while the block runs."""
    done = threading.Event()

    def work() -> None:
        while not done.is_set():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(b"")
            shutil.rmtree(folder)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        done.set()
        worker.join()


def test_files_that_are_made_anew_meanwhile_are_no_fault(tmp_path: Path) -> None:
    files, end = JournalFiles(tmp_path / "terminal/logs", "1001"), time.monotonic() + 2
    with made_and_removed(tmp_path / "terminal", "logs/20260101.log"):
        while time.monotonic() < end:
            assert files.news() == []
            assert prune(tmp_path / "terminal", time.time()) == 0


def test_a_journal_that_begins_again_is_read_from_its_beginning(tmp_path: Path) -> None:
    files, path = JournalFiles(tmp_path, "1001"), tmp_path / "20260101.log"
    path.write_bytes(line("authorized on X through Y") * 2)
    assert len(files.news()) == 2
    path.write_bytes(line("connection to X lost"))
    assert files.news() == [JournalEntry(Mark.CONNECTION_LOST)]


def test_the_chart_tries_what_was_configured_then_what_the_broker_has_then_usual_names(tmp_path: Path) -> None:
    assert chart_symbols("EURUSD", tmp_path) == ("EURUSD", *USUAL)
    for symbol in ("EURUSD.x", "GBPUSD"):
        (tmp_path / "Bases/Broker-Demo/history" / symbol).mkdir(parents=True)
    found = chart_symbols("EURUSD", tmp_path)
    assert found[:3] == ("EURUSD", "EURUSD.x", "GBPUSD")
    assert len(set(found)) == len(found)
