"""What a terminal finds on its disk."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep_agent.children.environment import WINE_PROCESS, plain_environment, python_environment, wine_environment
from lockstep_agent.children.terminal import command_line
from lockstep_agent.errors import CredentialsGarbled, TerminalAbsent
from lockstep_agent.ini import decode_text, encode_text, persisted_common, sections, services
from lockstep_agent.secrets import LoginSecrets
from lockstep_agent.settings import AgentSettings
from lockstep_agent.start_file import StartOptions, remove_start_file, start_content, write_start_file
from lockstep_agent.terminal_files import prepare

START = StartOptions("1001", "Broker-Demo", "EURUSD", "Lockstep\\Bridge")
SECRETS = LoginSecrets(bytearray(b"secret"))


def test_an_mt5_start_file_has_sections_and_ones_and_zeros() -> None:
    text = start_content("MT5", START, SECRETS).decode()
    parts = dict(sections(text))
    assert parts["Common"][:3] == ("Login=1001", "Password=secret", "Server=Broker-Demo")
    assert "AllowLiveTrading=1" in parts["Experts"]
    assert "Account=0" in parts["Experts"]
    assert parts["StartUp"] == ("Expert=Lockstep\\Bridge", "ExpertParameters=lockstep.set", "Symbol=EURUSD", "Period=M1")
    assert "true" not in text.lower()
    assert text.count("\r\n") == text.count("\n")


def test_an_mt4_start_file_has_no_sections_and_words_for_booleans() -> None:
    lines = start_content("MT4", START, SECRETS).decode().split("\r\n")
    assert lines[:3] == ["Login=1001", "Password=secret", "Server=Broker-Demo"]
    assert "ExpertsTrades=true" in lines
    assert not any(part.startswith("[") for part in lines)


@given(st.text(st.characters(min_codepoint=33, exclude_categories=("Cs", "Cc")), min_size=1))
def test_any_password_comes_back_from_the_file(password: str) -> None:
    text = decode_text(bytes(start_content("MT5", START, LoginSecrets(bytearray(password.encode())))))
    assert f"\r\nPassword={password}\r\n" in text


@pytest.mark.parametrize("password", [b"", b"\xff\xfe", b"a\nServer=elsewhere", b"a\r"])
def test_a_password_that_would_break_the_file_is_refused(password: bytes) -> None:
    with pytest.raises(CredentialsGarbled) as error:
        start_content("MT5", START, LoginSecrets(bytearray(password)))
    assert password == b"" or repr(password) not in repr(error.value)


def test_the_start_file_is_for_its_owner_and_its_content_is_wiped(tmp_path: Path) -> None:
    path, content = tmp_path / "start.ini", bytearray(b"secret")
    path.symlink_to(tmp_path / "elsewhere")
    write_start_file(path, content)
    assert path.read_bytes() == b"secret"
    assert stat.S_IMODE(path.lstat().st_mode) == 0o600
    assert content == bytes(6)
    assert not (tmp_path / "elsewhere").exists()
    remove_start_file(path)
    remove_start_file(path)
    assert not path.exists()


def test_a_common_ini_loses_its_account_and_gets_the_experts_flags() -> None:
    old = "[Common]\r\nLogin=7\r\n[Experts]\r\nAccount=1\r\nWebRequest=x\r\n[Charts]\r\nMaxBars=5\r\n"
    parts = dict(sections(persisted_common(old)))
    assert "Common" not in parts
    assert parts["Charts"] == ("MaxBars=5",)
    assert "Account=0" in parts["Experts"]
    assert "WebRequest=x" in parts["Experts"]


@pytest.mark.parametrize("raw", [encode_text("a=1"), "a=1".encode("utf-16-le"), b"a=1", b"\xef\xbb\xbfa=1"])
def test_text_is_read_in_every_coding_terminals_use(raw: bytes) -> None:
    assert decode_text(raw) == "a=1"


def test_a_service_is_listed_as_mt5_lists_it() -> None:
    lines = services("lockstep", "Services\\Executor.ex5", {"CommandsPort": "9102"}).split("\r\n")
    assert lines[0] == "<service>"
    assert "path=Services\\Executor.ex5" in lines
    assert lines.index("<inputs>") < lines.index("CommandsPort=9102") < lines.index("</inputs>")


def test_commands_name_the_start_file_and_never_its_content() -> None:
    mt5 = command_line("MT5", Path("/home/trader/terminal/terminal64.exe"), Path("/run/lockstep/start.ini"))
    assert mt5[1:] == ["/home/trader/terminal/terminal64.exe", "/portable", "/config:Z:\\run\\lockstep\\start.ini"]
    mt4 = command_line("MT4", Path("/t/terminal.exe"), Path("/run/lockstep/start.ini"))
    assert mt4[1:] == ["/t/terminal.exe", "Z:\\run\\lockstep\\start.ini", "/portable"]


def image(root: Path) -> None:
    """A terminal tree as someone else left it, with the bridge beside it."""
    for name in ("prefix/drive_c", "terminal/Config", "terminal/logs", "terminal/MQL5/Profiles/Charts/Default", "bridge"):
        (root / name).mkdir(parents=True)
    for name in (
        "terminal/terminal64.exe",
        "terminal/Config/accounts.dat",
        "terminal/Config/servers.dat",
        "terminal/logs/20200101.log",
        "terminal/MQL5/Profiles/Charts/Default/chart01.chr",
        "bridge/lockstep.dll",
        "bridge/Bridge.ex5",
        "bridge/Executor.ex5",
    ):
        (root / name).write_bytes(name.encode())
    (root / "terminal/Config/common.ini").write_bytes(encode_text("[Common]\r\nLogin=7\r\n"))
    (root / "prefix/drive_c/link").symlink_to("/nowhere")
    (root / "terminal/terminal64.exe").chmod(0o444)


def test_a_prepared_tree_is_ours_alone(settings: AgentSettings) -> None:
    paths = settings.paths
    image(paths.image)
    prepared = prepare(settings)
    home = paths.terminal
    assert prepared.executable == home / "terminal64.exe"
    assert prepared.program == "Lockstep\\Bridge"
    assert not (home / "Config/accounts.dat").exists()
    assert not (home / "logs").exists()
    assert not (home / "MQL5/Profiles/Charts").exists()
    assert (home / "Config/servers.dat").exists()
    assert (home / "MQL5/Libraries/lockstep.dll").exists()
    assert "Login=7" not in decode_text((home / "Config/common.ini").read_bytes())
    assert "Services\\Lockstep\\Executor.ex5" in decode_text((home / "Config/services.ini").read_bytes())
    assert (home / "MQL5/Presets/lockstep.set").read_text().split() == ["EventsPort=9101", "Login=1001"]
    assert (paths.prefix / "drive_c/link").is_symlink()
    assert not (home / "config").exists()


def test_preparing_twice_gives_the_same_tree(settings: AgentSettings) -> None:
    image(settings.paths.image)
    prepare(settings)
    (settings.paths.terminal / "left-over").touch()
    prepare(settings)
    assert not (settings.paths.terminal / "left-over").exists()


def test_programs_are_found_where_the_tree_has_them(settings: AgentSettings) -> None:
    root = settings.paths.image
    image(root)
    for name in ("Bridge.ex5", "Executor.ex5"):
        (root / "bridge" / name).unlink()
    for name in ("Experts/Lockstep/Deep/Bridge.ex5", "Services/Executor.ex5"):
        (root / "terminal/MQL5" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "terminal/MQL5" / name).touch()
    assert prepare(settings).program == "Lockstep\\Deep\\Bridge"


@pytest.mark.parametrize(
    "missing", ["terminal/terminal64.exe", "bridge/Bridge.ex5", "bridge/Executor.ex5", "bridge/lockstep.dll"]
)
def test_an_image_without_a_part_says_so(settings: AgentSettings, missing: str) -> None:
    image(settings.paths.image)
    (settings.paths.image / missing).unlink()
    with pytest.raises(TerminalAbsent):
        prepare(settings)


def test_mt4_wants_its_own_executable(settings: AgentSettings) -> None:
    image(settings.paths.image)
    with pytest.raises(TerminalAbsent, match=r"terminal\.exe"):
        prepare(replace(settings, platform="MT4"))


def test_children_learn_nothing_of_the_pods_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCKSTEP_ACCOUNT_ID", "x")
    monkeypatch.setenv(WINE_PROCESS, "of the pod")
    monkeypatch.setenv("WINEDEBUG", "-all")
    under_wine = wine_environment(Path("/h"), Path("/p"), ":1")
    # The agent itself gives Wine's processes this mark.
    assert under_wine.pop(WINE_PROCESS) == "/p"
    for environment in (plain_environment(), python_environment(), under_wine):
        assert not [name for name in environment if name.startswith("LOCKSTEP") or name == "WINEDEBUG"]
