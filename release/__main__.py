"""`make release`: writes to dist/ the images as OCI archives, what is in each, the chart's package, and checksums."""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from lockstep_images.build import read_manifest
from lockstep_images.buildah import Buildah, buildah_here
from lockstep_images.errors import ImagesError
from lockstep_images.locks import adding
from lockstep_images.places import Places, places_here, say

from release.archive import read_layout, write_archive
from release.contents import packages_of
from release.sbom import listing
from release.sums import sign, write_sums
from release.version import ROOT, version

IMAGES = ("door", "keyring", "notifier", "operator", "router", "terminal", "webapp_api", "website")
"""The product's. Nobody but MetaQuotes may give its terminals away: whoever runs the service makes `mt5` of `terminal`."""

REGISTRY = "lockstep"


def said_by(*command: str) -> str:
    """What a command prints. Raises CalledProcessError."""
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def labels_of(name: str, revision: str, made: datetime) -> dict[str, str]:
    """The labels by which an image says what it is: https://github.com/opencontainers/image-spec/blob/main/annotations.md."""
    said = {"title": f"lockstep {name}", "version": version(), "revision": revision, "licenses": "Apache-2.0"}
    return {f"org.opencontainers.image.{key}": value for key, value in {**said, "created": made.isoformat()}.items()}


def assemble(name: str, layout: Path, dist: Path, revision: str, made: datetime) -> None:
    """Writes the archive of an image and the list of what is in it, from an OCI layout."""
    image = read_layout(layout)
    file = f"lockstep-{name.replace('_', '-')}-{version()}"
    reference = f"{REGISTRY}/{name.replace('_', '-')}:{version()}"
    digest = write_archive(dist / f"{file}.oci.tar", reference, image, labels_of(name, revision, made))
    packages = packages_of(image.files())
    (dist / f"{file}.cdx.json").write_text(listing(f"lockstep/{name}", version(), digest, made, packages))
    say(f"{file}: {len(packages)} packages, {digest}")


def package_chart(dist: Path) -> None:
    """Writes the chart's package. Its version is the release's, as a test holds."""
    helm = said_by("devcluster/binaries.sh", "helm")
    said_by(helm, "package", "charts/lockstep", "--destination", str(dist))


def write_images(places: Places, buildah: Buildah, built: Mapping[str, str], dist: Path) -> None:
    """Writes every image of the product."""
    revision = said_by("git", "rev-parse", "HEAD")
    made = datetime.fromisoformat(said_by("git", "show", "--no-patch", "--format=%cI", "HEAD")).astimezone(UTC)
    for name in IMAGES:
        with tempfile.TemporaryDirectory(dir=places.cache, prefix="release-") as scratch:
            layout = Path(scratch) / "layout"
            buildah.push(built[name], f"oci:{layout}:{name}", places.log(f"release-{name}"))
            assemble(name, layout, dist, revision, made)


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make release")
    parser.add_argument("--names", action="store_true", help="only say which images there are")
    parser.add_argument("--dist", type=Path, default=ROOT / "dist")
    parser.add_argument("--sign-with", type=Path, help="an SSH key that signs the checksums")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Returns the exit status. The images are built before: `images/build.sh` with their names."""
    said = parse(arguments)
    if said.names:
        sys.stdout.write(" ".join(IMAGES) + "\n")
        return 0
    if said_by("git", "status", "--porcelain"):
        say("the work tree has changes: a release is made of a commit")
        return 1
    shutil.rmtree(said.dist, ignore_errors=True)
    said.dist.mkdir(parents=True)
    places = places_here()
    try:
        with adding(places):
            write_images(places, buildah_here(places), read_manifest(places), said.dist)
    except ImagesError as error:
        say(str(error))
        return 1
    package_chart(said.dist)
    sums = write_sums(said.dist)
    if said.sign_with:
        sign(sums, said.sign_with)
    say(f"written to {said.dist}; sha256sum --check {sums.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
