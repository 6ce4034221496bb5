"""Makes importable for its tests: this folder's packages, the keyring that the agent's tests play, the images' programs."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent
sys.path[:0] = [str(HERE), str(REPOSITORY / "agent/tests"), str(REPOSITORY / "images")]
