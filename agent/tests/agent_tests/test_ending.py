"""Every ending of the agent has a reason that Kubernetes is told; the real process where there is one."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from lockstep_agent import errors
from lockstep_agent.ending import LONGEST_MESSAGE, report_ending
from lockstep_agent.errors import AgentError, Ending, SystemRefused
from lockstep_agent.relay.errors import RelayError
from lockstep_core.resources.reasons import Reason


def ended(environment: dict[str, str]) -> tuple[int, dict[str, str]]:
    """The exit code and the last words of an agent with these settings."""
    done = subprocess.run(
        [sys.executable, "-m", "lockstep_agent"],
        env={**os.environ, **environment},
        capture_output=True,
        timeout=60,
        check=False,
    )
    return done.returncode, json.loads(Path(environment["LOCKSTEP_TERMINATION_LOG"]).read_text())


@pytest.mark.parametrize(("name", "value"), [("SERVER", "s" * 128), ("LOGIN", "1" * 19), ("EPOCH", "x"), ("PLATFORM", "")])
def test_settings_that_cannot_be_used_are_told(environment: dict[str, str], name: str, value: str) -> None:
    code, said = ended({**environment, f"LOCKSTEP_{name}": value})
    assert (code, said["reason"]) == (2, "BadSettings")
    assert f"LOCKSTEP_{name}" in said["message"]


def test_a_port_that_is_taken_is_told(environment: dict[str, str]) -> None:
    with socket.create_server(("0.0.0.0", 0)) as taken:  # noqa: S104 - the agent listens for the kubelet on every address
        port = taken.getsockname()[1]
        code, said = ended({**environment, "LOCKSTEP_HEALTH_PORT": str(port)})
    assert (code, said["reason"]) == (1, "TerminalCrashed")
    assert said["message"] == f"port {port}: Address already in use"


def test_last_words_have_a_bounded_length_and_need_no_file(tmp_path: Path) -> None:
    report_ending(tmp_path / "log", Reason.TERMINAL_CRASHED, "x" * 100_000)
    assert len(json.loads((tmp_path / "log").read_text())["message"]) == LONGEST_MESSAGE
    report_ending(tmp_path / "none/log", Reason.TERMINAL_CRASHED, "")


def test_there_is_one_tree_of_errors() -> None:
    made = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Exception)]
    assert all(issubclass(each, AgentError) for each in (*made, RelayError))


def test_only_what_may_be_wrong_at_one_look_is_doubtful() -> None:
    doubtful = {each for each in Ending.__subclasses__() if each.doubtful}
    of_proxies = {errors.ProxyUnreachable, errors.ProxyRefused, errors.OfferedProxyUnusable}
    assert doubtful == {errors.CredentialsAbsent, errors.CredentialsGarbled} | of_proxies
    assert errors.KeyringRefused("NotThisPod").doubtful
    assert not errors.KeyringRefused("EpochSuperseded").doubtful


def test_a_fault_of_the_system_names_no_path_of_the_pod() -> None:
    refused = SystemRefused("start file", OSError(13, "Permission denied", "/run/lockstep/start.ini"))
    assert refused.detail == "start file: Permission denied"
