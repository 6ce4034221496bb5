"""Settings of a terminal pod, read and checked once from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from uuid import UUID

import msgspec

from lockstep_agent.server_files import ServerFile
from lockstep_core.accounts import Environment
from lockstep_core.text_limits import LOGIN_DIGITS, LOGIN_PATTERN, SERVER_CHARACTERS, is_server
from lockstep_service.variables import Variables, matching, port, positive

Platform = Literal["MT4", "MT5"]
TERMINATION_LOG = "/dev/termination-log"


@dataclass(frozen=True, slots=True)
class PodPaths:
    """Folders and files of a pod. The defaults are those of a pod; a development machine may use others."""

    image: Path
    home: Path
    run: Path
    mounts: Path
    termination_log: Path

    @property
    def prefix(self) -> Path:
        return self.home / ".wine"

    @property
    def terminal(self) -> Path:
        return self.home / "terminal"

    @property
    def start_file(self) -> Path:
        return self.run / "start.ini"


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """The account and epoch of the pod, and the address of the keyring, which knows where the router is. Times are seconds.

    `proven`: the account was ready with these credentials before. `server_known`: the catalogue of brokers names the server.
    `server_files`: what the terminal needs to find the server, and `server_probe`: where the server answers, as far as that
    is known. `proxied`: the account has a proxy, without which its terminal must not start.
    """

    account: UUID
    epoch: int
    platform: Platform
    environment: Environment
    login: str
    server: str
    keyring_url: str
    login_timeout_s: int
    update_pause_s: int
    chart_symbol: str
    proven: bool
    server_known: bool
    server_files: tuple[ServerFile, ...]
    server_probe: tuple[str, int] | None
    proxied: bool
    health_port: int
    events_port: int
    commands_port: int
    paths: PodPaths


def read_settings(environment: Mapping[str, str] = os.environ) -> AgentSettings:
    """Settings from `LOCKSTEP_…` variables. Raises `InvalidSettings` naming the first that is wrong."""
    env = Variables(environment)
    return AgentSettings(
        account=env.take("ACCOUNT_ID", UUID),
        epoch=env.take("EPOCH", positive),
        platform=env.take("PLATFORM", _platform),
        environment=env.take("ENVIRONMENT", _environment),
        login=env.take("LOGIN", matching(LOGIN_PATTERN, f"must be a number of at most {LOGIN_DIGITS} digits")),
        server=env.take("SERVER", _server),
        keyring_url=env.take("KEYRING_URL", matching(r"https://\S+", "must be an https URL")),
        login_timeout_s=env.take("LOGIN_TIMEOUT_S", positive, "240"),
        update_pause_s=env.take("UPDATE_PAUSE_S", positive, "30"),
        chart_symbol=env.take("CHART_SYMBOL", matching(r"[^\x00-\x1f=\\]{1,31}", "must be a symbol"), "EURUSD"),
        proven=env.take("PROVEN", _yes_or_no, "no"),
        server_known=env.take("SERVER_KNOWN", _yes_or_no, "no"),
        server_files=env.take("SERVER_FILES", _server_files, "[]"),
        server_probe=env.take("SERVER_PROBE", _probe, ""),
        proxied=env.take("PROXIED", _yes_or_no, "no"),
        health_port=env.take("HEALTH_PORT", port, "8080"),
        events_port=env.take("EVENTS_PORT", port, "9101"),
        commands_port=env.take("COMMANDS_PORT", port, "9102"),
        paths=_paths(env),
    )


def _paths(env: Variables) -> PodPaths:
    return PodPaths(
        image=env.take("IMAGE_DIR", Path, "/opt/lockstep"),
        home=env.take("HOME_DIR", Path, "/home/trader"),
        run=env.take("RUN_DIR", Path, "/run/lockstep"),
        mounts=env.take("MOUNTS_DIR", Path, "/var/run/lockstep"),
        termination_log=env.take("TERMINATION_LOG", Path, TERMINATION_LOG),
    )


def _server(text: str) -> str:
    if not is_server(text):
        raise ValueError(f"must be a server's name: one line of at most {SERVER_CHARACTERS} characters")
    return text


def _server_files(text: str) -> tuple[ServerFile, ...]:
    try:
        return msgspec.json.decode(text, type=tuple[ServerFile, ...])
    except msgspec.MsgspecError:
        raise ValueError("must be a JSON list of files with path and sha256") from None


def _probe(text: str) -> tuple[str, int] | None:
    if not text:
        return None
    host, _, number = text.rpartition(":")
    if not host or not text.isascii():
        raise ValueError("must be a host and a port as broker.example:443")
    return host, port(number)


def _yes_or_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError("must be yes or no")
    return text == "yes"


def _environment(text: str) -> Environment:
    try:
        return Environment(text)
    except ValueError:
        raise ValueError("must be demo or live") from None


def _platform(text: str) -> Platform:
    if text == "MT4":
        return "MT4"
    if text == "MT5":
        return "MT5"
    raise ValueError("must be MT4 or MT5")
