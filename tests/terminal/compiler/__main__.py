"""Writes the C++ of an MQL5 or MQL4 program to standard output.

usage: python -m compiler PROGRAM.mq5|PROGRAM.mq4
"""

import sys
from pathlib import Path

from compiler.tokens import RefusedError
from compiler.unit import Unit

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    try:
        sys.stdout.write(Unit(Path(sys.argv[1])).text())
    except RefusedError as error:
        sys.exit(f"refused: {error}")
