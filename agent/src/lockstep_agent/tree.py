"""Prepares the files of a terminal: copies the templates, removes other people's traces, installs the bridge."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lockstep_agent.errors import TerminalAbsent
from lockstep_agent.ini import decode_text, encode_text, persisted_common, preset, services
from lockstep_agent.settings import Platform, Settings
from lockstep_agent.start_file import PRESET

FOLDER = "Lockstep"
EXECUTABLES = {"MT5": "terminal64.exe", "MT4": "terminal.exe"}


@dataclass(frozen=True, slots=True)
class Kind:
    """How the two platforms name things."""

    root: str
    extension: str
    watching: str
    watching_folder: str


KINDS: dict[Platform, Kind] = {
    "MT5": Kind("MQL5", "ex5", "Bridge", "Experts"),
    "MT4": Kind("MQL4", "ex4", "Bridge", "Scripts"),
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is ready to be started: the executable, and the program for the start file (relative, no extension)."""

    executable: Path
    program: str


def prepare(settings: Settings) -> Prepared:
    """Makes prefix and terminal of this pod. Raises `TerminalAbsent`. Blocks for seconds."""
    places, kind = settings.places, KINDS[settings.platform]
    copy_template(places.image / "prefix", places.prefix)
    copy_template(places.image / "terminal", places.terminal)
    executable = _find(places.terminal, EXECUTABLES[settings.platform])
    if executable is None:
        raise TerminalAbsent(f"This image has no {EXECUTABLES[settings.platform]}. Build one with a terminal of your own.")
    home = executable.parent
    strip_foreign(home)
    program = install(settings, kind, home, places.image / "bridge")
    return Prepared(executable, program)


def copy_template(source: Path, target: Path) -> None:
    """A fresh copy with all links as links; what an earlier life of this container left is removed."""
    if not source.is_dir():
        if source.name == "terminal":
            raise TerminalAbsent("This image has no terminal. Build one with a terminal of your own.")
        raise TerminalAbsent(f"This image has no {source.name}.")
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(source, target, symlinks=True)
    for path in _walk(target):
        _writable(path)


def strip_foreign(home: Path) -> None:
    """Removes accounts, charts and logs of whoever used this tree before; they keep a login from happening."""
    for folder in _children(home, "config"):
        for file in _children(folder, "accounts.dat"):
            file.unlink()
        for file in _children(folder, "services.ini"):
            file.unlink()
    _remove(_children(home, "logs"))
    for root in (*_children(home, "MQL5"), *_children(home, "MQL4")):
        _remove(_children(root, "Logs"))
        for profiles in _children(root, "Profiles"):
            _remove(_children(profiles, "Charts"))
    for profiles in _children(home, "profiles"):
        _remove(_children(profiles, "Charts"))


def install(settings: Settings, kind: Kind, home: Path, bridge: Path) -> str:
    """Puts DLL, programs and their settings in place. Returns the watching program's name for the start file."""
    root = _child(home, kind.root)
    _copy_in(bridge, "lockstep.dll", _child(root, "Libraries"), required=_find(root, "lockstep.dll") is None)
    watching = _program(root, bridge, kind.watching_folder, f"{kind.watching}.{kind.extension}")
    presets = _child(root, "Presets")
    presets.mkdir(parents=True, exist_ok=True)
    inputs = {"EventsPort": str(settings.events_port), "Login": settings.login}
    if settings.platform == "MT4":
        inputs["CommandsPort"] = str(settings.commands_port)
    (presets / PRESET).write_bytes(preset(inputs).encode())
    if settings.platform == "MT5":
        _configure_mt5(settings, home, root, bridge)
    return watching


def _configure_mt5(settings: Settings, home: Path, root: Path, bridge: Path) -> None:
    config = _child(home, "config")
    config.mkdir(exist_ok=True)
    common = _child(config, "common.ini")
    text = decode_text(common.read_bytes()) if common.exists() else ""
    common.write_bytes(encode_text(persisted_common(text)))
    executor = _program(root, bridge, "Services", "Executor.ex5")
    inputs = {"CommandsPort": str(settings.commands_port)}
    listed = services("lockstep", f"Services\\{executor}.ex5", inputs)
    _child(config, "services.ini").write_bytes(encode_text(listed))


def _program(root: Path, bridge: Path, folder: str, file: str) -> str:
    """Name of a program relative to its folder; from the bridge's files if they have it, else where the tree has it."""
    target = _child(root, folder)
    if _copy_in(bridge, file, target / FOLDER, required=False):
        return f"{FOLDER}\\{Path(file).stem}"
    found = _find(target, file)
    if found is None:
        raise TerminalAbsent(f"This terminal lacks {file}. Compile the bridge's programs into its image.")
    return "\\".join(found.relative_to(target).with_suffix("").parts)


def _copy_in(source: Path, file: str, target: Path, *, required: bool) -> bool:
    found = _find(source, file)
    if found is None:
        if required:
            raise TerminalAbsent(f"This image lacks {file}.")
        return False
    target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(found, target / file)
    return True


def _child(folder: Path, name: str) -> Path:
    """A child by its name in any case, as Windows has it; the plain name where there is none."""
    return next(_children(folder, name), folder / name)


def _children(folder: Path, name: str) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in sorted(folder.iterdir()) if path.name.lower() == name.lower())


def _find(folder: Path, name: str) -> Path | None:
    """The nearest file of this name, in any case."""
    found = [path for path in _walk(folder) if path.name.lower() == name.lower() and path.is_file()]
    return min(found, key=lambda path: (len(path.parts), path), default=None)


def _walk(folder: Path) -> Iterator[Path]:
    for base, _, files in os.walk(folder):
        yield Path(base)
        yield from (Path(base) / file for file in files)


def _remove(paths: Iterator[Path]) -> None:
    for path in list(paths):
        shutil.rmtree(path, ignore_errors=True)


def _writable(path: Path) -> None:
    if not path.is_symlink():
        path.chmod(path.stat().st_mode | 0o200)
