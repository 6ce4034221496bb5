"""`python -m release.version` prints the version of the product. `python -m release.version 1.2.3` writes a new one into
every file that has it.

The version in the root's pyproject.toml is the source. The others are copies, and a test compares them with it.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = "pyproject.toml"
FORM = re.compile(r"\d+\.\d+\.\d+")
"""Three numbers: a form that Python, npm and Helm all read in the same way."""

_TOML = re.compile(r'(?m)^version = "([^"]*)"')
_NPM = re.compile(r'(?m)^  "version": "([^"]*)"')
_NPM_LOCK = re.compile(r'(?m)\A\{\n  "name": "[^"]*",\n  "version": "([^"]*)"')
_NPM_LOCK_ROOT = re.compile(r'"": \{\n      "name": "[^"]*",\n      "version": "([^"]*)"')
_CHART = re.compile(r"(?m)^version: (\S+)")
_APP = re.compile(r'(?m)^appVersion: "([^"]*)"')
_LOCKED_MEMBER = re.compile(r'name = "lockstep[a-z-]*"\nversion = "([^"]*)"\nsource = \{ (?:editable|virtual) =')


def places(root: Path = ROOT) -> Iterator[tuple[Path, re.Pattern[str]]]:
    """Every file that holds the version, with the pattern that finds it."""
    yield from (
        (file, _TOML)
        for file in [root / SOURCE, *sorted(root.glob("*/pyproject.toml")), root / "devcluster/tools/pyproject.toml"]
    )
    yield root / "uv.lock", _LOCKED_MEMBER
    for package in sorted(root / each for each in ("website", "website/bench", "supabase/lite", "images/website/node")):
        yield package / "package.json", _NPM
        yield package / "package-lock.json", _NPM_LOCK
        yield package / "package-lock.json", _NPM_LOCK_ROOT
    for chart in sorted(root.glob("charts/*/Chart.yaml")):
        yield chart, _CHART
        yield chart, _APP


def version(root: Path = ROOT) -> str:
    """The version of the product."""
    found: str = tomllib.loads((root / SOURCE).read_text())["project"]["version"]
    return found


def found(root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """Each place with the version that it holds; '' if it holds none."""
    for file, pattern in places(root):
        said = pattern.findall(file.read_text())
        yield from ((str(file.relative_to(root)), each) for each in said or [""])


def write(new: str, root: Path = ROOT) -> None:
    """Writes a version into every place. Raises ValueError if it is not three numbers."""
    if not FORM.fullmatch(new):
        raise ValueError(f"{new} is no version: three numbers with dots between them are one, as 1.2.3.")
    for file, pattern in places(root):
        file.write_text(pattern.sub(lambda match: _with(match, new), file.read_text()))


def _with(match: re.Match[str], new: str) -> str:
    start, end = (at - match.start() for at in match.span(1))
    return match[0][:start] + new + match[0][end:]


def main(arguments: list[str]) -> int:
    """Returns the exit status."""
    if not arguments:
        sys.stdout.write(f"{version()}\n")
        return 0
    try:
        write(arguments[0])
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
