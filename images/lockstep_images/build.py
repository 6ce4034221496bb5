"""Names every image by its content, and builds those that are not there yet."""

import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from lockstep_images import tree
from lockstep_images.base import SUITE, chosen_base, make_base, packages
from lockstep_images.buildah import Buildah
from lockstep_images.locks import making
from lockstep_images.places import Places, say
from lockstep_images.prepare import PreparedInputs, prepare
from lockstep_images.recipe import BASE, PREFIX, Recipe

# Part of every image's hash. Raise it when a change of this tool changes what an image holds.
SCHEMA = "1"


def reference_of(recipe: Recipe, places: Places, parent: str, prepared: PreparedInputs | None) -> str:
    """`localhost/lockstep/NAME:HASH`, where HASH covers everything that the image is made of."""
    total = hashlib.sha256(f"{SCHEMA} {parent}\n".encode())
    if recipe.name == BASE:
        total.update(f"{SUITE} {packages(recipe.folder)} {chosen_base()}".encode())
    else:
        total.update(recipe.containerfile.read_bytes())
        total.update(tree.digest(places.repo, tree.files_below(places.repo, recipe.sources)).encode())
        total.update((prepared.digest if prepared else "").encode())
    return f"{PREFIX}{recipe.name}:{total.hexdigest()[:12]}"


def build_all(places: Places, buildah: Buildah, recipes: Sequence[Recipe]) -> dict[str, str]:
    """Builds what is missing, parents first; returns the reference of each image by name."""
    # All hooks run first: a hook that fails should fail before minutes of building.
    inputs = {recipe.name: prepare(places, recipe) for recipe in recipes if recipe.has_prepare}
    there = buildah.tags()
    references: dict[str, str] = {}
    for recipe in recipes:
        prepared = inputs.get(recipe.name)
        parent = references[recipe.parent] if recipe.parent else ""
        reference = reference_of(recipe, places, parent, prepared)
        references[recipe.name] = reference
        if reference not in there:
            _build_once(places, buildah, recipe, reference, parent, prepared)
    return references


def _build_once(
    places: Places, buildah: Buildah, recipe: Recipe, reference: str, parent: str, prepared: PreparedInputs | None
) -> None:
    # By name, not by content: two contents of one image would share its folder of downloaded packages.
    with making(places, f"image-{recipe.name}"):
        if reference not in buildah.tags():
            _build(places, buildah, recipe, reference, parent, prepared)


def _build(
    places: Places, buildah: Buildah, recipe: Recipe, reference: str, parent: str, prepared: PreparedInputs | None
) -> None:
    log = places.log(f"build-{recipe.name}")
    say(f"{recipe.name}: building {reference} (output in {log})")
    begin_s = time.monotonic()
    if recipe.name == BASE:
        make_base(places, buildah, recipe.folder, reference)
    else:
        with tempfile.TemporaryDirectory(dir=places.cache, prefix="context-") as scratch:
            context = Path(scratch)
            assemble(places, recipe, prepared, context)
            buildah.build(reference, recipe.containerfile, context, parent, places.packages(recipe.name), log)
    say(f"{recipe.name}: built in {time.monotonic() - begin_s:.0f} s")


def assemble(places: Places, recipe: Recipe, prepared: PreparedInputs | None, context: Path) -> None:
    """Copies exactly the files that the build may use into an empty folder."""
    tree.copy(places.repo, tree.files_below(places.repo, recipe.sources), context)
    if prepared:
        tree.copy(prepared.folder, tree.whole(prepared.folder), context / "generated")
    tree.fix_times(context)


def write_manifest(places: Places, references: Mapping[str, str]) -> None:
    """Adds the references to build/images.json; images that were not asked for keep theirs."""
    places.build.mkdir(exist_ok=True)
    with making(places, f"manifest-{places.checkout}"):
        merged = {**read_manifest(places), **references}
        new = places.manifest.with_suffix(".new")
        new.write_text(json.dumps(merged, indent=2, sort_keys=True) + "\n")
        new.replace(places.manifest)


def read_manifest(places: Places) -> dict[str, str]:
    if not places.manifest.is_file():
        return {}
    found: dict[str, str] = json.loads(places.manifest.read_text())
    return found


def prune(places: Places, buildah: Buildah) -> None:
    """Removes builds and generated inputs that no image in build/images.json uses."""
    wanted = set(read_manifest(places).values())
    for reference in sorted(buildah.tags() - wanted):
        if reference.startswith(PREFIX):
            say(f"removing {reference}")
            buildah.remove(reference)
    for folder in places.prepared.glob("*-*"):
        if time.time() - folder.stat().st_mtime > 7 * 86_400:
            shutil.rmtree(folder) if folder.is_dir() else folder.unlink()
