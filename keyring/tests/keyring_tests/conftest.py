"""A keyring for each test that asks for one."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from .process import StartKeyring, running_keyring


@pytest.fixture
def start_keyring(tmp_path: Path) -> Iterator[StartKeyring]:
    """Start keyrings with settings of the test; they end with it."""
    with contextlib.ExitStack() as stack:
        yield lambda settings: stack.enter_context(running_keyring(tmp_path, settings))
