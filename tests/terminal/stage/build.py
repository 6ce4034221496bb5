"""Builds a test terminal, its programs and the DLL. The same sources are built only once."""

import hashlib
import os
import subprocess
from pathlib import Path

from stage.place import HERE

REPOSITORY = HERE.parent.parent
SOURCES = (".cpp", ".hpp", ".py", ".mq4", ".mq5", ".mqh", ".sh")
MT4_COMPILER = "i686-w64-mingw32-g++-posix"


def built_programs(platform: str = "MT5") -> Path:
    """The folder with everything that was built for a platform."""
    folders = [HERE / "terminal", HERE / "runtime", HERE / "compiler", REPOSITORY / "bridge_ea"]
    files = sorted(p for folder in folders for p in folder.rglob("*") if p.suffix in SOURCES and "tests" not in p.parts[-2:])
    digest = hashlib.sha256(b"".join(p.read_bytes() for p in [HERE / "build.sh", *files])).hexdigest()[:12]
    out = REPOSITORY / "build/test-terminal" / digest / platform.lower()
    compiler = {"CXX": MT4_COMPILER} if platform == "MT4" else {}
    if not (out / "complete").exists():
        subprocess.run([str(HERE / "build.sh"), str(out), platform.lower()], check=True)
        subprocess.run([str(REPOSITORY / "bridge_ea/build.sh"), str(out)], check=True, env={**os.environ, **compiler})
        (out / "complete").touch()
    return out
