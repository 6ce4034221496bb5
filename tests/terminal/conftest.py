"""Makes the packages of this folder, and the keyring that the agent's tests play, importable for its tests."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent / "agent/tests")]
