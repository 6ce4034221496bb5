"""MetaQuotes' own package as a second opinion: it starts and imports under Wine, and reports that no terminal answers."""

import gzip
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lockstep_images.places import places_here
from lockstep_images.prepare import prepare
from lockstep_images.recipe import find_recipes
from mt5_checker.checker import Outcome, account_of, outcome_of
from mt5_checker.unpack import unpack
from real_terminal import faults
from stage.wine import Wine

REPOSITORY = Path(__file__).resolve().parents[3]
FOLDER = REPOSITORY / "images/mt5_checker"
ACCOUNT = {"login": 1001, "password": "a secret", "server": "Broker-Demo"}


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (-10_003, Outcome.NO_TERMINAL),
        (-10_004, Outcome.NO_TERMINAL),
        (-10_005, Outcome.NO_TERMINAL),
        (-6, Outcome.LOGIN_REFUSED),
        (-1, Outcome.FAILED),
        (1, Outcome.FAILED),
    ],
)
def test_each_error_of_the_package_has_an_outcome(code: int, outcome: Outcome) -> None:
    assert outcome_of(code) is outcome


@pytest.mark.parametrize(
    "text", ["", "[]", '"a secret"', '{"login": "1"}', '{"login": 1, "password": "a secret", "server": 1}']
)
def test_what_is_no_account_is_refused_and_never_repeated(text: str) -> None:
    with pytest.raises(ValueError, match=r"^the account ") as told:
        account_of(text)
    assert "a secret" not in str(told.value)


def test_an_account_is_taken_whole_or_not_at_all() -> None:
    assert account_of(json.dumps(ACCOUNT)) == ACCOUNT
    assert account_of("{}") == {}


def test_an_answer_is_compared_with_the_account_that_was_asked_for() -> None:
    said = {
        "outcome": "checked",
        "login": 1001,
        "server": "Broker-Demo",
        "trade_mode": 0,
        "margin_mode": 2,
        "symbols": ["EURUSD"],
    }
    assert faults(said, ACCOUNT) == []
    nobody = {"outcome": "no_terminal", "words": "IPC timeout"}
    assert faults(nobody, ACCOUNT) == ["no_terminal: IPC timeout"]
    assert faults({**said, "login": 1002}, ACCOUNT) == ["the terminal is logged in as 1002"]
    assert faults({**said, "server": "Other"}, ACCOUNT) == ["the terminal is logged in at Other"]
    assert faults({**said, "trade_mode": 2}, ACCOUNT) == ["the account is no demo account (trade mode 2)"]
    assert faults({**said, "symbols": []}, ACCOUNT) == ["the terminal knows no EURUSD"]


def test_compressed_files_are_unpacked_and_what_no_checker_needs_is_left_out(tmp_path: Path) -> None:
    source = tmp_path / "from"
    (source / "Lib/test").mkdir(parents=True)
    (source / "Lib/site.py.gz").write_bytes(gzip.compress(b"import sys"))
    (source / "Lib/plain.txt").write_bytes(b"plain")
    entries: list[dict[str, Any]] = [
        {"name": "Lib"},
        {"name": "Lib/site.py", "compressed": True},
        {"name": "Lib/plain.txt"},
        {"name": "Lib/test/big.py", "compressed": True},
    ]
    (source / "files.json").write_text(json.dumps({"files": entries}))
    unpack(source, tmp_path / "to")
    found = {
        str(file.relative_to(tmp_path / "to")): file.read_bytes() for file in (tmp_path / "to").rglob("*") if file.is_file()
    }
    assert found == {"Lib/site.py": b"import sys", "Lib/plain.txt": b"plain"}


@pytest.fixture(scope="module")
def checker(wine: Wine) -> Iterator[Path]:
    """The Windows Python with the package and the checker, at a path that Wine sees, and a prefix."""
    home = wine.work / "checker"
    home.mkdir()
    shutil.copytree(prepared() / "python", home / "python")
    shutil.copy(FOLDER / "checker.py", home)
    wine.make_prefix(home)
    yield home
    shutil.rmtree(home, ignore_errors=True)


def prepared() -> Path:
    """The inputs of the image, made once and kept, as for the image."""
    return prepare(places_here(), find_recipes(REPOSITORY)["mt5_checker"]).folder


def ask(wine: Wine, home: Path, terminal: Path, account: object) -> tuple[int, dict[str, Any]]:
    """The checker's exit status and its answer."""
    (home / "account.json").write_text(json.dumps(account))
    answer = home / "answer.json"
    folder = wine.inside(home)
    python, script = f"{folder}/python/python.exe", wine.windows(home / "checker.py")
    command = f"wine {python} -I '{script}' '{wine.windows(terminal)}' < {folder}/account.json > {folder}/answer.json"
    wine.give_away(home)
    process = wine.start(command, home)
    try:
        status = process.wait(300)
    finally:
        # All processes of Wine end with this one.
        process.kill()
        process.wait()
    return status, json.loads(answer.read_text())


@pytest.mark.wine
@pytest.mark.timeout(400)
def test_where_no_terminal_answers_the_checker_says_so(wine: Wine, checker: Path) -> None:
    status, said = ask(wine, checker, checker / "no/terminal64.exe", ACCOUNT)
    assert (status, said["outcome"]) == (Outcome.NO_TERMINAL.value, "no_terminal")
    assert said["code"] in range(-10_005, -9_999)
    assert said["package"].startswith("5.0.")
    assert "a secret" not in json.dumps(said)


@pytest.mark.wine
@pytest.mark.timeout(400)
def test_what_is_no_account_never_reaches_a_terminal(wine: Wine, checker: Path) -> None:
    status, said = ask(wine, checker, checker / "no/terminal64.exe", ["a secret"])
    assert (status, said["outcome"]) == (Outcome.BAD_REQUEST.value, "bad_request")


def test_the_package_is_in_no_image_that_trades() -> None:
    stand = {name: recipe.parent for name, recipe in find_recipes(REPOSITORY).items()}
    assert stand["mt5_checker"] == "mt5"
    assert "mt5_checker" not in stand.values()
    assert find_recipes(REPOSITORY)["mt5_checker"].on_demand
    assert os.access(FOLDER / "prepare", os.X_OK)
