"""Puts on the import path: this folder's packages, the keyring of the agent's tests, the images' programs."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent
sys.path[:0] = [str(HERE), str(REPOSITORY / "agent/tests"), str(REPOSITORY / "images")]
