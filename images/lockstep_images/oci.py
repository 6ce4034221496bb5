"""OCI images as files: turns what buildah pushed into an archive with uncompressed layers, new layers only."""

import gzip
import hashlib
import json
import shutil
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar"


@dataclass(frozen=True)
class Image:
    """`layers` has every layer's digest and size in bytes, in order; `new` has the paths of the new layers."""

    config: bytes
    layers: tuple[tuple[str, int], ...]
    new: Mapping[str, Path]

    @property
    def new_bytes(self) -> int:
        return sum(size for digest, size in self.layers if digest in self.new)

    @property
    def manifest(self) -> bytes:
        layers = [{"mediaType": _LAYER, "digest": digest, "size": size} for digest, size in self.layers]
        config = {"mediaType": _CONFIG, "digest": digest_of(self.config), "size": len(self.config)}
        content = {"schemaVersion": 2, "mediaType": _MANIFEST, "config": config, "layers": layers}
        return json.dumps(content, separators=(",", ":")).encode()


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def blob_path(layout: Path, digest: str) -> Path:
    return layout / "blobs" / digest.replace(":", "/")


def pretend(layout: Path, known: Iterable[str]) -> None:
    """Makes an OCI layout that seems to have the known layers, so that buildah sends only the others."""
    (layout / "blobs" / "sha256").mkdir(parents=True)
    for digest in known:
        blob_path(layout, digest).touch()


def unpacked(layout: Path, sizes: Mapping[str, int]) -> Image:
    """The one image of a layout, with its layers uncompressed: buildah compresses what it pushes. `sizes` has the layers
    that buildah left out.
    """
    index = json.loads((layout / "index.json").read_text())
    manifest = json.loads(blob_path(layout, index["manifests"][0]["digest"]).read_text())
    config = blob_path(layout, manifest["config"]["digest"]).read_bytes()
    diff_ids: list[str] = json.loads(config)["rootfs"]["diff_ids"]
    new = {
        wanted: _unpack(layout, entry["digest"], wanted)
        for wanted, entry in zip(diff_ids, manifest["layers"], strict=True)
        if wanted not in sizes
    }
    layers = tuple((digest, new[digest].stat().st_size if digest in new else sizes[digest]) for digest in diff_ids)
    return Image(config, layers, new)


def _unpack(layout: Path, packed: str, wanted: str) -> Path:
    """The uncompressed layer `wanted`, from the blob `packed`, which is removed."""
    source, target = blob_path(layout, packed), blob_path(layout, wanted)
    if source != target and source.exists():
        with gzip.open(source) as reader, target.open("wb") as writer:
            shutil.copyfileobj(reader, writer, 1 << 20)
        source.unlink()
    return target


def write_archive(archive: Path, reference: str, image: Image) -> None:
    """Writes an OCI archive of one image, named `reference`. containerd must already have the layers that are not new."""
    manifest = image.manifest
    entry = {
        "mediaType": _MANIFEST,
        "digest": digest_of(manifest),
        "size": len(manifest),
        "annotations": {"io.containerd.image.name": reference},
    }
    with tarfile.open(archive, "w") as tar:
        _add(tar, "oci-layout", b'{"imageLayoutVersion": "1.0.0"}')
        _add(tar, "index.json", json.dumps({"schemaVersion": 2, "manifests": [entry]}).encode())
        for content in (manifest, image.config):
            _add(tar, f"blobs/{digest_of(content).replace(':', '/')}", content)
        for digest, path in image.new.items():
            tar.add(path, f"blobs/{digest.replace(':', '/')}")


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    tar.addfile(entry, BytesIO(content))
