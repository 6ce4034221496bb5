"""unpack.py FROM TO: writes the files of an embedded Python, of which most are compressed. FROM has them in a list."""

import gzip
import json
import sys
from pathlib import Path

LEFT_OUT = ("tcl", "Lib/test", "Lib/idlelib", "Lib/tkinter", "Lib/ensurepip", "DLLs/_test", "DLLs/tcl", "DLLs/tk")
"""Files that a checker without windows and tests does not need."""


def unpack(source: Path, target: Path) -> None:
    """Writes every file of the list that is not left out."""
    for entry in json.loads((source / "files.json").read_text())["files"]:
        name = str(entry["name"])
        if name.startswith(LEFT_OUT) or (source / name).is_dir():
            continue
        packed = bool(entry.get("compressed"))
        found = source / (name + ".gz" if packed else name)
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(gzip.decompress(found.read_bytes()) if packed else found.read_bytes())


if __name__ == "__main__":
    unpack(Path(sys.argv[1]), Path(sys.argv[2]))
