"""What is installed is what was locked: each package from the registry that it is known to come from, with its hash."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
NPM_LOCKS = [ROOT / folder / "package-lock.json" for folder in ("website", "website/bench", "supabase/lite")]
GO_MODULES = sorted((ROOT / "devcluster" / "src").glob("*/go.mod"))
EXACT = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?")
SHA512 = re.compile(r"sha512-[A-Za-z0-9+/]{86}==")
SHA256 = re.compile(r"sha256:[0-9a-f]{64}")
NAME = re.compile(r"[A-Za-z0-9._-]+")
REQUIRED = re.compile(r"^(?:require )?\s*(\S+\.\S+/\S+) (v\S+)", re.MULTILINE)


def _locked() -> dict[str, dict[str, Any]]:
    packages: list[dict[str, Any]] = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    return {package["name"]: package for package in packages}


def test_python_packages_come_from_pypi_and_every_file_of_them_has_its_hash() -> None:
    for name, package in _locked().items():
        source = package["source"]
        if set(source) & {"virtual", "editable"}:
            continue
        assert source == {"registry": "https://pypi.org/simple"}, name
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        assert files, name
        for file in files:
            assert SHA256.fullmatch(file["hash"]), (name, file["url"])
            assert file["url"].startswith("https://files.pythonhosted.org/packages/"), file["url"]


@pytest.mark.parametrize("room", ["core", "service", "operator", "keyring", "router", "agent", "webapp_api"])
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
