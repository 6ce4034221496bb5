"""The command line behind images/build.sh and images/load.sh."""

import argparse
import os
import sys
from collections.abc import Mapping

from lockstep_images.build import build_all, prune, read_manifest, reference_of, write_manifest
from lockstep_images.buildah import Buildah, buildah_here
from lockstep_images.errors import ImagesError, NoClusterError
from lockstep_images.load import containerd_here, load
from lockstep_images.locks import adding, alone
from lockstep_images.places import Places, places_here, say
from lockstep_images.prepare import kept
from lockstep_images.recipe import PREFIX, Recipe, find_recipes, in_order


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="images")
    verbs = parser.add_subparsers(dest="verb", required=True)
    build = verbs.add_parser("build", prog="images/build.sh", description="Builds the images that are not built yet.")
    build.add_argument("names", nargs="*", help="only these and what they stand on")
    build.add_argument("--list", action="store_true", help="show every image and whether it is built")
    build.add_argument("--prune", action="store_true", help="remove builds that build/images.json does not name")
    load_verb = verbs.add_parser("load", prog="images/load.sh", description="Puts built images into the cluster.")
    load_verb.add_argument("names", nargs="*", help="only these (default: all in build/images.json)")
    return parser.parse_args(arguments)


def run_build(places: Places, buildah: Buildah, names: list[str]) -> None:
    recipes = find_recipes(places.repo)
    wanted = names or [recipe.name for recipe in recipes.values() if not recipe.on_demand]
    write_manifest(places, build_all(places, buildah, in_order(recipes, wanted)))


def show_list(places: Places, buildah: Buildah) -> None:
    recipes = find_recipes(places.repo)
    there = buildah.tags()
    references: dict[str, str] = {}
    for recipe in in_order(recipes, recipes):
        reference = _known_reference(places, recipe, references)
        state = "inputs not prepared" if reference is None else "built" if reference in there else "not built"
        references[recipe.name] = reference or f"{PREFIX}{recipe.name}:?"
        sys.stdout.write(f"{references[recipe.name]}  {state}{'  (on demand)' if recipe.on_demand else ''}\n")


def _known_reference(places: Places, recipe: Recipe, references: Mapping[str, str]) -> str | None:
    prepared = kept(places, recipe) if recipe.has_prepare else None
    parent = references[recipe.parent] if recipe.parent else ""
    if parent.endswith("?") or (recipe.has_prepare and prepared is None):
        return None
    return reference_of(recipe, places, parent, prepared)


def run_load(places: Places, buildah: Buildah, names: list[str]) -> None:
    built = read_manifest(places)
    unknown = sorted(set(names) - set(built))
    if unknown or not built:
        raise NoClusterError(f"not built: {', '.join(unknown) or 'nothing is'}; run images/build.sh first")
    wanted = {name: built[name] for name in names or built}
    registry = os.environ.get("LOCKSTEP_REGISTRY")
    if registry:
        push_all(places, buildah, registry.rstrip("/"), wanted)
    elif os.environ.get("KUBE_CONTEXT"):
        raise NoClusterError("a cluster of your own pulls its images: set LOCKSTEP_REGISTRY to where they are to be pushed")
    else:
        load(places, buildah, containerd_here(places), wanted)


def push_all(places: Places, buildah: Buildah, registry: str, wanted: Mapping[str, str]) -> None:
    """Pushes to a registry; build/images.json then names the images there."""
    local = {name: f"{PREFIX}{name}:{reference.rsplit(':', 1)[1]}" for name, reference in wanted.items()}
    pushed = {name: f"{registry}/{reference.removeprefix(PREFIX)}" for name, reference in local.items()}
    for name, reference in local.items():
        say(f"{name}: pushing to {pushed[name]}")
        buildah.push(reference, f"docker://{pushed[name]}", places.log(f"push-{name}"))
    write_manifest(places, pushed)


def run(arguments: argparse.Namespace) -> None:
    places = places_here()
    removes = arguments.verb == "build" and arguments.prune
    with alone(places) if removes else adding(places):
        buildah = buildah_here(places)
        if arguments.verb == "load":
            run_load(places, buildah, arguments.names)
        elif arguments.list:
            show_list(places, buildah)
        elif removes:
            prune(places, buildah)
        else:
            run_build(places, buildah, arguments.names)


def main() -> int:
    if os.getuid() != 0:
        say("images are built as root: run this with sudo")
        return 1
    try:
        run(parse(sys.argv[1:]))
    except ImagesError as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
