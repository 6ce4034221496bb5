"""Builds terminal64.exe, the programs and the DLL. The same sources are built only once."""

import hashlib
import subprocess
from pathlib import Path

from stage.place import HERE

REPOSITORY = HERE.parent.parent
SOURCES = (".cpp", ".hpp", ".py", ".mq5", ".mqh", ".sh")


def built_programs() -> Path:
    """The folder with all that was built."""
    folders = [HERE / "terminal", HERE / "runtime", HERE / "compiler", REPOSITORY / "bridge_ea"]
    files = sorted(p for folder in folders for p in folder.rglob("*") if p.suffix in SOURCES and "tests" not in p.parts[-2:])
    digest = hashlib.sha256(b"".join(p.read_bytes() for p in [HERE / "build.sh", *files])).hexdigest()[:12]
    out = REPOSITORY / "build/test-terminal" / digest
    if not (out / "complete").exists():
        for script in (HERE / "build.sh", REPOSITORY / "bridge_ea/build.sh"):
            subprocess.run([str(script), str(out)], check=True)
        (out / "complete").touch()
    return out
