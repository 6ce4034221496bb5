"""Writes and removes the start file, from which a terminal reads its login.

It holds the password, so it is in memory-backed storage, and it is removed as soon as the terminal has read it.
"""

import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lockstep_agent.errors import CredentialsGarbled
from lockstep_agent.ini import CRLF, EXPERT_FLAGS, Section, pairs, render
from lockstep_agent.secrets import LoginSecrets, wipe
from lockstep_agent.settings import Platform
from lockstep_core.proxies import ProxyType
from lockstep_core.text_limits import is_password

PRESET = "lockstep.set"
_MT5_PROXY_TYPES = {ProxyType.SOCKS5: "1", ProxyType.HTTP: "2"}


@dataclass(frozen=True, slots=True)
class StartOptions:
    """The content of a start file without secrets. `program` is a path in its folder, without extension."""

    login: str
    server: str
    symbol: str
    program: str


def start_content(platform: Platform, start: StartOptions, secrets: LoginSecrets) -> bytearray:
    """The file's bytes: ASCII if everything in it is, else UTF-16LE. Raises `CredentialsGarbled`."""
    secret = _line(secrets.password)
    proxy = _proxy(platform, secrets)
    text = _mt5(start, secret, proxy) if platform == "MT5" else _mt4(start, secret, proxy)
    return bytearray(text.encode() if text.isascii() else b"\xff\xfe" + text.encode("utf-16-le"))


def _line(secret: bytes | bytearray) -> str:
    try:
        text = secret.decode("utf-8")
    except UnicodeDecodeError:
        raise CredentialsGarbled from None
    if not is_password(text):
        raise CredentialsGarbled
    return text


def _proxy(platform: Platform, secrets: LoginSecrets) -> Mapping[str, str]:
    """The lines of the proxy. Without a proxy they switch it off, because the terminal's own files may name one."""
    off, on = ("0", "1") if platform == "MT5" else ("false", "true")
    if secrets.proxy is None:
        return {"ProxyEnable": off}
    proxy = secrets.proxy.proxy
    kind = _MT5_PROXY_TYPES[proxy.type] if platform == "MT5" else proxy.type.value
    lines = {"ProxyEnable": on, "ProxyServer": proxy.server, "ProxyType": kind}
    return {**lines, "ProxyLogin": proxy.login, "ProxyPassword": _line(secrets.proxy.password)} if proxy.login else lines


def _mt5(start: StartOptions, password: str, proxy: Mapping[str, str]) -> str:
    common = {"Login": start.login, "Password": password, "Server": start.server}
    quiet = {"KeepPrivate": "0", "NewsEnable": "0", "CertInstall": "0"}
    startup = {"Expert": start.program, "ExpertParameters": PRESET, "Symbol": start.symbol, "Period": "M1"}
    parts: list[Section] = [
        ("Common", pairs({**common, **quiet, **proxy})),
        ("Charts", pairs({"MaxBars": "1000"})),
        ("Experts", pairs(EXPERT_FLAGS)),
        ("StartUp", pairs(startup)),
    ]
    return render(parts)


def _mt4(start: StartOptions, password: str, proxy: Mapping[str, str]) -> str:
    """The start file of MT4: without sections, and with true and false instead of 1 and 0."""
    # The bridge is a script here, not an expert: it needs a loop of its own and no events of the chart.
    flags: Mapping[str, bool] = {
        "EnableNews": False,
        "ExpertsEnable": True,
        "ExpertsDllImport": True,
        "ExpertsDllConfirm": False,
        "ExpertsExpImport": True,
        "ExpertsTrades": True,
        "ExpertsTradesConfirm": False,
    }
    lines = {"Login": start.login, "Password": password, "Server": start.server, **proxy}
    lines |= {name: str(value).lower() for name, value in flags.items()}
    lines |= {"Symbol": start.symbol, "Period": "M1", "Script": start.program, "ScriptParameters": PRESET}
    return CRLF.join([*pairs(lines), ""])


def write_start_file(path: Path, content: bytearray) -> None:
    """Writes the start file, readable for this user alone, and wipes `content`."""
    remove_start_file(path)
    # O_EXCL and O_NOFOLLOW, so that the password does not go where a link of another process leads.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        os.write(descriptor, content)
    finally:
        os.close(descriptor)
        wipe(content)


def remove_start_file(path: Path) -> None:
    """Removes the start file if it exists."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
