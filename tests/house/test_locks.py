"""What is installed is what was locked: each package from the registry that it is known to come from, with its hash."""

import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.house.audit import NPM_FOLDERS, PYTHON_FOLDERS

ROOT = Path(__file__).resolve().parents[2]
PYTHON_LOCKS = [ROOT / folder / "uv.lock" for folder in PYTHON_FOLDERS]
NPM_LOCKS = [ROOT / folder / "package-lock.json" for folder in NPM_FOLDERS]
TOOLS = ROOT / "devcluster" / "tools"
PROJECTS = sorted(ROOT.glob("*/pyproject.toml"))
GO_MODULES = sorted((ROOT / "devcluster" / "src").glob("*/go.mod"))
EXACT = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?")
SHA512 = re.compile(r"sha512-[A-Za-z0-9+/]{86}==")
SHA256 = re.compile(r"sha256:[0-9a-f]{64}")
NAME = re.compile(r"[A-Za-z0-9._-]+")
REQUIRED = re.compile(r"^(?:require )?\s*(\S+\.\S+/\S+) (v\S+)", re.MULTILINE)


def _locked(lock: Path = ROOT / "uv.lock") -> dict[str, dict[str, Any]]:
    packages: list[dict[str, Any]] = tomllib.loads(lock.read_text())["package"]
    return {package["name"]: package for package in packages}


def test_every_lock_in_the_repository_is_looked_at() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "*uv.lock", "*package-lock.json"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert {ROOT / name for name in listed.stdout.split()} == {*PYTHON_LOCKS, *NPM_LOCKS}


@pytest.mark.parametrize("lock", PYTHON_LOCKS, ids=lambda lock: str(lock.parent.relative_to(ROOT)))
def test_python_packages_come_from_pypi_and_every_file_of_them_has_its_hash(lock: Path) -> None:
    for name, package in _locked(lock).items():
        source = package["source"]
        if set(source) & {"virtual", "editable"}:
            continue
        assert source == {"registry": "https://pypi.org/simple"}, name
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        assert files, name
        for file in files:
            assert SHA256.fullmatch(file["hash"]), (name, file["url"])
            assert file["url"].startswith("https://files.pythonhosted.org/packages/"), file["url"]


def test_a_uv_that_is_installed_is_the_locked_one_with_the_same_hashes() -> None:
    locked = _locked(TOOLS / "uv.lock")["uv"]
    wanted = (TOOLS / "uv.txt").read_text()
    assert f"uv=={locked['version']} " in wanted
    assert set(re.findall(r"--hash=(\S+)", wanted)) == {file["hash"] for file in [*locked["wheels"], locked["sdist"]]}


@pytest.mark.parametrize("project", PROJECTS, ids=lambda project: project.parent.name)
def test_no_room_is_built_by_a_package_that_would_have_to_be_fetched(project: Path) -> None:
    """No lock names what a build needs; `uv_build` is in uv itself."""
    building = tomllib.loads(project.read_text())["build-system"]
    assert building == {"requires": ["uv_build>=0.9,<1"], "build-backend": "uv_build"}


@pytest.mark.parametrize("room", ["core", "service", "operator", "keyring", "router", "agent", "webapp_api", "notifier"])
def test_what_a_room_needs_is_locked_for_it(room: str) -> None:
    project = tomllib.loads((ROOT / room / "pyproject.toml").read_text())["project"]
    needed = {_name(requirement) for requirement in project["dependencies"]}
    assert {dependency["name"] for dependency in _locked()[project["name"]]["dependencies"]} == needed


@pytest.mark.parametrize("lock", NPM_LOCKS, ids=lambda lock: str(lock.parent.relative_to(ROOT)))
def test_npm_packages_come_from_npm_and_each_has_its_hash(lock: Path) -> None:
    packages: dict[str, dict[str, Any]] = json.loads(lock.read_text())["packages"]
    for path, package in packages.items():
        if path:
            assert SHA512.fullmatch(package["integrity"]), path
            assert EXACT.fullmatch(package["version"]), path
            assert package.get("resolved", "https://registry.npmjs.org/").startswith("https://registry.npmjs.org/"), path


@pytest.mark.parametrize("lock", NPM_LOCKS, ids=lambda lock: str(lock.parent.relative_to(ROOT)))
def test_npm_packages_are_asked_for_in_the_very_version_that_is_locked(lock: Path) -> None:
    packages, asked = json.loads(lock.read_text())["packages"], json.loads((lock.parent / "package.json").read_text())
    for kind in ("dependencies", "devDependencies"):
        assert packages[""].get(kind, {}) == asked.get(kind, {}), kind
        for name, version in asked.get(kind, {}).items():
            assert EXACT.fullmatch(version), name
            assert packages[f"node_modules/{name}"]["version"] == version


@pytest.mark.parametrize("module", GO_MODULES, ids=lambda module: module.parent.name)
def test_go_modules_are_asked_for_with_their_hash(module: Path) -> None:
    sums = (module.parent / "go.sum").read_text()
    required = REQUIRED.findall(module.read_text())
    assert required
    replaced = {line.split()[0] for line in module.read_text().splitlines() if "=>" in line}
    missing = [name for name, version in required if f"{name} {version}" not in sums and name not in replaced]
    assert missing == []


def _name(requirement: str) -> str:
    found = NAME.match(requirement)
    assert found is not None, requirement
    return found[0].lower()
