"""The files of an image: their list, their digest, and a reproducible copy of them."""

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from lockstep_images.errors import RecipeError

SKIPPED = frozenset({"__pycache__", "tests", "node_modules", ".git", ".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache"})
# buildah's layer cache compares modification times too: with one fixed time, equal content is an equal layer
FIXED_TIME_S = 1_577_836_800


def files_below(root: Path, sources: Iterable[str]) -> Iterator[Path]:
    """The files that `sources` name, as paths relative to `root`, sorted. Raises RecipeError for a missing one."""
    found: set[Path] = set()
    for source in sources:
        at = root / source
        if at.is_dir() and not at.is_symlink():
            found.update(_walk(root, at))
        elif at.is_file() or at.is_symlink():
            found.add(at.relative_to(root))
        else:
            raise RecipeError(f"{source} is declared as a source of an image, but {at} does not exist")
    yield from sorted(found)


def _walk(root: Path, folder: Path) -> Iterator[Path]:
    for entry in os.scandir(folder):
        if entry.name in SKIPPED or entry.name.endswith(".egg-info"):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(root, Path(entry.path))
        else:
            yield Path(entry.path).relative_to(root)


def digest(root: Path, files: Iterable[Path]) -> str:
    """sha256 over names, contents, link targets and the executable bit."""
    total = hashlib.sha256()
    for file in files:
        at = root / file
        if at.is_symlink():
            kind, content = b"link", str(at.readlink()).encode()
        else:
            kind, content = (b"exec" if os.access(at, os.X_OK) else b"file"), at.read_bytes()
        total.update(b"%s %s %d\n" % (kind, str(file).encode(), len(content)))
        total.update(content)
    return total.hexdigest()


def whole(folder: Path) -> list[Path]:
    """Every file below `folder`, relative to it, sorted; nothing is skipped."""
    return sorted(at.relative_to(folder) for at in folder.rglob("*") if at.is_symlink() or not at.is_dir())


def copy(root: Path, files: Iterable[Path], target: Path) -> None:
    """Copies the files to the same relative places below `target`, with fixed times and normal permissions."""
    for file in files:
        source, to = root / file, target / file
        to.parent.mkdir(parents=True, exist_ok=True)
        if source.is_symlink():
            to.symlink_to(source.readlink())
        else:
            shutil.copyfile(source, to)
            to.chmod(0o755 if os.access(source, os.X_OK) else 0o644)


def fix_times(target: Path) -> None:
    for at in (target, *target.rglob("*")):
        if at.is_dir() and not at.is_symlink():
            at.chmod(0o755)
        os.utime(at, (FIXED_TIME_S, FIXED_TIME_S), follow_symlinks=False)
