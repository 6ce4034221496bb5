"""An image as one file: an OCI archive with its layers as they were pushed, and with labels that say what it is."""

import hashlib
import json
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

Json = dict[str, Any]
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
LAYOUT = b'{"imageLayoutVersion": "1.0.0"}'


@dataclass(frozen=True)
class Layers:
    """An image in an OCI layout, a folder: its configuration and its layers in order, as the manifest has them."""

    layout: Path
    config: Json
    layers: tuple[Json, ...]

    def files(self) -> Iterator[Path]:
        """Where the layers lie."""
        return (blob(self.layout, each["digest"]) for each in self.layers)


def blob(layout: Path, digest: str) -> Path:
    """Where a layout has a blob."""
    return layout / "blobs" / digest.replace(":", "/")


def read_layout(layout: Path) -> Layers:
    """The one image of a layout."""
    index = json.loads((layout / "index.json").read_text())
    manifest = json.loads(blob(layout, index["manifests"][0]["digest"]).read_text())
    return Layers(layout, json.loads(blob(layout, manifest["config"]["digest"]).read_text()), tuple(manifest["layers"]))


def labelled(config: Json, labels: Mapping[str, str]) -> Json:
    """The configuration with more labels."""
    inner = config.get("config", {})
    return {**config, "config": {**inner, "Labels": {**(inner.get("Labels") or {}), **labels}}}


def write_archive(archive: Path, reference: str, image: Layers, labels: Mapping[str, str]) -> str:
    """Writes the image with labels under a full name, and returns its digest. The same image gives the same bytes."""
    config = _packed(labelled(image.config, labels))
    described = {"mediaType": "application/vnd.oci.image.config.v1+json", **_descriptor(config)}
    manifest = _packed({"schemaVersion": 2, "mediaType": MANIFEST, "config": described, "layers": list(image.layers)})
    names = {"org.opencontainers.image.ref.name": reference.rpartition(":")[2], "io.containerd.image.name": reference}
    entry = {"mediaType": MANIFEST, **_descriptor(manifest), "annotations": names}
    index = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [entry]}
    with tarfile.open(archive, "w") as tar:
        _add(tar, "oci-layout", LAYOUT)
        _add(tar, "index.json", _packed(index))
        for content in (manifest, config):
            _add(tar, f"blobs/{_digest(content).replace(':', '/')}", content)
        for digest in dict.fromkeys(each["digest"] for each in image.layers):
            _add_file(tar, f"blobs/{digest.replace(':', '/')}", blob(image.layout, digest))
    return _digest(manifest)


def _packed(value: Json) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _descriptor(content: bytes) -> Json:
    return {"digest": _digest(content), "size": len(content)}


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    tar.addfile(entry, BytesIO(content))


def _add_file(tar: tarfile.TarFile, name: str, file: Path) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = file.stat().st_size
    with file.open("rb") as content:
        tar.addfile(entry, content)
