"""If the catalogue knows a server and this image's terminal does not, the service must act, and not the account's owner."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from lockstep_agent.boot import events as ev
from lockstep_agent.boot.machine import step
from lockstep_agent.boot.state import Boot
from lockstep_agent.errors import ServerNotInBundle
from lockstep_agent.server_files import ServerFile, require_files
from lockstep_agent.settings import AgentSettings, read_settings
from lockstep_agent.terminal_files import prepare
from lockstep_core.resources.reasons import Actor, Reason
from lockstep_service.errors import InvalidSettings

from .test_boot import LIMITS, UP, WANTED

CONTENT = b"where brokers are"
LISTED = ServerFile("config/servers.dat", hashlib.sha256(CONTENT).hexdigest())


def terminal(home: Path, content: bytes = CONTENT) -> Path:
    (home / "Config").mkdir(parents=True)
    (home / "Config" / "Servers.dat").write_bytes(content)
    return home


def test_files_are_found_in_upper_and_lower_case(tmp_path: Path) -> None:
    require_files(terminal(tmp_path / "terminal"), [LISTED])


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (b"of another broker", LISTED),
        (CONTENT, replace(LISTED, path="config/Broker-Demo.srv")),
        (CONTENT, replace(LISTED, path="config")),
        (CONTENT, replace(LISTED, path="config/servers.dat/x")),
    ],
)
def test_what_the_terminal_lacks_is_named(tmp_path: Path, content: bytes, wanted: ServerFile) -> None:
    with pytest.raises(ServerNotInBundle) as error:
        require_files(terminal(tmp_path / "terminal", content), [wanted])
    assert error.value.detail == wanted.path
    assert error.value.reason is Reason.SERVER_NOT_IN_BUNDLE
    assert error.value.reason.actor is Actor.SERVICE


def test_it_is_found_out_before_the_terminal_starts(settings: AgentSettings) -> None:
    image = settings.paths.image
    (image / "prefix").mkdir()
    terminal(image / "terminal", b"of another broker")
    (image / "terminal" / "terminal64.exe").write_bytes(b"")
    with pytest.raises(ServerNotInBundle):
        prepare(replace(settings, server_files=(LISTED,)))


@pytest.mark.parametrize(
    ("known", "proven", "reason"),
    [
        (False, False, Reason.SERVER_NOT_FOUND),
        (True, False, Reason.SERVER_NOT_IN_BUNDLE),
        # A terminal that logged in before knows the way: the broker is away.
        (True, True, Reason.SERVER_NOT_FOUND),
    ],
)
def test_nobody_is_asked_for_another_name_where_the_name_is_right(known: bool, proven: bool, reason: Reason) -> None:
    boot = Boot(WANTED, proven=proven, server_known=known)
    for event in UP[:3]:
        boot, _ = step(boot, event, 1, LIMITS)
    boot, _ = step(boot, ev.ClockTicked(), 1 + LIMITS.login_timeout_ms, LIMITS)
    assert boot.failure is not None
    assert boot.failure.reason is reason


def test_the_pods_variables_say_what_the_server_needs(environment: dict[str, str]) -> None:
    told = {
        "LOCKSTEP_SERVER_KNOWN": "yes",
        "LOCKSTEP_SERVER_FILES": f'[{{"path": "{LISTED.path}", "sha256": "{LISTED.sha256}"}}]',
    }
    read = read_settings({**environment, **told})
    assert (read.server_known, read.server_files) == (True, (LISTED,))
    assert read_settings(environment).server_files == ()
    with pytest.raises(InvalidSettings, match="LOCKSTEP_SERVER_FILES"):
        read_settings({**environment, "LOCKSTEP_SERVER_FILES": '[{"path": 1}]'})
