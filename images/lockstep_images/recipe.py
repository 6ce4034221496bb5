"""Reads the folders that describe images, and orders them for the build. It does not look at storage."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from lockstep_images.errors import RecipeError

ROOTS = ("images", "tests/terminal/images")
BASE = "base"
PREFIX = "localhost/lockstep/"
_BASE_ARGUMENT = re.compile(r"^ARG BASE=(\S+)\s*\nFROM \$\{BASE\}", re.MULTILINE)
_NAME = re.compile(r"^[a-z0-9][a-z0-9_-]*$")


@dataclass(frozen=True)
class Recipe:
    """One image. `parent` is the name of the image below it, None for the base itself."""

    name: str
    folder: Path
    parent: str | None
    sources: tuple[str, ...]
    prepare_sources: tuple[str, ...]
    prepare_env: tuple[str, ...]
    has_prepare: bool
    on_demand: bool

    @property
    def containerfile(self) -> Path:
        return self.folder / "Containerfile"


def find_recipes(repo: Path) -> dict[str, Recipe]:
    """All images of the repository by name. Raises RecipeError where a folder is malformed or a name is used twice."""
    found: dict[str, Recipe] = {}
    for root in ROOTS:
        for folder in sorted((repo / root).glob("*")):
            if not (folder / "Containerfile").is_file() and folder.name != BASE:
                continue
            if folder.name in found:
                raise RecipeError(f"two images are named {folder.name}: {found[folder.name].folder} and {folder}")
            found[folder.name] = read_recipe(folder)
    return found


def read_recipe(folder: Path) -> Recipe:
    if not _NAME.match(folder.name):
        raise RecipeError(f"{folder}: an image's name has small letters, digits, - and _ only")
    sources = _lines(folder / "sources")
    return Recipe(
        name=folder.name,
        folder=folder,
        parent=None if folder.name == BASE else _parent(folder / "Containerfile"),
        sources=sources,
        prepare_sources=_lines(folder / "prepare.sources", sources),
        prepare_env=_lines(folder / "prepare.env"),
        has_prepare=(folder / "prepare").is_file(),
        on_demand=(folder / "on-demand").exists(),
    )


def _parent(containerfile: Path) -> str:
    match = _BASE_ARGUMENT.search(containerfile.read_text())
    if not match:
        raise RecipeError(f"{containerfile} must start with `ARG BASE=...` and `FROM ${{BASE}}`")
    stated = match.group(1)
    return stated.removeprefix(PREFIX).split(":")[0] if stated.startswith(PREFIX) else BASE


def _lines(file: Path, default: tuple[str, ...] = ()) -> tuple[str, ...]:
    if not file.is_file():
        return default
    stripped = (line.split("#")[0].strip() for line in file.read_text().splitlines())
    return tuple(line for line in stripped if line)


def in_order(recipes: Mapping[str, Recipe], names: Iterable[str]) -> list[Recipe]:
    """The named images and all their parents, parents first. Raises RecipeError for an unknown name or parent."""
    ordered: dict[str, Recipe] = {}
    for name in names:
        for recipe in reversed(_chain(recipes, name)):
            ordered.setdefault(recipe.name, recipe)
    return list(ordered.values())


def _chain(recipes: Mapping[str, Recipe], name: str) -> list[Recipe]:
    chain: list[Recipe] = []
    at: str | None = name
    while at is not None:
        if at not in recipes:
            raise RecipeError(f"there is no image {at}; there are {', '.join(sorted(recipes))}")
        if any(recipe.name == at for recipe in chain):
            raise RecipeError(f"the images {', '.join(r.name for r in chain)} stand on each other")
        chain.append(recipes[at])
        at = recipes[at].parent
    return chain
