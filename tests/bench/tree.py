"""The two sides of a comparison as folders with an environment of their own."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.errors import CommandFailed, UnknownCommit
from tests.bench.shell import run
from tests.stack.shell import BUILD, ROOT


@dataclass(frozen=True)
class Side:
    """A checkout with its `.venv`."""

    root: Path

    @property
    def python(self) -> str:
        return str(self.root / ".venv/bin/python")

    def compiled(self) -> str:
        """A folder for PYTHONPATH with the decision's modules compiled; made by the checkout's own script, and cached."""
        return run(["bash", "core/native/here.sh"], self.root).strip()


def commit_of(name: str) -> str:
    """The full hash of a commit's name. Raises `UnknownCommit`."""
    try:
        return run(["git", "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"], ROOT).strip()
    except CommandFailed as error:
        raise UnknownCommit(name) from error


@contextmanager
def checked_out(commit: str) -> Iterator[Side]:
    """A commit in a git worktree with what its own lock file says installed; removed at the end."""
    folder = BUILD / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    uv = run(["devcluster/uv.sh"], ROOT).strip()
    with tempfile.TemporaryDirectory(prefix="ref-", dir=folder) as scratch:
        tree = Path(scratch) / "tree"
        run(["git", "worktree", "add", "--quiet", "--detach", str(tree), commit], ROOT)
        try:
            same_python = {"UV_PROJECT_ENVIRONMENT": ".venv", "UV_PYTHON": str(Path(Side(ROOT).python).resolve())}
            run([uv, "sync", "--all-packages", "--frozen", "--quiet"], tree, same_python)
            yield Side(tree)
        finally:
            run(["git", "worktree", "remove", "--force", str(tree)], ROOT)
