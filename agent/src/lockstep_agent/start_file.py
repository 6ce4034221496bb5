"""The file a terminal logs in from. It holds the password: made when needed, in memory-backed storage, soon removed."""

import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lockstep_agent.errors import CredentialsGarbled
from lockstep_agent.ini import CRLF, EXPERT_FLAGS, Section, pairs, render
from lockstep_agent.settings import Platform

PRESET = "lockstep.set"


@dataclass(frozen=True, slots=True)
class Start:
    """Everything of a start file but the password. `program` is relative to its folder, without extension."""

    login: str
    server: str
    symbol: str
    program: str


def start_content(platform: Platform, start: Start, password: bytes | bytearray) -> bytearray:
    """The file's bytes: plain where the password is ASCII, else UTF-16LE. Raises `CredentialsGarbled`."""
    try:
        secret = password.decode("utf-8")
    except UnicodeDecodeError:
        raise CredentialsGarbled from None
    if not secret or any(ord(c) < 32 for c in secret):
        raise CredentialsGarbled
    text = _mt5(start, secret) if platform == "MT5" else _mt4(start, secret)
    return bytearray(text.encode() if text.isascii() else b"\xff\xfe" + text.encode("utf-16-le"))


def _mt5(start: Start, password: str) -> str:
    common = {"Login": start.login, "Password": password, "Server": start.server}
    quiet = {"KeepPrivate": "0", "NewsEnable": "0", "CertInstall": "0"}
    startup = {"Expert": start.program, "ExpertParameters": PRESET, "Symbol": start.symbol, "Period": "M1"}
    parts: list[Section] = [
        ("Common", pairs({**common, **quiet})),
        ("Charts", pairs({"MaxBars": "1000"})),
        ("Experts", pairs(EXPERT_FLAGS)),
        ("StartUp", pairs(startup)),
    ]
    return render(parts)


def _mt4(start: Start, password: str) -> str:
    """No sections, true and false, and a script instead of an expert: it gets no events and runs a loop of its own."""
    flags: Mapping[str, bool] = {
        "EnableNews": False,
        "ExpertsEnable": True,
        "ExpertsDllImport": True,
        "ExpertsDllConfirm": False,
        "ExpertsExpImport": True,
        "ExpertsTrades": True,
        "ExpertsTradesConfirm": False,
    }
    lines = {"Login": start.login, "Password": password, "Server": start.server}
    lines |= {name: str(value).lower() for name, value in flags.items()}
    lines |= {"Symbol": start.symbol, "Period": "M1", "Script": start.program, "ScriptParameters": PRESET}
    return CRLF.join([*pairs(lines), ""])


def write_start_file(path: Path, content: bytearray) -> None:
    """Writes it for this user alone and wipes `content`; an older file of that name is replaced, never followed."""
    remove_start_file(path)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        os.write(descriptor, content)
    finally:
        os.close(descriptor)
        wipe(content)


def remove_start_file(path: Path) -> None:
    """Removes the file if it is there."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()


def wipe(secret: bytearray) -> None:
    """Overwrites a secret in place."""
    secret[:] = bytes(len(secret))
