"""A release's files, made of small ones: archives that say what they are, their contents, checksums, a signature."""

import gzip
import hashlib
import io
import json
import subprocess
import tarfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from release.archive import blob, read_layout, write_archive
from release.contents import DPKG, Package, packages_of
from release.sbom import listing
from release.sums import NAMESPACE, sign, write_sums

MADE = datetime(2026, 3, 2, tzinfo=UTC)
STATUS = """Package: libc6
Status: install ok installed
Architecture: amd64
Version: 2.41-12
Description: C library
 of two lines

Package: removed
Status: deinstall ok config-files
Version: 1

Package: tini
Status: install ok installed
Version: 0.19.0-3+b2
"""
PYTHON = "Metadata-Version: 2.4\nName: Msgspec_X\nVersion: 0.22.0\nLicense-Expression: BSD-3-Clause\n\nText: not a header\n"
NPM = json.dumps({"name": "@scope/part", "version": "1.2.3", "license": "MIT"})
LOWER = {DPKG: STATUS, "opt/deps/old-1.dist-info/METADATA": PYTHON, "opt/lower.txt": "x"}
UPPER = {
    "opt/deps/.wh.old-1.dist-info": "",
    "opt/deps/msgspec_x-0.22.0.dist-info/METADATA": PYTHON,
    "site/node_modules/@scope/part/package.json": NPM,
    "site/node_modules/@scope/part/esm/package.json": '{"type": "module"}',
    "site/node_modules/broken/package.json": "{",
}


def layer(files: Mapping[str, str]) -> bytes:
    """A layer with these files, compressed as buildah does."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as tar:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            tar.addfile(entry, io.BytesIO(text.encode()))
    return gzip.compress(content.getvalue(), mtime=0)


def put(layout: Path, content: bytes) -> dict[str, Any]:
    """A blob of the layout, as a manifest names it."""
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    blob(layout, digest).write_bytes(content)
    return {"digest": digest, "size": len(content)}


@pytest.fixture
def layout(tmp_path: Path) -> Path:
    """An image of two layers, as buildah pushes it to a folder."""
    found = tmp_path / "layout"
    (found / "blobs" / "sha256").mkdir(parents=True)
    config = {"architecture": "amd64", "config": {"Labels": {"io.buildah.version": "1"}, "Cmd": ["run"]}, "rootfs": {}}
    layers = [put(found, layer(each)) for each in (LOWER, UPPER)]
    manifest = {"config": put(found, json.dumps(config).encode()), "layers": layers}
    (found / "index.json").write_text(json.dumps({"manifests": [put(found, json.dumps(manifest).encode())]}))
    return found


def unpacked(archive: Path) -> dict[str, bytes]:
    with tarfile.open(archive) as tar:
        return {member.name: content.read() for member in tar if (content := tar.extractfile(member))}


def test_an_archive_has_the_layers_as_they_were_and_labels_that_say_what_it_is(layout: Path, tmp_path: Path) -> None:
    digest = write_archive(tmp_path / "a.tar", "lockstep/router:1.2.3", read_layout(layout), {"version": "1.2.3"})
    files = unpacked(tmp_path / "a.tar")
    blobs = {name.rpartition("/")[2]: content for name, content in files.items() if name.startswith("blobs/")}
    assert all(hashlib.sha256(content).hexdigest() == name for name, content in blobs.items())
    (entry,) = json.loads(files["index.json"])["manifests"]
    assert entry["digest"] == digest
    assert entry["annotations"]["io.containerd.image.name"] == "lockstep/router:1.2.3"
    manifest = json.loads(blobs[digest.removeprefix("sha256:")])
    assert [blobs[each["digest"].removeprefix("sha256:")] for each in manifest["layers"]] == [layer(LOWER), layer(UPPER)]
    config = json.loads(blobs[manifest["config"]["digest"].removeprefix("sha256:")])
    assert config["config"] == {"Cmd": ["run"], "Labels": {"io.buildah.version": "1", "version": "1.2.3"}}


def test_the_same_image_gives_the_same_archive(layout: Path, tmp_path: Path) -> None:
    for name in ("a.tar", "b.tar"):
        write_archive(tmp_path / name, "lockstep/router:1.2.3", read_layout(layout), {"version": "1.2.3"})
    assert (tmp_path / "a.tar").read_bytes() == (tmp_path / "b.tar").read_bytes()


def test_an_image_says_itself_which_packages_it_has(layout: Path) -> None:
    assert packages_of(read_layout(layout).files()) == [
        Package("deb", "libc6", "2.41-12"),
        Package("deb", "tini", "0.19.0-3+b2"),
        Package("npm", "@scope/part", "1.2.3", "MIT"),
        Package("pypi", "msgspec-x", "0.22.0", "BSD-3-Clause"),
    ]


def test_a_folder_that_a_layer_begins_anew_has_nothing_of_the_layers_below(tmp_path: Path) -> None:
    files = [LOWER, {"opt/deps/.wh..wh..opq": ""}]
    paths = [tmp_path / str(index) for index, _ in enumerate(files)]
    for path, each in zip(paths, files, strict=True):
        path.write_bytes(layer(each))
    assert {package.kind for package in packages_of(paths)} == {"deb"}


def test_the_list_is_valid_cyclonedx_and_always_the_same(layout: Path) -> None:
    packages = packages_of(read_layout(layout).files())
    text = listing("lockstep/router", "1.2.3", "sha256:00", MADE, packages)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert listing("lockstep/router", "1.2.3", "sha256:00", MADE, packages) == text
    said = json.loads(text)
    assert (said["metadata"]["component"]["name"], said["metadata"]["component"]["version"]) == ("lockstep/router", "1.2.3")
    assert {each["purl"] for each in said["components"]} == {
        "pkg:deb/debian/libc6@2.41-12",
        "pkg:deb/debian/tini@0.19.0-3%2Bb2",
        "pkg:npm/%40scope/part@1.2.3",
        "pkg:pypi/msgspec-x@0.22.0",
    }


def test_checksums_are_checked_by_sha256sum_and_a_changed_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_text("a")
    (tmp_path / "b.tgz").write_text("b")
    sums = write_sums(tmp_path)
    check = ["sha256sum", "--check", "--strict", sums.name]
    assert subprocess.run(check, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "a.tar").write_text("changed")
    assert subprocess.run(check, cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_the_checksums_are_signed_with_the_key_of_whoever_releases(tmp_path: Path) -> None:
    key, dist = tmp_path / "key", tmp_path / "dist"
    dist.mkdir()
    (dist / "a.tar").write_text("a")
    make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(key)]
    subprocess.run(make, check=True)
    sums = write_sums(dist)
    sign(sums, key)
    (tmp_path / "signers").write_text(f"releases@example.com {key.with_suffix('.pub').read_text()}")
    verify = ["ssh-keygen", "-Y", "verify", "-f", str(tmp_path / "signers"), "-I", "releases@example.com", "-n", NAMESPACE]
    verify += ["-s", f"{sums}.sig"]
    assert subprocess.run(verify, input=sums.read_bytes(), capture_output=True, check=False).returncode == 0
    sums.write_text("changed")
    assert subprocess.run(verify, input=sums.read_bytes(), capture_output=True, check=False).returncode != 0
