"""Known vulnerabilities in what is locked, as the registries know them, and its licences: `python -m tests.house.audit`.

Ends with 0 where none is known, 1 where some are, 3 where a registry could not be asked: that is no good news.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.house.licences import listing, of_npm_lock, of_python_packages

ROOT = Path(__file__).resolve().parents[2]
PYTHON_FOLDERS = (".", "devcluster/tools")
NPM_FOLDERS = ("website", "website/bench", "supabase/lite", "images/website/node")
LONGEST_S = 180


def tool(*arguments: str) -> str:
    """What a script of devcluster/ prints: a path."""
    found = subprocess.run([ROOT / "devcluster" / arguments[0], *arguments[1:]], capture_output=True, text=True, check=True)
    return found.stdout.strip()


def python_findings(folder: str) -> list[str] | None:
    """Of all Python packages that a folder's uv.lock names, one line each; None where nobody answers."""
    with tempfile.TemporaryDirectory() as scratch:
        locked = Path(scratch) / "requirements.txt"
        export = [
            "export",
            "--all-packages",
            "--all-groups",
            "--frozen",
            "--no-emit-workspace",
            "--quiet",
            "-o",
            str(locked),
        ]
        subprocess.run([tool("uv.sh"), *export], cwd=ROOT / folder, check=True, stdout=subprocess.DEVNULL)
        audit = ["-r", str(locked), "--require-hashes", "--disable-pip", "-f", "json", "--timeout", "20"]
        return of_pip_audit(said_by([f"{tool('tools.sh', 'audit')}/bin/pip-audit", *audit], ROOT))


def said_by(command: list[str], folder: Path) -> str:
    """What a command wrote; nothing where it took too long, as it does where nobody answers."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=LONGEST_S)
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout


def npm_findings(folder: str) -> list[str] | None:
    """Of a folder's locked npm packages, one line each; None where nobody answers."""
    audit = ["npm", "audit", "--package-lock-only", "--json", "--fetch-retries=0", "--fetch-timeout=20000"]
    return of_npm_audit(said_by([str(ROOT / "devcluster" / "node.sh"), *audit], ROOT / folder))


def of_pip_audit(said: str) -> list[str] | None:
    """What pip-audit's JSON tells. A package that it left out is named; all of them left out are no answer."""
    try:
        packages = json.loads(said)["dependencies"]
        skipped = [
            f"{package['name']}: the registry knows nothing of it" for package in packages if "skip_reason" in package
        ]
    except (ValueError, KeyError, TypeError):
        return None
    if packages and len(skipped) == len(packages):
        return None
    found = [(package, one) for package in packages for one in package.get("vulns", ())]
    return [
        f"{package['name']} {package['version']}: {one['id']}, fixed in {_fixes(one)}" for package, one in found
    ] + skipped


def of_npm_audit(said: str) -> list[str] | None:
    """What npm's JSON tells."""
    try:
        packages = json.loads(said)["vulnerabilities"]
    except (ValueError, KeyError, TypeError):
        return None
    return [f"{name} {found['range']}: {found['severity']}" for name, found in sorted(packages.items())]


def main() -> int:
    """Asks for all of them, and tells; then the licences."""
    python = {f"{folder}/uv.lock": python_findings(folder) for folder in PYTHON_FOLDERS}
    npm = {f"{folder}/package-lock.json": npm_findings(folder) for folder in NPM_FOLDERS}
    answers = {**python, **npm}
    sys.stdout.write("".join(_told(lock, found) for lock, found in answers.items()))
    sys.stdout.write("\nLicences of installed Python packages:\n" + listing(of_python_packages()))
    for folder in NPM_FOLDERS:
        locked = (ROOT / folder / "package-lock.json").read_text()
        sys.stdout.write(f"\nLicences in {folder}/package-lock.json:\n" + listing(of_npm_lock(locked)))
    return _code(list(answers.values()))


def _told(lock: str, found: list[str] | None) -> str:
    if found is None:
        return f"{lock}: the registry that knows vulnerabilities could not be asked; nothing is known of it.\n"
    return f"{lock}: {len(found) or 'no'} known vulnerabilities\n" + "".join(f"  {one}\n" for one in found)


def _code(answers: list[list[str] | None]) -> int:
    return 1 if any(answers) else 3 if None in answers else 0


def _fixes(found: dict[str, Any]) -> str:
    return ", ".join(found["fix_versions"]) or "none"


if __name__ == "__main__":
    sys.exit(main())
