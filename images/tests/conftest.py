"""The tool is not a member of the workspace: it must run on a machine that has nothing but Python."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
