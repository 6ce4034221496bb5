"""What goes to containerd: uncompressed layers, only the new ones, and a manifest that names them all."""

import gzip
import hashlib
import json
import tarfile
from pathlib import Path

import pytest
from lockstep_images import oci

OLD, NEW = b"a layer that the node has", b"a layer that it lacks"


def put(layout: Path, content: bytes) -> str:
    digest = oci.digest_of(content)
    oci.blob_path(layout, digest).write_bytes(content)
    return digest


@pytest.fixture
def layout(tmp_path: Path) -> Path:
    """A layout as buildah leaves it after a push to a store that seemed to have OLD."""
    layout = tmp_path / "layout"
    old = oci.digest_of(OLD)
    oci.pretend(layout, [old])
    config = put(layout, json.dumps({"rootfs": {"diff_ids": [old, oci.digest_of(NEW)]}}).encode())
    layers = [{"digest": old}, {"digest": put(layout, gzip.compress(NEW))}]
    manifest = put(layout, json.dumps({"config": {"digest": config}, "layers": layers}).encode())
    (layout / "index.json").write_text(json.dumps({"manifests": [{"digest": manifest}]}))
    return layout


def test_layers_are_named_by_their_uncompressed_content(layout: Path) -> None:
    image = oci.unpacked(layout, {oci.digest_of(OLD): len(OLD)})
    assert image.layers == ((oci.digest_of(OLD), len(OLD)), (oci.digest_of(NEW), len(NEW)))
    assert {digest: path.read_bytes() for digest, path in image.new.items()} == {oci.digest_of(NEW): NEW}
    assert image.new_bytes == len(NEW)


def test_an_archive_holds_only_what_is_new_and_every_blob_is_what_its_name_says(layout: Path, tmp_path: Path) -> None:
    image = oci.unpacked(layout, {oci.digest_of(OLD): len(OLD)})
    oci.write_archive(tmp_path / "image.tar", "localhost/lockstep/x:1", image)
    with tarfile.open(tmp_path / "image.tar") as tar:
        contents = {member.name: content.read() for member in tar if (content := tar.extractfile(member))}
    blobs = {name.rsplit("/", 1)[1]: content for name, content in contents.items() if name.startswith("blobs/")}
    assert all(hashlib.sha256(content).hexdigest() == name for name, content in blobs.items())
    assert NEW in blobs.values()
    assert OLD not in blobs.values()
    entry = json.loads(contents["index.json"])["manifests"][0]
    assert entry["annotations"] == {"io.containerd.image.name": "localhost/lockstep/x:1"}
    assert entry["digest"].removeprefix("sha256:") in blobs


def test_an_image_without_new_layers_has_none_in_its_archive(layout: Path, tmp_path: Path) -> None:
    image = oci.unpacked(layout, {oci.digest_of(OLD): len(OLD), oci.digest_of(NEW): len(NEW)})
    oci.write_archive(tmp_path / "image.tar", "localhost/lockstep/x:1", image)
    with tarfile.open(tmp_path / "image.tar") as tar:
        assert len([name for name in tar.getnames() if name.startswith("blobs/")]) == 2
