"""The promises of docs/security.md and the tests that they name.

usage: python -m tests.house.promises    prints the Python tests of what is kept, as pytest's node ids
"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()
CITED = re.compile(r"^  `([^`:]+)::([^`]+)`$", re.MULTILINE)
PROMISE = re.compile(r"^- .*(?:\n  .*)*", re.MULTILINE)
NOT_KEPT, NOT_PROMISED = "## Not kept yet", "## What is not promised"
KEPT = PAGE.split(f"\n{NOT_KEPT}\n", 1)[0].split(f"\n{NOT_PROMISED}\n", 1)[0]
WAITING = PAGE.split(f"\n{NOT_KEPT}\n", 1)[-1].split(f"\n{NOT_PROMISED}\n", 1)[0] if NOT_KEPT in PAGE else ""
"""The section is not there when everything is kept."""


def exists(file: str, name: str) -> bool:
    """Whether the working tree has a test of this name in this file."""
    path = ROOT / file
    if not path.is_file():
        return False
    code = path.read_text()
    return re.search(rf"^(async )?def {name}\(", code, re.MULTILINE) is not None if path.suffix == ".py" else name in code


if __name__ == "__main__":
    print("\n".join(sorted({f"{file}::{name}" for file, name in CITED.findall(KEPT) if file.endswith(".py")})))
