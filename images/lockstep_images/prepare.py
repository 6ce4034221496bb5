"""The `prepare` hook of an image: inputs that are made on this machine, kept until what they depend on changes."""

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from lockstep_images import tree
from lockstep_images.errors import StepFailedError
from lockstep_images.locks import making
from lockstep_images.places import Places, call, output, say
from lockstep_images.recipe import Recipe


@dataclass(frozen=True)
class PreparedInputs:
    """A folder of generated inputs and the sha256 of what is in it."""

    folder: Path
    digest: str


def kept(places: Places, recipe: Recipe) -> PreparedInputs | None:
    """The result of an earlier run, if nothing that it depends on has changed; None if the hook must run again."""
    folder = places.prepared / f"{recipe.name}-{_key(places, recipe)}"
    record = folder.with_suffix(".sha256")
    return PreparedInputs(folder, record.read_text()) if record.is_file() else None


def prepare(places: Places, recipe: Recipe) -> PreparedInputs:
    """Runs the hook unless its result is kept. Raises StepFailedError if it fails."""
    name = f"{recipe.name}-{_key(places, recipe)}"
    with making(places, f"inputs-{name}"):
        return kept(places, recipe) or _make(places, recipe, places.prepared / name)


def _make(places: Places, recipe: Recipe, folder: Path) -> PreparedInputs:
    say(f"{recipe.name}: preparing its inputs")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _run_hook(places, recipe, folder)
    found = tree.digest(folder, tree.whole(folder))
    folder.with_suffix(".sha256").write_text(found)
    return PreparedInputs(folder, found)


def _run_hook(places: Places, recipe: Recipe, folder: Path) -> None:
    log = places.log(f"prepare-{recipe.name}")
    with making(places, "uv"):
        uv = output([str(places.repo / "devcluster" / "uv.sh")], places.log("uv"), "installing uv").strip()
    hook = [str(recipe.folder / "prepare"), str(folder)]
    try:
        call(hook, log, f"preparing {recipe.name}", places.repo, {"LOCKSTEP_UV": uv})
    except StepFailedError as error:
        lines = log.read_text(errors="replace").strip().splitlines()
        raise StepFailedError(f"preparing {recipe.name} ({lines[-1] if lines else 'no output'})", log) from error


def _key(places: Places, recipe: Recipe) -> str:
    total = hashlib.sha256((recipe.folder / "prepare").read_bytes())
    total.update(tree.digest(places.repo, tree.files_below(places.repo, recipe.prepare_sources)).encode())
    for name in recipe.prepare_env:
        total.update(f"{name}={os.environ.get(name, '')}\n".encode())
    return total.hexdigest()[:12]
