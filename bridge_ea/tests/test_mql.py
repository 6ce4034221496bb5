"""The MQL sources against MetaQuotes' own compiler, where there is one."""

import subprocess
from pathlib import Path

import pytest

CHECK = Path(__file__).parent.parent / "check_mql.sh"
COULD_NOT_RUN = 77


@pytest.mark.wine
@pytest.mark.timeout(300)
def test_metaquotes_compiler_finds_nothing() -> None:
    done = subprocess.run([str(CHECK)], capture_output=True, text=True, check=False)
    if done.returncode == COULD_NOT_RUN:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stdout + done.stderr
