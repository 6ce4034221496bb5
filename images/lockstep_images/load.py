"""Puts images into a node's containerd, moving only the layers that it lacks."""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lockstep_images import oci
from lockstep_images.buildah import Buildah
from lockstep_images.errors import NoClusterError
from lockstep_images.locks import making
from lockstep_images.places import Places, call, output, say


@dataclass(frozen=True)
class Containerd:
    """The containerd of a node, by its socket."""

    socket: str
    places: Places

    def _ctr(self, *arguments: str) -> list[str]:
        return ["ctr", "--address", self.socket, "--namespace", "k8s.io", *arguments]

    def images(self) -> frozenset[str]:
        return frozenset(output(self._ctr("images", "ls", "-q"), self.places.log("ctr"), "listing images").split())

    def blobs(self) -> frozenset[str]:
        return frozenset(output(self._ctr("content", "ls", "-q"), self.places.log("ctr"), "listing blobs").split())

    def take(self, archive: Path) -> None:
        call(self._ctr("images", "import", str(archive)), self.places.log("import"), "importing images")


def containerd_here(places: Places) -> Containerd:
    """The containerd of this checkout's cluster. Raises NoClusterError if it does not run."""
    command = [str(places.repo / "devcluster" / "cluster.sh"), "socket"]
    socket = output(command, places.log("cluster"), "finding the cluster").strip()
    if not Path(socket).is_socket():
        raise NoClusterError("the cluster of this checkout is not running; start it with devcluster/context.sh --up")
    return Containerd(socket, places)


def load(places: Places, buildah: Buildah, node: Containerd, references: Mapping[str, str]) -> None:
    """Imports every image that the node does not have. Repeating it does nothing."""
    with making(places, f"node-{places.checkout}"):
        have = node.images()
        for name, reference in references.items():
            if reference not in have:
                with tempfile.TemporaryDirectory(dir=places.cache, prefix="load-") as scratch:
                    _load_one(places, buildah, node, Path(scratch), name, reference)


def _load_one(places: Places, buildah: Buildah, node: Containerd, scratch: Path, name: str, reference: str) -> None:
    sizes = recorded_sizes(places.layer_sizes)
    there = node.blobs()
    known = {digest: size for digest, size in sizes.items() if digest in there}
    layout = scratch / "layout"
    oci.pretend(layout, known)
    buildah.push(reference, f"oci:{layout}:image", places.log(f"push-{name}"), "1")
    image = oci.unpacked(layout, known)
    say(f"{name}: {image.new_bytes / 1e6:.1f} MB in {len(image.new)} layers to import")
    archive = scratch / "image.tar"
    oci.write_archive(archive, reference, image)
    node.take(archive)
    record_sizes(places, dict(image.layers))


def record_sizes(places: Places, sizes: Mapping[str, int]) -> None:
    with making(places, "layer-sizes"):
        new = places.layer_sizes.with_suffix(".new")
        new.write_text(json.dumps({**recorded_sizes(places.layer_sizes), **sizes}))
        new.replace(places.layer_sizes)


def recorded_sizes(file: Path) -> dict[str, int]:
    """Digest and size in bytes of every layer that was ever loaded. containerd itself reports rounded sizes only."""
    if not file.is_file():
        return {}
    found: dict[str, int] = json.loads(file.read_text())
    return found
