"""Puts images into a node's containerd, moving only the blobs that it lacks."""

import json
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from lockstep_images.buildah import Buildah
from lockstep_images.errors import NoClusterError
from lockstep_images.places import Places, call, output, say

_MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"


@dataclass(frozen=True)
class Blob:
    """A piece of an image in an OCI layout: `digest` is sha256:HEX, `size` in bytes."""

    digest: str
    size: int


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
    text = output([str(places.repo / "devcluster" / "cluster.sh"), "socket"], places.log("cluster"), "finding the cluster")
    socket = text.strip()
    if not Path(socket).is_socket():
        raise NoClusterError("the cluster of this checkout is not running; start it with devcluster/context.sh --up")
    return Containerd(socket, places)


def load(places: Places, buildah: Buildah, node: Containerd, references: Mapping[str, str]) -> None:
    """Imports every image that the node does not have. Repeating it does nothing."""
    have = node.images()
    missing = {name: ref for name, ref in references.items() if ref not in have}
    for name, reference in missing.items():
        layout = places.layout
        layout.mkdir(parents=True, exist_ok=True)
        manifest = _push(places, buildah, layout, name, reference)
        known = node.blobs()
        lacking = [blob for blob in _blobs(layout, manifest) if blob.digest not in known]
        say(f"{name}: {sum(blob.size for blob in lacking) / 1e6:.0f} MB to import in {len(lacking)} pieces")
        with tempfile.TemporaryDirectory(dir=places.cache) as scratch:
            archive = Path(scratch) / "image.tar"
            write_archive(archive, layout, reference, manifest, lacking)
            node.take(archive)


def _push(places: Places, buildah: Buildah, layout: Path, name: str, reference: str) -> Blob:
    """Copies the image into the shared layout, blobs that are there already excepted; returns its manifest."""
    tag = f"{name}-{reference.rsplit(':', 1)[1]}"
    buildah.push(reference, f"oci:{layout}:{tag}", places.log(f"push-{name}"))
    for entry in json.loads((layout / "index.json").read_text())["manifests"]:
        if entry.get("annotations", {}).get("org.opencontainers.image.ref.name") == tag:
            return Blob(entry["digest"], entry["size"])
    raise NoClusterError(f"{layout} lost {tag} while it was written; remove the folder and try again")


def blob_path(layout: Path, digest: str) -> Path:
    return layout / "blobs" / digest.replace(":", "/")


def _blobs(layout: Path, manifest: Blob) -> Iterator[Blob]:
    content = json.loads(blob_path(layout, manifest.digest).read_text())
    yield manifest
    for part in (content["config"], *content["layers"]):
        yield Blob(part["digest"], part["size"])


def index_of(reference: str, manifest: Blob) -> bytes:
    """The index of an archive with one image, by the name that containerd is to give it."""
    entry = {
        "mediaType": _MANIFEST_TYPE,
        "digest": manifest.digest,
        "size": manifest.size,
        "annotations": {"io.containerd.image.name": reference},
    }
    return json.dumps({"schemaVersion": 2, "manifests": [entry]}).encode()


def write_archive(archive: Path, layout: Path, reference: str, manifest: Blob, blobs: Iterable[Blob]) -> None:
    """An OCI archive with the given blobs only: the node must have the others."""
    with tarfile.open(archive, "w") as tar:
        _add(tar, "oci-layout", b'{"imageLayoutVersion": "1.0.0"}')
        _add(tar, "index.json", index_of(reference, manifest))
        for blob in blobs:
            tar.add(blob_path(layout, blob.digest), f"blobs/{blob.digest.replace(':', '/')}")


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    tar.addfile(entry, BytesIO(content))
