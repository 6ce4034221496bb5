"""Prepares the files of a terminal: copies the templates, removes data of earlier accounts, and installs the bridge."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lockstep_agent.errors import TerminalAbsent
from lockstep_agent.ini import decode_text, encode_text, persisted_common, preset, services
from lockstep_agent.server_files import require_files
from lockstep_agent.settings import AgentSettings, Platform
from lockstep_agent.start_file import PRESET

FOLDER = "Lockstep"
EXECUTABLES = {"MT5": "terminal64.exe", "MT4": "terminal.exe"}


@dataclass(frozen=True, slots=True)
class PlatformNames:
    """The names of folders and programs on one platform."""

    root: str
    extension: str
    watching: str
    watching_folder: str


PLATFORM_NAMES: dict[Platform, PlatformNames] = {
    "MT5": PlatformNames("MQL5", "ex5", "Bridge", "Experts"),
    "MT4": PlatformNames("MQL4", "ex4", "Bridge", "Scripts"),
}


@dataclass(frozen=True, slots=True)
class PreparedTerminal:
    """The executable of the terminal, and the program for its start file (a path in its folder, without extension)."""

    executable: Path
    program: str


def prepare(settings: AgentSettings) -> PreparedTerminal:
    """Makes the Wine prefix and the terminal's folder of this pod. Raises `TerminalAbsent` and `ServerNotInBundle`. Blocks
    for seconds.
    """
    paths, names = settings.paths, PLATFORM_NAMES[settings.platform]
    copy_template(paths.image / "prefix", paths.prefix)
    copy_template(paths.image / "terminal", paths.terminal)
    executable = _find(paths.terminal, EXECUTABLES[settings.platform])
    if executable is None:
        raise TerminalAbsent(EXECUTABLES[settings.platform])
    home = executable.parent
    require_files(home, settings.server_files)
    strip_foreign(home)
    program = install(settings, names, home, paths.image / "bridge")
    return PreparedTerminal(executable, program)


def copy_template(source: Path, target: Path) -> None:
    """Copies a folder, with links as links. A copy that an earlier process of this container left is removed first."""
    if not source.is_dir():
        raise TerminalAbsent(source.name)
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(source, target, symlinks=True)
    for path in _walk(target):
        _writable(path)


def strip_foreign(home: Path) -> None:
    """Removes the accounts, charts and logs of earlier accounts, because they would keep the terminal from logging in."""
    for folder in children_of(home, "config"):
        for file in children_of(folder, "accounts.dat"):
            file.unlink()
        for file in children_of(folder, "services.ini"):
            file.unlink()
    _remove(children_of(home, "logs"))
    for root in (*children_of(home, "MQL5"), *children_of(home, "MQL4")):
        _remove(children_of(root, "Logs"))
        for profiles in children_of(root, "Profiles"):
            _remove(children_of(profiles, "Charts"))
    for profiles in children_of(home, "profiles"):
        _remove(children_of(profiles, "Charts"))


def install(settings: AgentSettings, names: PlatformNames, home: Path, bridge: Path) -> str:
    """Installs the DLL, the programs and their inputs. Returns the name of the watching program for the start file."""
    root = _child(home, names.root)
    _copy_in(bridge, "lockstep.dll", _child(root, "Libraries"), required=_find(root, "lockstep.dll") is None)
    watching = _program(root, bridge, names.watching_folder, f"{names.watching}.{names.extension}")
    presets = _child(root, "Presets")
    presets.mkdir(parents=True, exist_ok=True)
    inputs = {"EventsPort": str(settings.events_port), "Login": settings.login}
    if settings.platform == "MT4":
        inputs["CommandsPort"] = str(settings.commands_port)
    (presets / PRESET).write_bytes(preset(inputs).encode())
    if settings.platform == "MT5":
        _configure_mt5(settings, home, root, bridge)
    return watching


def _configure_mt5(settings: AgentSettings, home: Path, root: Path, bridge: Path) -> None:
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
    """The path of a program in its folder. It is installed from the bridge's files, or found among the terminal's own."""
    target = _child(root, folder)
    if _copy_in(bridge, file, target / FOLDER, required=False):
        return f"{FOLDER}\\{Path(file).stem}"
    found = _find(target, file)
    if found is None:
        raise TerminalAbsent(file)
    return "\\".join(found.relative_to(target).with_suffix("").parts)


def _copy_in(source: Path, file: str, target: Path, *, required: bool) -> bool:
    found = _find(source, file)
    if found is None:
        if required:
            raise TerminalAbsent(file)
        return False
    target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(found, target / file)
    return True


def children_of(folder: Path, name: str) -> Iterator[Path]:
    """The children with this name. Case is ignored. There is none if the folder is missing."""
    if folder.is_dir():
        yield from (path for path in sorted(folder.iterdir()) if path.name.lower() == name.lower())


def _child(folder: Path, name: str) -> Path:
    """A child by its name; case is ignored, as Windows does. The path with this very name if there is no child."""
    return next(children_of(folder, name), folder / name)


def _find(folder: Path, name: str) -> Path | None:
    """The file with this name that is nearest to the top; case is ignored. None if there is no such file."""
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
